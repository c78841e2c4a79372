/* SPDX-License-Identifier: Apache-2.0
 *
 * From an application of a gate to operations. Modifiers are taken from left to right, and what stands around the rest is kept in a frame:
 *
 *     ctrl @ inv @ pow(2) @ g  q0, q1     controls {q0}, inverted; twice: g on q1
 *
 * Controls and inversion go through a body to each of its operations; a power repeats, or becomes a matrix of its own (a block of the
 * circuit) where it is no integer or repeating would take many operations. Controls inside a power are taken out of it: pow @ ctrl @ U is
 * ctrl @ pow @ U.
 */
#include "qasm/program.h"

#include <math.h>
#include <string.h>

typedef struct frame {
    const uint32_t *controls;
    uint32_t control_count;
    bool inverse;
    bool bare; /* inside a block: the controls of this application's modifiers are outside */
} frame;

static bool apply_from(kt_program *program, kt_application *application, uint32_t first, const kt_value *arguments, const uint32_t *qubits,
                       frame around);

static void *scratch(kt_program *program, size_t count, size_t size) {
    void *items = kt_arena_alloc(&program->statement, (count + 1) * size);
    if (!items) kt_report_no_memory(&program->report);
    return items;
}

static bool okay(kt_program *program, ketch_status status) { return status == KETCH_OK || kt_report_status(&program->report, status); }

/* ── Powers ── */

enum { REPEATED_OPERATIONS = 64 };                    /* a power is written out up to so many */
static const double largest_power = 9007199254740992; /* 2^53 */

bool kt_evaluate_exponent(kt_value *out, kt_program *program, const kt_expression *expression) {
    kt_span span = kt_expression_span(expression);
    program->division_matters = program->dialect == 3;
    bool good = kt_evaluate(out, program, expression);
    program->division_matters = false;
    if (!good) return false;
    bool runtime_whole = out->runtime && (out->type == KT_TYPE_INT || out->type == KT_TYPE_UINT || out->type == KT_TYPE_BOOL);
    if (runtime_whole || (out->runtime && out->type == KT_TYPE_FLOAT)) return true;
    if (out->runtime || out->type == KT_TYPE_ANGLE || !kt_value_may_become(*out, KT_TYPE_FLOAT, 0, false) ||
        !kt_to_radians(out, program, span))
        return kt_error_at(&program->report, KT_BAD_MODIFIER, span, "the exponent is a real number");
    if (out->symbolic) return true;
    if (!isfinite(out->as.number)) return kt_error_at(&program->report, KT_ANGLE_NOT_FINITE, span, "this exponent is not finite");
    if (fabs(out->as.number) > largest_power) return kt_error_at(&program->report, KT_BAD_MODIFIER, span, "an exponent beyond 2^53");
    return true;
}

static bool is_whole(kt_value exponent) { return kt_value_known(exponent) && exponent.as.number == floor(exponent.as.number); }

/* Is the power of something that takes `cost` operations on `qubits` qubits written out? */
static bool repeats(kt_value exponent, uint64_t cost, uint32_t qubits) {
    if (!is_whole(exponent)) return false;
    return qubits > KT_BLOCK_QUBITS || kt_saturating_multiply((uint64_t)fabs(exponent.as.number), cost) <= REPEATED_OPERATIONS;
}

static uint64_t cost_from(const kt_application *application, uint32_t first) {
    const kt_callee *callee = &application->callee;
    uint64_t cost = callee->definition ? callee->definition->body.cost : 1;
    for (uint32_t m = application->modifier_count; m-- > first && cost;) {
        const kt_resolved_modifier *modifier = &application->modifiers[m];
        if (modifier->kind != KT_TOKEN_POW) continue;
        if (modifier->known && repeats(modifier->exponent, cost, callee->qubit_count))
            cost = kt_saturating_multiply((uint64_t)fabs(modifier->exponent.as.number), cost);
        else if (modifier->known)
            cost = 1; /* a matrix; making it is charged where it is made, since it may be used again */
    }
    return cost; /* an unknown exponent is charged when it is known */
}

uint64_t kt_application_cost(const kt_application *application) {
    return kt_saturating_multiply(cost_from(application, 0), kt_weight(application->control_count));
}

/* What making a matrix costs: each operation goes through its 4^qubits numbers, the power takes some products of matrices. */
static uint64_t block_cost(uint64_t operations, uint32_t qubits) {
    return kt_saturating_multiply(operations + ((uint64_t)1 << qubits), (uint64_t)1 << 2 * qubits);
}

/* ── Operations of the gate table ── */

static bool add_slots(kt_program *program, const kt_value *arguments, uint32_t count, uint32_t first_param, kt_span span) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t place;
        if (!arguments[i].symbolic) continue;
        if (!kt_save_place(&place, program, span)) return false;
        if (!okay(program, kt_circuit_add_slot(program->circuit, first_param + i, arguments[i].as.node, place, program->diag)))
            return false;
    }
    return true;
}

/* sign * value + offset */
static bool scale(kt_value *out, kt_program *program, kt_value value, int sign, double offset, kt_span span) {
    *out = value;
    return (sign > 0 || kt_unary(out, program, KT_TOKEN_MINUS, *out, span)) &&
           (offset == 0 || kt_binary(out, program, KT_TOKEN_PLUS, *out, kt_value_float(offset), span));
}

/* Angles that the run computes go to the slots that the next gate takes. */
static bool set_params(kt_program *program, const kt_value *arguments, uint32_t count, kt_span span) {
    uint32_t first = (uint32_t)program->circuit->params_count;
    for (uint32_t i = 0; i < count; i++)
        if (arguments[i].runtime &&
            !kt_emit(program, (kt_op){.code = KT_DO_SET_PARAM, .left = arguments[i].as.cell, .data = first + i}, span))
            return false;
    return true;
}

/* controls, then the gate's own operands */
static const uint32_t *all_operands(kt_program *program, const uint32_t *qubits, uint32_t count, frame around) {
    if (!around.control_count) return qubits;
    if (!kt_operands_reserve(program, (size_t)around.control_count + count)) return NULL;
    memcpy(program->operands, around.controls, around.control_count * sizeof *qubits);
    memcpy(program->operands + around.control_count, qubits, count * sizeof *qubits);
    return program->operands;
}

/* The gate added last is on qubits that cells name, and fails where they are the same. */
static bool on_cells(kt_program *program, kt_span span) {
    ketch_circuit *circuit = program->circuit;
    uint32_t place;
    if (!kt_save_place(&place, program, span)) return false;
    if (!kt_reserve(&circuit->op_places, &circuit->op_places_capacity, circuit->op_places_count + 1, sizeof *circuit->op_places))
        return kt_report_no_memory(&program->report);
    circuit->op_places[circuit->op_places_count++] = (kt_op_place){(uint32_t)circuit->ops_count - 1, place};
    circuit->ops[circuit->ops_count - 1].code = KT_OP_GATE_AT;
    return true;
}

static bool emit(kt_program *program, uint16_t gate, const kt_value *arguments, const uint32_t *qubits, frame around, kt_span span,
                 uint32_t line) {
    const kt_gate *record = &kt_gates[gate];
    uint32_t own = (uint32_t)record->control_count + record->target_count, controls = around.control_count + record->control_count;
    kt_value turned[KT_GATE_PARAMS];
    if (around.inverse) {
        const kt_inverse *inverse = &record->inverse;
        if (inverse->adjoint) /* no gate with modifiers is one (a test looks) */
            return kt_error_at(&program->report, KT_GENERAL, span, "the inverse of `%s` is no gate of the table", record->name);
        uint32_t count = kt_gates[inverse->gate].parameter_count;
        for (uint32_t i = 0; i < count; i++) {
            int source = inverse->params[i].source;
            kt_value value = source < 0 ? kt_value_float(0) : arguments[source];
            if (!scale(&turned[i], program, value, inverse->params[i].sign, inverse->params[i].offset, span)) return false;
        }
        gate = inverse->gate;
        arguments = turned;
    }
    double params[KT_GATE_PARAMS];
    bool symbolic = false, runtime = false;
    uint32_t count = kt_gates[gate].parameter_count;
    for (uint32_t i = 0; i < count; i++) {
        params[i] = arguments[i].symbolic ? NAN : arguments[i].runtime ? 0 : arguments[i].as.number;
        symbolic = symbolic || arguments[i].symbolic;
        runtime = runtime || arguments[i].runtime;
    }
    if (runtime && !set_params(program, arguments, count, span)) return false;
    const uint32_t *operands = all_operands(program, qubits, own, around);
    ketch_circuit *circuit = program->circuit;
    if (!operands || !okay(program, kt_circuit_add_gate(circuit, (kt_gate_id)gate, controls, operands, params, line, program->diag)))
        return false;
    if (program->qubits_in_cells && !on_cells(program, span)) return false;
    return !symbolic || add_slots(program, arguments, count, circuit->ops[circuit->ops_count - 1].data, span);
}

/* ── Matrices ── */

/* The operations from first_op on leave the circuit and become those of a block. */
static bool add_block(kt_program *program, uint32_t *block, size_t first_op, uint32_t qubit_count, kt_value exponent, bool adjoint,
                      kt_span span) {
    ketch_circuit *circuit = program->circuit;
    size_t count = circuit->ops_count - first_op, kept = circuit->block_ops_count;
    circuit->ops_count = first_op;
    if (!kt_reserve(&circuit->block_ops, &circuit->block_ops_capacity, kept + count, sizeof *circuit->block_ops) ||
        !kt_reserve(&circuit->params, &circuit->params_capacity, circuit->params_count + 1, sizeof *circuit->params))
        return kt_report_no_memory(&program->report);
    for (size_t i = 0; i < count; i++) {
        kt_op op = circuit->ops[first_op + i];
        op.conditional = 0;
        if (op.code == KT_OP_GATE) circuit->block_ops[circuit->block_ops_count++] = op;
    }
    kt_block made = {.qubit_count = qubit_count,
                     .first = (uint32_t)kept,
                     .count = (uint32_t)(circuit->block_ops_count - kept),
                     .exponent = (uint32_t)circuit->params_count,
                     .adjoint = adjoint};
    circuit->params[circuit->params_count++] = exponent.symbolic ? NAN : exponent.as.number;
    if (!kt_save_place(&made.place, program, span)) return false;
    if (exponent.symbolic && !add_slots(program, &exponent, 1, made.exponent, span)) return false;
    return okay(program, kt_circuit_add_block(block, circuit, made, NULL, program->diag));
}

static bool add_matrix(kt_program *program, uint32_t block, const uint32_t *qubits, uint32_t qubit_count, const kt_application *application,
                       frame around) {
    const uint32_t *operands = all_operands(program, qubits, qubit_count, around);
    kt_op op = {
        .code = KT_OP_GATE, .gate = KT_GATE_MATRIX, .control_count = around.control_count, .data = block, .line = application->line};
    return operands && kt_add_op(program, op, operands, around.control_count + qubit_count) &&
           (!program->qubits_in_cells || on_cells(program, application->span));
}

/* controls of ctrl @ and negctrl @, behind those around */
static bool take_controls(kt_program *program, frame *around, const kt_resolved_modifier *modifier, const uint32_t **qubits,
                          uint32_t **room, const kt_application *application) {
    if (!*room) {
        *room = scratch(program, (size_t)around->control_count + application->control_count, sizeof **room);
        if (!*room) return false;
        if (around->control_count) memcpy(*room, around->controls, around->control_count * sizeof **room);
        around->controls = *room;
    }
    uint32_t mark = modifier->kind == KT_TOKEN_NEGCTRL ? KT_NEGATED : 0;
    for (uint32_t i = 0; i < modifier->controls; i++) (*room)[around->control_count++] = *(*qubits)++ | mark;
    return true;
}

static bool is_control(const kt_resolved_modifier *modifier) {
    return modifier->kind == KT_TOKEN_CTRL || modifier->kind == KT_TOKEN_NEGCTRL;
}

/* pow(exponent) @ what follows modifier m, as a matrix */
static bool apply_as_matrix(kt_program *program, kt_application *application, uint32_t m, kt_value exponent, const kt_value *arguments,
                            const uint32_t *qubits, frame around, uint32_t *room) {
    uint32_t qubit_count = application->callee.qubit_count;
    kt_resolved_modifier *modifier = &application->modifiers[m];
    if (qubit_count > KT_BLOCK_QUBITS)
        return kt_error_at(&program->report, KT_POWER_LIMIT, modifier->span,
                           "a power that is no integer, of a gate on %u qubits; at most %d are possible", qubit_count, KT_BLOCK_QUBITS);
    for (uint32_t i = m + 1; i < application->modifier_count && !around.bare; i++)
        if (is_control(&application->modifiers[i]) &&
            !take_controls(program, &around, &application->modifiers[i], &qubits, &room, application))
            return false;
    uint32_t *known = &modifier->blocks[around.inverse], block = *known - 1;
    if (!*known) {
        static const uint32_t local[KT_BLOCK_QUBITS] = {0, 1, 2, 3, 4, 5};
        size_t first_op = program->circuit->ops_count;
        uint64_t operations = cost_from(application, m + 1);
        if (operations > UINT32_MAX) operations = UINT32_MAX;
        if (!kt_charge(program, block_cost(operations, qubit_count), modifier->span)) return false;
        bool in_cells = program->qubits_in_cells;
        program->qubits_in_cells = false;
        bool good = apply_from(program, application, m + 1, arguments, local, (frame){.bare = true});
        program->qubits_in_cells = in_cells;
        if (!good) program->circuit->ops_count = first_op;
        if (!good || program->circuit->ops_count == first_op) return good; /* nothing to raise to a power */
        if (!add_block(program, &block, first_op, qubit_count, exponent, around.inverse, modifier->span)) return false;
        if (application->fixed) *known = block + 1;
    }
    return add_matrix(program, block, qubits, qubit_count, application, around);
}

/* ── Powers that depend on the run ── */

/* Gates whose power is the same gate with a larger angle: those that a negated angle inverts. */
static bool scales(const kt_callee *callee) {
    if (callee->definition) return false;
    const kt_inverse *inverse = &kt_gates[callee->gate].inverse;
    return kt_gates[callee->gate].parameter_count == 1 && inverse->gate == callee->gate && inverse->params[0].source == 0 &&
           inverse->params[0].sign < 0 && inverse->params[0].offset == 0;
}

/* The angle whose multiple is the gate's power: a power that is no integer takes the branch with phases in (-pi, pi]. */
static bool principal_angle(kt_value *out, kt_program *program, uint16_t gate, kt_value angle, kt_span span) {
    bool phase = gate == KT_GATE_P || gate == KT_GATE_CP || gate == KT_GATE_GPHASE;
    kt_value period = kt_value_float(phase ? 2 * M_PI : 4 * M_PI), turns;
    uint32_t from, to = kt_new_cells(program, 1);
    if (to == KT_NO_CELL || !kt_binary(&turns, program, KT_TOKEN_SLASH, angle, period, span) ||
        !kt_binary(&turns, program, KT_TOKEN_MINUS, turns, kt_value_float(0.5), span) || !kt_to_cells(&from, program, turns, span) ||
        !kt_emit(program, (kt_op){.code = KT_DO_FUNCTION_F, .width = 64, .destination = to, .left = from, .data = KT_NODE_CEILING}, span))
        return false;
    return kt_binary(&turns, program, KT_TOKEN_ASTERISK, kt_in_cells(KT_TYPE_FLOAT, 64, to), period, span) &&
           kt_binary(out, program, KT_TOKEN_MINUS, angle, turns, span);
}

static bool any_at_run_time(const kt_application *application, const kt_value *arguments) {
    for (uint32_t i = 0; i < application->callee.parameter_count; i++)
        if (arguments[i].runtime) return true;
    return false;
}

static bool is_run_time_whole(kt_value exponent) { return exponent.runtime && exponent.type != KT_TYPE_FLOAT; }

static bool apply_scaled(kt_program *program, kt_application *application, uint32_t first, kt_value exponent, const kt_value *arguments,
                         const uint32_t *qubits, frame around, kt_span span) {
    kt_value angle = arguments[0], factor = exponent;
    if (is_run_time_whole(exponent) && !kt_convert(&factor, program, KT_TYPE_FLOAT, 64, false, exponent, span)) return false;
    if (!is_run_time_whole(exponent) && !is_whole(exponent) && !principal_angle(&angle, program, application->callee.gate, angle, span))
        return false;
    return kt_binary(&angle, program, KT_TOKEN_ASTERISK, angle, factor, span) &&
           apply_from(program, application, first, &angle, qubits, around);
}

/* As often as the exponent says; where it is negative, the inverse. */
static bool apply_repeatedly(kt_program *program, kt_application *application, uint32_t first, kt_value exponent, const kt_value *arguments,
                             const uint32_t *qubits, frame around, kt_span span) {
    uint64_t cost = cost_from(application, first);
    kt_value whole;
    if (!kt_charge(program, kt_saturating_multiply(2, cost), span) || !kt_convert(&whole, program, KT_TYPE_INT, 0, false, exponent, span))
        return false;
    for (int sign = 1; sign >= -1; sign -= 2) {
        kt_value counts, times = whole;
        kt_repetition turn;
        uint32_t cell;
        if (sign < 0 && exponent.type != KT_TYPE_INT) break;
        if ((sign < 0 && !kt_unary(&times, program, KT_TOKEN_MINUS, whole, span)) ||
            !kt_binary(&counts, program, KT_TOKEN_GREATER, times, kt_value_int(0), span) ||
            !kt_convert(&counts, program, KT_TYPE_INT, 0, false, counts, span) ||
            !kt_binary(&times, program, KT_TOKEN_ASTERISK, times, counts, span) || !kt_to_cells(&cell, program, times, span) ||
            !kt_repeat(&turn, program, cell, span))
            return false;
        frame inside = around;
        inside.inverse = around.inverse != (sign < 0);
        bool good = apply_from(program, application, first, arguments, qubits, inside);
        if (!kt_repeat_end(program, &turn, span) || !good) return false;
    }
    return true;
}

/* pow(exponent) @ what follows modifier m, where the exponent, or an angle that a matrix would be made from, is not known. */
static bool apply_at_run_time(kt_program *program, kt_application *application, uint32_t m, kt_value exponent, const kt_value *arguments,
                              const uint32_t *qubits, frame around) {
    const kt_resolved_modifier *modifier = &application->modifiers[m];
    bool more = false; /* powers of powers are not scaled: the branch would be another */
    for (uint32_t i = m + 1; i < application->modifier_count; i++) more = more || application->modifiers[i].kind == KT_TOKEN_POW;
    bool scaled = scales(&application->callee) && !more && !exponent.symbolic && !arguments[0].symbolic;
    if (scaled) return apply_scaled(program, application, m + 1, exponent, arguments, qubits, around, modifier->span);
    if (is_run_time_whole(exponent) && !around.bare)
        return apply_repeatedly(program, application, m + 1, exponent, arguments, qubits, around, modifier->span);
    kt_error_at(&program->report, KT_BAD_MODIFIER, modifier->span, "this power is computed while the program runs");
    kt_hint_add(&program->report, "then the exponent is an integer, or the gate is a single rotation or phase");
    return false;
}

/* ── Bodies ── */

static bool same_values(const kt_value *a, const kt_value *b, uint32_t count) {
    uint32_t i = 0;
    while (i < count && !a[i].runtime && a[i].symbolic == b[i].symbolic && a[i].type == b[i].type && a[i].as.natural == b[i].as.natural)
        i++; /* what cells hold changes */
    return i == count;
}

/* A gate is mostly applied with the angles that it had before, so what follows from them is kept. */
static void begin_generation(kt_definition *definition, const kt_value *arguments) {
    uint32_t count = definition->parameter_count;
    if (definition->generation && same_values(definition->last, arguments, count)) return;
    if (count) memcpy(definition->last, arguments, count * sizeof *arguments);
    definition->generation++;
}

/* Nodes made since there were `before` stay, and cost more than operations. */
static bool charge_nodes(kt_program *program, size_t before) {
    enum { NODE_COST = 8 };
    return kt_charge(program, NODE_COST * (program->circuit->nodes_count - before), program->call);
}

static bool item_angles(kt_body_item *item, kt_program *program, uint64_t generation) {
    size_t nodes = program->circuit->nodes_count;
    if (item->generation == generation) return true;
    kt_value *value = item->values;
    for (const kt_expression *argument = item->arguments; argument; argument = argument->next)
        if (!kt_evaluate_angle(value++, program, argument)) return false;
    item->generation = generation;
    return charge_nodes(program, nodes);
}

static bool expand_body(kt_program *program, kt_definition *definition, const kt_body *body, const uint32_t *qubits, frame around,
                        uint32_t line);

/* Turn by turn, inverted from the last one on. Its variable is one more parameter, so each turn is a new generation. */
static bool expand_loop(kt_program *program, kt_definition *definition, const kt_body_loop *loop, const uint32_t *qubits, frame around,
                        uint32_t line) {
    kt_loop_items items;
    kt_arena_mark mark = kt_arena_save(&program->statement);
    bool good = kt_body_loop_items(&items, program, loop);
    for (uint64_t i = 0; good && i < items.turns; i++) {
        definition->generation++;
        good = kt_body_loop_turn(definition->last, program, loop, &items, around.inverse ? items.turns - 1 - i : i) &&
               expand_body(program, definition, &loop->body, qubits, around, line);
    }
    kt_arena_restore(&program->statement, mark);
    return good;
}

static bool expand_body(kt_program *program, kt_definition *definition, const kt_body *body, const uint32_t *qubits, frame around,
                        uint32_t line) {
    for (uint32_t i = 0; i < body->count && !program->report.stopped; i++) {
        kt_body_item *item = &body->items[around.inverse ? body->count - 1 - i : i];
        if (item->loop) {
            if (!expand_loop(program, definition, item->loop, qubits, around, line)) return false;
            continue;
        }
        kt_arena_mark mark = kt_arena_save(&program->statement);
        uint32_t *mapped = scratch(program, item->qubit_count, sizeof *mapped);
        if (!mapped) return false;
        for (uint32_t k = 0; k < item->qubit_count; k++) mapped[k] = qubits[item->qubits[k]];
        bool good;
        if (item->barrier && program->qubits_in_cells) {
            good = true; /* nothing is planned across a gate on qubits that are not known, anyway */
        } else if (item->barrier) {
            good = kt_add_op(program, (kt_op){.code = KT_OP_BARRIER, .line = line}, mapped, item->qubit_count);
        } else {
            item->application.line = line;
            good = item_angles(item, program, definition->generation) &&
                   apply_from(program, &item->application, 0, item->values, mapped,
                              (frame){around.controls, around.control_count, around.inverse, false});
        }
        kt_arena_restore(&program->statement, mark);
        if (!good) return false;
    }
    return !program->report.stopped;
}

static bool expand(kt_program *program, kt_definition *definition, const kt_value *arguments, const uint32_t *qubits, frame around,
                   uint32_t line) {
    const kt_value *outer = program->arguments;
    begin_generation(definition, arguments);
    program->arguments = definition->last;
    bool good = expand_body(program, definition, &definition->body, qubits, around, line);
    program->arguments = outer;
    return good;
}

static bool apply_from(kt_program *program, kt_application *application, uint32_t first, const kt_value *arguments, const uint32_t *qubits,
                       frame around) {
    uint32_t *room = NULL;
    for (uint32_t m = first; m < application->modifier_count; m++) {
        kt_resolved_modifier *modifier = &application->modifiers[m];
        if (is_control(modifier)) {
            if (!around.bare && !take_controls(program, &around, modifier, &qubits, &room, application)) return false;
            continue;
        }
        if (modifier->kind == KT_TOKEN_INV) {
            around.inverse = !around.inverse;
            continue;
        }
        kt_value exponent = modifier->exponent;
        size_t nodes = program->circuit->nodes_count;
        if (!modifier->known && !kt_evaluate_exponent(&exponent, program, modifier->expression)) return false;
        if (!charge_nodes(program, nodes)) return false;
        uint64_t cost = cost_from(application, m + 1);
        bool written_out = repeats(exponent, cost, application->callee.qubit_count), moves = any_at_run_time(application, arguments);
        if (exponent.runtime || (moves && !written_out && (!is_whole(exponent) || scales(&application->callee))))
            return apply_at_run_time(program, application, m, exponent, arguments, qubits, around);
        if (!written_out && !moves) return apply_as_matrix(program, application, m, exponent, arguments, qubits, around, room);
        uint64_t times = (uint64_t)fabs(exponent.as.number), total = kt_saturating_multiply(times, cost);
        if (!modifier->known && total > cost && !kt_charge(program, total - cost, application->span)) return false;
        around.inverse = around.inverse != (exponent.as.number < 0);
        if (times == 1) continue;
        for (uint64_t i = 0; i < times; i++)
            if (!apply_from(program, application, m + 1, arguments, qubits, around)) return false;
        return true;
    }
    const kt_callee *callee = &application->callee;
    if (callee->definition) return expand(program, callee->definition, arguments, qubits, around, application->line);
    return emit(program, callee->gate, arguments, qubits, around, application->span, application->line);
}

bool kt_apply(kt_program *program, kt_application *application, const kt_value *arguments, const uint32_t *qubits) {
    if (program->trial) return true;
    if (!application->modifier_count && !application->callee.definition)
        return emit(program, application->callee.gate, arguments, qubits, (frame){0}, application->span, application->line);
    kt_arena_mark mark = kt_arena_save(&program->statement);
    bool good = apply_from(program, application, 0, arguments, qubits, (frame){0});
    kt_arena_restore(&program->statement, mark);
    return good;
}
