/* SPDX-License-Identifier: Apache-2.0
 *
 * Operands chosen while the program runs: q[i], q[{i, 2}], q[i:j]. A single one, and each of a set, is a cell that holds the number of the
 * qubit or bit; a range is three cells: the number of its first, the distance to the next, and how many they are.
 */
#include "qasm/program.h"

#include <string.h>

/* ── Arithmetic on integers of 64 bits, folded where both are known ── */

static bool emit(kt_program *program, uint8_t code, uint32_t destination, uint32_t left, uint32_t right, uint32_t data, kt_span span) {
    return kt_emit(program, (kt_op){.code = code, .width = 64, .destination = destination, .left = left, .right = right, .data = data},
                   span);
}

static bool calculate(kt_value *out, kt_program *program, uint8_t op, kt_value a, kt_value b, kt_span span) {
    return kt_binary(out, program, op, a, b, span) && kt_convert(out, program, KT_TYPE_INT, 0, false, *out, span);
}

bool kt_number_in_cell(uint32_t *cell, kt_program *program, int64_t number, kt_span span) {
    return kt_to_cells(cell, program, kt_value_int(number), span);
}

/* An index as an int: known, or in a cell. */
bool kt_evaluate_position(kt_value *out, kt_program *program, const kt_expression *expression, const char *what) {
    kt_span span = kt_expression_span(expression);
    int64_t known;
    if (expression->kind == KT_EXPRESSION_INTEGER && expression->as.integer <= INT64_MAX) /* nearly always */
        return *out = kt_value_int((int64_t)expression->as.integer), true;
    if (!kt_evaluate(out, program, expression)) return false;
    if (out->symbolic)
        return kt_error_at(&program->report, KT_NOT_CONSTANT, span, "`%.*s` is not known while the program is read", KT_SHOWN(span));
    if (out->runtime && (out->type == KT_TYPE_INT || out->type == KT_TYPE_UINT || out->type == KT_TYPE_BOOL))
        return *out = kt_in_cells(KT_TYPE_INT, 0, out->as.cell), true;
    if (out->runtime) return kt_error_at(&program->report, KT_WRONG_TYPE, span, "%s is an integer", what);
    if (kt_value_integer(&known, *out)) return *out = kt_value_int(known), true;
    if (out->type == KT_TYPE_BIG || out->type == KT_TYPE_UINT)
        return kt_error_at(&program->report, KT_ARITHMETIC, span, "%s of more than 63 bits", what);
    return kt_error_at(&program->report, KT_WRONG_TYPE, span, "%s is an integer", what);
}

/* Where it is among `count`, negative ones counted from the end; the run fails out of range. */
static bool check_index(kt_value *out, kt_program *program, kt_value index, uint32_t count, kt_span span) {
    uint32_t from, to;
    if (!kt_to_cells(&from, program, index, span) || (to = kt_new_cells(program, 1)) == KT_NO_CELL) return false;
    *out = kt_in_cells(KT_TYPE_INT, 0, to);
    return emit(program, KT_DO_INDEX, to, from, 0, count, span);
}

/* ── From positions to qubits or bits ── */

/* The elements of a list, or what is in its cells, in cells side by side. */
static bool table_of(uint32_t *first, kt_program *program, const kt_selection *from, kt_span span) {
    if ((*first = kt_new_cells(program, from->count)) == KT_NO_CELL) return false;
    for (uint32_t i = 0; i < from->count; i++)
        if (!kt_store_cells(program, *first + i, from->moves ? kt_in_cells(KT_TYPE_INT, 0, from->list[i]) : kt_value_int(from->list[i]),
                            span))
            return false;
    return true;
}

static bool number_at(uint32_t *cell, kt_program *program, const kt_selection *from, kt_value position, kt_span span) {
    uint32_t table, offset;
    kt_value number;
    if (!from->list) {
        return calculate(&number, program, KT_TOKEN_ASTERISK, position, kt_value_int(from->step), span) &&
               calculate(&number, program, KT_TOKEN_PLUS, number, kt_value_int(from->first), span) &&
               kt_to_cells(cell, program, number, span);
    }
    if (!kt_to_cells(&offset, program, position, span) || !table_of(&table, program, from, span)) return false;
    return (*cell = kt_new_cells(program, 1)) != KT_NO_CELL && emit(program, KT_DO_LOAD_AT, *cell, table, 1, offset, span);
}

/* A position that may be negative, counted from the end then; 1 behind the last and further is allowed, since it may not be reached. */
static bool from_the_end(kt_value *out, kt_program *program, kt_value end, kt_value count, kt_span span) {
    kt_value negative;
    return kt_binary(&negative, program, KT_TOKEN_LESS, end, kt_value_int(0), span) &&
           kt_convert(&negative, program, KT_TYPE_INT, 0, false, negative, span) &&
           calculate(&negative, program, KT_TOKEN_ASTERISK, negative, count, span) &&
           calculate(out, program, KT_TOKEN_PLUS, end, negative, span);
}

/* The run chooses how many there are, too. */
static bool choose_in_range(uint32_t *cell, kt_program *program, const kt_selection *from, kt_value index, kt_span span) {
    kt_value count = kt_in_cells(KT_TYPE_INT, 0, from->count), first = kt_in_cells(KT_TYPE_INT, 0, (uint32_t)from->first);
    kt_value step = kt_in_cells(KT_TYPE_INT, 0, (uint32_t)from->step), position, inside, number;
    return from_the_end(&position, program, index, count, span) &&
           kt_binary(&inside, program, KT_TOKEN_GREATER_EQUAL, position, kt_value_int(0), span) && kt_require(program, inside, span) &&
           kt_binary(&inside, program, KT_TOKEN_LESS, position, count, span) && kt_require(program, inside, span) &&
           calculate(&number, program, KT_TOKEN_ASTERISK, position, step, span) &&
           calculate(&number, program, KT_TOKEN_PLUS, number, first, span) && kt_to_cells(cell, program, number, span);
}

static bool choose_one(uint32_t *cell, kt_program *program, const kt_selection *from, kt_value index, kt_span span) {
    kt_value position;
    if (kt_is_choice_range(from)) return choose_in_range(cell, program, from, index, span);
    return check_index(&position, program, index, from->count, span) && number_at(cell, program, from, position, span);
}

/* What it moves in lasts as long as aliases of it may. */
static bool keep_origin(kt_selection *choice, kt_program *program, const kt_selection *from) {
    if (from->moves) return choice->from = from->from, true;
    kt_selection *copy = kt_arena_alloc(&program->kept, sizeof *copy);
    if (!copy) return kt_report_no_memory(&program->report);
    *copy = *from;
    choice->from = copy;
    return true;
}

bool kt_choose_cells(kt_selection *out, kt_program *program, const kt_selection *from, const kt_value *indices, uint32_t count, bool scalar,
                     kt_span span) {
    uint32_t *cells = kt_arena_alloc(&program->statement, (count + 1) * sizeof *cells);
    if (!cells) return kt_report_no_memory(&program->report);
    for (uint32_t i = 0; i < count; i++)
        if (!choose_one(&cells[i], program, from, indices[i], span)) return false;
    *out = (kt_selection){.scalar = scalar, .moves = true, .count = count, .list = cells};
    return keep_origin(out, program, from);
}

/* step < 0 ? if_negative : otherwise */
static bool by_sign(kt_value *out, kt_program *program, kt_value step, int64_t if_negative, int64_t otherwise, kt_span span) {
    kt_value negative;
    return kt_binary(&negative, program, KT_TOKEN_LESS, step, kt_value_int(0), span) &&
           kt_convert(&negative, program, KT_TYPE_INT, 0, false, negative, span) &&
           calculate(&negative, program, KT_TOKEN_ASTERISK, negative, kt_value_int(if_negative - otherwise), span) &&
           calculate(out, program, KT_TOKEN_PLUS, negative, kt_value_int(otherwise), span);
}

/* How many steps fit from start to stop, both included: 0 where stop lies on the other side. */
static bool count_steps(kt_value *out, kt_program *program, kt_value start, kt_value step, kt_value stop, kt_span span) {
    kt_value distance, quotient, backwards, turned;
    if (!calculate(&distance, program, KT_TOKEN_MINUS, stop, start, span) ||
        !calculate(&quotient, program, KT_TOKEN_SLASH, distance, step, span) /* a step of 0 fails here */ ||
        !calculate(&quotient, program, KT_TOKEN_PLUS, quotient, kt_value_int(1), span))
        return false;
    /* on the other side: distance * sign of step < 0 */
    return by_sign(&turned, program, step, -1, 1, span) && calculate(&distance, program, KT_TOKEN_ASTERISK, distance, turned, span) &&
           kt_binary(&backwards, program, KT_TOKEN_GREATER_EQUAL, distance, kt_value_int(0), span) &&
           kt_convert(&backwards, program, KT_TYPE_INT, 0, false, backwards, span) &&
           calculate(out, program, KT_TOKEN_ASTERISK, quotient, backwards, span);
}

/* Where there are any, the first and the last are in range. */
static bool check_ends(kt_program *program, kt_value start, kt_value step, kt_value count, uint32_t size, kt_span span) {
    ketch_circuit *circuit = program->circuit;
    kt_value last, shifted, ignored;
    uint32_t cell;
    if (!kt_to_cells(&cell, program, count, span)) return false;
    size_t over = circuit->ops_count;
    if (!emit(program, KT_DO_JUMP_IF_NOT, 0, cell, 0, 0, span)) return false;
    circuit->condition_depth++;
    bool good = calculate(&last, program, KT_TOKEN_MINUS, count, kt_value_int(1), span) &&
                calculate(&last, program, KT_TOKEN_ASTERISK, last, step, span) &&
                calculate(&last, program, KT_TOKEN_PLUS, last, start, span) && check_index(&ignored, program, last, size, span) &&
                /* negative numbers pass for indices: not these, which have counted from the end already */
                calculate(&shifted, program, KT_TOKEN_MINUS, last, kt_value_int(size), span) &&
                check_index(&ignored, program, shifted, size, span);
    circuit->condition_depth--;
    circuit->ops[over].data = (uint32_t)circuit->ops_count;
    return emit(program, KT_DO_LABEL, 0, 0, 0, 0, (kt_span){0}) && good;
}

bool kt_choose_range(kt_selection *out, kt_program *program, const kt_selection *from, const kt_ends *ends, kt_span span) {
    kt_value start = ends->start, step = ends->step, stop = ends->stop, count;
    uint32_t first, distance, length;
    if (from->list)
        return kt_error_at(&program->report, KT_NOT_CONSTANT, span,
                           "a range whose ends are computed while the program runs is taken from a register or a range, not from a list");
    if (ends->has_start ? !check_index(&start, program, start, from->count, span)
                        : !by_sign(&start, program, step, (int64_t)from->count - 1, 0, span))
        return false;
    if (ends->has_stop ? !from_the_end(&stop, program, stop, kt_value_int(from->count), span)
                       : !by_sign(&stop, program, step, 0, (int64_t)from->count - 1, span))
        return false;
    if (!count_steps(&count, program, start, step, stop, span) || !check_ends(program, start, step, count, from->count, span)) return false;
    if (!number_at(&first, program, from, start, span) ||
        !calculate(&step, program, KT_TOKEN_ASTERISK, step, kt_value_int(from->step), span) ||
        !kt_to_cells(&distance, program, step, span) || !kt_to_cells(&length, program, count, span))
        return false;
    *out = (kt_selection){.moves = true, .count = length, .first = first, .step = distance};
    return keep_origin(out, program, from);
}

/* All temporary cells so far become ones of the scope. */
bool kt_keep_choice(kt_selection *choice, kt_program *program) {
    if (!choice->moves) return true;
    program->cells.kept = program->cells.top;
    if (!choice->list) return true;
    uint32_t *cells = kt_arena_alloc(&program->kept, choice->count * sizeof *cells);
    if (!cells) return kt_report_no_memory(&program->report);
    memcpy(cells, choice->list, choice->count * sizeof *cells);
    choice->list = cells;
    return true;
}

/* ── As often as a cell says ── */

bool kt_repeat(kt_repetition *out, kt_program *program, uint32_t count, kt_span span) {
    ketch_circuit *circuit = program->circuit;
    if ((out->turn = kt_new_cells(program, 3)) == KT_NO_CELL) return false;
    out->last = out->turn + 1;
    out->one = out->turn + 2;
    if (!kt_store_cells(program, out->turn, kt_value_int(0), span) || !kt_store_cells(program, out->one, kt_value_int(1), span) ||
        !kt_emit(program, (kt_op){.code = KT_DO_ADD_CONSTANT_S, .width = 64, .destination = out->last, .left = count, .right = UINT32_MAX},
                 span))
        return false;
    out->over = circuit->ops_count;
    if (!emit(program, KT_DO_JUMP_IF_NOT, 0, count, 0, 0, span) || !emit(program, KT_DO_LABEL, 0, 0, 0, 0, (kt_span){0})) return false;
    circuit->condition_depth++;
    return true;
}

bool kt_repeat_end(kt_program *program, const kt_repetition *repetition, kt_span span) {
    ketch_circuit *circuit = program->circuit;
    circuit->condition_depth--;
    if (!emit(program, KT_DO_LOOP, repetition->one, repetition->turn, repetition->last, (uint32_t)repetition->over + 1, span)) return false;
    circuit->ops[repetition->over].data = (uint32_t)circuit->ops_count;
    return emit(program, KT_DO_LABEL, 0, 0, 0, 0, (kt_span){0});
}

bool kt_chosen_cell(uint32_t *cell, kt_program *program, const kt_selection *selection, uint32_t i, const kt_repetition *turn,
                    kt_span span) {
    uint32_t at = selection->scalar ? 0 : i;
    if (selection->moves && selection->list) return *cell = selection->list[at], true;
    if (!selection->moves && !(turn && !selection->scalar)) return kt_number_in_cell(cell, program, kt_selection_at(selection, at), span);
    kt_value number = kt_in_cells(KT_TYPE_INT, 0, turn->turn);
    if (!selection->moves) return number_at(cell, program, selection, number, span);
    return calculate(&number, program, KT_TOKEN_ASTERISK, number, kt_in_cells(KT_TYPE_INT, 0, (uint32_t)selection->step), span) &&
           calculate(&number, program, KT_TOKEN_PLUS, number, kt_in_cells(KT_TYPE_INT, 0, (uint32_t)selection->first), span) &&
           kt_to_cells(cell, program, number, span);
}

bool kt_require(kt_program *program, kt_value condition, kt_span span) {
    uint32_t cell, place;
    kt_place where = kt_report_place(&program->report, span);
    ketch_circuit *circuit = program->circuit;
    if (!kt_to_cells(&cell, program, condition, span) ||
        !kt_report_status(&program->report, kt_circuit_add_place(&place, circuit, &where, program->diag)))
        return false;
    uint32_t behind = (uint32_t)circuit->ops_count + 2;
    return emit(program, KT_DO_JUMP_IF, 0, cell, 0, behind, (kt_span){0}) && emit(program, KT_DO_FAIL, 0, 0, 0, place, span) &&
           emit(program, KT_DO_LABEL, 0, 0, 0, 0, (kt_span){0});
}

/* How many there are, as an int. */
static kt_value count_of(const kt_selection *selection) {
    return kt_is_choice_range(selection) ? kt_in_cells(KT_TYPE_INT, 0, selection->count) : kt_value_int(selection->count);
}

bool kt_check_sizes(kt_program *program, const kt_selection *a, const kt_selection *b, kt_span span) {
    kt_value equal;
    return kt_binary(&equal, program, KT_TOKEN_EQUAL, count_of(a), count_of(b), span) && kt_require(program, equal, span);
}
