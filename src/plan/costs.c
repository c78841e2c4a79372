/* SPDX-License-Identifier: Apache-2.0
 *
 * What instruction sets take, and so what a plan will take. Nanoseconds an amplitude, both threads of a two-core machine at work; compiled
 * in, so that a plan follows from the circuit alone.
 */
#include "plan/planned.h"

#include <math.h>

static const kt_costs table[KT_ISA_COUNT][2] = {
    [KT_ISA_PLAIN] = {{.pass = {1.6, 2.1},
                       .rotation = 0.25,
                       .diagonal = 0.45,
                       .linear = 0.30,
                       .dense = {0, 0.9, 1.4, 2.6, 5, 10, 20},
                       .touch = 0.15,
                       .step = 40},
                      {.pass = {1.0, 1.3},
                       .rotation = 0.20,
                       .diagonal = 0.40,
                       .linear = 0.25,
                       .dense = {0, 0.8, 1.2, 2.3, 4.5, 9, 18},
                       .touch = 0.12,
                       .step = 40}},
    [KT_ISA_AVX2] = {{.pass = {1.3, 1.75},
                      .rotation = 0.07,
                      .diagonal = 0.13,
                      .linear = 0.12,
                      .dense = {0, 0.24, 0.36, 0.7, 1.4, 2.6, 5},
                      .touch = 0.06,
                      .step = 20},
                     {.pass = {0.65, 0.9},
                      .rotation = 0.035,
                      .diagonal = 0.07,
                      .linear = 0.08,
                      .dense = {0, 0.12, 0.18, 0.35, 0.7, 1.3, 2.5},
                      .touch = 0.04,
                      .step = 20}},
    [KT_ISA_AVX512] = {{.pass = {1.25, 1.70},
                        .rotation = 0.05,
                        .diagonal = 0.10,
                        .linear = 0.10,
                        .dense = {0, 0.21, 0.275, 0.52, 1.09, 1.97, 3.9},
                        .touch = 0.05,
                        .step = 15},
                       {.pass = {0.63, 0.85},
                        .rotation = 0.025,
                        .diagonal = 0.05,
                        .linear = 0.06,
                        .dense = {0, 0.11, 0.14, 0.27, 0.55, 1, 2},
                        .touch = 0.03,
                        .step = 15}},
};

const kt_costs *kt_costs_of(uint8_t isa, ketch_precision precision) { return &table[isa][precision == KETCH_PRECISION_FP32]; }

double kt_pass_cost(const kt_costs *costs, uint32_t run_bits) { return costs->pass[run_bits < 7]; }

/* The part of the state that the controls of an action leave. */
static double share_of(const kt_action *action) { return ldexp(1, -(int)kt_count_bits(action->controls)); }

double kt_work_cost(const kt_plan *plan, const kt_costs *costs, const kt_work *work) {
    const kt_action *action = &plan->actions[plan->order[work->first]];
    double step = ldexp(costs->step, -(int)plan->tile_bits);
    switch ((kt_work_kind)work->kind) {
    case KT_WORK_ROTATIONS: /* three at once; one or two alone take as long as two or three */
        return step + costs->rotation * (work->count % 3 ? work->count + 1 : work->count);
    case KT_WORK_DIAGONAL: return step + costs->diagonal;
    case KT_WORK_LINEAR: return step + costs->linear;
    case KT_WORK_EXCHANGE:
    case KT_WORK_PHASE: return step + costs->touch * share_of(action);
    default: return step + costs->dense[action->bit_count] * share_of(action);
    }
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

static void count_stage(kt_plan *plan, const kt_costs *costs, const kt_segment *segment, uint32_t index) {
    const kt_stage *stage = &plan->stages[index];
    double amplitudes = ldexp(1, (int)plan->wires), bytes = plan->precision == KETCH_PRECISION_FP32 ? 8 : 16;
    double nanoseconds = kt_pass_cost(costs, stage->run_bits), multiply_adds = 0;
    if (moves_alone(plan, segment, index)) nanoseconds += costs->linear;
    for (uint32_t w = 0; w < stage->work_count; w++) {
        nanoseconds += kt_work_cost(plan, costs, &plan->works[stage->first_work + w]);
        multiply_adds += multiply_adds_of(plan, &plan->works[stage->first_work + w]);
    }
    bool written_only = segment->starts && index == segment->first_stage;
    plan->totals.bytes += amplitudes * bytes * (written_only ? 1 : 2);
    plan->totals.seconds += amplitudes * nanoseconds * 1e-9;
    plan->totals.multiply_adds += amplitudes * multiply_adds;
}

void kt_count_totals(kt_plan *plan, const kt_costs *costs) {
    plan->totals.stages = plan->stage_count;
    plan->totals.bytes = plan->totals.seconds = plan->totals.multiply_adds = 0;
    for (size_t s = 0; s < plan->segment_count; s++) {
        const kt_segment *segment = &plan->segments[s];
        for (uint32_t k = 0; k < segment->stage_count; k++) count_stage(plan, costs, segment, segment->first_stage + k);
    }
}
