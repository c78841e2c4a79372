/* SPDX-License-Identifier: Apache-2.0
 *
 * What a program computes while it runs: instructions among the operations of a circuit, and the machine that carries them out.
 *
 *   bits    [ c0 c1 c2 ... ]           measured bits and variables of type bit, packed 64 to a word
 *   cells   [ 7 | -1 | 0.25 | ... ]    all other variables and intermediate results, 64 bits each
 *   params  [ 0.785 | ... ]            angles of gates, those computed at run time among them
 *
 *   op 12   add        destination 3, left 1, right 2        cells[3] = cells[1] + cells[2], wrapped to `width`
 *   op 13   set_param  left 3, data 9                        params[9] = cells[3]
 *   op 14   gate rx    params from 9                         not the machine's: it stops here and gives the number of the operation
 *
 * Addresses are absolute; a recursive call saves what it would overwrite. What a cell holds is known to the instruction alone:
 * integers are sign- or zero-extended to 64 bits, floats are doubles, an angle[w] is an unsigned number of units 2 pi / 2^w, a complex
 * number takes two cells, a bit[w] beyond 64 bits takes ceil(w / 64) cells, least significant first.
 *
 * The machine is pure: bits, cells and params are its own memory; equal memories at an equal place go on equally.
 */
#ifndef KETCH_CIRCUIT_CLASSICAL_H
#define KETCH_CIRCUIT_CLASSICAL_H

#include "circuit/circuit.h"

/* One line an instruction: name, and what it does. D, L, R: the cells destination, left, right; w: width; `data`: the number itself.
 * Integer results are wrapped to w bits (1 to 64), signed or unsigned as the name says (_S, _U). */
#define KT_INSTRUCTIONS(X)                                                                                 \
    /* moving */                                                                                           \
    X(SET, "D = words[L]")                                                                                 \
    X(COPY, "R cells from L to D")                                                                         \
    X(LOAD_BITS, "D... = bits [L, L + R)")                                                                 \
    X(STORE_BITS, "bits [D, D + R) = L...")                                                                \
    X(LOAD_BIT_AT, "D = bit number cells[L]")                                                              \
    X(STORE_BIT_AT, "bit number cells[D] = L")                                                             \
    X(LOAD_AT, "R cells from L + cells[data] to D")                                                        \
    X(STORE_AT, "R cells from L to D + cells[data]")                                                       \
    X(INDEX, "D = index L among `data`, negative ones from the end; fails out of range")                   \
    X(GET_BIT, "D = bit cells[R] of the number L... of w bits")                                            \
    X(PUT_BIT, "bit cells[R] of the number D... = L")                                                      \
    X(INPUT, "cells of input `data` to D...")                                                              \
    X(NODE, "D = value of node `data`, a double")                                                          \
    X(SET_PARAM, "params[data] = the double L; fails where it is not finite")                              \
    /* integers; of w bits */                                                                              \
    X(ADD_S, "D = L + R")                                                                                  \
    X(ADD_U, "D = L + R")                                                                                  \
    X(ADD_CONSTANT_S, "D = L + (int32) R")                                                                 \
    X(ADD_CONSTANT_U, "D = L + (int32) R")                                                                 \
    X(SUBTRACT_S, "D = L - R")                                                                             \
    X(SUBTRACT_U, "D = L - R")                                                                             \
    X(MULTIPLY_S, "D = L * R")                                                                             \
    X(MULTIPLY_U, "D = L * R")                                                                             \
    X(DIVIDE_S, "D = L / R, towards zero; fails for R = 0")                                                \
    X(DIVIDE_U, "D = L / R; fails for R = 0")                                                              \
    X(MODULO_S, "D = L % R, sign of L; fails for R = 0")                                                   \
    X(MODULO_U, "D = L % R; fails for R = 0")                                                              \
    X(POWER_S, "D = L ** R by squaring; fails for 0 to a negative power")                                  \
    X(POWER_U, "D = L ** R")                                                                               \
    X(NEGATE_S, "D = -L")                                                                                  \
    X(NEGATE_U, "D = -L")                                                                                  \
    X(WRAP_S, "D = the low w bits of L, sign-extended")                                                    \
    X(WRAP_U, "D = the low w bits of L")                                                                   \
    X(EQUAL, "D = L == R")                                                                                 \
    X(NOT_EQUAL, "D = L != R")                                                                             \
    X(LESS_S, "D = L < R")                                                                                 \
    X(LESS_U, "D = L < R")                                                                                 \
    X(LESS_EQUAL_S, "D = L <= R")                                                                          \
    X(LESS_EQUAL_U, "D = L <= R")                                                                          \
    X(NOT_ZERO, "D = L != 0")                                                                              \
    X(IS_ZERO, "D = L == 0")                                                                               \
    /* bits of numbers; of any w, beyond 64 in several cells */                                            \
    X(AND, "D = L & R")                                                                                    \
    X(OR, "D = L | R")                                                                                     \
    X(XOR, "D = L ^ R")                                                                                    \
    X(NOT, "D = ~L within w bits")                                                                         \
    X(SHIFT_LEFT, "D = L << cells[R], bits beyond w lost; fails for a negative R")                         \
    X(SHIFT_RIGHT, "D = L >> cells[R], zeros come in; fails for a negative R")                             \
    X(ROTATE_LEFT, "D = L rotated by the signed cells[R]")                                                 \
    X(ROTATE_RIGHT, "D = L rotated by the signed cells[R]")                                                \
    X(COUNT_BITS, "D = ones in L")                                                                         \
    X(EQUAL_BITS, "D = L == R")                                                                            \
    X(LESS_BITS, "D = L < R as unsigned numbers")                                                          \
    X(SLICE, "D = bits [data, data + w) of L...")                                                          \
    X(SPLICE, "bits [data, data + w) of D... = L")                                                         \
    /* floats; w 32 rounds the result to float */                                                          \
    X(ADD_F, "D = L + R")                                                                                  \
    X(SUBTRACT_F, "D = L - R")                                                                             \
    X(MULTIPLY_F, "D = L * R")                                                                             \
    X(DIVIDE_F, "D = L / R; fails for R = 0")                                                              \
    X(MODULO_F, "D = fmod(L, R); fails for R = 0")                                                         \
    X(POWER_F, "D = pow(L, R)")                                                                            \
    X(NEGATE_F, "D = -L")                                                                                  \
    X(ROUND_F, "D = L rounded to w")                                                                       \
    X(EQUAL_F, "D = L == R")                                                                               \
    X(NOT_EQUAL_F, "D = L != R")                                                                           \
    X(LESS_F, "D = L < R")                                                                                 \
    X(LESS_EQUAL_F, "D = L <= R")                                                                          \
    X(NOT_ZERO_F, "D = L != 0")                                                                            \
    X(FUNCTION_F, "D = function `data` (kt_node_code: SIN to FLOOR) of L; fails outside its domain")       \
    X(INT_TO_FLOAT, "D = (double) L, signed")                                                              \
    X(UINT_TO_FLOAT, "D = (double) L, unsigned")                                                           \
    X(FLOAT_TO_INT, "D = L truncated, wrapped to w; fails where it is not finite")                         \
    X(FLOAT_TO_UINT, "D = L truncated, wrapped to w; fails where it is not finite")                        \
    X(FLOAT_TO_ANGLE, "D = L radians as an angle of w bits, rounded to nearest")                           \
    X(ANGLE_TO_FLOAT, "D = angle L of w bits in radians, [0, 2 pi)")                                       \
    X(RESIZE_ANGLE, "D = angle L of `data` bits as one of w bits: rounded to nearest")                     \
    /* complex numbers, two cells each; w 64: each part rounded to float */                                \
    X(ADD_C, "D = L + R")                                                                                  \
    X(SUBTRACT_C, "D = L - R")                                                                             \
    X(MULTIPLY_C, "D = L * R")                                                                             \
    X(DIVIDE_C, "D = L / R; fails for R = 0")                                                              \
    X(POWER_C, "D = L ** R")                                                                               \
    X(NEGATE_C, "D = -L")                                                                                  \
    X(ROUND_C, "D = L rounded to w")                                                                       \
    X(EQUAL_C, "D = L == R")                                                                               \
    X(FUNCTION_C, "D = function `data` (SIN, COS, EXP, LOG, SQRT) of L")                                   \
    /* control */                                                                                          \
    X(LABEL, "nothing: a jump, or the end of a call, arrives here")                                        \
    X(JUMP_IF, "to operation `data` where L != 0")                                                         \
    X(JUMP_IF_NOT, "to operation `data` where L == 0")                                                     \
    X(LOOP, "where L + cells[D] does not pass R: L becomes that, and to operation `data`; w: KT_LOOP_...") \
    X(CALL, "to operation `data`; see below")                                                              \
    X(RETURN, "behind the CALL that came here")                                                            \
    X(EXTERN, "D... = extern `data` of the arguments in cells L...")                                       \
    X(FAIL, "the shot cannot go on from here; places[data] says where that is")

typedef enum kt_instruction {
    KT_INSTRUCTION_BEFORE = KT_OP_CLASSICAL - 1,
#define X(name, meaning) KT_DO_##name,
    KT_INSTRUCTIONS(X)
#undef X
        KT_INSTRUCTION_END
} kt_instruction;

/* What a LOOP counts with is signed, but for these; it does not turn by a step of 0. */
enum { KT_LOOP_BOUNDS_U = 1, KT_LOOP_STEP_U = 2 };

/* CALL: operands[left, left + 4): first cell, cells, first bit, bits of the routine's own memory. They are saved by the call and given back
 * by the RETURN, all but the `right` cells from `destination` on, where the result is. The call changes none of them: arguments wait in
 * cells that the routine reads before it writes there. */

/* Bits and cells; owned by whoever runs the machine. */
typedef struct kt_memory {
    uint64_t *bits;  /* bit b: word b / 64 */
    uint64_t *cells; /* circuit->cell_count */
} kt_memory;

/* A call under way. */
typedef struct kt_call {
    uint32_t back; /* where to go on */
    uint32_t call; /* the CALL's index in the program */
    size_t saved;  /* words on the stack before its saved ones */
} kt_call;

/* A machine in the middle of its work. A copy of memory, calls and stack is a copy of it. */
typedef struct kt_machine {
    const ketch_circuit *circuit; /* pools, externs; its ops are looked at for messages alone */
    const kt_op *program;         /* what it carries out: the circuit's ops, or a plan's order of them; ends in KT_OP_END */
    const uint32_t *program_ops;  /* by place in program: the operation of the circuit, for messages; NULL: the same */
    double *params;               /* those that SET_PARAM fills */
    kt_memory memory;
    uint32_t at; /* the next operation */
    kt_call *calls;
    uint32_t call_count;
    size_t call_capacity;
    uint64_t *stack; /* saved by calls */
    size_t stack_count, stack_capacity;
    /* limits */
    uint64_t
        operations_left; /* each operation takes one, that which is stopped before too; moving many cells takes more. The run sets it */
    uint32_t max_call_depth;
    kt_watch *watch; /* looked at now and then; NULL: never */
    ketch_diag *diag;
} kt_machine;

typedef enum kt_pause {
    KT_PAUSE_OPERATION, /* machine->at is an operation that is not the machine's: do it, and go on behind it (or where a loop says) */
    KT_PAUSE_END,       /* the shot is over */
    KT_PAUSE_FAILED     /* *status and the diagnostic tell */
} kt_pause;

/* Goes on at machine->at. Takes JUMP, JUMP_UNLESS, SET_BIT, BARRIER, DELAY and all instructions; stops before GATE, MEASURE, RESET and the
 * _AT codes. Same memory, same place: same results, whatever the rounding mode that the caller has set to nearest. */
kt_pause kt_machine_run(kt_machine *machine, ketch_status *status);
/* Memory of the stacks; the memory itself is the owner's. */
void kt_machine_free(kt_machine *machine);
/* Stacks of `to` become those of `from`. */
bool kt_machine_copy_stacks(kt_machine *to, const kt_machine *from);

/* The error of the operation at a place of the program, with its place in the source. */
ketch_status kt_machine_fail(kt_machine *machine, uint32_t at, kt_code code, const char *format, ...) KT_PRINTF(4, 5);

static inline bool kt_is_instruction(const kt_op *op) { return op->code >= KT_OP_CLASSICAL; }
static inline uint32_t kt_cells_of(kt_scalar type, uint32_t width) {
    return type == KT_SCALAR_COMPLEX ? 2 : type == KT_SCALAR_BITS ? (width + 63) / 64 : 1;
}
static inline double kt_cell_double(uint64_t cell) {
    double number;
    __builtin_memcpy(&number, &cell, sizeof number);
    return number;
}
static inline uint64_t kt_double_cell(double number) {
    uint64_t cell;
    __builtin_memcpy(&cell, &number, sizeof cell);
    return cell;
}

/* Carries out an instruction on cells alone: integers, bits of numbers, floats, angles, complex numbers, COPY, and GET_BIT and PUT_BIT.
 * NULL, or in words why it cannot be ("division by zero"). What is worked out while reading is worked out by it too, so that both agree. */
const char *kt_compute(uint64_t *cells, const kt_op *op);

/* "ADD_S", and what it does; NULL for what is none. */
const char *kt_instruction_name(uint8_t code);
/* Cells and bits that an instruction reads and writes. Up to 3 ranges of cells are read, one of each is written; a count of 0: none. False
 * where memory is not static: LOAD_AT, STORE_AT, LOAD_BIT_AT, STORE_BIT_AT (which name no bits), CALL, RETURN, EXTERN. */
typedef struct kt_access {
    uint32_t first, count;
} kt_access;
typedef struct kt_accesses {
    kt_access reads[3], written, bits_read, bits_written;
} kt_accesses;
bool kt_instruction_access(kt_accesses *out, const ketch_circuit *circuit, const kt_op *op);

/* Cells of a value, all elements of an array together. */
uint64_t kt_cells_in_all(kt_scalar type, uint32_t width, const kt_dimensions *dimensions);

static inline uint64_t kt_wrap_signed(uint64_t number, uint32_t width) {
    return (uint64_t)((int64_t)(number << (64 - width)) >> (64 - width));
}
static inline uint64_t kt_wrap_unsigned(uint64_t number, uint32_t width) { return number << (64 - width) >> (64 - width); }

#endif
