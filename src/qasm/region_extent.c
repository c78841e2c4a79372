/* SPDX-License-Identifier: Apache-2.0
 *
 * What carrying out statements would take, told from their trees before any of it is done. It decides what is unrolled and inlined and what
 * stays a loop or a call, and finds loops that are hopeless. Two numbers:
 *
 *   statements   an estimate of what unrolling would read: both sides of a condition, one turn where a loop's bounds are not constant
 *   operations   a lower bound of what a run would do: nothing of a condition, nothing behind a way out that may be taken
 */
#include "qasm/program.h"

enum { MOST_SHADOWS = 64 };

typedef struct kt_survey {
    kt_program *program;
    uint32_t shadows[MOST_SHADOWS]; /* symbols declared inside: what they hide is not what they mean */
    uint32_t shadow_count;
    bool blind; /* too many of them: no name is known */
} kt_survey;

static void survey_list(kt_extent *out, kt_survey *survey, const kt_statement *list);

uint64_t kt_saturating_add(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

static void add(kt_extent *out, const kt_extent *part, uint64_t times) {
    out->statements = kt_saturating_add(out->statements, kt_saturating_multiply(part->statements, times));
    if (!out->breaks && !out->ends) out->operations = kt_saturating_add(out->operations, kt_saturating_multiply(part->operations, times));
    out->quantum = out->quantum || part->quantum;
    out->breaks = out->breaks || part->breaks;
    out->ends = out->ends || part->ends;
    out->stops = out->stops || part->stops;
}

/* ── Names ── */

static const kt_binding *find(kt_survey *survey, uint32_t symbol) {
    for (uint32_t i = 0; i < survey->shadow_count; i++)
        if (survey->shadows[i] == symbol) return NULL;
    return survey->blind ? NULL : kt_scope_find(survey->program, symbol);
}

static void hide(kt_survey *survey, uint32_t symbol) {
    if (!kt_scope_find(survey->program, symbol)) return;
    if (survey->shadow_count < MOST_SHADOWS)
        survey->shadows[survey->shadow_count++] = symbol;
    else
        survey->blind = true;
}

static bool is_routine(kt_survey *survey, uint32_t symbol) {
    const kt_binding *binding = kt_scope_find(survey->program, symbol);
    return binding && binding->kind == KT_BINDING_ROUTINE;
}

/* ── Expressions ── */

static bool is_constant(kt_survey *survey, const kt_expression *expression) {
    const kt_expression *first = NULL;
    const kt_binding *binding;
    switch (expression->kind) {
    case KT_EXPRESSION_INTEGER: return true;
    case KT_EXPRESSION_NAME:
        binding = find(survey, expression->as.symbol);
        return binding && binding->kind == KT_BINDING_VALUE && kt_value_known(binding->as.value);
    case KT_EXPRESSION_CAST: return is_constant(survey, expression->as.cast.operand);
    case KT_EXPRESSION_UNARY:
    case KT_EXPRESSION_CHAIN: first = expression->as.first; break;
    default: return false;
    }
    for (; first; first = first->next)
        if (!is_constant(survey, first)) return false;
    return true;
}

/* A constant integer; what is wrong with it is said when it is needed. */
static bool integer(int64_t *out, kt_survey *survey, const kt_expression *expression) {
    kt_program *program = survey->program;
    kt_value value;
    if (!expression || !is_constant(survey, expression)) return false;
    bool stopped = program->report.stopped;
    program->report.stopped = true;
    bool good = kt_evaluate_constant(&value, program, expression) && kt_value_integer(out, value);
    program->report.stopped = stopped;
    return good;
}

/* Calls and measurements in an expression. */
static void survey_expression(kt_extent *out, kt_survey *survey, const kt_expression *expression) {
    const kt_expression *first = NULL;
    if (!expression) return;
    switch (expression->kind) {
    case KT_EXPRESSION_MEASURE: out->quantum = true; return;
    case KT_EXPRESSION_QUANTUM_CALL:
    case KT_EXPRESSION_CALL:
        if (is_routine(survey, expression->as.call.symbol)) {
            kt_extent part;
            kt_routine_extent(&part, kt_scope_find(survey->program, expression->as.call.symbol)->as.routine);
            add(out, &part, 1);
        }
        first = expression->as.call.arguments;
        break;
    case KT_EXPRESSION_CAST: survey_expression(out, survey, expression->as.cast.operand); return;
    case KT_EXPRESSION_INDEX:
        survey_expression(out, survey, expression->as.index.base);
        first = expression->as.index.items;
        break;
    case KT_EXPRESSION_RANGE:
        survey_expression(out, survey, expression->as.range.start);
        survey_expression(out, survey, expression->as.range.step);
        survey_expression(out, survey, expression->as.range.stop);
        return;
    case KT_EXPRESSION_UNARY:
    case KT_EXPRESSION_CHAIN:
    case KT_EXPRESSION_SET: first = expression->as.first; break;
    default: return;
    }
    for (; first; first = first->next) survey_expression(out, survey, first);
}

/* ── Statements ── */

/* Qubits that an operand names, as far as that is plain. */
static uint32_t qubits_of(kt_survey *survey, const kt_expression *operand) {
    const kt_binding *binding = operand->kind == KT_EXPRESSION_NAME ? find(survey, operand->as.symbol) : NULL;
    return binding && binding->kind == KT_BINDING_QUBITS && !binding->as.selection.scalar ? binding->as.selection.count : 1;
}

static void survey_gate(kt_extent *out, kt_survey *survey, const kt_statement *call) {
    kt_program *program = survey->program;
    kt_extent one = {.quantum = true, .operations = 1};
    const kt_gate_name *name = kt_gate_name_of(program, call->symbol);
    const kt_definition *definition = name ? name->definitions : NULL;
    while (definition &&
           (definition->parameter_count != call->as.call.argument_count || definition->qubit_count != call->as.call.operand_count))
        definition = definition->next;
    if (definition && !definition->opaque) one.operations = definition->body.cost;
    uint32_t times = 1;
    for (const kt_expression *operand = call->as.call.operands; operand; operand = operand->next) {
        uint32_t count = qubits_of(survey, operand);
        if (count > times) times = count;
    }
    one.operations = kt_saturating_multiply(one.operations, times);
    if (is_routine(survey, call->symbol)) kt_routine_extent(&one, kt_scope_find(program, call->symbol)->as.routine);
    add(out, &one, 1);
    for (const kt_expression *argument = call->as.call.arguments; argument; argument = argument->next)
        survey_expression(out, survey, argument);
}

/* Turns of a loop over a constant range or a set; 0 where that is not known. */
static uint64_t turns_of(kt_survey *survey, const kt_expression *values) {
    int64_t start, step = 1, stop;
    uint64_t count = 0;
    if (values->kind == KT_EXPRESSION_SET) {
        for (const kt_expression *item = values->as.first; item; item = item->next) count++;
        return count;
    }
    if (values->kind != KT_EXPRESSION_RANGE || !integer(&start, survey, values->as.range.start) ||
        !integer(&stop, survey, values->as.range.stop) || (values->as.range.step && !integer(&step, survey, values->as.range.step)))
        return 0;
    if (step == 0 || (step > 0 ? start > stop : start < stop)) return 0;
    uint64_t distance = step > 0 ? (uint64_t)stop - (uint64_t)start : (uint64_t)start - (uint64_t)stop;
    return kt_saturating_add(distance / (step > 0 ? (uint64_t)step : -(uint64_t)step), 1);
}

static void survey_loop(kt_extent *out, kt_survey *survey, const kt_statement *loop) {
    kt_extent turn = {.statements = 1, .operations = 1};
    uint32_t shadows = survey->shadow_count;
    uint64_t turns = loop->kind == KT_STATEMENT_FOR ? turns_of(survey, loop->as.control.condition) : 0;
    survey_expression(&turn, survey, loop->as.control.condition);
    if (loop->kind == KT_STATEMENT_FOR) hide(survey, loop->symbol);
    survey_list(&turn, survey, loop->as.control.body);
    survey->shadow_count = shadows;
    if (turn.breaks || turn.ends || !turns) turn.operations = 0;
    turn.breaks = false;
    add(out, &turn, turns ? turns : 1);
}

/* Only one of some alternatives is carried out, or none. */
static void survey_alternative(kt_extent *out, kt_survey *survey, const kt_statement *body) {
    kt_extent part = {0};
    if (!body) return;
    survey_list(&part, survey, body);
    part.operations = 0;
    add(out, &part, 1);
}

static void survey_statement(kt_extent *out, kt_survey *survey, const kt_statement *statement) {
    kt_extent one = {.statements = 1};
    const kt_expression *operand;
    switch ((kt_statement_kind)statement->kind) {
    case KT_STATEMENT_GATE_CALL: survey_gate(&one, survey, statement); break;
    case KT_STATEMENT_RESET:
    case KT_STATEMENT_BARRIER:
    case KT_STATEMENT_DELAY:
    case KT_STATEMENT_NOP:
        one.quantum = true;
        for (operand = statement->as.call.operands; operand; operand = operand->next) one.operations += qubits_of(survey, operand);
        if (statement->kind != KT_STATEMENT_RESET) one.operations = 0;
        break;
    case KT_STATEMENT_MEASURE:
    case KT_STATEMENT_ASSIGN:
        one.operations = 1;
        survey_expression(&one, survey, statement->as.assign.value);
        break;
    case KT_STATEMENT_CLASSICAL:
        survey_expression(&one, survey, statement->as.declaration.value);
        hide(survey, statement->symbol);
        break;
    case KT_STATEMENT_LET: hide(survey, statement->symbol); break;
    case KT_STATEMENT_RETURN:
    case KT_STATEMENT_EXPRESSION:
        survey_expression(&one, survey, statement->as.expression);
        one.ends = one.ends || statement->kind == KT_STATEMENT_RETURN;
        break;
    case KT_STATEMENT_END: one.ends = one.stops = true; break;
    case KT_STATEMENT_BREAK:
    case KT_STATEMENT_CONTINUE: one.breaks = true; break;
    case KT_STATEMENT_BLOCK: survey_list(&one, survey, statement->as.block); break;
    case KT_STATEMENT_BOX: survey_list(&one, survey, statement->as.control.body); break;
    case KT_STATEMENT_FOR:
    case KT_STATEMENT_WHILE: survey_loop(&one, survey, statement); break;
    case KT_STATEMENT_IF:
        survey_expression(&one, survey, statement->as.control.condition);
        survey_alternative(&one, survey, statement->as.control.body);
        survey_alternative(&one, survey, statement->as.control.otherwise);
        break;
    case KT_STATEMENT_SWITCH:
        survey_expression(&one, survey, statement->as.control.condition);
        for (const kt_case *item = statement->as.control.cases; item; item = item->next) survey_alternative(&one, survey, item->body);
        break;
    default: break;
    }
    add(out, &one, 1);
}

static void survey_list(kt_extent *out, kt_survey *survey, const kt_statement *list) {
    uint32_t shadows = survey->shadow_count;
    for (; list; list = list->next) survey_statement(out, survey, list);
    survey->shadow_count = shadows;
}

void kt_extent_of(kt_extent *out, kt_program *program, const kt_statement *list) {
    kt_survey survey = {.program = program};
    *out = (kt_extent){0};
    survey_list(out, &survey, list);
}

/* ── Decisions ── */

/* A short loop is carried out while reading in any case: what it computes is then mostly known. A loop that touches qubits is as long as
 * the budgets allow, so that its gates can be planned. */
bool kt_may_unroll(const kt_program *program, const kt_extent *turn, uint64_t turns) {
    enum { SHORT = 1024 };
    const ketch_load_options *options = program->options;
    uint64_t statements = kt_saturating_multiply(kt_saturating_add(turn->statements, 1), turns);
    uint64_t operations = kt_saturating_multiply(turn->operations, turns);
    if (!kt_follows(program) || program->unrolled >= options->max_unroll || statements > options->max_unroll - program->unrolled)
        return false;
    if (program->operations >= options->max_gates || operations > options->max_gates - program->operations) return false;
    return turn->quantum || statements <= SHORT;
}

/* Code that is carried out for certain, and would take longer than any shot may. */
bool kt_check_certain(kt_program *program, uint64_t turns, const kt_extent *turn, kt_span span, const char *what) {
    uint64_t limit = program->options->max_operations;
    uint64_t operations = kt_saturating_multiply(turn->operations, turns);
    if (program->circuit->condition_depth || turn->breaks || turn->ends || operations <= limit) return true;
    if (operations == UINT64_MAX)
        kt_error_at(&program->report, KT_LOOP_LIMIT, span, "this %s takes more than 2^64 operations; the limit is %llu", what,
                    (unsigned long long)limit);
    else
        kt_error_at(&program->report, KT_LOOP_LIMIT, span, "this %s takes %llu operations or more; the limit is %llu", what,
                    (unsigned long long)operations, (unsigned long long)limit);
    kt_hint_add(&program->report, "--max-operations raises the limit");
    return false;
}
