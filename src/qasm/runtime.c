/* SPDX-License-Identifier: Apache-2.0
 *
 * Instructions, and the cells that they work on. A computation whose operands are known is carried out at once, by the same code that the
 * machine uses while the program runs; otherwise an instruction is appended to the circuit. So an expression means the same both ways.
 */
#include "qasm/program.h"

#include <string.h>

/* ── Instructions ── */

/* Bits that an operation writes are no longer what they were. */
static void follow_bits(kt_program *program, const kt_op *op, const uint32_t *operands) {
    kt_selection bit = {.count = 1, .step = 1};
    if (op->code == KT_DO_STORE_BITS) {
        bit.first = op->destination;
        bit.count = op->right;
    } else if (op->code == KT_OP_SET_BIT || op->code == KT_OP_MEASURE) {
        bit.first = operands[op->code == KT_OP_MEASURE];
        if (bit.first == KT_NO_BIT) return;
    } else {
        return;
    }
    kt_forget_bits(program, &bit);
}

bool kt_add_op(kt_program *program, kt_op op, const uint32_t *operands, uint32_t count) {
    if (program->bits_capacity) follow_bits(program, &op, operands);
    ketch_status status = kt_circuit_add_op(program->circuit, op, operands, count, program->diag);
    return status == KETCH_OK || kt_report_status(&program->report, status);
}

bool kt_emit(kt_program *program, kt_op op, kt_span span) {
    ketch_circuit *circuit = program->circuit;
    uint32_t place = 0;
    if (!kt_charge(program, 1, span)) return false;
    if (program->bits_capacity) follow_bits(program, &op, NULL);
    if (span.at) {
        if (!kt_save_place(&place, program, span)) return false;
        if (!kt_reserve(&circuit->op_places, &circuit->op_places_capacity, circuit->op_places_count + 1, sizeof *circuit->op_places))
            return kt_report_no_memory(&program->report);
    }
    if (!op.line) op.line = program->line;
    op.conditional = circuit->condition_depth > 0;
    if (circuit->ops_count >= UINT32_MAX)
        return kt_report_status(&program->report, kt_fail(program->diag, KT_CIRCUIT_TOO_LARGE, "more than 2^32 operations"));
    if (!kt_reserve(&circuit->ops, &circuit->ops_capacity, circuit->ops_count + 1, sizeof *circuit->ops))
        return kt_report_no_memory(&program->report);
    if (span.at) circuit->op_places[circuit->op_places_count++] = (kt_op_place){(uint32_t)circuit->ops_count, place};
    circuit->ops[circuit->ops_count++] = op;
    if (circuit->cell_count < program->cells.high) circuit->cell_count = program->cells.high;
    circuit->dynamic = true;
    return true;
}

bool kt_save_place(uint32_t *index, kt_program *program, kt_span span) {
    size_t slot = (uintptr_t)span.at % (sizeof program->places / sizeof *program->places);
    if (program->places[slot].at != span.at || program->places[slot].size != span.size) {
        kt_place place = kt_report_place(&program->report, span);
        if (!kt_report_status(&program->report,
                              kt_circuit_add_place(&program->places[slot].index, program->circuit, &place, program->diag)))
            return false;
        program->places[slot].at = span.at;
        program->places[slot].size = span.size;
    }
    *index = program->places[slot].index;
    return true;
}

/* ── Cells ── */

static bool too_many_cells(kt_program *program) {
    return kt_error_at(&program->report, KT_CELL_LIMIT, program->statement_span, "variables take more than %llu cells of 8 bytes",
                       (unsigned long long)program->options->max_cells);
}

uint32_t kt_new_cells(kt_program *program, uint32_t count) {
    kt_cells *cells = &program->cells;
    uint64_t first = cells->top;
    size_t low = 0, high = program->reserved_count; /* routines have theirs for good: in order, apart */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (program->reserved[middle].end > first)
            high = middle;
        else
            low = middle + 1;
    }
    for (; low < program->reserved_count && first + count > program->reserved[low].first; low++) first = program->reserved[low].end;
    if (first + count > program->options->max_cells || first + count >= KT_NO_CELL) {
        too_many_cells(program);
        return KT_NO_CELL;
    }
    cells->top = (uint32_t)first + count;
    if (cells->top > cells->high) cells->high = cells->top;
    return (uint32_t)first;
}

uint32_t kt_new_kept_cells(kt_program *program, uint32_t count) {
    uint32_t first = kt_new_cells(program, count);
    program->cells.kept = program->cells.top;
    return first;
}

kt_cells kt_cells_begin_routine(kt_program *program) {
    kt_cells outside = program->cells;
    program->cells.top = program->cells.kept = program->cells.high;
    program->routine_depth++;
    return outside;
}

bool kt_cells_end_routine(uint32_t *first, uint32_t *count, kt_program *program, kt_cells outside) {
    uint32_t begin = outside.high, end = program->cells.high;
    program->routine_depth--;
    if (!kt_reserve(&program->reserved, &program->reserved_capacity, program->reserved_count + 1, sizeof *program->reserved))
        return kt_report_no_memory(&program->report);
    while (program->reserved_count && program->reserved[program->reserved_count - 1].first >= begin) program->reserved_count--;
    if (end > begin) program->reserved[program->reserved_count++] = (kt_cell_range){begin, end}; /* with those that it led to */
    *first = begin;
    *count = end - begin;
    program->cells.top = outside.top;
    program->cells.kept = outside.kept;
    return true;
}

kt_value kt_in_cells(kt_type type, uint32_t width, uint32_t cell) {
    return (kt_value){.type = (uint8_t)type, .runtime = true, .width = width, .as.cell = cell};
}

/* Cells set to words; runs of zeros in wide ones are copied from the first. */
static bool set_cells(kt_program *program, uint32_t cell, const uint64_t *words, uint32_t count) {
    ketch_circuit *circuit = program->circuit;
    if (!kt_reserve(&circuit->words, &circuit->words_capacity, circuit->words_count + count, sizeof *circuit->words))
        return kt_report_no_memory(&program->report);
    uint32_t first = (uint32_t)circuit->words_count;
    memcpy(circuit->words + first, words, count * sizeof *words);
    circuit->words_count += count;
    for (uint32_t i = 0; i < count; i++)
        if (!kt_emit(program, (kt_op){.code = KT_DO_SET, .width = 64, .destination = cell + i, .left = first + i}, (kt_span){0}))
            return false;
    return true;
}

/* The value, symbolic before, in cells. */
static bool node_to_cells(kt_program *program, uint32_t cell, kt_value value, kt_span span) {
    kt_op load = {.code = KT_DO_NODE, .width = 64, .destination = cell, .data = value.as.node};
    kt_op angle = {.code = KT_DO_FLOAT_TO_ANGLE, .width = (uint16_t)kt_value_width(value), .destination = cell, .left = cell};
    kt_op narrow = {.code = KT_DO_ROUND_F, .width = 32, .destination = cell, .left = cell};
    if (!kt_emit(program, load, (kt_span){0})) return false;
    if (value.type == KT_TYPE_ANGLE) return kt_emit(program, angle, span);
    return value.width != 32 || kt_emit(program, narrow, (kt_span){0});
}

/* Was the last instruction made for this temporary value alone, so that it may be changed? */
static kt_op *maker_of(kt_program *program, kt_value value) {
    ketch_circuit *circuit = program->circuit;
    kt_accesses accesses;
    if (!value.runtime || value.as.cell < program->cells.kept || !circuit->ops_count) return NULL;
    kt_op *last = &circuit->ops[circuit->ops_count - 1];
    if (last->code < KT_OP_CLASSICAL || last->code >= KT_DO_LABEL) return NULL;
    bool changes_part = last->code == KT_DO_PUT_BIT || last->code == KT_DO_SPLICE; /* of what D held before */
    bool fixed = kt_instruction_access(&accesses, circuit, last);
    if (last->code == KT_DO_LOAD_AT) accesses.written = (kt_access){last->destination, last->right};
    bool known = (fixed || last->code == KT_DO_LOAD_AT || last->code == KT_DO_LOAD_BIT_AT) && !changes_part;
    if (last->code == KT_DO_LOAD_BIT_AT) accesses.written = (kt_access){last->destination, 1};
    return known && accesses.written.first == value.as.cell && accesses.written.count == kt_value_cells(value) ? last : NULL;
}

bool kt_store_cells(kt_program *program, uint32_t cell, kt_value value, kt_span span) {
    uint32_t count = kt_value_cells(value);
    uint64_t room[2];
    if (value.symbolic) return node_to_cells(program, cell, value, span);
    if (!value.runtime) return set_cells(program, cell, kt_value_words_of(&value, room), count);
    if (value.as.cell == cell) return true;
    kt_op *maker = maker_of(program, value);
    if (maker) return maker->destination = cell, true; /* computed there at once */
    return kt_emit(program, (kt_op){.code = KT_DO_COPY, .width = 64, .destination = cell, .left = value.as.cell, .right = count},
                   (kt_span){0});
}

bool kt_to_cells(uint32_t *cell, kt_program *program, kt_value value, kt_span span) {
    *cell = value.as.cell;
    if (value.runtime) return true;
    *cell = kt_new_cells(program, kt_value_cells(value));
    return *cell != KT_NO_CELL && kt_store_cells(program, *cell, value, span);
}

/* ── Computations ── */

static bool can_fail(uint8_t code) {
    switch (code) {
    case KT_DO_DIVIDE_S:
    case KT_DO_DIVIDE_U:
    case KT_DO_MODULO_S:
    case KT_DO_MODULO_U:
    case KT_DO_POWER_S:
    case KT_DO_SHIFT_LEFT:
    case KT_DO_SHIFT_RIGHT:
    case KT_DO_DIVIDE_F:
    case KT_DO_MODULO_F:
    case KT_DO_FUNCTION_F:
    case KT_DO_FLOAT_TO_INT:
    case KT_DO_FLOAT_TO_UINT:
    case KT_DO_FLOAT_TO_ANGLE:
    case KT_DO_DIVIDE_C:
    case KT_DO_POWER_C:
    case KT_DO_FUNCTION_C:
    case KT_DO_GET_BIT:
    case KT_DO_PUT_BIT: return true;
    default: return false;
    }
}

/* At once, in a small memory: D..., then the operands. NULL, or why it cannot be. */
static const char *fold(kt_value *out, kt_program *program, const kt_computation *work, const kt_value *base, const kt_value *left,
                        const kt_value *right) {
    uint64_t few[16], room[2], *cells = few;
    kt_value result = {.type = (uint8_t)work->type.type, .width = work->type.width};
    const kt_value *parts[3] = {base ? base : &result, left, right};
    uint32_t at[3], total = 0;
    for (int i = 0; i < 3; i++) {
        at[i] = total;
        if (parts[i]) total += kt_value_cells(*parts[i]);
    }
    program->arithmetic.work += 4 * (uint64_t)total;
    if (total + 1 > sizeof few / sizeof *few || work->type.type == KT_TYPE_BITS)
        cells = kt_arena_alloc(program->arithmetic.arena, (total + 1) * sizeof *cells); /* the result's words stay there */
    if (!cells) return "out of memory";
    for (int i = 0; i < 3; i++)
        if (parts[i] && (i || base)) memcpy(cells + at[i], kt_value_words_of(parts[i], room), kt_value_cells(*parts[i]) * sizeof *cells);
    kt_op op = {.code = work->code, .width = (uint16_t)work->width, .left = at[1], .right = at[2], .data = work->data};
    const char *problem = kt_compute(cells, &op);
    if (problem) return problem;
    result = kt_value_of_words(work->type.type, work->type.width, cells);
    result.followed = (base && base->followed) || left->followed || (right && right->followed);
    *out = result; /* which may be an operand */
    return NULL;
}

bool kt_carry_out(kt_value *out, kt_program *program, kt_computation work, const kt_value *base, const kt_value *left,
                  const kt_value *right, kt_span span) {
    if (work.width > UINT16_MAX)
        return kt_error_at(&program->report, KT_BIT_LIMIT, span, "operators work on up to %u bits at a time", UINT16_MAX);
    if ((!base || kt_value_known(*base)) && kt_value_known(*left) && (!right || kt_value_known(*right))) {
        const char *problem = fold(out, program, &work, base, left, right);
        if (!problem) return true;
        bool followed = (base && base->followed) || left->followed || (right && right->followed);
        if (!followed) return kt_error_at(&program->report, KT_ARITHMETIC, span, "%s", problem);
    } /* else it fails while the program runs, if it comes to it */
    kt_op op = {.code = work.code, .width = (uint16_t)work.width, .data = work.data};
    kt_value result = {.type = (uint8_t)work.type.type, .width = work.type.width};
    if (!kt_to_cells(&op.left, program, *left, span) || (right && !kt_to_cells(&op.right, program, *right, span))) return false;
    uint32_t cells = kt_value_cells(base ? *base : result);
    if ((op.destination = kt_new_cells(program, cells)) == KT_NO_CELL) return false;
    if (base) { /* in a copy of it */
        uint32_t from;
        if (!kt_to_cells(&from, program, *base, span)) return false;
        kt_op copy = {.code = KT_DO_COPY, .width = 64, .destination = op.destination, .left = from, .right = cells};
        if (!kt_emit(program, copy, (kt_span){0})) return false;
    }
    *out = kt_in_cells(work.type.type, work.type.width, op.destination);
    return kt_emit(program, op, can_fail(op.code) ? span : (kt_span){0});
}

/* Cuts a sum just computed to fewer bits in the same instruction: the low bits of a sum or product need only those of its operands. */
bool kt_narrow_last(kt_program *program, kt_value value, bool is_signed, uint32_t width) {
    static const uint8_t pairs[][2] = {{KT_DO_ADD_S, KT_DO_ADD_U},
                                       {KT_DO_ADD_CONSTANT_S, KT_DO_ADD_CONSTANT_U},
                                       {KT_DO_SUBTRACT_S, KT_DO_SUBTRACT_U},
                                       {KT_DO_MULTIPLY_S, KT_DO_MULTIPLY_U},
                                       {KT_DO_NEGATE_S, KT_DO_NEGATE_U}};
    kt_op *maker = maker_of(program, value);
    if (!maker || width > maker->width) return false;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (maker->code != pairs[i][0] && maker->code != pairs[i][1]) continue;
        maker->code = pairs[i][is_signed ? 0 : 1];
        maker->width = (uint16_t)width;
        return true;
    }
    return false;
}
