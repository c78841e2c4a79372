/* SPDX-License-Identifier: Apache-2.0
 *
 * Which passes: a pass takes, in order, every action that does not have to wait for one that was passed over, and whose wires are local.
 *
 *   local 0 1 2   queue    ry0  ry3  cx0,1  rz3  cx2,3  ry1          taken: ry0, cx0,1, ry1
 *                 closed         3                  2               cx2,3 waits for ry3 (and 2 is open for phases and controls still)
 *
 * Which wires are local decides how many passes there are, and the number of passes the time of most circuits. A few first guesses (as the
 * wires come; windows of neighbours) are improved by exchanging a local wire for another as long as the pass takes more work. Looking ahead
 * ends where every wire is closed; the number of actions looked at in all is bounded, so that planning is linear in gates.
 *
 * The lowest run_bits bits of the memory index are in every tile, so the wires there must be local. They may change from pass to pass: the
 * pass before writes them there, which it can if they are local in it, too. So two passes in a row share run_bits wires at least.
 */
#include "plan/planned.h"

#include <math.h>
#include <string.h>

#define LOOK_AHEAD 4096 /* actions passed over in a row */

typedef struct kt_search {
    kt_builder *builder;
    const kt_effect *queue;
    size_t count;
    uint64_t all;      /* wires */
    uint32_t size;     /* local wires of a pass */
    uint32_t run_bits; /* that two passes in a row share */
    uint64_t fixed;    /* wires that are always local */
    uint64_t previous; /* local wires of the pass before; all of them before the first */
    uint64_t wanted;   /* at the end */
    double effort;     /* actions that may be looked at for the sake of better choices */
    ketch_status status;
} kt_search;

/* The weight of what a pass takes. */
static double weigh(kt_search *search, uint64_t local) {
    kt_skipped skipped = {0};
    double weight = 0;
    size_t i = 0, since = 0;
    for (; i < search->count && since < LOOK_AHEAD; i++) {
        const kt_effect *effect = &search->queue[i];
        if (!(kt_effect_moves(effect) & ~local) && kt_overtakes(&skipped, effect)) {
            weight += effect->weight;
            since = 0;
            continue;
        }
        kt_skip(&skipped, effect);
        since++;
        if ((kt_closed(&skipped) & search->all) == search->all) break;
    }
    search->effort -= (double)i;
    if (!search->status) search->status = kt_watch_work(search->builder->watch, i);
    if (search->status) search->effort = 0;
    return weight;
}

static bool may_follow(const kt_search *search, uint64_t local) {
    return !(search->fixed & ~local) && kt_count_bits(local & search->previous) >= search->run_bits;
}

/* Local wires as they come: each action that can run gets its wires while there is room. */
static uint64_t first_come(const kt_search *search) {
    kt_skipped skipped = {0};
    uint64_t local = search->fixed;
    uint32_t strangers = search->size - search->run_bits; /* wires that were not local before */
    size_t since = 0;
    for (size_t i = 0; i < search->count && since < LOOK_AHEAD; i++) {
        const kt_effect *effect = &search->queue[i];
        uint64_t grown = local | kt_effect_moves(effect);
        since++;
        if (kt_overtakes(&skipped, effect) && kt_count_bits(grown) <= search->size &&
            kt_count_bits(grown & ~search->previous) <= strangers) {
            if (grown != local) since = 0;
            local = grown;
        } else {
            kt_skip(&skipped, effect);
            if ((kt_closed(&skipped) & search->all) == search->all) break;
        }
    }
    return local;
}

/* As many wires as a tile has: first those that were local before, of these first the wanted ones. */
static uint64_t fill(const kt_search *search, uint64_t local) {
    const uint64_t order[] = {search->wanted & search->previous, search->previous, search->wanted, search->all};
    for (size_t k = 0; k < 4; k++) {
        for (uint64_t left = order[k] & ~local; left && kt_count_bits(local) < search->size; left &= left - 1) local |= kt_lowest_bit(left);
    }
    return local;
}

typedef struct kt_choice {
    uint64_t local;
    double weight;
} kt_choice;

static void try_choice(kt_search *search, kt_choice *best, uint64_t local) {
    if (!may_follow(search, local)) return;
    double weight = weigh(search, local);
    if (weight > best->weight) *best = (kt_choice){local, weight};
}

/* Neighbours are what many circuits are made of. */
static void try_windows(kt_search *search, kt_choice *best) {
    uint32_t wires = kt_count_bits(search->all), room = search->size - kt_count_bits(search->fixed);
    uint64_t window = kt_bit(room) - 1;
    for (uint32_t first = kt_count_bits(search->fixed); first + room <= wires && search->effort > 0; first++)
        try_choice(search, best, search->fixed | window << first);
}

/* Exchanges wires, one for one, while that gains. */
static void improve(kt_search *search, kt_choice *best) {
    bool improved = true;
    while (improved && search->effort > 0) {
        improved = false;
        for (uint64_t in = best->local & ~search->fixed; in && !improved; in &= in - 1) {
            for (uint64_t out = search->all & ~best->local; out && !improved && search->effort > 0; out &= out - 1) {
                double weight = best->weight;
                try_choice(search, best, best->local ^ kt_lowest_bit(in) ^ kt_lowest_bit(out));
                improved = best->weight > weight;
            }
        }
    }
}

static uint64_t choose_local(kt_search *search) {
    kt_choice best = {.weight = -1};
    try_choice(search, &best, fill(search, first_come(search)));
    if (search->effort > 0) try_windows(search, &best);
    improve(search, &best);
    return best.local;
}

/* Moves what the pass takes to `taken`; what was passed over stays at the queue's head. */
static void take(kt_search *search, uint64_t local) {
    kt_builder *builder = search->builder;
    kt_effect *queue = builder->queue + (search->queue - builder->queue);
    kt_skipped skipped = {0};
    size_t seen = 0, left = 0, since = 0;
    for (; seen < search->count && since < LOOK_AHEAD; seen++) {
        if (!(kt_effect_moves(&queue[seen]) & ~local) && kt_overtakes(&skipped, &queue[seen])) {
            builder->taken[builder->taken_count++] = queue[seen];
            since = 0;
            continue;
        }
        kt_skip(&skipped, &queue[seen]);
        queue[left++] = queue[seen];
        since++;
        if ((kt_closed(&skipped) & search->all) == search->all) {
            seen++;
            break;
        }
    }
    if (left) memmove(queue + seen - left, queue, left * sizeof *queue);
    search->queue += seen - left;
    search->count -= seen - left;
}

static ketch_status add_pass(kt_search *search, uint64_t local) {
    kt_builder *builder = search->builder;
    if (!kt_reserve(&builder->passes, &builder->pass_capacity, builder->pass_count + 1, sizeof *builder->passes))
        return kt_no_memory(builder->diag);
    kt_chosen_pass *pass = &builder->passes[builder->pass_count++];
    *pass = (kt_chosen_pass){.local = local, .first = (uint32_t)builder->taken_count};
    size_t before = search->count;
    take(search, local);
    pass->count = (uint32_t)builder->taken_count - pass->first;
    search->previous = local;
    return search->status ? search->status : kt_watch_work(builder->watch, before - search->count + 64);
}

/* A percent or so of what the run will take. */
static double effort_of(const kt_builder *builder) {
    double weight = 0, most = 1 << 26;
    for (size_t i = 0; i < builder->effect_count; i++) weight += builder->effects[i].weight;
    double effort = ldexp(weight * 7.5e-4, (int)builder->plan->wires);
    return effort < most ? effort : most;
}

ketch_status kt_find_passes(kt_builder *builder, uint32_t run_bits, bool free_start, bool low_end) {
    uint32_t wires = builder->plan->wires;
    uint64_t all = kt_bit(wires) - 1, low = kt_bit(run_bits) - 1;
    kt_search search = {.builder = builder, .queue = builder->queue, .all = all, .run_bits = run_bits, .previous = all};
    search.size = builder->plan->tile_bits < wires ? builder->plan->tile_bits : wires;
    search.fixed = free_start ? 0 : low;
    search.wanted = low_end ? low : 0;
    search.count = builder->effect_count;
    builder->pass_count = builder->taken_count = 0;
    if (search.size < wires) search.effort = effort_of(builder);
    ketch_status status = KETCH_OK;
    do {
        status = add_pass(&search, search.size < wires ? choose_local(&search) : all);
    } while (search.count && !status);
    while (!status && (search.wanted & ~search.previous)) { /* brings low wires back */
        uint64_t local = search.wanted;
        for (uint64_t left = search.previous & ~local; kt_count_bits(local & search.previous) < run_bits; left &= left - 1) {
            if (kt_count_bits(local) == search.size) local ^= kt_lowest_bit(search.wanted & ~search.previous & local);
            local |= kt_lowest_bit(left);
        }
        status = add_pass(&search, fill(&search, local));
    }
    return status;
}
