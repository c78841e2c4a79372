/* SPDX-License-Identifier: Apache-2.0
 *
 * Values known while a program is read, and the arithmetic of the specification on them. A value that depends on an `input` is symbolic: a
 * node of the circuit's expression graph.
 *
 * Integers behave as in C with a 64-bit int: narrower ones are promoted by arithmetic, bitwise operators keep a stated width. A result
 * that its type cannot hold is an error. In OpenQASM 2 every number is real.
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
    KT_TYPE_COMPLEX,  /* complex; width 0: 128, for both parts */
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

/* What arithmetic needs, and what it says when it fails. */
typedef struct kt_arithmetic {
    int dialect;
    kt_arena *arena;        /* for words */
    ketch_circuit *circuit; /* for nodes */
    kt_code code;           /* of the failure */
    char problem[160];
    uint64_t work;         /* steps over wide bit strings since they were charged last */
    bool fraction_dropped; /* an integer division was not exact */
} kt_arithmetic;

static inline bool kt_value_known(kt_value a) { return !a.symbolic && !a.runtime; }
kt_scalar kt_scalar_of(kt_type type);
uint32_t kt_value_cells(kt_value a); /* that a value of its type takes */

kt_value kt_value_bool(bool truth);
kt_value kt_value_int(int64_t integer);
kt_value kt_value_float(double number);

/* All return false with code and problem filled in. `op` is a kt_token_kind. */
bool kt_value_unary(kt_value *out, kt_arithmetic *arithmetic, uint8_t op, kt_value a);
bool kt_value_binary(kt_value *out, kt_arithmetic *arithmetic, uint8_t op, kt_value a, kt_value b);
bool kt_value_cast(kt_value *out, kt_arithmetic *arithmetic, kt_type type, uint32_t width, bool explicitly, kt_value a);
bool kt_value_call(kt_value *out, kt_arithmetic *arithmetic, kt_span name, const kt_value *arguments, uint32_t count, bool *known);
void kt_value_functions(void (*visit)(void *user, const char *name, size_t size), void *user);

/* The value of input number `input`, a float or an angle. */
bool kt_value_input(kt_value *out, kt_arithmetic *arithmetic, uint32_t input, kt_type type, uint32_t width);

/* A number for an angle: symbolic, or radians. */
bool kt_value_real(kt_value *out, kt_arithmetic *arithmetic, kt_value a);

/* A whole number that fits. */
bool kt_value_integer(int64_t *out, kt_value a);
bool kt_value_truth(bool *out, kt_value a);

/* The value's bits as words: count words in the arena; negative numbers in two's complement of `width` bits. NULL when out of memory. */
uint64_t *kt_value_words(kt_arithmetic *arithmetic, kt_value a, uint32_t width);

#define KT_VALUE_TEXT 48
const char *kt_value_type_text(char out[KT_VALUE_TEXT], kt_value a); /* "uint[8]" */

#endif
