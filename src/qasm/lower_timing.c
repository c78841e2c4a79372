/* SPDX-License-Identifier: Apache-2.0
 *
 * Timing: durations, `durationof`, `box`. On an ideal machine gates, measurements and resets take no time, delays take what they say, and
 * a state is the same whatever time goes by: timing is checked and resolved, and delays are kept for noise.
 */
#include "qasm/program.h"

#include <math.h>

static bool negative(kt_program *program, kt_span span) {
    return kt_error_at(&program->report, KT_BAD_TIME, span, "a time that is negative or not finite");
}

bool kt_evaluate_time(kt_value *out, kt_program *program, const kt_expression *expression) {
    kt_span span = kt_expression_span(expression);
    kt_value enough;
    if (!kt_evaluate(out, program, expression)) return false;
    if (out->type != KT_TYPE_DURATION) {
        char text[KT_VALUE_TEXT];
        kt_error_at(&program->report, KT_WRONG_TYPE, span, "a time is a duration, as 100ns, not %s", kt_value_type_text(text, *out));
        return false;
    }
    if (kt_value_known(*out)) return (out->as.number >= 0 && isfinite(out->as.number)) || negative(program, span);
    if (out->symbolic) return kt_note_stretchy(program, *out, span);
    kt_value zero = {.type = KT_TYPE_DURATION};
    return kt_binary(&enough, program, KT_TOKEN_GREATER_EQUAL, *out, zero, span) && kt_require(program, enough, span);
}

static bool lower_block(kt_program *program, const kt_statement *block) {
    kt_statement whole = {
        .kind = KT_STATEMENT_BLOCK, .line = program->line, .span = program->statement_span, .as.block = (kt_statement *)block};
    return kt_lower_body(program, &whole);
}

/* The block's time, once it is lowered. */
static bool time_of_block(kt_value *out, kt_program *program, size_t first, size_t box, kt_span span) {
    kt_linear time;
    bool decided;
    if (!kt_time_of(&time, &decided, program, first, box)) return false;
    if (!decided) {
        kt_error_at(&program->report, KT_NOT_CONSTANT, span, "how long this takes is decided by the run, or by more than one stretch");
        return false;
    }
    return kt_duration_of(out, program, &time);
}

/* Is there something from `first` on that takes time elsewhere? */
static bool has_gates(const ketch_circuit *circuit, size_t first) {
    size_t i = first;
    while (i < circuit->ops_count && circuit->ops[i].code >= KT_OP_BARRIER &&
           (circuit->ops[i].code < KT_OP_GATE_AT || circuit->ops[i].code > KT_OP_RESET_AT))
        i++;
    return i < circuit->ops_count;
}

/* durationof({ ... }): the block is lowered like any other, timed, and taken back. */
bool kt_evaluate_durationof(kt_value *out, kt_program *program, const kt_expression *expression) {
    ketch_circuit *circuit = program->circuit;
    kt_timing *timing = &program->timing;
    size_t ops = circuit->ops_count, operands = circuit->operands_count, params = circuit->params_count, places = circuit->op_places_count;
    size_t boxes = timing->boxes_count, stretchy = timing->stretchy_count, nops = timing->nops_count;
    uint32_t draws = circuit->draw_count;
    uint64_t charged = program->operations;
    kt_span span = kt_expression_span(expression);
    *out = (kt_value){.type = KT_TYPE_DURATION};
    bool good = lower_block(program, expression->as.block) && time_of_block(out, program, ops, boxes, span);
    if (good && !program->timing_warned && has_gates(circuit, ops)) {
        kt_warning_at(&program->report, KT_NO_TIME, span, "gates and measurements take no time here: `durationof` counts delays alone");
        program->timing_warned = true;
    }
    circuit->ops_count = ops;
    circuit->operands_count = operands;
    circuit->params_count = params;
    circuit->op_places_count = places;
    circuit->draw_count = draws;
    timing->boxes_count = boxes;
    timing->stretchy_count = stretchy;
    timing->nops_count = nops;
    while (circuit->slots_count && circuit->slots[circuit->slots_count - 1].param >= params) circuit->slots_count--;
    kt_charge(program, program->operations - charged, span); /* once for the work, which a short text could ask for again and again */
    return good && !program->report.stopped;
}

bool kt_note_nop(kt_program *program, const kt_selection *qubits) {
    kt_timing *timing = &program->timing;
    if (!timing->depth || program->trial || qubits->moves) return true;
    if (!kt_charge(program, qubits->count / 8, program->statement_span)) return false;
    if (!kt_reserve(&timing->nops, &timing->nops_capacity, timing->nops_count + qubits->count, sizeof *timing->nops))
        return kt_report_no_memory(&program->report);
    for (uint32_t i = 0; i < qubits->count; i++) timing->nops[timing->nops_count++] = kt_selection_at(qubits, i);
    return true;
}

/* Too long without any stretch: said at once, where the other mistakes are. */
static bool check_length(kt_program *program, size_t first, size_t box, double most, kt_span span) {
    kt_linear time;
    bool decided;
    if (!kt_time_of(&time, &decided, program, first, box)) return false;
    if (!decided || time.count || time.constant <= most * (1 + 1e-12)) return true;
    kt_error_at(&program->report, KT_BAD_TIME, span, "what is in the box takes longer than that");
    char text[KT_NUMBER_TEXT];
    kt_number_round(text, time.constant, 6);
    kt_hint_add(&program->report, "its delays take %s s", text);
    return false;
}

/* box[time] { ... } */
bool kt_lower_box(kt_program *program, const kt_statement *statement) {
    const kt_expression *designator = statement->as.control.condition;
    kt_timing *timing = &program->timing;
    kt_value limit = {.type = KT_TYPE_DURATION};
    size_t number = timing->boxes_count;
    kt_span span = designator ? kt_expression_span(designator) : statement->span;
    if (designator && !kt_evaluate_time(&limit, program, designator)) return false;
    if (program->trial) return lower_block(program, statement->as.control.body);
    if (!kt_reserve(&timing->boxes, &timing->boxes_capacity, number + 1, sizeof *timing->boxes))
        return kt_report_no_memory(&program->report);
    uint32_t first = (uint32_t)program->circuit->ops_count;
    kt_box box = {.first = first,
                  .nops = (uint32_t)timing->nops_count,
                  .depth = timing->depth++,
                  .timed = designator != NULL,
                  .symbolic = limit.symbolic,
                  .computed = limit.runtime,
                  .stretchy = (uint32_t)timing->stretchy_count,
                  .span = span};
    if (limit.symbolic) box.node = limit.as.node;
    if (kt_value_known(limit)) box.seconds = limit.as.number;
    timing->boxes[timing->boxes_count++] = box;
    bool good = lower_block(program, statement->as.control.body);
    if (good && designator && kt_value_known(limit)) good = check_length(program, first, number + 1, limit.as.number, span);
    box.end = (uint32_t)program->circuit->ops_count;
    box.nops_end = (uint32_t)timing->nops_count;
    box.stretchy_end = (uint32_t)timing->stretchy_count;
    timing->boxes[number] = box;
    timing->depth--;
    return good;
}
