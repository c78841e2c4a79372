/* SPDX-License-Identifier: Apache-2.0
 *
 * Instructions by name, what memory each of them works on, and the machine's stacks and errors. What they do: classical_run.c.
 */
#include "circuit/circuit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
#define X(name, meaning) #name,
    KT_INSTRUCTIONS(X)
#undef X
};

const char *kt_instruction_name(uint8_t code) {
    return code > KT_INSTRUCTION_BEFORE && code < KT_INSTRUCTION_END ? names[code - KT_INSTRUCTION_BEFORE - 1] : NULL;
}

/* ── What they work on ── */

/* How many cells stand at an operand. */
typedef enum kt_extent {
    NONE,
    ONE,
    PAIR,  /* a complex number */
    WIDE,  /* as many as the instruction's width takes */
    RIGHT, /* as `right` says */
    BITS,  /* as `right` bits take */
    DATA   /* as the bits below data + width take */
} kt_extent;

typedef struct kt_pattern {
    uint8_t left, right, destination; /* read */
    uint8_t written;                  /* from destination on */
} kt_pattern;

static const kt_pattern unary = {ONE, NONE, NONE, ONE}, binary = {ONE, ONE, NONE, ONE}, wide = {WIDE, WIDE, NONE, WIDE},
                        shift = {WIDE, ONE, NONE, WIDE}, complex_unary = {PAIR, NONE, NONE, PAIR},
                        complex_binary = {PAIR, PAIR, NONE, PAIR};

static kt_pattern pattern_of(uint8_t code) {
    switch (code) {
    case KT_DO_SET:
    case KT_DO_NODE: return (kt_pattern){.written = ONE};
    case KT_DO_COPY: return (kt_pattern){.left = RIGHT, .written = RIGHT};
    case KT_DO_LOAD_BITS: return (kt_pattern){.written = BITS};
    case KT_DO_STORE_BITS: return (kt_pattern){.left = BITS};
    case KT_DO_SET_PARAM:
    case KT_DO_JUMP_IF:
    case KT_DO_JUMP_IF_NOT: return (kt_pattern){.left = ONE};
    case KT_DO_GET_BIT: return (kt_pattern){WIDE, ONE, NONE, ONE};
    case KT_DO_PUT_BIT: return (kt_pattern){ONE, ONE, WIDE, WIDE};
    case KT_DO_NOT: return (kt_pattern){.left = WIDE, .written = WIDE};
    case KT_DO_AND:
    case KT_DO_OR:
    case KT_DO_XOR: return wide;
    case KT_DO_SHIFT_LEFT:
    case KT_DO_SHIFT_RIGHT:
    case KT_DO_ROTATE_LEFT:
    case KT_DO_ROTATE_RIGHT: return shift;
    case KT_DO_COUNT_BITS: return (kt_pattern){.left = WIDE, .written = ONE};
    case KT_DO_EQUAL_BITS:
    case KT_DO_LESS_BITS: return (kt_pattern){WIDE, WIDE, NONE, ONE};
    case KT_DO_SLICE: return (kt_pattern){.left = DATA, .written = WIDE};
    case KT_DO_SPLICE: return (kt_pattern){.left = WIDE, .destination = DATA, .written = DATA};
    case KT_DO_EQUAL_C: return (kt_pattern){PAIR, PAIR, NONE, ONE};
    case KT_DO_ADD_C:
    case KT_DO_SUBTRACT_C:
    case KT_DO_MULTIPLY_C:
    case KT_DO_DIVIDE_C:
    case KT_DO_POWER_C: return complex_binary;
    case KT_DO_NEGATE_C:
    case KT_DO_ROUND_C:
    case KT_DO_FUNCTION_C: return complex_unary;
    case KT_DO_LABEL:
    case KT_DO_FAIL: return (kt_pattern){0};
    case KT_DO_INDEX:
    case KT_DO_ADD_CONSTANT_S:
    case KT_DO_ADD_CONSTANT_U:
    case KT_DO_NEGATE_S:
    case KT_DO_NEGATE_U:
    case KT_DO_WRAP_S:
    case KT_DO_WRAP_U:
    case KT_DO_NOT_ZERO:
    case KT_DO_IS_ZERO:
    case KT_DO_NEGATE_F:
    case KT_DO_ROUND_F:
    case KT_DO_NOT_ZERO_F:
    case KT_DO_FUNCTION_F:
    case KT_DO_INT_TO_FLOAT:
    case KT_DO_UINT_TO_FLOAT:
    case KT_DO_FLOAT_TO_INT:
    case KT_DO_FLOAT_TO_UINT:
    case KT_DO_FLOAT_TO_ANGLE:
    case KT_DO_ANGLE_TO_FLOAT:
    case KT_DO_RESIZE_ANGLE: return unary;
    default: return binary;
    }
}

static kt_access access_of(uint32_t first, kt_extent extent, const kt_op *op) {
    uint32_t count = 0;
    switch (extent) {
    case NONE: break;
    case ONE: count = 1; break;
    case PAIR: count = 2; break;
    case WIDE: count = (op->width + 63u) / 64; break;
    case RIGHT: count = op->right; break;
    case BITS: count = (op->right + 63) / 64; break;
    case DATA: count = (uint32_t)(((uint64_t)op->data + op->width + 63) / 64); break;
    }
    return (kt_access){first, count};
}

uint64_t kt_cells_in_all(kt_scalar type, uint32_t width, const kt_dimensions *dimensions) {
    uint64_t cells = kt_cells_of(type, width);
    for (uint32_t d = 0; d < dimensions->dimension_count; d++) cells *= dimensions->dimensions[d];
    return cells;
}

bool kt_instruction_access(kt_accesses *out, const ketch_circuit *circuit, const kt_op *op) {
    *out = (kt_accesses){0};
    switch (op->code) {
    case KT_DO_LOAD_AT:
    case KT_DO_STORE_AT:
    case KT_DO_LOAD_BIT_AT:
    case KT_DO_STORE_BIT_AT:
    case KT_DO_CALL:
    case KT_DO_RETURN:
    case KT_DO_EXTERN: return false;
    case KT_DO_LOAD_BITS: out->bits_read = (kt_access){op->left, op->right}; break;
    case KT_DO_STORE_BITS: out->bits_written = (kt_access){op->destination, op->right}; break;
    case KT_DO_INPUT: {
        const kt_input *input = &circuit->inputs[op->data];
        out->written = (kt_access){op->destination, (uint32_t)kt_cells_in_all((kt_scalar)input->type, input->width, &input->dimensions)};
        return true;
    }
    case KT_DO_LOOP:
        *out = (kt_accesses){.reads = {{op->left, 1}, {op->right, 1}, {op->destination, 1}}, .written = {op->left, 1}};
        return true;
    default: break;
    }
    kt_pattern pattern = pattern_of(op->code);
    out->reads[0] = access_of(op->left, (kt_extent)pattern.left, op);
    out->reads[1] = access_of(op->right, (kt_extent)pattern.right, op);
    out->reads[2] = access_of(op->destination, (kt_extent)pattern.destination, op);
    if (op->code != KT_DO_STORE_BITS) out->written = access_of(op->destination, (kt_extent)pattern.written, op);
    return true;
}

/* ── Stacks ── */

void kt_machine_free(kt_machine *machine) {
    kt_free(machine->calls);
    kt_free(machine->stack);
    machine->calls = NULL;
    machine->stack = NULL;
    machine->call_count = 0;
    machine->call_capacity = machine->stack_count = machine->stack_capacity = 0;
}

bool kt_machine_copy_stacks(kt_machine *to, const kt_machine *from) {
    if (!kt_reserve(&to->calls, &to->call_capacity, from->call_count, sizeof *to->calls) ||
        !kt_reserve(&to->stack, &to->stack_capacity, from->stack_count, sizeof *to->stack))
        return false;
    if (from->call_count) memcpy(to->calls, from->calls, from->call_count * sizeof *to->calls);
    if (from->stack_count) memcpy(to->stack, from->stack, from->stack_count * sizeof *to->stack);
    to->call_count = from->call_count;
    to->stack_count = from->stack_count;
    return true;
}

/* ── Errors ── */

/* Where an operation of the circuit stands: as it was saved for it, else its line, in the file of the operation nearest to it. */
static kt_place place_of(const ketch_circuit *circuit, uint32_t op, const kt_op *failed) {
    size_t low = 0, high = circuit->op_places_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (circuit->op_places[middle].op < op)
            low = middle + 1;
        else
            high = middle;
    }
    bool own = low < circuit->op_places_count && circuit->op_places[low].op == op;
    const kt_saved_place *saved = circuit->places;
    if (failed->code == KT_DO_FAIL)
        saved = &circuit->places[failed->data];
    else if (circuit->op_places_count)
        saved = &circuit->places[circuit->op_places[own || !low ? low : low - 1].place];
    if (!saved) return (kt_place){.line = failed->line, .column = failed->line != 0};
    kt_place place = {.file = saved->file,
                      .line = saved->line,
                      .column = saved->column,
                      .length = saved->length,
                      .source_line = saved->source_line,
                      .source_size = strlen(saved->source_line)};
    if (own || failed->code == KT_DO_FAIL || !failed->line) return place;
    if (saved->line != failed->line) place.source_line = NULL;
    place.line = failed->line;
    place.column = place.length = 1;
    return place;
}

/* The jump that closes the innermost loop around operation `op`: the first behind it that leads back past it; `op` itself in none. */
static uint32_t loop_around(const ketch_circuit *circuit, uint32_t op) {
    for (size_t i = op; i < circuit->ops_count; i++) {
        uint8_t code = circuit->ops[i].code;
        bool jumps = code == KT_OP_JUMP || code == KT_DO_JUMP_IF || code == KT_DO_JUMP_IF_NOT || code == KT_DO_LOOP;
        if (jumps && circuit->ops[i].data <= op) return (uint32_t)i;
    }
    return op;
}

ketch_status kt_machine_fail(kt_machine *machine, uint32_t at, kt_code code, const char *format, ...) {
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    uint32_t op = machine->program_ops ? machine->program_ops[at] : at;
    uint32_t loop = code == KT_OPERATION_LIMIT ? loop_around(machine->circuit, op) : op; /* that is what takes too long */
    kt_place place = place_of(machine->circuit, loop, loop == op ? &machine->program[at] : &machine->circuit->ops[loop]);
    return kt_fail_at(machine->diag, code, place.line ? &place : NULL, "%s", text);
}
