/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of a pass's actions, as works. A work holds actions of one kind that can run by then.
 *
 *   ry0 rz0 ry1 rz1 cx0,1 ry0 ry1      rotations ry0 ry1 | diagonal rz0 rz1 | linear cx0,1 | rotations ry0 ry1
 *
 * Rotations cost by the rotation and dense blocks by the block, so they run as soon as they can. A table or a linear map costs the same
 * whatever it holds: it waits until nothing else can run, and takes all that it can. But where the rotations that come next wait for a few
 * phases or CX only, these cost less one by one, and the rest waits on (a Fourier transform lives by that):
 *
 *   h3 cp2,3 cp1,3 cp0,3 h2 cp1,2 cp0,2 h1 ...      rotations h3 | diagonal cp2,3 | rotations h2 | diagonal cp1,3 cp1,2 | ...
 *
 * Which of tables and maps comes first where both could: both orders are tried where the state is large, the cheaper is kept.
 */
#include "plan/planned.h"

#include <string.h>

#define FEW        0.6 /* of the cost of a table or a map: then only what is needed next is done */
#define LOOK_AHEAD 512 /* actions in a row that give nothing new: looking further would find little, and planning would not be linear */

#define MARKED 2048 /* actions in all that are marked at a time, for the same reason */

#define KIND(kind) (1u << (kind))
static const unsigned by_action = KIND(KT_WORK_DENSE) | KIND(KT_WORK_EXCHANGE) | KIND(KT_WORK_PHASE);

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

/* Is there no more to be found? `passed`: actions in a row that gave nothing new. */
static bool is_closed(const kt_list *list, const kt_skipped *skipped, size_t passed) {
    return (kt_closed(skipped) & list->wires) == list->wires || passed >= LOOK_AHEAD;
}

/* The kind of work that comes next: rotations if any can run now, else anything that costs by the action, else `first`, else whatever can.
 */
static kt_work_kind next_kind(const kt_list *list, kt_work_kind first) {
    kt_skipped skipped = {0};
    unsigned ready = 0;
    size_t passed = 0;
    for (size_t i = 0; i < list->count && !is_closed(list, &skipped, passed); i++, passed++) {
        kt_work_kind kind = work_of(list->builder, &list->queue[i]);
        if (kt_overtakes(&skipped, &list->queue[i])) {
            if (kind == KT_WORK_ROTATIONS) return kind;
            if (!(ready & KIND(kind))) passed = 0;
            ready |= KIND(kind);
        }
        kt_skip(&skipped, &list->queue[i]);
    }
    if (ready & by_action) return (kt_work_kind)__builtin_ctz(ready & by_action);
    return ready & KIND(first) ? first : (kt_work_kind)__builtin_ctz(ready);
}

/* Marks what could run if all phases and CX that can run did, and gives how many actions were looked at: 1 phases and CX, 2 others. */
static size_t mark_next(const kt_list *list, uint8_t *marks) {
    kt_skipped waiting = {0}; /* what must wait, and what can run but is neither phases nor CX */
    size_t i = 0, passed = 0;
    for (; i < list->count && i < MARKED && !is_closed(list, &waiting, passed); i++) {
        kt_work_kind kind = work_of(list->builder, &list->queue[i]);
        bool runs = kt_overtakes(&waiting, &list->queue[i]), soft = kind == KT_WORK_DIAGONAL || kind == KT_WORK_LINEAR;
        marks[i] = runs ? (soft ? 1 : 2) : 0;
        passed = marks[i] == 2 ? 0 : passed + 1;
        if (!runs || !soft) kt_skip(&waiting, &list->queue[i]);
    }
    return i;
}

/* Are the phases or CX that the next rotations (and the like) wait for so few that they are better done one by one? Then they, and none
 * else, are marked 3; gives how many actions have marks, or 0. */
static size_t few_are_needed(const kt_list *list, uint8_t *marks, kt_work_kind kind) {
    kt_builder *builder = list->builder;
    size_t seen = mark_next(list, marks);
    kt_skipped needed = {0};
    double whole = kt_whole_cost(builder->plan, kind), cost = 0;
    bool any = false;
    for (size_t i = seen; i-- > 0;) {
        const kt_effect *effect = &list->queue[i];
        if (marks[i] == 2) kt_skip(&needed, effect);
        if (marks[i] != 1 || kt_overtakes(&needed, effect)) continue;
        kt_skip(&needed, effect);
        if (work_of(builder, effect) != kind) continue;
        cost += kt_action_cost(builder->plan, builder->circuit, &builder->plan->actions[effect->action]);
        if (cost > FEW * whole) return 0;
        marks[i] = 3;
        any = true;
    }
    return any ? seen : 0;
}

/* A work of the actions of this kind that can run now; with marks, of those among the first `marked` that are marked 3. The queue keeps the
 * others. */
static bool take_work(kt_list *list, kt_work_kind kind, const uint8_t *marks, size_t marked) {
    kt_builder *builder = list->builder;
    kt_plan *plan = builder->plan;
    kt_skipped skipped = {0};
    kt_work work = {.kind = (uint8_t)kind, .first = (uint32_t)plan->order_count};
    uint64_t used = 0; /* by rotations */
    size_t seen = 0, left = 0, passed = 0, most = most_of(builder, kind);
    size_t end = marks ? marked : list->count < MARKED ? list->count : MARKED;
    while (seen < end && work.count < most && !is_closed(list, &skipped, passed)) {
        kt_effect effect = list->queue[seen++];
        bool fits = work_of(builder, &effect) == kind && (!marks || marks[seen - 1] == 3);
        if (kind == KT_WORK_ROTATIONS && (kt_effect_moves(&effect) & used)) fits = false;
        if (fits && kt_overtakes(&skipped, &effect)) {
            if (kind == KT_WORK_ROTATIONS) used |= kt_effect_moves(&effect);
            plan->order[plan->order_count++] = effect.action;
            work.count++;
            passed = 0;
        } else {
            kt_skip(&skipped, &effect);
            passed++;
            list->queue[left++] = effect;
        }
    }
    memmove(list->queue + seen - left, list->queue, left * sizeof *list->queue);
    list->queue += seen - left;
    list->count -= seen - left;
    if (work.count) plan->works[plan->work_count++] = work;
    return work.count;
}

/* Works from a copy of `effects`. `first`: DIAGONAL or LINEAR. */
static ketch_status list_works(kt_builder *builder, const kt_effect *effects, size_t count, kt_work_kind first, double *cost) {
    kt_list list = {.builder = builder, .queue = builder->queue, .count = count};
    if (count) memcpy(list.queue, effects, count * sizeof *effects);
    for (size_t i = 0; i < count; i++) list.wires |= effects[i].x | effects[i].y | effects[i].z;
    *cost = 0;
    ketch_status status = KETCH_OK;
    while (list.count && !status) {
        kt_work_kind kind = next_kind(&list, first);
        bool merges = (kind == KT_WORK_DIAGONAL || kind == KT_WORK_LINEAR) && most_of(builder, kind) > 1;
        size_t marked = merges ? few_are_needed(&list, builder->marks, kind) : 0;
        bool taken = (marked && take_work(&list, kind, builder->marks, marked)) || take_work(&list, kind, NULL, 0);
        if (!taken) take_work(&list, work_of(builder, &list.queue[0]), NULL, 0); /* what was found is out of reach; the first can run */
        *cost += kt_work_cost(builder->plan, builder->circuit, &builder->plan->works[builder->plan->work_count - 1]);
        status = kt_watch_work(builder->watch, 32);
    }
    return status;
}

ketch_status kt_schedule(kt_builder *builder, const kt_effect *effects, size_t count, double *cost) {
    kt_plan *plan = builder->plan;
    /* as many as there can be, twice: two orders are tried; and a copy of the effects for each */
    if (!kt_reserve(&plan->order, &builder->order_capacity, plan->order_count + 2 * count, sizeof *plan->order) ||
        !kt_reserve(&plan->works, &builder->work_capacity, plan->work_count + 2 * count, sizeof *plan->works) ||
        !kt_reserve(&builder->queue, &builder->queue_capacity, count, sizeof *builder->queue) ||
        !kt_reserve(&builder->marks, &builder->mark_capacity, count, sizeof *builder->marks))
        return kt_no_memory(builder->diag);
    size_t first_work = plan->work_count, first_order = plan->order_count;
    unsigned kinds = 0;
    for (size_t i = 0; i < count; i++) kinds |= KIND(work_of(builder, &effects[i]));
    const unsigned both = KIND(KT_WORK_DIAGONAL) | KIND(KT_WORK_LINEAR);
    bool two = plan->tile_bits < plan->wires && (kinds & both) == both && builder->effect_count <= KT_MOST_TRIED;
    ketch_status status = list_works(builder, effects, count, KT_WORK_DIAGONAL, cost);
    if (status || !two) return status;
    size_t works = plan->work_count - first_work;
    double other;
    status = list_works(builder, effects, count, KT_WORK_LINEAR, &other);
    if (status) return status;
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
