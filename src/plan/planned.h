/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room plan: how a run of gates becomes a segment of the planned engine (see action.h).
 *
 *   gates    simplify.c   swaps renamed away, inverse pairs dropped                          kt_item
 *     |      blocks.c     which items are parts of dense two-qubit blocks
 *     v      actions.c    items to actions, one-qubit gates in a row as one                  kt_action, kt_effect
 *   actions  stages.c     which wires are local when, which actions each pass takes          kt_chosen_pass
 *     |      schedule.c   the actions of a pass as works                                     kt_work
 *     v      segment.c    all of these in turn; where wires are in memory; two lengths of runs compared
 *   segment  costs.c      what an instruction set takes, and what a plan will take
 *
 * All of it looks at names of gates and at wires, never at angles. Scratch memory lives in the builder and is used again from segment to
 * segment; nothing is allocated an action.
 */
#ifndef KETCH_PLAN_PLANNED_H
#define KETCH_PLAN_PLANNED_H

#include "plan/analysis.h"

#define KT_NONE       UINT32_MAX
#define KT_MOST_TRIED 50000 /* gates of a segment: beyond, one way of doing things must do */

/* A gate that stays, on wires as they are called after all swaps. */
typedef struct kt_item {
    uint64_t wires;            /* all */
    uint64_t controls, values; /* targets among them where they are held at 1, as in kt_step */
    uint32_t op;
    uint32_t links; /* first of its links */
    uint32_t next;  /* item of the same chain or block */
    uint32_t block; /* or KT_NONE */
    uint16_t gate;
    uint8_t form; /* kt_form */
    bool gone;
    uint8_t target_count;
    uint8_t targets[KT_MAX_TARGETS];
    uint8_t operand[2]; /* the first two wires in the circuit's order */
} kt_item;

/* A pair of wires with what acts on nothing else meanwhile. */
typedef struct kt_block_of_two {
    uint32_t first, last; /* items */
    uint32_t item_count;
    uint32_t parent; /* a block of one wire that became part of a pair; else itself */
    uint8_t wires[2];
    bool pair, dense;
    double cost; /* of its items one by one */
} kt_block_of_two;

/* What an action does to its wires, to tell what commutes: on a wire in one of the masks it is a function of that Pauli matrix; on one in
 * all three it may be anything. */
typedef struct kt_effect {
    uint64_t x, y, z;
    uint32_t action;
    float weight; /* of its work */
} kt_effect;

static inline uint64_t kt_effect_moves(const kt_effect *effect) { return effect->x | effect->y; } /* these wires must be local */

/* What has been passed over, by wire: actions that follow must commute with it. */
typedef struct kt_skipped {
    uint64_t x, y, z;
} kt_skipped;

static inline void kt_skip(kt_skipped *skipped, const kt_effect *effect) {
    skipped->x |= effect->x;
    skipped->y |= effect->y;
    skipped->z |= effect->z;
}

static inline bool kt_overtakes(const kt_skipped *skipped, const kt_effect *effect) {
    return !((effect->x & (skipped->y | skipped->z)) | (effect->y & (skipped->x | skipped->z)) | (effect->z & (skipped->x | skipped->y)));
}

/* Wires on which nothing can be overtaken any more. */
static inline uint64_t kt_closed(const kt_skipped *skipped) {
    return (skipped->x & skipped->y) | (skipped->x & skipped->z) | (skipped->y & skipped->z);
}

/* A pass while stages are searched: the wires that are local, and its actions, effects[first, first + count). */
typedef struct kt_chosen_pass {
    uint64_t local;
    uint32_t first, count;
} kt_chosen_pass;

typedef struct kt_builder {
    kt_plan *plan;
    const ketch_circuit *circuit;
    kt_watch *watch;
    ketch_diag *diag;
    const kt_costs *costs;
    uint8_t name_of[64]; /* by wire as in the steps: what it is called at this point */
    bool renames;        /* swaps outside conditions only rename */
    size_t action_capacity, source_capacity, order_capacity, work_capacity, stage_capacity, segment_capacity;
    kt_item *items;
    uint32_t *links;
    kt_block_of_two *blocks;
    kt_effect *effects, *queue, *taken; /* of the segment's actions; to be staged; in the order of passes */
    kt_chosen_pass *passes;
    uint8_t *marks; /* of a pass's actions while they are put in order */
    size_t item_count, link_count, block_count, dense_count, effect_count, taken_count, pass_count;
    size_t item_capacity, link_capacity, block_capacity, effect_capacity, queue_capacity, taken_capacity, pass_capacity, mark_capacity;
} kt_builder;

/* Amplitudes that stay together in memory when a tile is gathered, as a power of two: 4 KiB, or else, with two bits less, 1 KiB. */
static inline uint32_t kt_long_run_bits(const kt_plan *plan) { return plan->precision == KETCH_PRECISION_FP32 ? 9 : 8; }

static inline uint64_t kt_bit(uint32_t wire) { return UINT64_C(1) << wire; }
static inline uint32_t kt_count_bits(uint64_t mask) { return (uint32_t)__builtin_popcountll(mask); }
static inline uint64_t kt_lowest_bit(uint64_t mask) { return mask & (~mask + 1); }
static inline uint32_t kt_lowest(uint64_t mask) { return (uint32_t)__builtin_ctzll(mask); }
static inline bool kt_with(const kt_builder *builder, unsigned part) {
    return !(builder->plan->without & part);
} /* part: KETCH_WITHOUT_... */

/* Is a gate a swap that only renames its wires? And does so. */
bool kt_renames(const kt_builder *builder, const kt_step *step);
void kt_exchange_names(kt_builder *builder, const kt_step *step);

/* All return an error only for want of memory, or where the watch says so. */
ketch_status kt_simplify(kt_builder *builder, const kt_step *steps, size_t count);
/* `share`: of a table or a linear map, for which a gate on two wires is to account. */
ketch_status kt_find_blocks(kt_builder *builder, double share);
ketch_status kt_make_actions(kt_builder *builder); /* those of the items, at the end of the plan's */
/* Which passes: fills `passes` and `taken` from queue[0, effect_count). `free_start`: the wires of the first pass are free to choose, and
 * low ones may change; `low_end`: the lowest run_bits wires must be local in the last pass. */
ketch_status kt_find_passes(kt_builder *builder, uint32_t run_bits, bool free_start, bool low_end);
/* Works of one pass, at the end of the plan's. Gives their nanoseconds an amplitude. */
ketch_status kt_schedule(kt_builder *builder, const kt_effect *effects, size_t count, double *cost);

/* Turns the plan's steps that are gates into segments. */
ketch_status kt_plan_segments(kt_plan *plan, const ketch_circuit *circuit, kt_watch *watch, ketch_diag *diag);

/* Nanoseconds an amplitude of the state: an action by itself; a work, of which a few phases or CX may be done one by one. */
double kt_action_cost(const kt_plan *plan, const ketch_circuit *circuit, const kt_action *action);
double kt_work_cost(const kt_plan *plan, const ketch_circuit *circuit, const kt_work *work);
double kt_rotation_cost(const kt_plan *plan);                                /* one alone */
double kt_dense_cost(const kt_plan *plan, uint32_t targets, size_t sources); /* without controls */
double kt_pass_cost(const kt_plan *plan, uint32_t run_bits);

/* What a stage is expected to take. */
typedef struct kt_stage_cost {
    double bytes, multiply_adds, seconds;
    double pass_seconds; /* of these, those that reading and writing alone take */
} kt_stage_cost;
kt_stage_cost kt_cost_of_stage(const kt_plan *plan, const ketch_circuit *circuit, const kt_segment *segment, uint32_t index);
void kt_count_totals(kt_plan *plan, const ketch_circuit *circuit);

#endif
