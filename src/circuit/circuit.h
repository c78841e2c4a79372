/* SPDX-License-Identifier: Apache-2.0
 *
 * Door of the room circuit: the nouns. A circuit is one flat array of operations, each a small record that points into shared pools:
 *
 *   ops       [ gate h | gate cp | measure | jump_unless | gate x | ... ]
 *                 |        |
 *   operands  [ 3 | 0 3 | ...          qubits (and bits) by index; KT_NEGATED marks a control that is active at 0
 *   params    [ 0.785 | ...            angles in radians
 *
 * Straight-line circuits and dynamic programs share the array: a condition is a jump over what it guards (always forward, properly
 * nested here). Gates defined in the source are already expanded; controls, however written, are the leading operands.
 *
 * Named parameters stay: an angle that depends on an `input` is a node of an expression graph, and binding fills its slot in `params`.
 *
 * What a program computes while it runs (OpenQASM 3) stands in the same array, as instructions on numbered cells of 64 bits: classical.h.
 */
#ifndef KETCH_CIRCUIT_CIRCUIT_H
#define KETCH_CIRCUIT_CIRCUIT_H

#include "base/base.h"
#include "circuit/gates.h"
#include "circuit/result.h"
#include "circuit/state.h"

#define KT_NEGATED   0x80000000u /* in an operand: a control that is active at 0 */
#define KT_NO_BIT    0xffffffffu /* a measurement whose outcome is not kept */
#define KT_MAX_WIDTH 0x7ffffffeu

typedef enum kt_op_code {
    KT_OP_GATE,        /* operands: control_count controls, then targets; data: first parameter (KT_GATE_MATRIX: index into blocks) */
    KT_OP_MEASURE,     /* operands: qubit, bit or KT_NO_BIT; data: its number among the measurements and resets of the source */
    KT_OP_RESET,       /* operands: qubit; data: its number, as for a measurement */
    KT_OP_BARRIER,     /* operands: qubits */
    KT_OP_DELAY,       /* operands: qubits; data: parameter slot with seconds */
    KT_OP_SET_BIT,     /* operands: bit; data: 0 or 1 */
    KT_OP_JUMP_UNLESS, /* operands/operand_count: a range of `conditions`; data: the op to go on with where it is false */
    KT_OP_JUMP,        /* data: the op to go on with; backwards in loops */
    KT_OP_END,         /* ends the shot */
    /* Qubits chosen while the program runs. The cells hold indices of qubits that are in range; that they differ is checked by the run. */
    KT_OP_GATE_AT,    /* as GATE, but operands are cells that hold qubits (KT_NEGATED as in GATE) */
    KT_OP_MEASURE_AT, /* operands: cell of the qubit, cell that receives the outcome; data: as MEASURE */
    KT_OP_RESET_AT,   /* operands: cell of the qubit; data: as RESET */
    KT_OP_CLASSICAL   /* this and all larger codes: instructions, see classical.h */
} kt_op_code;

typedef struct kt_op {
    uint8_t code;        /* kt_op_code, or kt_instruction */
    uint8_t conditional; /* nonzero inside the range of some jump: it may happen never, or more than once */
    union {
        uint16_t gate;  /* kt_gate_id */
        uint16_t width; /* of an instruction's result, in bits */
    };
    union {
        uint32_t control_count; /* explicit and built-in ones together */
        uint32_t destination;   /* of an instruction: a cell */
    };
    union {
        uint32_t operands; /* first of them, in the pool */
        uint32_t left;     /* of an instruction: a cell */
    };
    union {
        uint32_t operand_count;
        uint32_t right;
    };
    uint32_t data;
    uint32_t line; /* of the source; 0 if none */
} kt_op;

/* Conditions: a program for a stack of truth values. */
typedef enum kt_condition_code {
    KT_CONDITION_BIT,      /* push bit `first` */
    KT_CONDITION_CONSTANT, /* push `first` (0 or 1) */
    KT_CONDITION_COMPARE,  /* push: bits operands[first, first + count), lowest first, read as a number, compared with words[value ...]
                              (ceil(count / 64) words, least significant first) by `comparison` */
    KT_CONDITION_NOT,
    KT_CONDITION_AND,
    KT_CONDITION_OR,
    KT_CONDITION_XOR
} kt_condition_code;

typedef enum kt_comparison { KT_EQUAL, KT_NOT_EQUAL, KT_LESS, KT_LESS_EQUAL, KT_GREATER, KT_GREATER_EQUAL } kt_comparison;

typedef struct kt_condition {
    uint8_t code;
    uint8_t comparison;
    uint16_t zero; /* no gap: conditions are hashed as bytes */
    uint32_t first, count, value;
} kt_condition;
#define KT_CONDITION_DEPTH 64 /* of the stack; the parser refuses deeper ones */

#define KT_DT_PER_SECOND 1e9 /* dt is a backend's own unit; none is here, so a nanosecond stands for it */

/* An expression over named parameters; operands have smaller indices, so one pass in order evaluates all. */
typedef enum kt_node_code {
    KT_NODE_CONSTANT, /* value */
    KT_NODE_INPUT,    /* a: index into inputs */
    KT_NODE_ADD,
    KT_NODE_SUBTRACT,
    KT_NODE_MULTIPLY,
    KT_NODE_DIVIDE,
    KT_NODE_MODULO,
    KT_NODE_POWER,
    KT_NODE_NEGATE,
    KT_NODE_SIN,
    KT_NODE_COS,
    KT_NODE_TAN,
    KT_NODE_ARCSIN,
    KT_NODE_ARCCOS,
    KT_NODE_ARCTAN,
    KT_NODE_EXP,
    KT_NODE_LOG,
    KT_NODE_SQRT,
    KT_NODE_CEILING,
    KT_NODE_FLOOR,
    KT_NODE_STRETCH /* a time that is not known before the whole program is read; in no circuit that is */
} kt_node_code;

typedef struct kt_node {
    uint8_t code;
    bool known; /* every input it depends on is bound */
    uint32_t a, b;
    double value;
} kt_node;

/* A parameter slot that a node fills; the place is for the message when its value is not finite. */
typedef struct kt_slot {
    uint32_t param;
    uint32_t node;
    uint32_t place; /* into places */
} kt_slot;

typedef struct kt_saved_place { /* a kt_place whose strings live in the circuit's arena */
    const char *file, *source_line;
    uint32_t line, column, length;
} kt_saved_place;

/* Types of what comes in and goes out. One element takes kt_cells_of(type, width) cells. */
typedef enum kt_scalar {
    KT_SCALAR_BITS,    /* bit[width], least significant first */
    KT_SCALAR_BOOL,    /* 0 or 1 */
    KT_SCALAR_INT,     /* two's complement; sign-extended to 64 bits in a cell */
    KT_SCALAR_UINT,    /* zero-extended in a cell */
    KT_SCALAR_FLOAT,   /* an IEEE double, rounded to float where width is 32 */
    KT_SCALAR_ANGLE,   /* unsigned, in units of 2 pi / 2^width */
    KT_SCALAR_COMPLEX, /* two doubles: re, im; width 64: two floats' worth, 128 */
    KT_SCALAR_DURATION /* a double: seconds */
} kt_scalar;

typedef struct kt_input {
    const char *name;
    double value; /* of a float or an angle (radians), which nodes use */
    bool bound;
    bool in_cells; /* its value stands in `words` too, and goes to cells at KT_DO_INPUT instructions */
    uint8_t type;  /* kt_scalar */
    uint16_t width;
    kt_dimensions dimensions;
    uint32_t words; /* first of its cells' values in the pool `input_words` */
} kt_input;

typedef struct kt_register_info {
    const char *name;
    uint32_t first, size;
    bool counted;   /* classical: its bits are part of the outcome */
    uint8_t type;   /* kt_scalar: how to read the bits; an output of another type than bits is stored into bits by the program */
    uint32_t width; /* of an element of an array; 0: the register is one value */
    kt_dimensions dimensions;
} kt_register_info;

/* A variable of the program, for those who look at it while it runs (traces). */
typedef struct kt_variable {
    const char *name;
    uint8_t type; /* kt_scalar */
    bool in_bits; /* `first` is a bit; else a cell */
    uint16_t width;
    uint32_t first;
    kt_dimensions dimensions;
    uint32_t begins, ends; /* operations between which it is in scope */
} kt_variable;

/* A function of the caller's that the program calls. */
typedef struct kt_extern {
    const char *name;
    ketch_extern_function function; /* NULL: not given yet */
    void *user;
    uint32_t argument_count;
    ketch_value_type *arguments; /* in the arena */
    ketch_value_type returns;
    bool called;    /* somewhere in the program */
    uint32_t place; /* of its first call */
} kt_extern;

/* A matrix made for this circuit: given by the caller, or a power of a short run of operations, recomputed when a parameter in it is bound.
 */
typedef struct kt_block {
    uint32_t qubit_count;  /* at most KT_BLOCK_QUBITS */
    uint32_t first, count; /* range of block_ops (operands are 0 ... qubit_count - 1); count 0: the matrix was given */
    uint32_t exponent;     /* parameter slot */
    size_t matrix;         /* first number in `matrices`: 4^qubit_count complex */
    uint32_t place;
    uint64_t signature[2]; /* of the parameters that the matrix was made from; 0 0: not made yet */
    bool adjoint;          /* the matrix is conjugate-transposed after all else */
} kt_block;
#define KT_BLOCK_QUBITS 6

/* Where an operation that can fail stands in the source. */
typedef struct kt_op_place {
    uint32_t op;    /* index of the operation */
    uint32_t place; /* into places */
} kt_op_place;

/* A source that a program was read from. */
typedef struct kt_kept_source {
    const char *name; /* as messages give it */
    const char *text; /* `size` bytes */
    size_t size;
} kt_kept_source;

#define KT_POOL(type, name) \
    type *name;             \
    size_t name##_count, name##_capacity

struct ketch_circuit {
    int version; /* 2 or 3; 0: built by calls */
    uint32_t qubit_count, bit_count;
    KT_POOL(kt_op, ops);
    KT_POOL(uint32_t, operands);
    KT_POOL(double, params);
    KT_POOL(kt_register_info, qubit_registers);
    KT_POOL(kt_register_info, bit_registers);
    KT_POOL(kt_condition, conditions);
    KT_POOL(uint64_t, words);
    KT_POOL(kt_input, inputs);
    KT_POOL(kt_node, nodes);
    KT_POOL(kt_slot, slots);
    KT_POOL(kt_saved_place, places);
    const char *kept_line; /* the source line of the newest place: places that follow on the same line share its copy */
    KT_POOL(kt_block, blocks);
    KT_POOL(kt_op, block_ops);
    KT_POOL(double, matrices);
    KT_POOL(uint32_t, open_conditions); /* begin_if without end_if yet: indices of their jumps */
    uint32_t condition_depth;           /* of the operations being added: above 0 they are marked conditional */
    kt_arena names;                     /* strings */
    uint64_t hash[2];                   /* of the source; 0 0: computed from the operations when asked */
    uint32_t draw_count;                /* measurements and resets numbered so far */
    /* What instructions work on. A static circuit has none of it. */
    uint32_t cell_count;
    KT_POOL(uint64_t, input_words);
    KT_POOL(kt_variable, variables);
    KT_POOL(kt_extern, externs);
    KT_POOL(kt_op_place, op_places); /* by operation, in order: where to point if it fails */
    KT_POOL(ketch_remark, remarks);  /* annotations and pragmas */
    KT_POOL(kt_kept_source, sources); /* of a circuit that operations alone do not say (kt_circuit_needs_sources), those that it was read
                                         from: the program's, and what it includes, in the order in which they were read; */
    uint8_t prelude;                 /* what was included first: 0: nothing, 2: qelib1.inc, 3: stdgates.inc; */
    uint64_t max_unroll;             /* and how far loops became operations */
    bool extended;                   /* calls have changed it since it was read */
    bool dynamic;                    /* there are instructions, loops or qubits chosen at run time */
    bool unbounded;                  /* some loop or recursion has no bound known while reading */
};

/* Building. Every function keeps the circuit unchanged on failure; the caller has checked ranges. kt_circuit_new gives a circuit
 * without registers. Pools hold up to 2^32 - 1 entries: beyond, KT_CIRCUIT_TOO_LARGE. */
ketch_status kt_circuit_new(ketch_circuit **out, ketch_diag *diag);
ketch_status kt_circuit_add_register(ketch_circuit *circuit, bool quantum, const char *name, size_t name_size, uint32_t size, bool counted,
                                     ketch_diag *diag);
/* `operands` has control_count + the gate's targets; `params` the gate's parameters. The hot call of the parser. */
ketch_status kt_circuit_add_gate(ketch_circuit *circuit, kt_gate_id gate, uint32_t control_count, const uint32_t *operands,
                                 const double *params, uint32_t line, ketch_diag *diag);
/* Any other operation; operands may be NULL with count 0. MEASURE and RESET, _AT too, get their number here. */
ketch_status kt_circuit_add_op(ketch_circuit *circuit, kt_op op, const uint32_t *operands, uint32_t count, ketch_diag *diag);
ketch_status kt_circuit_add_condition(uint32_t *index, ketch_circuit *circuit, kt_condition condition, ketch_diag *diag);
/* Nodes fold: a node whose operands are constants becomes a constant. */
ketch_status kt_circuit_add_node(uint32_t *index, ketch_circuit *circuit, kt_node_code code, uint32_t a, uint32_t b, double value,
                                 ketch_diag *diag);
ketch_status kt_circuit_add_input(uint32_t *index, ketch_circuit *circuit, const char *name, size_t name_size, kt_input type,
                                  ketch_diag *diag); /* of `type` only its type, width and dimensions count */
ketch_status kt_circuit_add_place(uint32_t *index, ketch_circuit *circuit, const kt_place *place, ketch_diag *diag);
/* Stretches, in their order, and all that depends on nothing else become constants; slots with those are none any more. */
void kt_circuit_settle_stretches(ketch_circuit *circuit, const double *values);
/* params[param] = nodes[node], now and whenever parameters are bound. */
ketch_status kt_circuit_add_slot(ketch_circuit *circuit, uint32_t param, uint32_t node, uint32_t place, ketch_diag *diag);
/* A matrix block; `matrix` NULL: from block_ops[first, first + count) to the power params[exponent], computed by kt_circuit_resolve. */
ketch_status kt_circuit_add_block(uint32_t *index, ketch_circuit *circuit, kt_block block, const double *matrix, ketch_diag *diag);
/* Computes the blocks whose parameters are all known and have changed: once after parsing, and by binding. */
ketch_status kt_circuit_resolve(ketch_circuit *circuit, ketch_diag *diag);

/* All of them or none. */
ketch_status kt_circuit_bind(ketch_circuit *circuit, size_t count, const char *const *names, const double *values, ketch_diag *diag);
ketch_status kt_circuit_bind_text(ketch_circuit *circuit, const char *name, const char *text, size_t length, ketch_diag *diag);
/* The value of an input to its cells in `words`; *value is that of a float or an angle. */
ketch_status kt_input_read(double *value, uint64_t *words, const kt_input *input, const char *text, size_t length, ketch_diag *diag);
ketch_status kt_input_take(uint64_t *words, const kt_input *input, double value, ketch_diag *diag);
/* KETCH_OK, or an error that lists every parameter without a value. */
ketch_status kt_circuit_check_bound(const ketch_circuit *circuit, ketch_diag *diag);

/* Externs; `arguments` are copied. */
ketch_status kt_circuit_add_extern(uint32_t *index, ketch_circuit *circuit, const char *name, size_t name_size,
                                   const ketch_value_type *arguments, uint32_t count, ketch_value_type returns, ketch_diag *diag);
ketch_status kt_circuit_set_extern(ketch_circuit *circuit, const char *name, const ketch_value_type *arguments, size_t count,
                                   ketch_value_type returns, ketch_extern_function function, void *user, ketch_diag *diag);
/* KETCH_OK, or an error that names the first one that is called and not given. */
ketch_status kt_circuit_check_externs(const ketch_circuit *circuit, ketch_diag *diag);
ketch_status kt_circuit_add_remark(ketch_circuit *circuit, const char *text, size_t size, uint32_t line, ketch_diag *diag);

/* "int[8]", "array[float[64], 2, 3]"; `dimensions` may be NULL. ketch_type is kt_scalar + 1. */
void kt_type_text(kt_buffer *out, ketch_value_type type, const kt_dimensions *dimensions);
static inline ketch_value_type kt_value_type_of(kt_scalar type, uint32_t width) {
    return (ketch_value_type){(ketch_type)(type + 1), width};
}

/* Building by calls, on top of these, with the checks; the contracts are those of the public header. */
ketch_status kt_circuit_append(ketch_circuit *circuit, const char *name, size_t count, uint32_t control_count, uint64_t control_values,
                               const uint32_t *qubits, const double *params, ketch_diag *diag);
ketch_status kt_circuit_append_matrix(ketch_circuit *circuit, uint32_t qubit_count, const uint32_t *qubits, const double *matrix,
                                      ketch_diag *diag);
/* MEASURE (bits given), RESET or BARRIER of `count` qubits. */
ketch_status kt_circuit_append_op(ketch_circuit *circuit, kt_op_code code, size_t count, const uint32_t *qubits, const uint32_t *bits,
                                  ketch_diag *diag);
ketch_status kt_circuit_begin_if(ketch_circuit *circuit, size_t count, const uint32_t *bits, uint64_t value, ketch_diag *diag);
ketch_status kt_circuit_end_if(ketch_circuit *circuit, ketch_diag *diag);

/* The position of the first operand below `limit` whose qubit (or bit) was there before, or `count`; SIZE_MAX when out of memory. */
size_t kt_repeated_qubit(const uint32_t *operands, size_t count, uint32_t limit);

/* As bytes, and back: see saved.h. A program is read again, by `read` (of the room qasm, which is not known here), from its sources. */
bool kt_circuit_needs_sources(const ketch_circuit *circuit);
ketch_status kt_circuit_keep_source(ketch_circuit *circuit, const char *name, const char *text, size_t size); /* fails for want of memory */
ketch_status kt_circuit_save(const ketch_circuit *circuit, ketch_sink sink, ketch_diag *diag);
typedef ketch_status kt_read_sources(ketch_circuit **out, const kt_kept_source *sources, size_t count, const ketch_load_options *options,
                                     ketch_diag *diag);
ketch_status kt_circuit_restore(ketch_circuit **out, const void *bytes, size_t size, const ketch_load_options *options,
                                kt_read_sources *read, ketch_diag *diag);

ketch_status kt_circuit_copy(ketch_circuit **out, const ketch_circuit *circuit, ketch_diag *diag);
void kt_circuit_free(ketch_circuit *circuit);

/* Reading. */
static inline const uint32_t *kt_op_operands(const ketch_circuit *circuit, const kt_op *op) { return circuit->operands + op->operands; }
static inline uint32_t kt_op_target_count(const kt_op *op) { return op->operand_count - op->control_count; }

/* The matrix of a gate operation on its targets (4^targets complex numbers, row by row; first target = bit 0), controls left out.
 * `out` has room for KT_BLOCK_QUBITS qubits. */
#define KT_MATRIX_ROOM (2u << (2 * KT_BLOCK_QUBITS)) /* doubles */
void kt_op_matrix(double *out, const ketch_circuit *circuit, const kt_op *op);

/* Is a condition true of these bits (bit b of the memory: word b / 64)? */
bool kt_condition_holds(const ketch_circuit *circuit, const kt_op *jump, const uint64_t *bits);

ketch_status kt_circuit_summary(ketch_circuit_summary *out, const ketch_circuit *circuit); /* fails only for want of memory */
void kt_circuit_hash(uint64_t out[2], const ketch_circuit *circuit);
/* A node as text: "2*theta + 0.5"; cut with "..." beyond a few dozen characters. */
void kt_circuit_node_text(kt_buffer *out, const ketch_circuit *circuit, uint32_t node);
/* The register that holds a bit (or qubit): registers stand by their first one. */
size_t kt_circuit_register_of(const kt_register_info *registers, size_t count, uint32_t bit);
/* The bit's register and its place in it, "c[3]"; its name alone where it is a register of one. */
void kt_circuit_bit_text(kt_buffer *out, const kt_register_info *registers, size_t count, uint32_t bit);
/* A condition: "c == 3", "!(c[0] && d[1])"; cut with "..." where it is long. */
void kt_circuit_condition_text(kt_buffer *out, const ketch_circuit *circuit, const kt_op *jump);
/* The node that fills a parameter slot, or UINT32_MAX if the slot is a plain number. */
uint32_t kt_circuit_slot_node(const ketch_circuit *circuit, uint32_t param);

#include "circuit/classical.h"

#endif
