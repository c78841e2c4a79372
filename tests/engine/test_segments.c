/* SPDX-License-Identifier: Apache-2.0
 *
 * Segments on plans made here: each gate becomes actions in the plainest way, stages take them in order, and what the planner would choose
 * well is chosen at random: which wires are local, how long the runs are, where wires lie in memory, what is merged. Whatever is chosen,
 * the state must be that of the reference engine, phase included.
 */
#include "lab.h"

#include <math.h>

/* ── Actions ────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum { MOST_ACTIONS = 4096 };

typedef struct maker {
    const ketch_circuit *circuit;
    kt_plan *plan;
    bool starting; /* nothing has been done to the state */
} maker;

static kt_action *add_action(maker *m, kt_action_kind kind, kt_action_part part) {
    assert_true(m->plan->action_count < MOST_ACTIONS);
    kt_action *action = &m->plan->actions[m->plan->action_count++];
    *action = (kt_action){.kind = (uint8_t)kind, .part = (uint8_t)part, .first_source = (uint32_t)m->plan->source_count};
    return action;
}

static void add_source(maker *m, kt_action *action, uint32_t op, uint8_t a, uint8_t b) {
    assert_true(m->plan->source_count < MOST_ACTIONS);
    m->plan->sources[m->plan->source_count++] = (kt_action_source){op, {a, b}};
    action->source_count++;
}

static void one_bit(maker *m, kt_action_kind kind, kt_action_part part, uint32_t op, uint8_t wire, bool imaginary) {
    kt_action *action = add_action(m, kind, part);
    action->bit_count = 1;
    action->bits[0] = wire;
    action->imaginary = imaginary;
    add_source(m, action, op, 0, 0);
}

static void cx(maker *m, uint32_t op, uint8_t control, uint8_t target) {
    kt_action *action = add_action(m, KT_ACTION_CX, KT_PART_WHOLE);
    action->bit_count = 2;
    action->bits[0] = control;
    action->bits[1] = target;
    add_source(m, action, op, 0, 1);
}

static bool about_x(uint16_t gate) { return gate == KT_GATE_RX || gate == KT_GATE_SX || gate == KT_GATE_SXDG; }

/* One-qubit gates: Paulis, diagonals, rotations, or in three parts. */
static void one_qubit(maker *m, uint32_t op, uint8_t wire) {
    uint16_t gate = m->circuit->ops[op].gate;
    kt_family family = gate == KT_GATE_MATRIX ? KT_FAMILY_DENSE : (kt_family)kt_gates[gate].family;
    bool pauli = gate == KT_GATE_X || gate == KT_GATE_Y || gate == KT_GATE_Z;
    if (pauli && random_below(4)) {
        one_bit(m, KT_ACTION_PAULI, KT_PART_WHOLE, op, wire, false);
    } else if (family == KT_FAMILY_DIAGONAL) {
        one_bit(m, KT_ACTION_PHASES, KT_PART_WHOLE, op, wire, false);
    } else if (random_below(8) == 0) {
        one_bit(m, KT_ACTION_DENSE, KT_PART_WHOLE, op, wire, false);
    } else if ((about_x(gate) || gate == KT_GATE_X) && random_below(4)) {
        one_bit(m, KT_ACTION_ROTATION, KT_PART_WHOLE, op, wire, true);
    } else if ((family == KT_FAMILY_REAL || gate == KT_GATE_X) && random_below(4)) {
        one_bit(m, KT_ACTION_ROTATION, KT_PART_WHOLE, op, wire, false);
    } else {
        uint32_t source = (uint32_t)m->plan->source_count;
        one_bit(m, KT_ACTION_PHASES, KT_PART_BEFORE, op, wire, false);
        one_bit(m, KT_ACTION_ROTATION, KT_PART_MIDDLE, op, wire, false);
        one_bit(m, KT_ACTION_PHASES, KT_PART_AFTER, op, wire, false);
        for (int back = 1; back <= 3; back++) m->plan->actions[m->plan->action_count - back].first_source = source;
    }
}

static void set_controls(const maker *m, kt_action *action, const uint32_t *operands, uint32_t count) {
    for (uint32_t k = 0; k < count; k++) {
        uint64_t bit = UINT64_C(1) << m->plan->wire_of[operands[k] & ~KT_NEGATED];
        action->controls |= bit;
        if (!(operands[k] & KT_NEGATED)) action->values |= bit;
    }
}

/* A diagonal one-target gate with many controls, or a global phase with them: a factor for each entry. */
static void phases_of_many(maker *m, uint32_t number, const kt_op *op, const uint32_t *operands) {
    bool targetless = kt_op_target_count(op) == 0;
    for (int entry = targetless ? 1 : 0; entry < 2; entry++) {
        kt_action *action = add_action(m, KT_ACTION_PHASE, entry ? KT_PART_ENTRY_1 : KT_PART_ENTRY_0);
        add_source(m, action, number, 0, 0);
        set_controls(m, action, operands, op->operand_count);
        if (!entry) action->values ^= UINT64_C(1) << m->plan->wire_of[operands[op->operand_count - 1]];
    }
}

static void two_operands(maker *m, kt_action_kind kind, uint32_t number, const uint8_t *wires) {
    kt_action *action = add_action(m, kind, KT_PART_WHOLE);
    bool in_order = kind == KT_ACTION_DENSE && m->circuit->ops[number].control_count == 0;
    uint8_t turned = in_order ? 0 : (uint8_t)random_below(2);
    action->bit_count = 2;
    action->bits[0] = wires[turned];
    action->bits[1] = wires[!turned];
    add_source(m, action, number, turned, !turned);
}

static void gate_actions(maker *m, uint32_t number) {
    const kt_op *op = &m->circuit->ops[number];
    const uint32_t *operands = kt_op_operands(m->circuit, op);
    uint32_t targets = kt_op_target_count(op), count = op->operand_count;
    uint8_t wires[KT_MAX_WIRES];
    for (uint32_t k = 0; k < count; k++) wires[k] = m->plan->wire_of[operands[k] & ~KT_NEGATED];
    bool matrix = op->gate == KT_GATE_MATRIX, diagonal = !matrix && kt_gates[op->gate].family == KT_FAMILY_DIAGONAL;
    bool is_x = !matrix && targets == 1 && kt_gates[op->gate].family == KT_FAMILY_PERMUTATION;
    if (count == 0) {
        add_source(m, add_action(m, KT_ACTION_PHASES, KT_PART_WHOLE), number, 0, 0);
    } else if (count == 1 && targets == 1) {
        one_qubit(m, number, wires[0]);
    } else if (diagonal && count == 1) {
        one_bit(m, KT_ACTION_PHASES, KT_PART_WHOLE, number, wires[0], false);
    } else if (diagonal && count == 2) {
        two_operands(m, KT_ACTION_PHASES, number, wires);
    } else if (diagonal && targets < 2) {
        phases_of_many(m, number, op, operands);
    } else if (is_x && count == 2 && random_below(8)) {
        bool negated = operands[0] & KT_NEGATED;
        if (negated) one_bit(m, KT_ACTION_PAULI, KT_PART_WHOLE, number, wires[0], false);
        cx(m, number, wires[0], wires[1]);
        if (negated) one_bit(m, KT_ACTION_PAULI, KT_PART_WHOLE, number, wires[0], false);
    } else if (is_x) {
        kt_action *action = add_action(m, KT_ACTION_EXCHANGE, KT_PART_WHOLE);
        action->bit_count = 1;
        action->bits[0] = wires[count - 1];
        set_controls(m, action, operands, op->control_count);
        add_source(m, action, number, 0, 0);
    } else if (op->gate == KT_GATE_SWAP && count == 2 && random_below(4)) {
        for (int i = 0; i < 3; i++) cx(m, number, wires[i % 2], wires[1 - i % 2]);
    } else if (count == 2 && random_below(2)) {
        two_operands(m, KT_ACTION_DENSE, number, wires);
    } else {
        kt_action *action = add_action(m, KT_ACTION_DENSE, KT_PART_WHOLE);
        action->bit_count = (uint8_t)targets;
        memcpy(action->bits, wires + op->control_count, targets);
        set_controls(m, action, operands, op->control_count);
        add_source(m, action, number, 0, 0);
    }
}

/* Two operations in a row on one wire, or within a pair of wires, as one action. */
static bool merged(maker *m, uint32_t first, uint32_t second) {
    const kt_op *ops[2] = {&m->circuit->ops[first], &m->circuit->ops[second]};
    uint8_t wires[2] = {255, 255}, places[2][2];
    uint32_t used = 0;
    for (int i = 0; i < 2; i++) {
        if (ops[i]->operand_count > 2 || ops[i]->operand_count == 0) return false;
        for (uint32_t k = 0; k < ops[i]->operand_count; k++) {
            uint8_t wire = m->plan->wire_of[kt_op_operands(m->circuit, ops[i])[k] & ~KT_NEGATED];
            uint32_t place = 0;
            while (place < used && wires[place] != wire) place++;
            if (place == 2) return false;
            if (place == used) wires[used++] = wire;
            places[i][k] = (uint8_t)place;
        }
    }
    bool diagonals = true, reals = true;
    for (int i = 0; i < 2; i++) {
        uint16_t gate = ops[i]->gate;
        diagonals = diagonals && gate != KT_GATE_MATRIX && kt_gates[gate].family == KT_FAMILY_DIAGONAL;
        reals = reals && (gate == KT_GATE_RY || gate == KT_GATE_H || gate == KT_GATE_X || gate == KT_GATE_Z);
    }
    uint32_t source = (uint32_t)m->plan->source_count;
    bool parts = used == 1 && !diagonals && !reals && random_below(4);
    kt_action_kind kind = diagonals ? KT_ACTION_PHASES : used == 1 && (reals || parts) ? KT_ACTION_ROTATION : KT_ACTION_DENSE;
    static const kt_action_part three[3] = {KT_PART_BEFORE, KT_PART_MIDDLE, KT_PART_AFTER};
    for (int part = 0; part < (parts ? 3 : 1); part++) {
        kt_action *action = add_action(m, parts && part != 1 ? KT_ACTION_PHASES : kind, parts ? three[part] : KT_PART_WHOLE);
        action->bit_count = (uint8_t)used;
        memcpy(action->bits, wires, used);
        action->first_source = source;
        action->source_count = 2;
    }
    kt_action unused = {0};
    add_source(m, &unused, first, places[0][0], ops[0]->operand_count > 1 ? places[0][1] : 0);
    add_source(m, &unused, second, places[1][0], ops[1]->operand_count > 1 ? places[1][1] : 0);
    return true;
}

/* ── Stages ─────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static uint64_t moved_wires(const kt_action *action) { /* that must be local */
    uint64_t out = 0;
    if (action->kind == KT_ACTION_CX) return UINT64_C(1) << action->bits[1];
    if (action->kind == KT_ACTION_PHASES || action->kind == KT_ACTION_PHASE || action->kind == KT_ACTION_PAULI) return 0;
    for (uint32_t i = 0; i < action->bit_count; i++) out |= UINT64_C(1) << action->bits[i];
    return out;
}

static kt_work_kind work_of(const kt_action *action) {
    static const kt_work_kind of[] = {
        [KT_ACTION_ROTATION] = KT_WORK_ROTATIONS, [KT_ACTION_PHASES] = KT_WORK_DIAGONAL, [KT_ACTION_CX] = KT_WORK_LINEAR,
        [KT_ACTION_EXCHANGE] = KT_WORK_EXCHANGE,  [KT_ACTION_PHASE] = KT_WORK_PHASE,     [KT_ACTION_DENSE] = KT_WORK_DENSE};
    return of[action->kind];
}

static bool joins(const maker *m, const kt_work *work, const kt_action *action) {
    if (work->kind != work_of(action)) return false;
    if (work->kind == KT_WORK_LINEAR || work->kind == KT_WORK_DIAGONAL) return true;
    if (work->kind != KT_WORK_ROTATIONS) return false;
    for (uint32_t i = 0; i < work->count; i++) {
        if (m->plan->actions[m->plan->order[work->first + i]].bits[0] == action->bits[0]) return false;
    }
    return true;
}

static kt_stage *new_stage(maker *m, const uint8_t *position, uint64_t wanted) {
    kt_plan *plan = m->plan;
    kt_stage *stage = &plan->stages[plan->stage_count++];
    uint32_t tile = plan->tile_bits < plan->wires ? plan->tile_bits : plan->wires;
    *stage = (kt_stage){.first_work = (uint32_t)plan->work_count};
    memcpy(stage->position, position, 64);
    for (uint64_t left = wanted; left; left &= left - 1) stage->local |= UINT64_C(1) << position[__builtin_ctzll(left)];
    uint32_t room = tile - (uint32_t)__builtin_popcountll(stage->local), low = 0;
    while (low < tile && (stage->local >> low & 1 || room)) { /* the lowest, as far as they fit */
        if (!(stage->local >> low & 1)) room--;
        stage->local |= UINT64_C(1) << low++;
        if (low >= 4 && random_below(2)) break;
    }
    while ((uint32_t)__builtin_popcountll(stage->local) < tile) stage->local |= UINT64_C(1) << random_below(plan->wires);
    stage->run_bits = 0;
    while (stage->run_bits < tile && stage->run_bits < 12 && stage->local >> stage->run_bits & 1) stage->run_bits++;
    if (stage->run_bits > 4 && random_below(2)) stage->run_bits--;
    return stage;
}

/* Wires that are local exchange places. */
static void shuffle(const maker *m, const kt_stage *stage, uint8_t *position) {
    uint8_t local[64];
    uint32_t count = 0;
    for (uint8_t wire = 0; wire < m->plan->wires; wire++) {
        if (stage->local >> position[wire] & 1) local[count++] = wire;
    }
    for (uint32_t i = count; i > 1; i--) {
        uint32_t j = (uint32_t)random_below(i);
        uint8_t keep = position[local[i - 1]];
        position[local[i - 1]] = position[local[j]];
        position[local[j]] = keep;
    }
}

/* Stages without works that take the moves back, the last one first: behind a segment wires are in order. */
static void undo_moves(kt_plan *plan, kt_segment *segment) {
    for (uint32_t k = segment->stage_count; k-- > 1;) {
        const kt_stage *moved = &plan->stages[segment->first_stage + k - 1];
        if (!memcmp(moved[0].position, moved[1].position, plan->wires)) continue;
        kt_stage *back = &plan->stages[plan->stage_count++];
        *back = *moved;
        back->first_work = (uint32_t)plan->work_count;
        back->work_count = 0;
        memcpy(back->position, moved[1].position, sizeof back->position);
        segment->stage_count++;
    }
}

static void make_stages(maker *m, kt_segment *segment, bool moving) {
    kt_plan *plan = m->plan;
    uint8_t position[64] = {0};
    uint32_t i = segment->first_action, end = segment->first_action + segment->action_count;
    for (uint32_t wire = 0; wire < plan->wires; wire++) position[wire] = (uint8_t)wire;
    segment->first_stage = (uint32_t)plan->stage_count;
    segment->starts = m->starting;
    segment->first_start = (uint32_t)plan->order_count;
    for (; m->starting && i < end; i++) { /* leading actions of one bit */
        const kt_action *action = &plan->actions[i];
        if (action->kind == KT_ACTION_PAULI) continue;
        if (action->bit_count != 1 || action->controls || (action->kind != KT_ACTION_PHASES && action->kind != KT_ACTION_ROTATION)) break;
        if (random_below(6) == 0) break;
        plan->order[plan->order_count++] = i;
        segment->start_count++;
    }
    kt_stage *stage = segment->start_count ? new_stage(m, position, 0) : NULL;
    for (; i < end; i++) {
        const kt_action *action = &plan->actions[i];
        if (action->kind == KT_ACTION_PAULI) continue;
        uint64_t missing = 0;
        for (uint64_t left = moved_wires(action); left && stage; left &= left - 1) {
            uint8_t wire = (uint8_t)__builtin_ctzll(left);
            if (!(stage->local >> position[wire] & 1)) missing |= UINT64_C(1) << wire;
        }
        if (!stage || missing || random_below(40) == 0) {
            if (stage && moving) shuffle(m, stage, position);
            stage = new_stage(m, position, moved_wires(action));
        }
        kt_work *last = stage->work_count ? &plan->works[plan->work_count - 1] : NULL;
        if (last && joins(m, last, action)) {
            last->count++;
        } else {
            plan->works[plan->work_count++] = (kt_work){(uint8_t)work_of(action), (uint32_t)plan->order_count, 1};
            stage->work_count++;
        }
        plan->order[plan->order_count++] = i;
    }
    segment->stage_count = (uint32_t)plan->stage_count - segment->first_stage;
    if (segment->stage_count) undo_moves(plan, segment);
    m->starting = m->starting && !segment->stage_count;
}

/* ── Plans ──────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Steps that are gates become segments; a segment ends where a jump lands. */
static void make_segments(maker *m, bool moving) {
    kt_plan *plan = m->plan;
    size_t kept = 0;
    uint32_t *place = calloc(plan->step_count + 1, sizeof *place); /* where a step went */
    bool *landing = calloc(plan->step_count + 1, sizeof *landing), open = false;
    for (size_t s = 0; s < plan->step_count; s++) {
        if (plan->steps[s].code == KT_STEP_JUMP || plan->steps[s].code == KT_STEP_JUMP_UNLESS) landing[plan->steps[s].next] = true;
    }
    for (size_t s = 0; s < plan->step_count; s++) {
        kt_step step = plan->steps[s];
        open = open && !landing[s];
        place[s] = (uint32_t)(open && step.code == KT_STEP_GATE ? kept - 1 : kept);
        if (step.code != KT_STEP_GATE) {
            plan->steps[kept++] = step;
            open = false;
            continue;
        }
        if (!open) {
            plan->steps[kept++] = (kt_step){.code = KT_STEP_SEGMENT, .op = step.op, .segment = (uint32_t)plan->segment_count};
            plan->segments[plan->segment_count++] = (kt_segment){.first_action = (uint32_t)plan->action_count};
        }
        open = true;
        const kt_step *next = s + 1 < plan->step_count ? &plan->steps[s + 1] : NULL;
        bool pair = next && next->code == KT_STEP_GATE && !landing[s + 1] && random_below(2) && merged(m, step.op, next->op);
        if (pair)
            place[++s] = (uint32_t)kept - 1;
        else
            gate_actions(m, step.op);
        kt_segment *segment = &plan->segments[plan->segment_count - 1];
        segment->action_count = (uint32_t)plan->action_count - segment->first_action;
    }
    place[plan->step_count] = (uint32_t)kept;
    plan->step_count = kept;
    for (size_t s = 0; s < kept; s++) {
        kt_step *step = &plan->steps[s];
        if (step->code == KT_STEP_JUMP || step->code == KT_STEP_JUMP_UNLESS) step->next = place[step->next];
    }
    bool straight = plan->segment_count == 1;
    for (size_t s = 0; s < kept; s++) {
        if (plan->steps[s].code == KT_STEP_SEGMENT) make_stages(m, &plan->segments[plan->steps[s].segment], moving && straight);
        if (plan->steps[s].code == KT_STEP_JUMP_UNLESS) m->starting = false; /* what a condition leaves is not known */
    }
    plan->totals.stages = plan->stage_count;
    free(place);
    free(landing);
}

static void *room_for(size_t size) {
    void *room = kt_zalloc(MOST_ACTIONS * size);
    assert_non_null(room);
    return room;
}

static kt_plan *plan_of(const ketch_circuit *circuit, const lab_setup *lab, uint32_t tile_bits) {
    ketch_run_options options = lab->options;
    kt_plan *plan;
    options.engine = KETCH_ENGINE_REFERENCE;
    OK(kt_plan_make(&plan, circuit, &options, NULL, diag));
    plan->planned = true;
    plan->tile_bits = tile_bits;
    plan->actions = room_for(sizeof *plan->actions);
    plan->sources = room_for(sizeof *plan->sources);
    plan->order = room_for(sizeof *plan->order);
    plan->works = room_for(sizeof *plan->works);
    plan->stages = room_for(sizeof *plan->stages);
    plan->segments = room_for(sizeof *plan->segments);
    maker m = {circuit, plan, random_below(4) != 0};
    make_segments(&m, !(lab->options.outputs & KETCH_OUTPUT_STATE));
    return plan;
}

/* ── Runs ───────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static ketch_result *run_planned(const ketch_circuit *circuit, const kt_plan *plan, const lab_setup *lab) {
    atomic_bool cancelled = false;
    kt_engine engine = {.threads = lab->threads, .grain = lab->grain, .cancelled = &cancelled, .memory_limit = UINT64_MAX};
    ketch_result *result;
    OK(kt_engine_run(&result, &engine, plan, circuit, &lab->options, diag));
    kt_engine_close(&engine);
    return result;
}

static double number_of(const ketch_result *result, size_t i) {
    return result->state.precision == KETCH_PRECISION_FP32 ? (double)((float *)result->state.amplitudes)[i]
                                                           : ((double *)result->state.amplitudes)[i];
}

static void expect_same_state(const ketch_result *found, const ketch_result *wanted, const char *what) {
    double worst = 0, most = found->state.precision == KETCH_PRECISION_FP32 ? 3e-6 : 3e-14;
    size_t at = 0, count = (size_t)2 << wanted->state.wires;
    assert_int_equal(found->state.wires, wanted->state.wires);
    for (size_t i = 0; i < count; i++) {
        double error = fabs(number_of(found, i) - number_of(wanted, i));
        if (!(error <= worst)) worst = error, at = i;
    }
    if (!(worst <= most)) fail_msg("%s: number %zu is %.17g instead of %.17g", what, at, number_of(found, at), number_of(wanted, at));
}

/* One circuit, by the reference engine and by segments: every instruction set, both precisions, 1 to 3 threads. */
static void check_circuit(const ketch_circuit *circuit, uint32_t tile_bits, const char *name) {
    lab_setup lab = lab_with(1, KETCH_OUTPUT_STATE, 1);
    lab.options.seed = random_below(1000);
    lab.options.engine = KETCH_ENGINE_REFERENCE;
    ketch_result *wanted = lab_run(&lab, circuit);
    kt_plan *plan = plan_of(circuit, &lab, tile_bits);
    for (int isa = 0; isa < KT_ISA_COUNT; isa++)
        for (int precision = 0; precision < 2; precision++) {
            if (isa > (int)kt_isa_best()) continue;
            ketch_result *first = NULL;
            char what[200];
            snprintf(what, sizeof what, "%s, %s, %s, tile of %u bits", name, kt_tile_kernels_of((kt_isa)isa)->name,
                     precision ? "fp32" : "fp64", tile_bits);
            lab.options.precision = (ketch_precision)precision;
            plan->isa = (uint8_t)isa;
            plan->precision = (ketch_precision)precision;
            for (lab.threads = 1; lab.threads <= 3; lab.threads += 2) {
                ketch_result *found = run_planned(circuit, plan, &lab);
                if (first)
                    expect_same_result(first, found);
                else
                    expect_same_state(found, wanted, what);
                if (first)
                    kt_result_free(found);
                else
                    first = found;
            }
            kt_result_free(first);
        }
    kt_plan_free(plan);
    kt_result_free(wanted);
}

/* ── Tests ──────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void random_circuits(void **unused) {
    (void)unused;
    for (int i = 0; i < (quick() ? 60 : 400); i++) {
        uint32_t qubits = 1 + (uint32_t)random_below(11), gates = 1 + (uint32_t)random_below(i < 60 ? (uint32_t)i / 4 + 1 : 60);
        ketch_circuit *circuit = circuit_of(qubits, 0);
        char name[40];
        random_gates(circuit, gates);
        snprintf(name, sizeof name, "circuit %d of %u qubits", i, qubits);
        check_circuit(circuit, 7 + (uint32_t)random_below(4), name);
        ketch_circuit_free(&circuit);
    }
}

/* Measurements, resets and conditions: one shot, whose outcomes the same draws decide. */
static void random_programs(void **unused) {
    (void)unused;
    for (int i = 0; i < (quick() ? 60 : 300); i++) {
        uint32_t qubits = 2 + (uint32_t)random_below(8), bits = 4;
        ketch_circuit *circuit = circuit_of(qubits, bits);
        char name[40];
        for (uint32_t part = 0; part < 2 + random_below(5); part++) {
            uint32_t qubit = (uint32_t)random_below(qubits), bit = (uint32_t)random_below(bits);
            bool conditional = random_below(3) == 0;
            if (conditional) begin_if(circuit, bit);
            random_gates(circuit, 1 + (uint32_t)random_below(6));
            if (random_below(3) == 0)
                OK(ketch_circuit_reset(circuit, 1, &qubit, diag));
            else
                measure(circuit, qubit, bit);
            if (conditional) end_if(circuit);
        }
        random_gates(circuit, 1 + (uint32_t)random_below(6));
        snprintf(name, sizeof name, "program %d of %u qubits", i, qubits);
        check_circuit(circuit, 7 + (uint32_t)random_below(2), name);
        ketch_circuit_free(&circuit);
    }
}

/* Where no state is asked for wires may end anywhere: outcomes must not show it. Draws meet other thresholds then, so that counts are
 * compared with probabilities. */
static void wires_that_end_elsewhere(void **unused) {
    (void)unused;
    for (int i = 0; i < (quick() ? 10 : 40); i++) {
        uint32_t qubits = 4 + (uint32_t)random_below(7);
        uint64_t observed[1 << 10] = {0};
        double probabilities[1 << 10];
        ketch_circuit *circuit = circuit_of(qubits, 0);
        for (uint32_t q = 0; q < qubits; q++) GATE(circuit, "h", q);
        random_gates(circuit, 30);
        lab_setup lab = lab_with(1, KETCH_OUTPUT_STATE | KETCH_OUTPUT_PROBABILITIES, 1);
        lab.options.engine = KETCH_ENGINE_REFERENCE;
        ketch_result *wanted = lab_run(&lab, circuit);
        OK(ketch_result_probabilities(probabilities, wanted, 0, UINT64_C(1) << qubits, diag));
        lab = lab_with(20000, KETCH_OUTPUT_SHOTS, 3);
        kt_plan *plan = plan_of(circuit, &lab, 7);
        plan->isa = (uint8_t)kt_isa_best();
        ketch_result *found = run_planned(circuit, plan, &lab);
        for (size_t shot = 0; shot < 20000; shot++) observed[found->shots[shot]]++;
        expect_distribution(observed, probabilities, (size_t)1 << qubits);
        kt_result_free(found);
        kt_result_free(wanted);
        kt_plan_free(plan);
        ketch_circuit_free(&circuit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_circuits), cmocka_unit_test(random_programs),
                                       cmocka_unit_test(wires_that_end_elsewhere)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
