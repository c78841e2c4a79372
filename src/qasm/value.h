/* SPDX-License-Identifier: Apache-2.0
 *
 * Values: known while the program is read, symbolic (depending on an `input`: a node of the circuit's expression graph), or computed while
 * the program runs (in cells). What operators and casts do with types is here; what they do with values in runtime.h, once for all three.
 *
 * Integers behave as in C with a 64-bit int: narrower ones are promoted by arithmetic, bitwise operators keep a stated width. In OpenQASM 2
 * every number is real.
 */
#ifndef KETCH_QASM_VALUE_H
#define KETCH_QASM_VALUE_H

#include "qasm/token.h"

typedef enum kt_type {
    KT_TYPE_BOOL,     /* natural: 0 or 1; the scalar bit is the same */
    KT_TYPE_BITS,     /* bit[width]: words */
    KT_TYPE_INT,      /* integer; width 0: unsized */
    KT_TYPE_UINT,     /* natural */
    KT_TYPE_BIG,      /* an integer literal beyond 64 bits: words, width */
    KT_TYPE_FLOAT,    /* number */
    KT_TYPE_ANGLE,    /* natural: in units of 2 pi / 2^width; width 0: 64. Symbolic: radians in [0, 2 pi) */
    KT_TYPE_DURATION, /* number: seconds */
    KT_TYPE_COMPLEX,  /* complex; width, of both parts together, 64 or 128; 0: 128 */
    KT_TYPE_COUNT
} kt_type;

typedef struct kt_value {
    uint8_t type;
    bool symbolic; /* a node of the circuit's expression graph: `node` */
    bool runtime;  /* computed while the program runs: `cell` is the first of its cells */
    bool followed; /* known, but of a variable: arithmetic on it wraps, as it would while the program runs */
    uint32_t width;
    union {
        uint32_t cell;
        double complex[2];
        int64_t integer;
        uint64_t natural;
        double number;
        uint32_t node;
        const uint64_t *words; /* least significant first, bits beyond the width 0 */
    } as;
} kt_value;

static inline bool kt_value_known(kt_value a) { return !a.symbolic && !a.runtime; }
static inline bool kt_value_constant(kt_value a) { return !a.symbolic && !a.runtime && !a.followed; }
/* int, uint or bool */
static inline bool kt_value_whole(kt_value a) { return a.type == KT_TYPE_BOOL || a.type == KT_TYPE_INT || a.type == KT_TYPE_UINT; }

kt_scalar kt_scalar_of(kt_type type);
uint32_t kt_value_width(kt_value a);                                             /* in bits: 64 for an unsized integer, 1 for a bool */
uint32_t kt_value_cells(kt_value a);                                             /* that a value of its type takes */
const uint64_t *kt_value_words_of(const kt_value *a, uint64_t room[2]);          /* of a known one, as they would be in cells */
kt_value kt_value_of_words(kt_type type, uint32_t width, const uint64_t *words); /* and back; bits stay where they are */

kt_value kt_value_bool(bool truth);
static inline kt_value kt_value_int(int64_t integer) { return (kt_value){.type = KT_TYPE_INT, .as.integer = integer}; }
static inline kt_value kt_value_float(double number) { return (kt_value){.type = KT_TYPE_FLOAT, .as.number = number}; }

/* What angles are made of: constants that are reals or ints. */
static inline bool kt_value_plain(double *out, kt_value a) {
    if (!kt_value_constant(a) || (a.type != KT_TYPE_INT && (a.type != KT_TYPE_FLOAT || a.width))) return false;
    *out = a.type == KT_TYPE_INT ? (double)a.as.integer : a.as.number;
    return true;
}

/* A whole number that is known and fits. */
bool kt_value_integer(int64_t *out, kt_value a);
bool kt_value_truth(bool *out, kt_value a);
double kt_value_real_of(kt_value a); /* of a known number or angle */

#define KT_VALUE_TEXT 48
const char *kt_value_type_text(char out[KT_VALUE_TEXT], kt_value a); /* "uint[8]" */

/* What goes wrong, and what the making of nodes and words needs. */
typedef struct kt_arithmetic {
    int dialect;
    kt_arena *arena;        /* for words */
    ketch_circuit *circuit; /* for nodes */
    kt_code code;           /* of the failure */
    char problem[160];
    uint64_t work;         /* steps over wide bit strings since they were charged last */
    bool fraction_dropped; /* an integer division was not exact */
} kt_arithmetic;

bool kt_value_fail(kt_arithmetic *arithmetic, kt_code code, const char *format, ...) KT_PRINTF(3, 4); /* false */

/* The value's bits as words: count words in the arena; negative numbers in two's complement of `width` bits. NULL when out of memory. */
uint64_t *kt_value_words(kt_arithmetic *arithmetic, kt_value a, uint32_t width);

/* ── Types: value_rule.c ── */

/* How a binary operator computes. */
typedef enum kt_method { KT_SIGNED, KT_UNSIGNED, KT_REAL, KT_COMPLEX, KT_BITWISE, KT_SHIFT, KT_LOGIC } kt_method;

typedef struct kt_typed {
    kt_type type;
    uint32_t width;
} kt_typed;

/* Both operands are converted, then computed with. */
typedef struct kt_rule {
    kt_method family;
    kt_typed left, right, result;
} kt_rule;

static inline bool kt_is_comparison(uint8_t op) { return op >= KT_TOKEN_EQUAL && op <= KT_TOKEN_GREATER_EQUAL; }

/* False: the operator is not defined for these types. Of the values only their types count, and whether an integer is a literal 0. */
bool kt_value_rule(kt_rule *out, uint8_t op, int dialect, kt_value a, kt_value b);

/* May a value become one of this type, by itself or by a cast? */
bool kt_value_may_become(kt_value a, kt_type type, uint32_t width, bool explicitly);

/* ── Symbolic values: value_symbolic.c. All return false with code and problem filled in ── */

/* The value of input number `input`, a float or an angle. */
bool kt_symbolic_input(kt_value *out, kt_arithmetic *arithmetic, uint32_t input, kt_type type, uint32_t width);
/* One operand at least is symbolic, none is run-time. *done false: nothing that nodes can do. */
bool kt_symbolic_binary(kt_value *out, kt_arithmetic *arithmetic, uint8_t op, kt_value a, kt_value b, bool *done);
bool kt_symbolic_angle(kt_value *out, kt_arithmetic *arithmetic, kt_value a, uint32_t width); /* a number in radians as an angle */
bool kt_symbolic_negate(kt_value *out, kt_arithmetic *arithmetic, kt_value a);
bool kt_symbolic_call(kt_value *out, kt_arithmetic *arithmetic, kt_node_code code, kt_value a);

#endif
