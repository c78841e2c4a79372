/* SPDX-License-Identifier: Apache-2.0
 *
 * What is done to qubits besides gates: measure, reset, barrier, delay, nop.
 */
#include "qasm/program.h"

/* ── Qubits: barrier, reset, delay, nop ── */

/* All qubits named, in program->operands; what is too wide is charged. Without operands: all there are. */
static bool gather(uint32_t *count, kt_program *program, const kt_expression *operands, kt_span span) {
    kt_selection part = {.count = program->circuit->qubit_count, .step = 1};
    const kt_expression *operand = operands;
    uint64_t total = 0;
    *count = 0;
    do {
        if (operand && !kt_choose(&part, program, operand, true)) return false;
        if (part.moves) continue; /* which they are matters to nobody: this does nothing to the state */
        if (!kt_charge(program, part.count / 8, span)) return false;
        total += part.count;
        if (total > UINT32_MAX || !kt_operands_reserve(program, total)) return kt_report_no_memory(&program->report);
        for (uint32_t i = 0; i < part.count; i++) program->operands[(*count)++] = kt_selection_at(&part, i);
        if (*count / 2 <= program->circuit->qubit_count) continue;
        uint32_t kept; /* many repetitions: no more room than the qubits take */
        if (!kt_once_each(program, program->operands, *count, &kept) || !kt_charge(program, *count - kept, span)) return false;
        total = *count = kept;
    } while (operand && (operand = operand->next));
    return true;
}

static bool lower_spread(kt_program *program, const kt_statement *statement, kt_op op) {
    uint32_t count, kept = 0;
    if (!gather(&count, program, statement->as.call.operands, statement->span) || !kt_charge(program, 1, statement->span)) return false;
    if (count && !kt_once_each(program, program->operands, count, &kept)) return false;
    op.line = statement->line;
    return kt_add_op(program, op, program->operands, kept);
}

bool kt_lower_barrier(kt_program *program, const kt_statement *statement) {
    return lower_spread(program, statement, (kt_op){.code = KT_OP_BARRIER});
}

/* What is done to each qubit, or to each one that the run chooses. */
static bool reset_each(kt_program *program, const kt_selection *qubits, const kt_repetition *turn, uint32_t count, kt_span span,
                       uint32_t line) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t qubit;
        kt_op op = {.code = qubits->moves ? KT_OP_RESET_AT : KT_OP_RESET, .line = line};
        if (qubits->moves && !kt_chosen_cell(&qubit, program, qubits, i, turn, span)) return false;
        if (!qubits->moves) qubit = kt_selection_at(qubits, i);
        if (!kt_add_op(program, op, &qubit, 1)) return false;
    }
    return true;
}

bool kt_lower_reset(kt_program *program, const kt_statement *statement) {
    kt_selection qubits;
    kt_repetition turn;
    kt_span span = statement->span;
    if (!kt_choose(&qubits, program, statement->as.call.operands, true)) return false;
    bool range = kt_is_choice_range(&qubits);
    if (!kt_charge(program, range ? 1 : qubits.count, span)) return false;
    if (!range) return reset_each(program, &qubits, NULL, qubits.count, span, statement->line);
    if (!kt_repeat(&turn, program, qubits.count, span)) return false;
    bool good = reset_each(program, &qubits, &turn, 1, span, statement->line);
    return kt_repeat_end(program, &turn, span) && good;
}

/* delay[time] qubits; nothing happens to an ideal state. */
bool kt_lower_delay(kt_program *program, const kt_statement *statement) {
    kt_value time;
    const kt_expression *designator = statement->as.call.designator;
    ketch_circuit *circuit = program->circuit;
    if (!kt_evaluate_time(&time, program, designator)) return false;
    uint32_t slot = (uint32_t)circuit->params_count;
    if (!kt_reserve(&circuit->params, &circuit->params_capacity, circuit->params_count + 1, sizeof *circuit->params))
        return kt_report_no_memory(&program->report);
    circuit->params[circuit->params_count++] = kt_value_known(time) ? time.as.number : 0;
    kt_span span = kt_expression_span(designator);
    if (time.runtime && !kt_emit(program, (kt_op){.code = KT_DO_SET_PARAM, .left = time.as.cell, .data = slot}, span)) return false;
    if (time.symbolic) {
        uint32_t place;
        if (!kt_save_place(&place, program, span)) return false;
        if (!kt_report_status(&program->report, kt_circuit_add_slot(circuit, slot, time.as.node, place, program->diag))) return false;
    }
    return lower_spread(program, statement, (kt_op){.code = KT_OP_DELAY, .data = slot});
}

bool kt_lower_nop(kt_program *program, const kt_statement *statement) {
    kt_selection part;
    for (const kt_expression *operand = statement->as.call.operands; operand; operand = operand->next)
        if (!kt_choose(&part, program, operand, true) || !kt_note_nop(program, &part)) return false;
    return true;
}

/* ── Measurements ── */

/* Bits for outcomes on their way to cells. */
static bool scratch_bits(uint32_t *first, kt_program *program, uint32_t count) {
    ketch_circuit *circuit = program->circuit;
    if (count > program->scratch_bit_count) {
        program->scratch_bits = circuit->bit_count;
        program->scratch_bit_count = count;
        if (!kt_report_status(&program->report, kt_circuit_add_register(circuit, false, "", 0, count, false, program->diag))) return false;
    }
    *first = program->scratch_bits;
    return true;
}

static bool stays(const kt_selection *selection, const kt_repetition *turn) { return !selection->moves && (!turn || selection->scalar); }

/* One qubit into a cell. */
static bool measure_to_cell(uint32_t *outcome, kt_program *program, const kt_selection *qubits, uint32_t i, const kt_repetition *turn,
                            kt_span span, uint32_t line) {
    uint32_t qubit, bit;
    if ((*outcome = kt_new_cells(program, 1)) == KT_NO_CELL) return false;
    if (!stays(qubits, turn)) {
        if (program->circuit->cell_count < program->cells.high) program->circuit->cell_count = program->cells.high;
        return kt_chosen_cell(&qubit, program, qubits, i, turn, span) &&
               kt_add_op(program, (kt_op){.code = KT_OP_MEASURE_AT, .line = line}, (uint32_t[]){qubit, *outcome}, 2);
    }
    if (!scratch_bits(&bit, program, 1)) return false;
    qubit = kt_selection_at(qubits, qubits->scalar ? 0 : i);
    return kt_add_op(program, (kt_op){.code = KT_OP_MEASURE, .line = line}, (uint32_t[]){qubit, bit}, 2) &&
           kt_emit(program, (kt_op){.code = KT_DO_LOAD_BITS, .width = 1, .destination = *outcome, .left = bit, .right = 1}, span);
}

/* One qubit into one bit, or into none. */
static bool measure_one(kt_program *program, const kt_selection *qubits, const kt_selection *bits, uint32_t i, const kt_repetition *turn,
                        kt_span span, uint32_t line) {
    uint32_t outcome, bit;
    if (stays(qubits, turn) && (!bits || stays(bits, turn))) {
        uint32_t operands[2] = {kt_selection_at(qubits, qubits->scalar ? 0 : i),
                                bits ? kt_selection_at(bits, bits->scalar ? 0 : i) : KT_NO_BIT};
        return kt_add_op(program, (kt_op){.code = KT_OP_MEASURE, .line = line}, operands, 2);
    }
    if (!measure_to_cell(&outcome, program, qubits, i, turn, span, line)) return false;
    if (!bits) return true;
    if (stays(bits, turn)) {
        bit = kt_selection_at(bits, bits->scalar ? 0 : i);
        return kt_emit(program, (kt_op){.code = KT_DO_STORE_BITS, .width = 1, .destination = bit, .left = outcome, .right = 1}, span);
    }
    kt_forget_bits(program, bits->moves ? bits->from : bits);
    return kt_chosen_cell(&bit, program, bits, i, turn, span) &&
           kt_emit(program, (kt_op){.code = KT_DO_STORE_BIT_AT, .width = 1, .destination = bit, .left = outcome}, span);
}

static bool measure(kt_program *program, const kt_expression *operand, const kt_selection *bits, kt_span span, uint32_t line) {
    kt_selection qubits;
    if (!kt_choose(&qubits, program, operand, true)) return false;
    const kt_selection *range = kt_is_choice_range(&qubits) ? &qubits : bits && kt_is_choice_range(bits) ? bits : NULL;
    if (bits && !range && !kt_same_sizes(program, &qubits, bits, span)) return false;
    if (!kt_all_different(program, &qubits, operand, 1) || !kt_charge(program, range ? 1 : qubits.count, span)) return false;
    if (!range) {
        for (uint32_t i = 0; i < qubits.count; i++)
            if (!measure_one(program, &qubits, bits, i, NULL, span, line)) return false;
        return true;
    }
    kt_repetition turn;
    if ((bits && !kt_check_sizes(program, &qubits, bits, span)) || !kt_repeat(&turn, program, range->count, span)) return false;
    bool good = measure_one(program, &qubits, bits, 0, &turn, span, line);
    return kt_repeat_end(program, &turn, span) && good;
}

/* The outcomes as a value: a bool for one qubit, else bits. */
bool kt_evaluate_measure(kt_value *out, kt_program *program, const kt_expression *expression) {
    kt_selection qubits;
    kt_span span = kt_expression_span(expression);
    const kt_expression *operand = expression->as.first;
    uint32_t first, cell, outcome, line = program->line;
    if (!kt_choose(&qubits, program, operand, true)) return false;
    if (kt_is_choice_range(&qubits))
        return kt_error_at(&program->report, KT_NOT_CONSTANT, kt_expression_span(operand),
                           "how many qubits these are is known only to the run, so that their outcomes are no value");
    if (!kt_all_different(program, &qubits, operand, 1) || !kt_charge(program, qubits.count, span)) return false;
    if (qubits.scalar) {
        *out = (kt_value){0};
        if (!measure_to_cell(&outcome, program, &qubits, 0, NULL, span, line)) return false;
        *out = kt_in_cells(KT_TYPE_BOOL, 0, outcome);
        return true;
    }
    if (!scratch_bits(&first, program, qubits.count)) return false;
    kt_selection bits = {.count = qubits.count, .first = first, .step = 1};
    for (uint32_t i = 0; i < qubits.count; i++)
        if (!measure_one(program, &qubits, &bits, i, NULL, span, line)) return false;
    if ((cell = kt_new_cells(program, (qubits.count + 63) / 64)) == KT_NO_CELL) return false;
    *out = kt_in_cells(KT_TYPE_BITS, qubits.count, cell);
    return kt_emit(program, (kt_op){.code = KT_DO_LOAD_BITS, .destination = cell, .left = first, .right = qubits.count}, span);
}

/* The symbol that an operand begins with, KT_NO_SYMBOL if none. */
static uint32_t base_symbol(const kt_expression *expression) {
    while (expression->kind == KT_EXPRESSION_INDEX && expression->as.index.base) expression = expression->as.index.base;
    if (expression->kind == KT_EXPRESSION_INDEX) return expression->as.index.symbol;
    return expression->kind == KT_EXPRESSION_NAME ? expression->as.symbol : KT_NO_SYMBOL;
}

bool kt_assign_measure(kt_program *program, const kt_expression *target, const kt_expression *expression, kt_span span, uint32_t line) {
    uint32_t symbol = base_symbol(target);
    const kt_binding *binding = symbol == KT_NO_SYMBOL ? NULL : kt_scope_find(program, symbol);
    kt_value value;
    kt_selection bits;
    if (binding && (binding->kind == KT_BINDING_VARIABLE || binding->kind == KT_BINDING_ARRAY))
        return kt_evaluate_measure(&value, program, expression) && kt_assign_value(program, target, value, span);
    return kt_choose(&bits, program, target, false) && measure(program, expression->as.first, &bits, span, line);
}

/* A call that gives bits; often it is a misspelt measurement. */
static bool refuse_call(kt_program *program, const kt_expression *call) {
    const kt_symbol *measure = &program->symbols.items[KT_TOKEN_MEASURE];
    kt_span span = kt_expression_span(call);
    if (call->kind == KT_EXPRESSION_QUANTUM_CALL) span.size = program->symbols.items[call->as.call.symbol].size;
    kt_error_at(&program->report, KT_SYNTAX, span, "expected `measure`, found `%.*s`", KT_SHOWN(span));
    kt_nearest nearest = kt_nearest_to(span);
    kt_nearest_try(&nearest, measure->name, measure->size);
    if (program->dialect == 3 && nearest.best.size) kt_hint_add(&program->report, "did you mean `measure`?");
    return false;
}

/* bits = measure q; bits = "0101"; */
bool kt_assign_bits(kt_program *program, const kt_selection *bits, const kt_expression *value, kt_span span, uint32_t line) {
    if (value->kind == KT_EXPRESSION_MEASURE) return measure(program, value->as.first, bits, span, line);
    if (value->kind == KT_EXPRESSION_QUANTUM_CALL && program->dialect == 2) return refuse_call(program, value);
    kt_value known;
    return kt_evaluate(&known, program, value) && kt_set_bits(program, bits, known, kt_expression_span(value));
}

bool kt_lower_measure(kt_program *program, const kt_statement *statement) {
    const kt_expression *target = statement->as.assign.target, *value = statement->as.assign.value;
    if (value->kind != KT_EXPRESSION_MEASURE) {
        if (program->dialect == 2) return refuse_call(program, value);
        return target ? kt_assign(program, target, KT_TOKEN_EQUALS, value, statement->span) : refuse_call(program, value);
    }
    if (target) return kt_assign_measure(program, target, value, statement->span, statement->line);
    if (program->dialect == 2) {
        kt_error_at(&program->report, KT_SYNTAX, statement->span, "a measurement without `->`: OpenQASM 2 says where the outcome goes");
        kt_hint_add(&program->report, "measure q -> c;");
        return false;
    }
    kt_warning_at(&program->report, KT_OUTCOME_DROPPED, statement->span, "the outcome of this measurement is not kept");
    kt_hint_add(&program->report, "c = measure q; keeps it");
    return measure(program, value->as.first, NULL, statement->span, statement->line);
}
