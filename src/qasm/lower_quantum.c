/* SPDX-License-Identifier: Apache-2.0
 *
 * What is done to qubits besides gates: measure, reset, barrier, delay, nop.
 */
#include "qasm/program.h"

#include <math.h>

/* ── Qubits: barrier, reset, delay, nop ── */

/* All qubits named, in program->operands; what is too wide is charged. Without operands: all there are. */
static bool gather(uint32_t *count, kt_program *program, const kt_expression *operands, kt_span span) {
    kt_selection part = {.count = program->circuit->qubit_count, .step = 1};
    const kt_expression *operand = operands;
    uint64_t total = 0;
    *count = 0;
    do {
        if (operand && !kt_select(&part, program, operand, true)) return false;
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

bool kt_lower_reset(kt_program *program, const kt_statement *statement) {
    kt_selection qubits;
    if (!kt_select(&qubits, program, statement->as.call.operands, true) || !kt_charge(program, qubits.count, statement->span)) return false;
    for (uint32_t i = 0; i < qubits.count; i++) {
        uint32_t qubit = kt_selection_at(&qubits, i);
        if (!kt_add_op(program, (kt_op){.code = KT_OP_RESET, .line = statement->line}, &qubit, 1)) return false;
    }
    return true;
}

bool kt_lower_delay(kt_program *program, const kt_statement *statement) {
    kt_value time;
    const kt_expression *designator = statement->as.call.designator;
    ketch_circuit *circuit = program->circuit;
    if (!kt_evaluate(&time, program, designator)) return false;
    if (time.type != KT_TYPE_DURATION || !(time.as.number >= 0 && time.as.number < HUGE_VAL))
        return kt_error_at(&program->report, KT_WRONG_TYPE, kt_expression_span(designator),
                           "a delay is a duration that is not negative, as 100ns");
    if (!kt_reserve(&circuit->params, &circuit->params_capacity, circuit->params_count + 1, sizeof *circuit->params))
        return kt_report_no_memory(&program->report);
    circuit->params[circuit->params_count++] = time.as.number;
    return lower_spread(program, statement, (kt_op){.code = KT_OP_DELAY, .data = (uint32_t)circuit->params_count - 1});
}

bool kt_lower_nop(kt_program *program, const kt_statement *statement) {
    kt_selection part;
    for (const kt_expression *operand = statement->as.call.operands; operand; operand = operand->next)
        if (!kt_select(&part, program, operand, true)) return false;
    return true;
}

/* ── Bits: measure and assign ── */

static bool measure(kt_program *program, const kt_expression *operand, const kt_selection *bits, kt_span span, uint32_t line) {
    kt_selection qubits;
    if (!kt_select(&qubits, program, operand, true)) return false;
    if (bits && !kt_same_sizes(program, &qubits, bits, span)) return false;
    if (!kt_all_different(program, &qubits, operand, 1) || !kt_charge(program, qubits.count, span)) return false;
    for (uint32_t i = 0; i < qubits.count; i++) {
        uint32_t operands[2] = {kt_selection_at(&qubits, i), bits ? kt_selection_at(bits, i) : KT_NO_BIT};
        if (!kt_add_op(program, (kt_op){.code = KT_OP_MEASURE, .line = line}, operands, 2)) return false;
    }
    return true;
}

static bool set_bits(kt_program *program, const kt_selection *bits, const kt_expression *expression, uint32_t line) {
    kt_value value;
    kt_span span = kt_expression_span(expression);
    if (!kt_evaluate(&value, program, expression)) return false;
    if (!kt_value_cast(&value, &program->arithmetic, bits->scalar ? KT_TYPE_BOOL : KT_TYPE_BITS, bits->scalar ? 0 : bits->count, false,
                       value))
        return kt_arithmetic_failed(program, span);
    if (!kt_charge(program, bits->count, span)) return false;
    for (uint32_t i = 0; i < bits->count; i++) {
        uint32_t bit = kt_selection_at(bits, i), set = bits->scalar ? value.as.natural != 0 : value.as.words[i / 64] >> i % 64 & 1;
        if (!kt_add_op(program, (kt_op){.code = KT_OP_SET_BIT, .data = set, .line = line}, &bit, 1)) return false;
    }
    return true;
}

/* A call that gives bits; often it is a misspelt measurement. */
static bool refuse_call(kt_program *program, const kt_expression *call) {
    const kt_symbol *measure = &program->symbols.items[KT_TOKEN_MEASURE];
    kt_span span = kt_expression_span(call);
    if (call->kind == KT_EXPRESSION_QUANTUM_CALL) span.size = program->symbols.items[call->as.call.symbol].size;
    if (program->dialect == 2)
        kt_error_at(&program->report, KT_SYNTAX, span, "expected `measure`, found `%.*s`", KT_SHOWN(span));
    else
        kt_error_at(&program->report, KT_NO_ROUTINES, span, "calls of subroutines are not supported yet");
    kt_nearest nearest = kt_nearest_to(span);
    kt_nearest_try(&nearest, measure->name, measure->size);
    if (program->dialect == 3 && nearest.best.size) kt_hint_add(&program->report, "did you mean `measure`?");
    return false;
}

/* bits = measure q; bits = "0101"; */
bool kt_assign_bits(kt_program *program, const kt_selection *bits, const kt_expression *value, kt_span span, uint32_t line) {
    if (value->kind == KT_EXPRESSION_MEASURE) return measure(program, value->as.first, bits, span, line);
    if (value->kind == KT_EXPRESSION_QUANTUM_CALL) return refuse_call(program, value);
    if (kt_is_runtime(program, value))
        return kt_error_at(&program->report, KT_NO_ASSIGNMENT, kt_expression_span(value),
                           "an assignment of a value that is computed while the program runs is not supported yet");
    return set_bits(program, bits, value, line);
}

bool kt_lower_measure(kt_program *program, const kt_statement *statement) {
    const kt_expression *target = statement->as.assign.target, *value = statement->as.assign.value;
    kt_selection bits;
    if (target && !kt_select(&bits, program, target, false)) return false;
    if (target) return kt_assign_bits(program, &bits, value, statement->span, statement->line);
    if (value->kind != KT_EXPRESSION_MEASURE) return refuse_call(program, value);
    if (program->dialect == 2) {
        kt_error_at(&program->report, KT_SYNTAX, statement->span, "a measurement without `->`: OpenQASM 2 says where the outcome goes");
        kt_hint_add(&program->report, "measure q -> c;");
        return false;
    }
    kt_warning_at(&program->report, KT_OUTCOME_DROPPED, statement->span, "the outcome of this measurement is not kept");
    kt_hint_add(&program->report, "c = measure q; keeps it");
    return measure(program, value->as.first, NULL, statement->span, statement->line);
}
