/* SPDX-License-Identifier: Apache-2.0
 *
 * Measurements in the middle: a tree of outcomes, walked depth first.
 *
 *   shots            0 1 2 3 4 5 6 7
 *   measure q0       0: 1 4 6 7           1: 0 2 3 5      each shot compares its own draw with the probability of 1
 *   measure q1       0: 4    1: 1 6 7     0: 0 2 3 5      where all go one way there is no branch
 *
 * A branch is a state, the values of the classical bits and the shots that take it. At a measurement where the shots part, outcome 0 goes
 * on at once in the buffer at hand, and outcome 1 waits. A branch that waits keeps a copy of the state before the measurement while the
 * memory budget allows; otherwise it is computed again from the nearest branch below it in the stack that has a copy (each of those stems
 * from a measurement on the way to this one), or else from |0...0>, taking the outcomes that the path has recorded: the same arithmetic,
 * hence the same bytes.
 *
 * A circuit without measurements in the middle is a tree of one leaf.
 */
#include "engine/run.h"

#include <string.h>

#define NEVER 1e-14 /* an outcome less probable than this is not taken */

/* A copy of the state and of the classical bits. */
typedef struct kt_copy {
    void *amplitudes;
    uint64_t *bits;
    kt_frame frame;
} kt_copy;

/* Outcome 1 of a measurement, still to be followed. */
typedef struct kt_waiting {
    size_t step;          /* the measurement */
    size_t path;          /* outcomes on the way to it */
    uint64_t first, last; /* its shots in `order` */
    kt_copy copy;         /* as before the measurement; amplitudes NULL: none */
} kt_waiting;

typedef struct kt_tree {
    kt_run *run;
    kt_state_at_hand state; /* of the branch at hand, */
    uint64_t *bits;         /* its classical memory, */
    size_t bit_words;
    size_t step;          /* where it is, */
    uint64_t first, last; /* and its shots in `order` */
    uint64_t *order;      /* shots, those of a branch side by side; NULL where there are no branches */
    uint8_t *outcome;     /* scratch: by place in order */
    uint8_t *path;        /* outcomes of the measurements on the way here ... */
    size_t path_count, path_capacity;
    size_t path_at; /* ... of which this many have been passed; fewer than path_count while a state is computed again */
    kt_waiting *waiting;
    size_t waiting_count, waiting_capacity;
    kt_copy *unused; /* copies whose branch is done */
    size_t unused_count, unused_capacity;
    uint64_t copies_left; /* that the memory budget allows */
} kt_tree;

/* ── Copies ─────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void free_copy(kt_tree *tree, kt_copy copy) {
    uint64_t bytes = kt_plan_state_bytes(tree->run->plan);
    if (copy.amplitudes) {
        kt_pages_free(copy.amplitudes, (size_t)bytes);
        kt_run_gave(tree->run, bytes);
    }
    kt_run_free(tree->run, copy.bits, tree->bit_words, sizeof *copy.bits);
}

/* Room for a copy, if the budget has any left; else amplitudes are NULL. */
static ketch_status take_copy(kt_tree *tree, kt_copy *out) {
    *out = (kt_copy){0};
    if (tree->unused_count) {
        *out = tree->unused[--tree->unused_count];
        return KETCH_OK;
    }
    if (!tree->copies_left) return KETCH_OK;
    tree->copies_left--;
    uint64_t bytes = kt_plan_state_bytes(tree->run->plan);
    out->amplitudes = kt_pages_alloc((size_t)bytes, kt_huge_pages(tree->run->plan));
    if (out->amplitudes) kt_run_took(tree->run, bytes);
    out->bits = kt_run_alloc(tree->run, tree->bit_words, sizeof *out->bits);
    if (out->amplitudes && out->bits) return KETCH_OK;
    free_copy(tree, *out);
    return kt_no_memory(tree->run->diag);
}

/* ── Measuring ──────────────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct kt_draw_task {
    kt_tree *tree;
    kt_draw draw;
    double p1;
} kt_draw_task;

static void draw_outcomes(void *context, uint64_t first, uint64_t last) {
    const kt_draw_task *task = context;
    kt_draw draw = task->draw;
    for (uint64_t i = task->tree->first + first; i < task->tree->first + last; i++) {
        draw.shot = task->tree->order[i];
        task->tree->outcome[i] = kt_draw_uniform(&draw) < task->p1;
    }
}

/* Parts the branch's shots: those with outcome 0 first; gives their end. */
static ketch_status part_shots(kt_tree *tree, const kt_op *op, double p1, uint64_t *middle) {
    kt_draw_task task = {tree, {.seed = tree->run->options->seed, .measurement = op->data}, p1};
    ketch_status status = kt_parallel(tree->run, tree->last - tree->first, 4096, draw_outcomes, &task);
    uint64_t low = tree->first, high = tree->last; /* below low: 0; from high on: 1 */
    while (low < high && !status) {
        if (!tree->outcome[low]) {
            low++;
        } else {
            uint64_t shot = tree->order[low];
            high--;
            tree->order[low] = tree->order[high];
            tree->outcome[low] = tree->outcome[high];
            tree->order[high] = shot;
        }
        if ((high - low) % KT_PIECE == 0) status = kt_look(tree->run);
    }
    *middle = low;
    return status;
}

/* Outcome 1 waits with shots [middle, last). */
static ketch_status let_wait(kt_tree *tree, uint64_t middle) {
    if (!kt_reserve(&tree->waiting, &tree->waiting_capacity, tree->waiting_count + 1, sizeof *tree->waiting) ||
        !kt_reserve(&tree->unused, &tree->unused_capacity, tree->waiting_capacity, sizeof *tree->unused))
        return kt_no_memory(tree->run->diag);
    kt_waiting waiting = {.step = tree->step, .path = tree->path_count, .first = middle, .last = tree->last};
    ketch_status status = take_copy(tree, &waiting.copy);
    if (status) return status;
    tree->waiting[tree->waiting_count++] = waiting;
    tree->last = middle;
    if (!waiting.copy.amplitudes) return KETCH_OK;
    memcpy(waiting.copy.bits, tree->bits, tree->bit_words * sizeof *tree->bits);
    tree->waiting[tree->waiting_count - 1].copy.frame = tree->state.frame;
    return kt_copy_state(tree->run, waiting.copy.amplitudes, tree->state.amplitudes);
}

static ketch_status record_outcome(kt_tree *tree, int outcome) {
    if (!kt_reserve(&tree->path, &tree->path_capacity, tree->path_count + 1, sizeof *tree->path)) return kt_no_memory(tree->run->diag);
    tree->path[tree->path_count++] = (uint8_t)outcome;
    tree->path_at = tree->path_count;
    return KETCH_OK;
}

/* Which outcome the branch at hand goes on with. */
static ketch_status decide(kt_tree *tree, const kt_op *op, const double p[2], int *outcome) {
    if (tree->path_at < tree->path_count) {
        *outcome = tree->path[tree->path_at++];
        return KETCH_OK;
    }
    ketch_status status = KETCH_OK;
    if (p[1] < NEVER || p[0] < NEVER) {
        *outcome = p[0] < NEVER;
    } else {
        uint64_t middle;
        status = part_shots(tree, op, p[1], &middle);
        if (status) return status;
        *outcome = middle == tree->first;
        if (middle > tree->first && middle < tree->last) status = let_wait(tree, middle);
    }
    return status ? status : record_outcome(tree, *outcome);
}

static ketch_status measure(kt_tree *tree, const kt_step *step, int *outcome) {
    double stored[2], p[2];
    uint8_t wire = step->targets[0];
    int flip = (int)(tree->state.frame.flips >> wire & 1);
    ketch_status status = kt_fill_blank(tree->run, &tree->state);
    if (!status) status = kt_probabilities(tree->run, tree->state.amplitudes, wire, stored);
    if (status) return status;
    p[0] = stored[flip];
    p[1] = stored[!flip];
    status = decide(tree, &tree->run->circuit->ops[step->op], p, outcome);
    return status ? status : kt_collapse(tree->run, tree->state.amplitudes, wire, *outcome ^ flip, stored);
}

/* X, after a reset whose outcome was 1. */
static ketch_status flip(kt_tree *tree, uint8_t wire) {
    if (!tree->run->plan->planned) return kt_flip(tree->run, tree->state.amplitudes, wire);
    kt_frame_x(&tree->state.frame, UINT64_C(1) << wire);
    return KETCH_OK;
}

static ketch_status run_segment(kt_tree *tree, const kt_step *step) {
    const kt_plan *plan = tree->run->plan;
    return kt_run_segment(tree->run, &tree->state, &plan->segments[step->segment], tree->step + 1 == plan->step_count);
}

static ketch_status apply_gate(kt_tree *tree, const kt_step *step) {
    ketch_status status = kt_fill_blank(tree->run, &tree->state);
    return status ? status : kt_apply_gate(tree->run, tree->state.amplitudes, step);
}

/* ── Steps ──────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void set_bit(kt_tree *tree, uint32_t bit, int value) {
    uint64_t mask = UINT64_C(1) << (bit % 64);
    if (value)
        tree->bits[bit / 64] |= mask;
    else
        tree->bits[bit / 64] &= ~mask;
}

static ketch_status do_step(kt_tree *tree, const kt_step *step) {
    kt_run *run = tree->run;
    const kt_op *op = &run->circuit->ops[step->op];
    size_t next = tree->step + 1;
    int outcome = 0;
    uint32_t bit = op->code == KT_OP_MEASURE ? kt_op_operands(run->circuit, op)[1] : KT_NO_BIT;
    ketch_status status = KETCH_OK;
    switch (step->code) {
    case KT_STEP_GATE: status = apply_gate(tree, step); break;
    case KT_STEP_SEGMENT: status = run_segment(tree, step); break;
    case KT_STEP_MEASURE:
        status = measure(tree, step, &outcome);
        if (!status && bit != KT_NO_BIT) set_bit(tree, bit, outcome);
        break;
    case KT_STEP_RESET:
        status = measure(tree, step, &outcome);
        if (!status && outcome) status = flip(tree, step->targets[0]);
        break;
    case KT_STEP_SET_BIT: set_bit(tree, step->bit, step->value != 0); break;
    case KT_STEP_JUMP_UNLESS:
        if (!kt_condition_holds(run->circuit, op, tree->bits)) next = step->next;
        break;
    case KT_STEP_JUMP: next = step->next; break;
    default: break;
    }
    tree->step = next;
    return status;
}

static ketch_status finish_leaf(kt_tree *tree) {
    kt_run *run = tree->run;
    uint64_t count = tree->last - tree->first;
    run->sampling_began = kt_seconds();
    ketch_status status = run->plan->branches ? KETCH_OK : kt_begin_stage(run, "sample");
    if (!status) status = kt_fill_blank(run, &tree->state);
    if (!status) status = kt_check_norm(run, tree->state.amplitudes);
    if (!status && count) status = kt_sample(run, &tree->state, tree->order ? tree->order + tree->first : NULL, count, tree->bits);
    if (!status) run->shots_done += count;
    return status;
}

/* Goes to the branch that waits on top of the stack. */
static ketch_status next_branch(kt_tree *tree) {
    kt_waiting waiting = tree->waiting[--tree->waiting_count];
    tree->first = waiting.first;
    tree->last = waiting.last;
    tree->path_count = waiting.path;
    ketch_status status = record_outcome(tree, 1);
    if (waiting.copy.amplitudes) {
        tree->unused[tree->unused_count++] = (kt_copy){tree->state.amplitudes, tree->bits, {0}};
        tree->state = (kt_state_at_hand){waiting.copy.amplitudes, waiting.copy.frame, false};
        tree->bits = waiting.copy.bits;
        tree->step = waiting.step;
        tree->path_at = waiting.path;
        return status;
    }
    size_t below = tree->waiting_count;
    while (below && !tree->waiting[below - 1].copy.amplitudes) below--;
    if (!below) {
        tree->step = tree->path_at = 0;
        memset(tree->bits, 0, tree->bit_words * sizeof *tree->bits);
        tree->state = (kt_state_at_hand){tree->state.amplitudes, {0}, true};
        return status;
    }
    const kt_waiting *from = &tree->waiting[below - 1];
    tree->step = from->step;
    tree->path_at = from->path;
    memcpy(tree->bits, from->copy.bits, tree->bit_words * sizeof *tree->bits);
    tree->state = (kt_state_at_hand){tree->state.amplitudes, from->copy.frame, false};
    return status ? status : kt_copy_state(tree->run, tree->state.amplitudes, from->copy.amplitudes);
}

static ketch_status walk_tree(kt_tree *tree) {
    for (uint64_t steps = 1;; steps++) {
        while (tree->step < tree->run->plan->step_count) {
            ketch_status status = do_step(tree, &tree->run->plan->steps[tree->step]);
            if (!status && steps++ % KT_PIECE == 0) status = kt_look(tree->run); /* many steps, and none of them a pass */
            if (status) return status;
        }
        ketch_status status = finish_leaf(tree);
        if (!status && !tree->waiting_count) return KETCH_OK;
        if (!status) status = next_branch(tree);
        if (status) return status;
    }
}

/* ── The door ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void number_shots(void *context, uint64_t first, uint64_t last) {
    uint64_t *order = context;
    for (uint64_t i = first; i < last; i++) order[i] = i;
}

static ketch_status begin_tree(kt_tree *tree) {
    kt_run *run = tree->run;
    tree->last = run->shots;
    tree->bit_words = run->circuit->bit_count / 64 + 1;
    tree->bits = kt_run_alloc(run, tree->bit_words, sizeof *tree->bits);
    if (!tree->bits) return kt_no_memory(run->diag);
    memset(tree->bits, 0, tree->bit_words * sizeof *tree->bits);
    if (!run->plan->branches) return KETCH_OK;
    tree->order = kt_run_alloc(run, run->shots, sizeof *tree->order);
    tree->outcome = kt_run_alloc(run, run->shots, sizeof *tree->outcome);
    if (!tree->order || !tree->outcome) return kt_no_memory(run->diag);
    uint64_t needed = kt_plan_memory(run->plan, run->options, run->engine->threads), limit = run->engine->memory_limit;
    uint64_t one = kt_plan_state_bytes(run->plan) + tree->bit_words * sizeof *tree->bits;
    tree->copies_left = limit > needed ? (limit - needed) / one : 0;
    return kt_parallel(run, run->shots, KT_PIECE, number_shots, tree->order);
}

ketch_status kt_run_branches(kt_run *run, kt_state_at_hand *state) {
    kt_tree tree = {.run = run, .state = *state};
    ketch_status status = begin_tree(&tree);
    if (!status) status = walk_tree(&tree);
    *state = tree.state;
    for (size_t i = 0; i < tree.waiting_count; i++) free_copy(&tree, tree.waiting[i].copy);
    for (size_t i = 0; i < tree.unused_count; i++) free_copy(&tree, tree.unused[i]);
    kt_run_free(run, tree.bits, tree.bit_words, sizeof *tree.bits);
    kt_run_free(run, tree.order, run->shots, sizeof *tree.order);
    kt_run_free(run, tree.outcome, run->shots, sizeof *tree.outcome);
    kt_free(tree.path);
    kt_free(tree.waiting);
    kt_free(tree.unused);
    return status;
}
