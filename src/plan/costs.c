/* SPDX-License-Identifier: Apache-2.0
 *
 * What instruction sets take, and so what a plan will take. Nanoseconds an amplitude, both threads of a two-core machine at work; compiled
 * in, so that a plan follows from the circuit alone.
 */
#include "plan/planned.h"

#include <math.h>

static const kt_costs table[KT_ISA_COUNT][2] = {
    [KT_ISA_PLAIN] = {{{1.20, 1.60}, 0.60, 0.095, 0.60, 0.23, {0, 0.42, 0.87, 2.4, 4.4, 8, 15.6}, 0.20},
                      {{0.65, 0.80}, 0.35, 0.055, 0.28, 0.12, {0, 0.24, 0.5, 1.3, 2.6, 3.6, 6.8}, 0.12}},
    [KT_ISA_AVX2] = {{{0.85, 1.20}, 0.30, 0.037, 0.20, 0.13, {0, 0.16, 0.30, 0.75, 1.85, 3.8, 8.2}, 0.09},
                     {{0.46, 0.58}, 0.22, 0.018, 0.105, 0.07, {0, 0.08, 0.15, 0.4, 0.92, 2.1, 4.4}, 0.045}},
    [KT_ISA_AVX512] = {{{0.85, 1.20}, 0.30, 0.038, 0.18, 0.11, {0, 0.15, 0.28, 0.6, 1.4, 2.4, 4.6}, 0.075},
                       {{0.46, 0.58}, 0.22, 0.017, 0.095, 0.06, {0, 0.075, 0.14, 0.3, 0.7, 1.2, 2.3}, 0.038}},
};

/* What a work takes whatever the size of a tile, by kind: nanoseconds of one thread, for each tile and once a stage. These decide what to
 * do with small states: a table of 7 bits takes longer to prepare than a dozen phases one by one. */
static const double each_tile[] = {[KT_WORK_ROTATIONS] = 20, [KT_WORK_DIAGONAL] = 50, [KT_WORK_LINEAR] = 20,
                                   [KT_WORK_EXCHANGE] = 8,   [KT_WORK_PHASE] = 8,     [KT_WORK_DENSE] = 15};
static const double each_stage[] = {[KT_WORK_ROTATIONS] = 20, [KT_WORK_DIAGONAL] = 200, [KT_WORK_LINEAR] = 50,
                                    [KT_WORK_EXCHANGE] = 5,   [KT_WORK_PHASE] = 20,     [KT_WORK_DENSE] = 20};
#define EACH_SOURCE 150 /* nanoseconds: a gate's matrix on two bits, and a product of two such */

const kt_costs *kt_costs_of(uint8_t isa, ketch_precision precision) { return &table[isa][precision == KETCH_PRECISION_FP32]; }

double kt_pass_cost(const kt_plan *plan, uint32_t run_bits) {
    return kt_costs_of(plan->isa, plan->precision)->pass[run_bits < kt_long_run_bits(plan)];
}

static double halved(double number, uint32_t times) { return ldexp(number, -(int)times); }

/* The part of the state that the controls of an action leave. */
static double share_of(const kt_action *action) { return halved(1, kt_count_bits(action->controls)); }

/* The part of the state that phases touch when they are multiplied in one by one: where one bit is 1, where both are. */
static double touched_by_phases(const kt_action *action, const kt_plan *plan, const ketch_circuit *circuit) {
    if (action->bit_count < 2) return 0.5;
    const kt_op *op = &circuit->ops[plan->sources[action->first_source].op];
    return kt_gate_shape(op->gate, kt_op_target_count(op)).targets_held ? 0.25 : 1.25;
}

static uint32_t larger(uint32_t a, uint32_t b) { return a > b ? a : b; }

/* As an amplitude's share, where two threads work on an amplitude each. */
static double fixed_cost(const kt_plan *plan, kt_work_kind kind) {
    return halved(each_tile[kind], larger(plan->tile_bits, KT_TILE_LEAST) + 1) +
           halved(each_stage[kind], larger(plan->wires, KT_TILE_LEAST) + 1);
}

double kt_touch_cost(const kt_plan *plan, kt_work_kind kind, double share) {
    return fixed_cost(plan, kind) + kt_costs_of(plan->isa, plan->precision)->touch * share;
}

double kt_whole_cost(const kt_plan *plan, kt_work_kind kind) {
    const kt_costs *costs = kt_costs_of(plan->isa, plan->precision);
    return fixed_cost(plan, kind) + (kind == KT_WORK_DIAGONAL ? costs->diagonal : costs->linear);
}

double kt_rotation_cost(const kt_plan *plan) {
    return fixed_cost(plan, KT_WORK_ROTATIONS) + 1.7 * kt_costs_of(plan->isa, plan->precision)->rotation;
}

double kt_dense_cost(const kt_plan *plan, uint32_t targets, size_t sources) {
    double cost = fixed_cost(plan, KT_WORK_DENSE) + kt_costs_of(plan->isa, plan->precision)->dense[targets];
    return targets == 1 ? cost : cost + halved(EACH_SOURCE * (double)sources, larger(plan->wires, KT_TILE_LEAST) + 1);
}

double kt_action_cost(const kt_plan *plan, const ketch_circuit *circuit, const kt_action *action) {
    switch ((kt_action_kind)action->kind) {
    case KT_ACTION_ROTATION: return kt_rotation_cost(plan);
    case KT_ACTION_PHASES: return kt_touch_cost(plan, KT_WORK_PHASE, touched_by_phases(action, plan, circuit));
    case KT_ACTION_CX: return kt_touch_cost(plan, KT_WORK_EXCHANGE, 0.5);
    case KT_ACTION_DENSE: return kt_dense_cost(plan, action->bit_count, action->source_count) * share_of(action);
    case KT_ACTION_EXCHANGE: return kt_touch_cost(plan, KT_WORK_EXCHANGE, share_of(action));
    default: return kt_touch_cost(plan, KT_WORK_PHASE, share_of(action));
    }
}

double kt_work_cost(const kt_plan *plan, const ketch_circuit *circuit, const kt_work *work) {
    if (work->kind == KT_WORK_ROTATIONS) /* three at once; one or two alone take nearly as long as two or three */
        return fixed_cost(plan, KT_WORK_ROTATIONS) +
               kt_costs_of(plan->isa, plan->precision)->rotation * (work->count + 0.7 * (work->count % 3 != 0));
    bool merges = work->kind == KT_WORK_DIAGONAL || work->kind == KT_WORK_LINEAR;
    double whole = merges ? kt_whole_cost(plan, (kt_work_kind)work->kind) : INFINITY, each = 0;
    for (uint32_t i = 0; i < work->count && each < whole; i++)
        each += kt_action_cost(plan, circuit, &plan->actions[plan->order[work->first + i]]);
    return each < whole ? each : whole;
}

/* Real multiplications with additions, an amplitude. */
static double multiply_adds_of(const kt_plan *plan, const kt_work *work) {
    const kt_action *action = &plan->actions[plan->order[work->first]];
    switch ((kt_work_kind)work->kind) {
    case KT_WORK_ROTATIONS: return 2.0 * work->count;
    case KT_WORK_DIAGONAL: return 4;
    case KT_WORK_LINEAR:
    case KT_WORK_EXCHANGE: return 0;
    case KT_WORK_PHASE: return 4 * share_of(action);
    default: return ldexp(4, action->bit_count) * share_of(action);
    }
}

/* Are wires moved when the stage is written, by a map of its own? */
static bool moves_alone(const kt_plan *plan, const kt_segment *segment, uint32_t index) {
    if (index + 1 == segment->first_stage + segment->stage_count) return false;
    const kt_stage *stage = &plan->stages[index];
    if (stage->work_count && plan->works[stage->first_work + stage->work_count - 1].kind == KT_WORK_LINEAR) return false;
    for (uint32_t wire = 0; wire < plan->wires; wire++) {
        if (stage[0].position[wire] != stage[1].position[wire]) return true;
    }
    return false;
}

kt_stage_cost kt_cost_of_stage(const kt_plan *plan, const ketch_circuit *circuit, const kt_segment *segment, uint32_t index) {
    const kt_costs *costs = kt_costs_of(plan->isa, plan->precision);
    const kt_stage *stage = &plan->stages[index];
    double amplitudes = ldexp(1, (int)plan->wires), bytes = plan->precision == KETCH_PRECISION_FP32 ? 8 : 16;
    bool written_only = segment->starts && index == segment->first_stage;
    double nanoseconds = written_only ? kt_costs_of(plan->isa, plan->precision)->first : kt_pass_cost(plan, stage->run_bits);
    double multiply_adds = 0;
    kt_stage_cost cost = {.pass_seconds = amplitudes * nanoseconds * 1e-9};
    if (moves_alone(plan, segment, index)) nanoseconds += costs->linear;
    for (uint32_t w = 0; w < stage->work_count; w++) {
        nanoseconds += kt_work_cost(plan, circuit, &plan->works[stage->first_work + w]);
        multiply_adds += multiply_adds_of(plan, &plan->works[stage->first_work + w]);
    }
    cost.bytes = amplitudes * bytes * (written_only ? 1 : 2);
    cost.seconds = amplitudes * nanoseconds * 1e-9;
    cost.multiply_adds = amplitudes * multiply_adds;
    return cost;
}

void kt_count_totals(kt_plan *plan, const ketch_circuit *circuit) {
    kt_plan_totals *totals = &plan->totals;
    totals->stages = plan->stage_count;
    totals->bytes = totals->seconds = totals->multiply_adds = 0;
    for (size_t s = 0; s < plan->segment_count; s++) {
        const kt_segment *segment = &plan->segments[s];
        for (uint32_t k = 0; k < segment->stage_count; k++) {
            kt_stage_cost cost = kt_cost_of_stage(plan, circuit, segment, segment->first_stage + k);
            totals->bytes += cost.bytes;
            totals->seconds += cost.seconds;
            totals->multiply_adds += cost.multiply_adds;
        }
    }
}
