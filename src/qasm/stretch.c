/* SPDX-License-Identifier: Apache-2.0
 *
 * Stretches: times that are not known before the whole program is read, and what is computed from them. `stretch k = 2 * g;` names
 * something computed; `stretch g;` is an unknown of its own. When all is read, boxes and barriers have said what they ask for, each
 * stretch becomes as short as that allows (those declared first before the others), and nothing of them is left in the circuit: delays
 * have their times. A stretch that nothing asks for is 0.
 */
#include "qasm/program.h"

#include <math.h>
#include <string.h>

/* ── Linear forms ── */

bool kt_linear_add(kt_linear *out, kt_program *program, const kt_linear *a, double times_a, const kt_linear *b, double times_b) {
    kt_linear sum = {.constant = times_a * a->constant + times_b * b->constant};
    uint32_t i = 0, k = 0, room = a->count + b->count;
    if (!room) return *out = sum, true;
    if (!kt_charge(program, 4 * (uint64_t)room, program->statement_span)) return false; /* for the memory, too */
    kt_term *terms = kt_arena_alloc(&program->kept, room * sizeof *terms);
    if (!terms) return kt_report_no_memory(&program->report);
    while (i < a->count || k < b->count) {
        bool left = k == b->count || (i < a->count && a->terms[i].unknown <= b->terms[k].unknown);
        bool right = i == a->count || (k < b->count && b->terms[k].unknown <= a->terms[i].unknown);
        kt_term term = {.unknown = left ? a->terms[i].unknown : b->terms[k].unknown};
        if (left) term.coefficient += times_a * a->terms[i++].coefficient;
        if (right) term.coefficient += times_b * b->terms[k++].coefficient;
        if (term.coefficient != 0) terms[sum.count++] = term;
    }
    sum.terms = terms;
    *out = sum;
    return true;
}

bool kt_linear_parallel(const kt_linear *a, const kt_linear *b) {
    if (a->count != b->count) return false;
    for (uint32_t i = 0; i < a->count && a->terms != b->terms; i++)
        if (a->terms[i].unknown != b->terms[i].unknown || a->terms[i].coefficient != b->terms[i].coefficient) return false;
    return true;
}

bool kt_linear_not_negative(const kt_linear *a) {
    for (uint32_t i = 0; i < a->count; i++)
        if (a->terms[i].coefficient < 0) return false;
    return a->constant >= 0;
}

bool kt_linear_unknown(kt_linear *out, kt_program *program, uint32_t unknown) {
    kt_term *term = kt_arena_alloc(&program->kept, sizeof *term);
    if (!term) return kt_report_no_memory(&program->report);
    *term = (kt_term){unknown, 1};
    *out = (kt_linear){.count = 1, .terms = term};
    return true;
}

/* Of a node whose operands have theirs. Those that depend on inputs are no times, and are not asked for. */
static bool form_of(kt_linear *out, kt_program *program, const kt_node *node) {
    const kt_linear none = {0}, *a = &program->timing.forms[node->a], *b = &program->timing.forms[node->b];
    *out = none;
    switch ((kt_node_code)node->code) {
    case KT_NODE_CONSTANT: out->constant = node->value; return true;
    case KT_NODE_STRETCH: return kt_linear_unknown(out, program, (uint32_t)program->timing.stretch_nodes_count - 1);
    case KT_NODE_NEGATE: return kt_linear_add(out, program, a, -1, &none, 0);
    case KT_NODE_ADD: return kt_linear_add(out, program, a, 1, b, 1);
    case KT_NODE_SUBTRACT: return kt_linear_add(out, program, a, 1, b, -1);
    case KT_NODE_MULTIPLY: return kt_linear_add(out, program, a, b->count ? 0 : b->constant, b, b->count ? a->constant : 0);
    case KT_NODE_DIVIDE: return kt_linear_add(out, program, a, b->count ? 0 : 1 / b->constant, &none, 0);
    default: return true;
    }
}

bool kt_fill_forms(kt_program *program) {
    const ketch_circuit *circuit = program->circuit;
    kt_timing *timing = &program->timing;
    if (!timing->stretches) return true;
    if (!kt_reserve(&timing->forms, &timing->forms_capacity, circuit->nodes_count, sizeof *timing->forms))
        return kt_report_no_memory(&program->report);
    for (; timing->forms_count < circuit->nodes_count; timing->forms_count++) {
        uint32_t at = (uint32_t)timing->forms_count;
        if (circuit->nodes[at].code == KT_NODE_STRETCH) {
            size_t count = timing->stretch_nodes_count;
            if (!kt_reserve(&timing->stretch_nodes, &timing->stretch_nodes_capacity, count + 1, sizeof *timing->stretch_nodes))
                return kt_report_no_memory(&program->report);
            timing->stretch_nodes[timing->stretch_nodes_count++] = at;
        }
        if (!form_of(&timing->forms[at], program, &circuit->nodes[at])) return false;
    }
    return true;
}

void kt_forget_forms(kt_program *program) {
    kt_timing *timing = &program->timing;
    size_t nodes = program->circuit->nodes_count;
    if (timing->forms_count > nodes) timing->forms_count = nodes;
    while (timing->stretch_nodes_count && timing->stretch_nodes[timing->stretch_nodes_count - 1] >= nodes) timing->stretch_nodes_count--;
}

/* Back to a value. */
bool kt_duration_of(kt_value *out, kt_program *program, const kt_linear *time) {
    kt_value sum = {.type = KT_TYPE_DURATION, .as.number = time->constant}, term = {.type = KT_TYPE_DURATION, .symbolic = true};
    kt_span span = program->statement_span;
    for (uint32_t i = 0; i < time->count; i++) {
        term.as.node = program->timing.stretch_nodes[time->terms[i].unknown];
        kt_value scaled = term, factor = kt_value_float(time->terms[i].coefficient);
        bool good = factor.as.number == 1 || kt_binary(&scaled, program, KT_TOKEN_ASTERISK, factor, term, span);
        if (!good || (i == 0 && sum.as.number == 0 ? (sum = scaled, false) : !kt_binary(&sum, program, KT_TOKEN_PLUS, sum, scaled, span)))
            return false;
    }
    *out = sum;
    return true;
}

/* ── Stretches in a program ── */

/* stretch name; stretch name = time; */
bool kt_declare_stretch(kt_program *program, const kt_statement *statement) {
    const kt_expression *expression = statement->as.declaration.value;
    kt_value value = {.type = KT_TYPE_DURATION, .symbolic = true};
    char text[KT_VALUE_TEXT];
    bool good = true;
    if (!expression) {
        program->timing.stretches = true;
        ketch_status status = kt_circuit_add_node(&value.as.node, program->circuit, KT_NODE_STRETCH, 0, 0, 0, program->diag);
        if (status != KETCH_OK) return kt_report_status(&program->report, status);
    } else if ((good = kt_evaluate(&value, program, expression)) && value.type != KT_TYPE_DURATION) {
        good = kt_error_at(&program->report, KT_WRONG_TYPE, kt_expression_span(expression), "a stretch is computed from durations, not %s",
                           kt_value_type_text(text, value));
    } else if (good && value.runtime) {
        good = kt_error_at(&program->report, KT_NOT_CONSTANT, kt_expression_span(expression),
                           "a stretch is computed while the program is read; `duration` may wait for the run");
    }
    if (!good) return kt_scope_spoil(program, statement->symbol), false;
    kt_binding *binding = kt_scope_declare(program, KT_BINDING_VALUE, statement->symbol, statement->name);
    if (binding) binding->as.value = value;
    return binding != NULL;
}

bool kt_note_stretchy(kt_program *program, kt_value time, kt_span span) {
    kt_timing *timing = &program->timing;
    if (program->trial) return true;
    if (!kt_reserve(&timing->stretchy, &timing->stretchy_capacity, timing->stretchy_count + 1, sizeof *timing->stretchy))
        return kt_report_no_memory(&program->report);
    timing->stretchy[timing->stretchy_count++] = (kt_stretchy){(uint32_t)program->circuit->ops_count, time.as.node, span};
    return true;
}

/* ── At the end ── */

/* Loops written out ask for the same again and again: once is enough. */
static uint64_t hash_of(const kt_constraint *constraint) {
    uint64_t hash[2] = {2 * constraint->wish + constraint->equal, constraint->value.count};
    for (uint32_t i = 0; i <= constraint->value.count; i++) { /* the last turn: the constant */
        const kt_term constant = {UINT32_MAX, constraint->value.constant}, *term = &constant;
        if (i < constraint->value.count) term = &constraint->value.terms[i];
        uint64_t words[4] = {hash[0], hash[1], term->unknown};
        memcpy(&words[3], &term->coefficient, sizeof words[3]);
        kt_hash128(hash, words, sizeof words);
    }
    return hash[0];
}

static bool drop_repeated(kt_program *program, kt_constraints *constraints) {
    size_t size = 16, kept = 0;
    while (size < 2 * constraints->items_count) size *= 2;
    size_t *seen = kt_zalloc(size * sizeof *seen);
    if (!seen) return kt_report_no_memory(&program->report);
    for (size_t i = 0; i < constraints->items_count; i++) {
        const kt_constraint *one = &constraints->items[i];
        size_t at = hash_of(one) & (size - 1);
        for (; seen[at]; at = (at + 1) & (size - 1)) {
            const kt_constraint *other = &constraints->items[seen[at] - 1];
            if (other->equal == one->equal && other->wish == one->wish && other->value.constant == one->value.constant &&
                kt_linear_parallel(&other->value, &one->value))
                break;
        }
        if (seen[at]) continue;
        constraints->items[kept++] = *one;
        seen[at] = kept;
    }
    constraints->items_count = kept;
    kt_free(seen);
    return true;
}

/* Without unknowns: is it so? */
static bool holds(kt_constraint *constraint) {
    double value = constraint->value.constant;
    if (constraint->value.count || value == 0 || (value > 0 && !constraint->equal)) return true;
    return constraint->dropped = constraint->wish;
}

static bool no_room(kt_program *program, const kt_constraint *constraint) {
    kt_error_at(&program->report, KT_BAD_TIME, constraint->span, "no stretches fit this and what stands before");
    kt_hint_add(&program->report, "between barriers, and in a box, what has a stretch fills the time; none is negative");
    return false;
}

static bool solve(double *values, kt_program *program, const kt_constraints *constraints) {
    size_t contradiction = 0, count = constraints->items_count;
    uint64_t most = program->options->max_gates - program->operations, work = 16 * most;
    kt_constraint *items = constraints->items;
    for (size_t i = 0; i < count; i++)
        if (!holds(&items[i])) return no_room(program, &items[i]);
    if (kt_least_solution(values, constraints->unknowns, items, count, &contradiction, &work)) {
        for (size_t i = 0; i < count; i++)
            if (items[i].dropped)
                kt_warning_at(&program->report, KT_NO_TIME, items[i].span, "gates take no time here, and so no stretch fills this exactly");
        return true;
    }
    if (contradiction < count) return no_room(program, &items[contradiction]);
    if (!work) return kt_charge(program, most + 1, program->statement_span);
    return kt_report_no_memory(&program->report);
}

/* 1.0999999999999999e-7 s, as rounding leaves it, is 110 ns: whole femtoseconds are met. */
static double without_noise(double seconds) {
    double whole = round(seconds * 1e15) / 1e15;
    return fabs(whole - seconds) <= 1e-14 * seconds ? whole : seconds;
}

/* None is negative, but for what rounding leaves of one that is 0. */
static void lift_delays(ketch_circuit *circuit) {
    for (size_t i = 0; i < circuit->ops_count; i++) {
        const kt_op *op = &circuit->ops[i];
        if (op->code == KT_OP_DELAY && circuit->params[op->data] < 0) circuit->params[op->data] = 0;
    }
}

bool kt_resolve_stretches(kt_program *program) {
    kt_timing *timing = &program->timing;
    kt_constraints constraints = {0};
    double *values = NULL;
    if (!timing->stretches) return true;
    bool good = kt_fill_forms(program);
    constraints.unknowns = (uint32_t)timing->stretch_nodes_count;
    good = good && kt_time_constraints(&constraints, program) && drop_repeated(program, &constraints);
    if (good && !(values = kt_array((size_t)constraints.unknowns + 1, sizeof *values))) good = kt_report_no_memory(&program->report);
    good = good && solve(values, program, &constraints);
    for (uint32_t i = 0; i < timing->stretch_nodes_count && good; i++) values[i] = without_noise(values[i]);
    if (good) {
        kt_circuit_settle_stretches(program->circuit, values);
        lift_delays(program->circuit);
    }
    kt_free(values);
    kt_free(constraints.items);
    return good;
}
