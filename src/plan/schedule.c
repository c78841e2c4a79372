/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of a pass's actions, as works. A work holds all actions of one kind that can run by then: the kind that costs nothing by the
 * work comes first.
 *
 *   ry0 rz0 ry1 rz1 cx0,1 ry0 ry1      rotations ry0 ry1 | diagonal rz0 rz1 | linear cx0,1 | rotations ry0 ry1
 *
 * Rotations cost by the rotation and dense blocks by the block, so they run as soon as they can. A table or a linear map costs the same
 * whatever it holds, so it waits until nothing else can run and then takes all that it can. Which of the two comes first where both could:
 * both orders are tried, the cheaper is kept.
 */
#include "plan/planned.h"

#include <string.h>

static kt_work_kind work_of(const kt_builder *builder, const kt_effect *effect) {
    static const uint8_t kinds[] = {
        [KT_ACTION_PAULI] = KT_WORK_PHASE, [KT_ACTION_ROTATION] = KT_WORK_ROTATIONS, [KT_ACTION_PHASES] = KT_WORK_DIAGONAL,
        [KT_ACTION_CX] = KT_WORK_LINEAR,   [KT_ACTION_EXCHANGE] = KT_WORK_EXCHANGE,  [KT_ACTION_PHASE] = KT_WORK_PHASE,
        [KT_ACTION_DENSE] = KT_WORK_DENSE,
    };
    return (kt_work_kind)kinds[builder->plan->actions[effect->action].kind];
}

/* How many actions one work of a kind may hold. */
static size_t most_of(const kt_builder *builder, kt_work_kind kind) {
    switch (kind) {
    case KT_WORK_ROTATIONS: return KT_MAX_WIRES;
    case KT_WORK_DIAGONAL: return kt_with(builder, KETCH_WITHOUT_TABLES) ? SIZE_MAX : 1;
    case KT_WORK_LINEAR: return kt_with(builder, KETCH_WITHOUT_LINEAR) ? SIZE_MAX : 1;
    default: return 1;
    }
}

typedef struct kt_list {
    kt_builder *builder;
    kt_effect *queue; /* what is left */
    size_t count;
    uint64_t wires;
} kt_list;

/* A work of all actions of the kinds in the mask that can run now (of those that cost by the action: of the first one's kind). False: there
 * is none. The queue keeps the others. */
static bool take_work(kt_list *list, unsigned kinds) {
    kt_builder *builder = list->builder;
    kt_plan *plan = builder->plan;
    kt_skipped skipped = {0};
    kt_work work = {.first = (uint32_t)plan->order_count};
    uint64_t used = 0; /* by rotations */
    size_t seen = 0, left = 0, most = SIZE_MAX;
    for (; seen < list->count && work.count < most; seen++) {
        const kt_effect *effect = &list->queue[seen];
        kt_work_kind kind = work_of(builder, effect);
        bool fits = work.count ? kind == work.kind : kinds >> kind & 1;
        if (kind == KT_WORK_ROTATIONS && (kt_effect_moves(effect) & used)) fits = false;
        if (fits && kt_overtakes(&skipped, effect)) {
            if (!work.count++) {
                work.kind = (uint8_t)kind;
                most = most_of(builder, kind);
            }
            if (kind == KT_WORK_ROTATIONS) used |= kt_effect_moves(effect);
            plan->order[plan->order_count++] = effect->action;
            continue;
        }
        kt_skip(&skipped, effect);
        list->queue[left++] = list->queue[seen];
        if ((kt_closed(&skipped) & list->wires) == list->wires) {
            seen++;
            break;
        }
    }
    memmove(list->queue + seen - left, list->queue, left * sizeof *list->queue);
    list->queue += seen - left;
    list->count -= seen - left;
    if (work.count) plan->works[plan->work_count++] = work;
    return work.count;
}

#define KIND(kind) (1u << (kind))

/* Works from `effects`, which it uses up. `first`: DIAGONAL or LINEAR. */
static double list_works(kt_builder *builder, kt_effect *effects, size_t count, kt_work_kind first) {
    const unsigned by_action = KIND(KT_WORK_DENSE) | KIND(KT_WORK_EXCHANGE) | KIND(KT_WORK_PHASE);
    const unsigned second = first == KT_WORK_LINEAR ? KIND(KT_WORK_DIAGONAL) : KIND(KT_WORK_LINEAR);
    const unsigned orders[] = {KIND(KT_WORK_ROTATIONS), by_action, KIND(first), second};
    kt_list list = {.builder = builder, .queue = effects, .count = count};
    for (size_t i = 0; i < count; i++) list.wires |= effects[i].x | effects[i].y | effects[i].z;
    double cost = 0;
    while (list.count) {
        for (size_t k = 0; k < 4; k++) {
            if (take_work(&list, orders[k])) break;
        }
        cost += kt_work_cost(builder->plan, builder->costs, &builder->plan->works[builder->plan->work_count - 1]);
    }
    return cost;
}

ketch_status kt_schedule(kt_builder *builder, kt_effect *effects, size_t count, double *cost) {
    kt_plan *plan = builder->plan;
    /* as many as there can be, twice: two orders are tried; and a copy of the effects for each */
    if (!kt_reserve(&plan->order, &builder->order_capacity, plan->order_count + 2 * count, sizeof *plan->order) ||
        !kt_reserve(&plan->works, &builder->work_capacity, plan->work_count + 2 * count, sizeof *plan->works) ||
        !kt_reserve(&builder->queue, &builder->queue_capacity, count, sizeof *builder->queue))
        return kt_no_memory(builder->diag);
    size_t first_work = plan->work_count, first_order = plan->order_count;
    unsigned kinds = 0;
    for (size_t i = 0; i < count; i++) kinds |= KIND(work_of(builder, &effects[i]));
    const unsigned both = KIND(KT_WORK_DIAGONAL) | KIND(KT_WORK_LINEAR);
    bool two = (kinds & both) == both;
    memcpy(builder->queue, effects, count * sizeof *effects);
    *cost = list_works(builder, builder->queue, count, KT_WORK_DIAGONAL);
    if (!two) return KETCH_OK;
    size_t works = plan->work_count - first_work;
    memcpy(builder->queue, effects, count * sizeof *effects);
    double other = list_works(builder, builder->queue, count, KT_WORK_LINEAR);
    if (other < *cost) {
        *cost = other;
        size_t better = plan->work_count - first_work - works;
        memmove(plan->works + first_work, plan->works + first_work + works, better * sizeof *plan->works);
        memmove(plan->order + first_order, plan->order + first_order + count, count * sizeof *plan->order);
        for (size_t i = 0; i < better; i++) plan->works[first_work + i].first -= (uint32_t)count;
        works = better;
    }
    plan->work_count = first_work + works;
    plan->order_count = first_order + count;
    return KETCH_OK;
}
