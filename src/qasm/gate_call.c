/* SPDX-License-Identifier: Apache-2.0
 *
 * Gate calls: which gate a name means for so many angles and qubits, and spreading it over registers.
 */
#include "qasm/program.h"

#include <string.h>

/* ── Which gate ── */

static const char *plural(uint32_t count) { return count == 1 ? "" : "s"; }

static void try_gate(void *nearest, const char *name, size_t size, kt_gate_id gate) {
    (void)gate;
    kt_nearest_try(nearest, name, size);
}

/* The gate would be there with another include? */
static bool hint_include(kt_program *program, kt_span name) {
    bool paper = program->dialect == 2;
    const char *library = paper ? "qelib1.inc" : "stdgates.inc", *other = paper ? "stdgates.inc" : "qelib1.inc";
    unsigned first = KT_IN_PAPER | KT_IN_QELIB1, whose = paper ? first : KT_IN_STDGATES, others = paper ? KT_IN_STDGATES : first;
    if (kt_gate_find(name.at, name.size, whose) != (kt_gate_id)KT_GATE_NONE) {
        if (program->provided & whose) return false;
        kt_hint_add(&program->report, "`include \"%s\";` is missing; or run with --prelude %s", library, library);
        return true;
    }
    if (kt_gate_find(name.at, name.size, others) == (kt_gate_id)KT_GATE_NONE) return false;
    kt_hint_add(&program->report, "it is a gate of %s, which belongs to OpenQASM %d; here it must be defined first", other, paper ? 3 : 2);
    return true;
}

static void try_symbol(kt_nearest *nearest, const kt_program *program, uint32_t symbol) {
    kt_nearest_try(nearest, program->symbols.items[symbol].name, program->symbols.items[symbol].size);
}

/* Gates; and keywords, if they are very near. */
static void hint_name(kt_program *program, kt_span name) {
    enum { SHORT = 4 };
    kt_nearest nearest = kt_nearest_to(name);
    for (uint32_t symbol = 0; symbol < program->gates_capacity && symbol < program->symbols.count; symbol++)
        if (program->gates[symbol].definitions) try_symbol(&nearest, program, symbol);
    kt_gate_names(program->provided, try_gate, &nearest);
    if (nearest.limit > 1) nearest.limit = 1;
    for (uint32_t word = 0; word < KT_TOKEN_NAME; word++)
        if (kt_keyword_in(word, program->dialect) && program->symbols.items[word].size >= SHORT) try_symbol(&nearest, program, word);
    if (nearest.best.size) kt_hint_add(&program->report, "did you mean `%.*s`?", KT_SHOWN(nearest.best));
}

static bool unknown_gate(kt_program *program, uint32_t symbol, kt_span name) {
    kt_gate_name *known = kt_gate_name_of(program, symbol);
    if (!known || known->reported || program->include_failed) return false;
    known->reported = true;
    if (known->calibrated)
        return kt_error_at(&program->report, KT_PULSES, name, "`%.*s` is defined by pulses alone (`defcal`), which are not simulated",
                           KT_SHOWN(name));
    kt_error_at(&program->report, KT_UNKNOWN_GATE, name, "no gate is called `%.*s`", KT_SHOWN(name));
    if (kt_keyword_in(symbol, 5 - program->dialect))
        kt_hint_add(&program->report, "`%.*s` belongs to OpenQASM %d; this program is OpenQASM %d", KT_SHOWN(name), 5 - program->dialect,
                    program->dialect);
    else if (kt_gate_habit(name))
        kt_hint_add(&program->report, "did you mean `%s`?", kt_gate_habit(name));
    else if (!hint_include(program, name))
        hint_name(program, name);
    return false;
}

/* `QREG q[2];`, and `qubit[2] q;` in OpenQASM 2, read like gates: what they declare is not reported again. */
static void spoil_declared(kt_program *program, const kt_statement *statement) {
    static const uint8_t words[] = {KT_TOKEN_QREG, KT_TOKEN_CREG, KT_TOKEN_QUBIT, KT_TOKEN_BIT};
    enum { NEAR = 3 }; /* equal but for case, or one edit away */
    kt_nearest nearest = kt_nearest_to(statement->name);
    for (size_t i = 0; i < sizeof words; i++) try_symbol(&nearest, program, words[i]);
    if (statement->symbol >= KT_TOKEN_NAME && nearest.rank > NEAR) return;
    for (const kt_expression *operand = statement->as.call.operands; operand; operand = operand->next) {
        if (operand->kind == KT_EXPRESSION_NAME) kt_scope_spoil(program, operand->as.symbol);
        if (operand->kind == KT_EXPRESSION_INDEX && !operand->as.index.base) kt_scope_spoil(program, operand->as.index.symbol);
    }
}

static bool wrong_arity(kt_program *program, kt_span name, uint32_t parameters, uint32_t qubits, uint32_t wanted_parameters,
                        uint32_t wanted_qubits, uint32_t controls, kt_span span) {
    if (parameters != wanted_parameters)
        return kt_error_at(&program->report, KT_PARAMETER_COUNT, span, "`%.*s` takes %u angle%s, not %u", KT_SHOWN(name), wanted_parameters,
                           plural(wanted_parameters), parameters);
    if (controls)
        return kt_error_at(&program->report, KT_OPERAND_COUNT, span, "`%.*s` acts on %u qubit%s, with its modifiers on %u, not %u",
                           KT_SHOWN(name), wanted_qubits, plural(wanted_qubits), wanted_qubits + controls, qubits + controls);
    return kt_error_at(&program->report, KT_OPERAND_COUNT, span, "`%.*s` acts on %u qubit%s, not %u", KT_SHOWN(name), wanted_qubits,
                       plural(wanted_qubits), qubits);
}

/* The gate called `symbol` with so many angles and qubits (controls of modifiers left out). */
static bool find_callee(kt_callee *out, kt_program *program, uint32_t symbol, kt_span name, uint32_t parameters, uint32_t qubits,
                        uint32_t controls, bool too_few) {
    kt_gate_name *known = kt_gate_name_of(program, symbol);
    if (!known) return false;
    *out = (kt_callee){.gate = known->gate, .parameter_count = parameters, .qubit_count = qubits};
    const kt_gate *record = known->gate == KT_GATE_NONE ? NULL : &kt_gates[known->gate];
    const kt_definition *other = NULL;
    for (kt_definition *definition = known->definitions; definition; definition = definition->next) {
        other = definition;
        if (definition->parameter_count != parameters || definition->qubit_count != qubits || too_few) continue;
        if (definition->broken) return false;
        out->definition = definition;
        if (!definition->opaque) return true;
        if (record) break; /* declared opaque, but known */
        kt_error_at(&program->report, KT_OPAQUE_GATE, name, "`%.*s` is opaque: what it does is not known", KT_SHOWN(name));
        return false;
    }
    out->definition = NULL;
    uint32_t record_qubits = record ? (uint32_t)record->control_count + record->target_count : 0;
    if (record && record->parameter_count == parameters && record_qubits == qubits && !too_few) return true;
    if (program->defining && program->defining_symbol == symbol) {
        return kt_error_at(&program->report, KT_RECURSIVE_GATE, name, "the gate `%.*s` calls itself", KT_SHOWN(name));
    }
    if (!record && !other) {
        const kt_binding *binding = kt_scope_find(program, symbol);
        if (binding && binding->kind == KT_BINDING_SPOILED) return false;
        return unknown_gate(program, symbol, name);
    }
    if (other && other->broken) return false;
    if (record) return wrong_arity(program, name, parameters, qubits, record->parameter_count, record_qubits, controls, name);
    return wrong_arity(program, name, parameters, qubits, other->parameter_count, other->qubit_count, controls, name);
}

/* ── Modifiers ── */

static bool resolve_modifiers(kt_application *out, kt_program *program, const kt_modifier *modifiers, kt_arena *arena) {
    uint32_t count = 0;
    for (const kt_modifier *modifier = modifiers; modifier; modifier = modifier->next) count++;
    out->modifier_count = count;
    out->control_count = 0;
    out->modifiers = NULL;
    out->fixed = true;
    if (!count) return true;
    if (count > program->options->max_nesting)
        return kt_error_at(&program->report, KT_NESTING_LIMIT, modifiers->span, "more than %u modifiers on one gate",
                           program->options->max_nesting);
    kt_resolved_modifier *resolved = out->modifiers = kt_arena_alloc(arena, count * sizeof *resolved);
    if (!resolved) return kt_report_no_memory(&program->report);
    for (const kt_modifier *modifier = modifiers; modifier; modifier = modifier->next, resolved++) {
        *resolved = (kt_resolved_modifier){.kind = modifier->kind, .span = modifier->span, .expression = modifier->argument};
        if (modifier->kind == KT_TOKEN_INV) continue;
        if (modifier->kind == KT_TOKEN_POW) {
            /* In a gate's body what is constant has been made a value; else it waits for the gate's parameters. */
            resolved->known = !program->defining || modifier->argument->kind == KT_EXPRESSION_VALUE;
            if (!resolved->known)
                out->fixed = false;
            else if (!kt_evaluate_exponent(&resolved->exponent, program, modifier->argument))
                return false;
            continue;
        }
        int64_t controls = 1;
        if (modifier->argument && !kt_evaluate_constant_integer(&controls, program, modifier->argument, "the number of controls"))
            return false;
        if (controls < 1 || controls > (int64_t)program->options->max_qubits || controls > KT_MAX_WIDTH - (int64_t)out->control_count)
            return kt_error_at(&program->report, KT_BAD_MODIFIER, kt_expression_span(modifier->argument),
                               "%lld controls; the number is positive and no larger than that of the qubits", (long long)controls);
        resolved->controls = (uint32_t)controls;
        out->control_count += resolved->controls;
    }
    return true;
}

bool kt_resolve_application(kt_application *out, kt_program *program, const kt_statement *call, kt_arena *arena) {
    out->span = call->name;
    out->line = call->line;
    if (!resolve_modifiers(out, program, call->as.call.modifiers, arena)) return false;
    uint32_t operands = call->as.call.operand_count, controls = out->control_count;
    bool too_few = operands < controls;
    return find_callee(&out->callee, program, call->symbol, call->name, call->as.call.argument_count, too_few ? 0 : operands - controls,
                       controls, too_few);
}

/* ── Calls ── */

uint64_t kt_saturating_multiply(uint64_t a, uint64_t b) {
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

bool kt_charge(kt_program *program, uint64_t operations, kt_span span) {
    uint64_t limit = program->options->max_gates;
    if (operations <= limit && program->operations <= limit - operations) {
        program->operations += operations;
        return true;
    }
    if (program->trial) return false;
    kt_error_at(&program->report, KT_GATE_LIMIT, span, "with gates and broadcasts expanded the program has more than %llu operations",
                (unsigned long long)limit);
    kt_hint_add(&program->report, "--max-gates raises the limit");
    program->report.stopped = true; /* whatever follows would be over the limit, too */
    return false;
}

enum { FEW = 8 }; /* for which there is room at hand */

/* How often a gate is applied: registers among its operands have one size, which is known, or in a cell. */
typedef struct spread {
    uint32_t times;
    bool moves;  /* some operand is chosen while the program runs, */
    bool ranges; /* a range of them: `times` is a cell */
} spread;

static bool sizes_differ(kt_program *program, const kt_selection *a, kt_span a_span, const kt_selection *b, kt_span b_span) {
    return a->count == b->count || kt_error_at(&program->report, KT_SIZES_DIFFER, a_span, "`%.*s` has size %u, but `%.*s` has %u",
                                               KT_SHOWN(a_span), a->count, KT_SHOWN(b_span), b->count);
}

static bool spread_over(spread *out, kt_program *program, const kt_selection *selections, const kt_expression *operands, uint32_t count) {
    const kt_selection *range = NULL, *fixed = NULL;
    const kt_expression *operand = operands;
    kt_span fixed_span = {0};
    *out = (spread){.times = 1};
    for (uint32_t i = 0; i < count; i++, operand = operand->next) {
        const kt_selection *selection = &selections[i];
        out->moves = out->moves || selection->moves;
        if (selection->scalar) continue;
        if (selection->moves && !selection->list) {
            if (!range) range = selection;
            continue;
        }
        kt_span span = kt_expression_span(operand);
        if (!fixed) fixed = selection, fixed_span = span, out->times = selection->count;
        if (!sizes_differ(program, selection, span, fixed, fixed_span)) return false;
    }
    if (!range) return true;
    out->ranges = true;
    out->times = range->count;
    operand = operands;
    for (uint32_t i = 0; i < count; i++, operand = operand->next)
        if (!selections[i].scalar && &selections[i] != range &&
            !kt_check_sizes(program, range, &selections[i], kt_expression_span(operand)))
            return false;
    return true;
}

/* Nearly always: a gate of the table on single qubits, all of it known. False: it takes the long way. */
static bool apply_at_once(bool *good, kt_program *program, const kt_application *application, const kt_value *values,
                          const kt_selection *selections, uint32_t count) {
    uint32_t qubits[FEW];
    double params[KT_GATE_PARAMS];
    const kt_callee *callee = &application->callee;
    if (application->modifier_count || callee->definition || count > FEW || program->trial) return false;
    for (uint32_t i = 0; i < callee->parameter_count; i++) {
        if (!kt_value_known(values[i])) return false;
        params[i] = values[i].as.number;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!selections[i].scalar || selections[i].moves) return false;
        qubits[i] = kt_selection_at(&selections[i], 0);
        for (uint32_t k = 0; k < i; k++)
            if (qubits[i] == qubits[k]) return false;
    }
    *good = kt_charge(program, 1, application->span);
    if (!*good) return true;
    ketch_status status = kt_circuit_add_gate(program->circuit, (kt_gate_id)callee->gate, kt_gates[callee->gate].control_count, qubits,
                                              params, application->line, program->diag);
    *good = status == KETCH_OK || kt_report_status(&program->report, status);
    return true;
}

/* To qubits that only the run knows: cells name them. */
static bool apply_to_cells(kt_program *program, kt_application *application, const kt_value *values, const kt_selection *selections,
                           uint32_t count, spread over, uint32_t *cells) {
    kt_repetition turn;
    kt_span span = application->span;
    uint32_t times = over.ranges ? 1 : over.times;
    if (over.ranges && !kt_repeat(&turn, program, over.times, span)) return false;
    bool good = true;
    for (uint32_t k = 0; k < times && good; k++) {
        for (uint32_t i = 0; i < count && good; i++)
            good = kt_chosen_cell(&cells[i], program, &selections[i], k, over.ranges ? &turn : NULL, span);
        program->qubits_in_cells = true;
        good = good && kt_apply(program, application, values, cells);
        program->qubits_in_cells = false;
    }
    return (!over.ranges || kt_repeat_end(program, &turn, span)) && good;
}

bool kt_lower_gate_call(kt_program *program, const kt_statement *statement) {
    kt_application application;
    const kt_binding *binding = kt_scope_find(program, statement->symbol);
    if (binding && (binding->kind == KT_BINDING_ROUTINE || binding->kind == KT_BINDING_EXTERN))
        return kt_call_routine_statement(program, statement);
    const kt_expression *operand = statement->as.call.operands, *argument = statement->as.call.arguments;
    uint32_t count = statement->as.call.operand_count, argument_count = statement->as.call.argument_count;
    if (!kt_resolve_application(&application, program, statement, &program->statement)) {
        spoil_declared(program, statement);
        return false;
    }
    kt_value time; /* that a gate is given matters to no state */
    if (statement->as.call.designator && !kt_evaluate_time(&time, program, statement->as.call.designator)) return false;
    kt_selection few[FEW], *selections = few;
    kt_value few_values[FEW], *values = few_values;
    if (count > FEW && !(selections = kt_arena_alloc(&program->statement, count * sizeof *selections)))
        return kt_report_no_memory(&program->report);
    if (argument_count > FEW && !(values = kt_arena_alloc(&program->statement, argument_count * sizeof *values)))
        return kt_report_no_memory(&program->report);
    bool good = true;
    for (uint32_t i = 0; i < argument_count; i++, argument = argument->next)
        good = kt_evaluate_angle(&values[i], program, argument) && good;
    for (uint32_t i = 0; i < count; i++, operand = operand->next) good = kt_choose(&selections[i], program, operand, true) && good;
    spread over;
    if (good && apply_at_once(&good, program, &application, values, selections, count)) return good;
    if (!good || !spread_over(&over, program, selections, statement->as.call.operands, count)) return false;
    uint32_t times = over.ranges ? 1 : over.times;
    uint64_t cost = kt_application_cost(&application), operands = kt_saturating_multiply(times, count / 8);
    if (!kt_charge(program, operands, statement->name) || !kt_all_different(program, selections, statement->as.call.operands, count) ||
        !kt_charge(program, kt_saturating_multiply(cost, times), statement->name))
        return false;
    if (!cost) return true;
    uint32_t few_qubits[FEW], *qubits = few_qubits;
    if (count > FEW && !(qubits = kt_arena_alloc(&program->statement, count * sizeof *qubits)))
        return kt_report_no_memory(&program->report);
    program->call = statement->name;
    if (over.moves) return apply_to_cells(program, &application, values, selections, count, over, qubits);
    for (uint32_t k = 0; k < times; k++) {
        for (uint32_t i = 0; i < count; i++) qubits[i] = kt_selection_at(&selections[i], selections[i].scalar ? 0 : k);
        if (!kt_apply(program, &application, values, qubits)) return false;
    }
    return true;
}
