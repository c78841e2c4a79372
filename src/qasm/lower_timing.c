/* SPDX-License-Identifier: Apache-2.0
 *
 * Timing: durations, `durationof`, `box`, `stretch`. On an ideal machine gates, measurements and resets take no time, delays take what they
 * say, and a state is the same whatever time goes by: timing is checked and resolved, and delays are kept for noise.
 *
 * A stretch is the least time that fits. Since nothing but delays takes time, that is 0.
 */
#include "qasm/program.h"

#include <math.h>

/* ── Durations ── */

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
    kt_value zero = {.type = KT_TYPE_DURATION};
    return kt_binary(&enough, program, KT_TOKEN_GREATER_EQUAL, *out, zero, span) && kt_require(program, enough, span);
}

/* stretch name; */
bool kt_declare_stretch(kt_program *program, const kt_statement *statement) {
    const kt_expression *value = statement->as.declaration.value;
    if (value) {
        kt_scope_spoil(program, statement->symbol);
        return kt_error_at(&program->report, KT_BAD_TIME, kt_expression_span(value),
                           "a stretch is given no value: it is what the timing leaves");
    }
    kt_binding *binding = kt_scope_declare(program, KT_BINDING_VALUE, statement->symbol, statement->name);
    if (binding) binding->as.value = (kt_value){.type = KT_TYPE_DURATION};
    return binding != NULL;
}

/* ── Time that operations take ── */

/* The time by which every qubit is done with the operations from `first` on: a clock for each qubit, an operation waits for all of its
 * own. False where a delay is computed by the run. */
static bool elapsed(double *out, kt_program *program, size_t first, kt_span span) {
    const ketch_circuit *circuit = program->circuit;
    double *clocks = kt_array(circuit->qubit_count + 1, sizeof *clocks);
    *out = 0;
    if (!clocks) return kt_report_no_memory(&program->report);
    for (uint32_t q = 0; q < circuit->qubit_count; q++) clocks[q] = 0;
    bool good = true;
    for (size_t i = first; i < circuit->ops_count && good; i++) {
        const kt_op *op = &circuit->ops[i];
        uint32_t count = op->code == KT_OP_MEASURE ? 1 : op->operand_count;
        if (op->code == KT_DO_SET_PARAM)
            good = kt_error_at(&program->report, KT_NOT_CONSTANT, span, "how long this takes is computed by the run");
        if (op->code > KT_OP_DELAY) continue;
        const uint32_t *operands = kt_op_operands(circuit, op);
        double now = 0;
        for (uint32_t k = 0; k < count; k++) now = fmax(now, clocks[operands[k] & ~KT_NEGATED]);
        if (op->code == KT_OP_DELAY) now += circuit->params[op->data];
        for (uint32_t k = 0; k < count; k++) clocks[operands[k] & ~KT_NEGATED] = now;
        *out = fmax(*out, now);
    }
    kt_free(clocks);
    return good;
}

static bool lower_block(kt_program *program, const kt_statement *block) {
    kt_statement whole = {
        .kind = KT_STATEMENT_BLOCK, .line = program->line, .span = program->statement_span, .as.block = (kt_statement *)block};
    return kt_lower_body(program, &whole);
}

/* durationof({ ... }): the block is lowered like any other, timed, and taken back. */
bool kt_evaluate_durationof(kt_value *out, kt_program *program, const kt_expression *expression) {
    ketch_circuit *circuit = program->circuit;
    size_t ops = circuit->ops_count, operands = circuit->operands_count, params = circuit->params_count, places = circuit->op_places_count;
    uint32_t draws = circuit->draw_count;
    uint64_t charged = program->operations;
    kt_span span = kt_expression_span(expression);
    *out = (kt_value){.type = KT_TYPE_DURATION};
    bool good = lower_block(program, expression->as.block) && elapsed(&out->as.number, program, ops, span);
    if (good && circuit->ops_count > ops && !program->timing_warned) {
        kt_warning_at(&program->report, KT_NO_TIME, span, "gates and measurements take no time here: `durationof` counts delays alone");
        program->timing_warned = true;
    }
    circuit->ops_count = ops;
    circuit->operands_count = operands;
    circuit->params_count = params;
    circuit->op_places_count = places;
    circuit->draw_count = draws;
    while (circuit->slots_count && circuit->slots[circuit->slots_count - 1].param >= params) circuit->slots_count--;
    kt_charge(program, program->operations - charged, span); /* once for the work, which a short text could ask for again and again */
    return good && !program->report.stopped;
}

/* box[time] { ... } */
bool kt_lower_box(kt_program *program, const kt_statement *statement) {
    const kt_expression *designator = statement->as.control.condition;
    kt_value limit = {.type = KT_TYPE_DURATION};
    size_t first = program->circuit->ops_count;
    double taken;
    if (designator && !kt_evaluate_time(&limit, program, designator)) return false;
    if (!lower_block(program, statement->as.control.body)) return false;
    if (!designator || !kt_value_known(limit)) return true;
    if (!elapsed(&taken, program, first, statement->span)) return false;
    if (taken <= limit.as.number * (1 + 1e-12)) return true;
    kt_error_at(&program->report, KT_BAD_TIME, kt_expression_span(designator), "what is in the box takes longer than that");
    char text[KT_NUMBER_TEXT];
    kt_number_round(text, taken, 6);
    kt_hint_add(&program->report, "its delays take %s s", text);
    return false;
}
