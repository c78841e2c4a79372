/* SPDX-License-Identifier: Apache-2.0
 *
 * The tree of outcomes: which branch goes on, parting its shots at a measurement, and its end. See branch.h.
 */
#include "engine/branch.h"

#include <string.h>

#define NEVER        1e-14                 /* an outcome less probable than this is not taken */
#define ONE          (UINT64_C(1) << 63)   /* in a list of shots: its outcome is 1 */
#define ROOMS_BYTES  (UINT64_C(256) << 20) /* of states that wait, unless... */
#define ROOMS_LEAST  48                    /* ... they are fewer; */
#define ROOMS_MOST   512                   /* nor more than so many, as each that comes is compared with those that wait */
#define WIDE_LEAST   16                    /* rooms below which branches do not wait for each other */
#define UNENDED_PART 4                     /* of the operations that a shot may take: then one branch is taken to its end */

/* ── Rooms ──────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void free_room(kt_tree *tree, kt_lodging room) {
    uint64_t bytes = kt_plan_state_bytes(tree->run->plan);
    if (room.amplitudes) {
        kt_pages_free(room.amplitudes, (size_t)bytes);
        kt_run_gave(tree->run, bytes);
    }
    kt_run_free(tree->run, room.words, tree->remembered.all, sizeof *room.words);
}

/* If the budget has any left; else its amplitudes are NULL. */
static ketch_status take_room(kt_tree *tree, kt_lodging *out) {
    *out = (kt_lodging){0};
    if (tree->unused_count) {
        *out = tree->unused[--tree->unused_count];
        return KETCH_OK;
    }
    if (tree->rooms >= tree->rooms_most) return KETCH_OK;
    if (!kt_reserve(&tree->unused, &tree->unused_capacity, tree->rooms + 1, sizeof *tree->unused)) return kt_no_memory(tree->run->diag);
    uint64_t bytes = kt_plan_state_bytes(tree->run->plan);
    out->amplitudes = kt_pages_alloc((size_t)bytes, kt_huge_pages(tree->run->plan));
    if (out->amplitudes) kt_run_took(tree->run, bytes);
    out->words = kt_run_alloc(tree->run, tree->remembered.all, sizeof *out->words);
    tree->rooms++;
    if (out->amplitudes && out->words) return KETCH_OK;
    free_room(tree, *out);
    *out = (kt_lodging){0};
    tree->rooms--;
    return kt_no_memory(tree->run->diag);
}

static void leave_room(kt_tree *tree, kt_branch *branch) {
    if (branch->room.amplitudes) tree->unused[tree->unused_count++] = branch->room; /* there is space for every room */
    branch->room = (kt_lodging){0};
}

static void move_in(kt_tree *tree, kt_branch *branch, kt_lodging room) {
    branch->room = room;
    branch->state.amplitudes = room.amplitudes;
    branch->machine.memory = (kt_memory){room.words, room.words ? room.words + tree->remembered.bits : NULL};
}

/* ── Branches ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

void kt_branch_free(kt_tree *tree, kt_branch *branch) {
    if (!branch) return;
    leave_room(tree, branch);
    kt_machine_free(&branch->machine);
    kt_run_free(tree->run, branch->shots, branch->shot_count, sizeof *branch->shots);
    kt_free(branch->path.outcomes);
    kt_free(branch);
}

/* At the start of the program. */
static void go_to_start(kt_tree *tree, kt_branch *branch) {
    kt_run *run = tree->run;
    memset(branch->room.words, 0, tree->remembered.all * sizeof *branch->room.words);
    branch->state = (kt_state_at_hand){.amplitudes = branch->room.amplitudes, .blank = !run->plan->given};
    branch->machine.circuit = run->circuit;
    branch->machine.program = run->plan->program;
    branch->machine.program_ops = run->plan->program_ops;
    branch->machine.params = run->view.params;
    branch->machine.at = 0;
    branch->machine.call_count = 0;
    branch->machine.stack_count = 0;
    branch->machine.operations_left = kt_operations_most(run);
    branch->machine.max_call_depth = run->options->max_call_depth ? run->options->max_call_depth : 10000;
    branch->machine.watch = &tree->watch;
    branch->machine.diag = run->diag;
    branch->step = 0;
    branch->step_end = run->plan->dynamic ? 0 : (uint32_t)run->plan->step_count;
    branch->path.at = 0;
    branch->measured = false;
    for (size_t i = 0; i < tree->remembered.params; i++)
        run->view.params[tree->remembered.param[i]] = 0; /* whatever a branch before has left */
}

/* All that goes on from where `from` is, but for its room, its path and its shots. */
static bool stand_beside(kt_branch *branch, const kt_branch *from) {
    kt_machine stacks = branch->machine;
    kt_memory memory = branch->machine.memory;
    void *amplitudes = branch->state.amplitudes;
    if (!kt_machine_copy_stacks(&stacks, &from->machine)) {
        branch->machine = stacks;
        return false;
    }
    branch->machine = from->machine;
    branch->machine.memory = memory;
    branch->machine.calls = stacks.calls;
    branch->machine.call_count = stacks.call_count;
    branch->machine.call_capacity = stacks.call_capacity;
    branch->machine.stack = stacks.stack;
    branch->machine.stack_count = stacks.stack_count;
    branch->machine.stack_capacity = stacks.stack_capacity;
    branch->state = from->state;
    branch->state.amplitudes = amplitudes;
    branch->step = from->step;
    branch->step_end = from->step_end;
    branch->path.at = from->path.at;
    memcpy(branch->sums, from->sums, sizeof branch->sums);
    branch->measured = from->measured;
    return true;
}

static bool push_outcome(kt_path *path, int outcome) {
    if (!kt_reserve(&path->outcomes, &path->capacity, path->count / 64 + 1, sizeof *path->outcomes)) return false;
    uint64_t *word = &path->outcomes[path->count / 64], bit = UINT64_C(1) << (path->count % 64);
    *word = (path->count % 64 ? *word & ~bit : 0) | (outcome ? bit : 0);
    path->count++;
    return true;
}

static bool copy_path(kt_path *to, const kt_path *from) {
    size_t words = (from->count + 63) / 64;
    if (!kt_reserve(&to->outcomes, &to->capacity, words + 1, sizeof *to->outcomes)) return false;
    if (words) memcpy(to->outcomes, from->outcomes, words * sizeof *to->outcomes);
    to->count = from->count;
    return true;
}

static int outcome_at(const kt_path *path, size_t i) { return (int)(path->outcomes[i / 64] >> (i % 64) & 1); }

/* Has `path` begun as `other` up to where that is? */
static bool comes_from(const kt_path *path, const kt_path *other) {
    if (other->at > path->count) return false;
    size_t words = other->at / 64, rest = other->at % 64;
    if (words && memcmp(path->outcomes, other->outcomes, words * sizeof *path->outcomes)) return false;
    return !rest || (path->outcomes[words] ^ other->outcomes[words]) << (64 - rest) == 0;
}

/* Where in the program it waits. */
static void find_place(const kt_tree *tree, kt_branch *branch) {
    const kt_plan *plan = tree->run->plan;
    const kt_program_live *live = branch->room.words ? kt_plan_live(plan, branch->step) : NULL;
    branch->loop = live && plan->steps[branch->step].counter != KT_NO_COUNTER ? live->loop : 0;
    branch->rounds = branch->loop && tree->remembered.counters ? kt_branch_counters(tree, branch)[plan->steps[branch->step].counter] : 0;
}

static ketch_status let_wait(kt_tree *tree, kt_branch *branch) {
    find_place(tree, branch);
    if (!kt_reserve(&tree->waiting, &tree->waiting_capacity, tree->waiting_count + 1, sizeof *tree->waiting))
        return kt_no_memory(tree->run->diag);
    tree->waiting[tree->waiting_count++] = branch;
    return KETCH_OK;
}

/* ── Measuring ──────────────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct kt_draw_task {
    uint64_t *shots;
    kt_draw draw;
    double p1;
} kt_draw_task;

static void draw_outcomes(void *context, uint64_t first, uint64_t last) {
    const kt_draw_task *task = context;
    kt_draw draw = task->draw;
    for (uint64_t i = first; i < last; i++) {
        draw.shot = task->shots[i];
        if (kt_draw_uniform(&draw) < task->p1) task->shots[i] |= ONE;
    }
}

/* Parts the branch's shots: those with outcome 0 first; gives their end. */
static ketch_status part_shots(kt_tree *tree, const kt_branch *branch, double p1, uint64_t *middle) {
    kt_run *run = tree->run;
    const kt_step *step = &run->plan->steps[branch->step];
    kt_draw_task task = {branch->shots, {.seed = run->options->seed, .measurement = run->circuit->ops[step->op].data}, p1};
    if (tree->remembered.counters && step->counter != KT_NO_COUNTER) task.draw.execution = kt_branch_counters(tree, branch)[step->counter];
    ketch_status status = kt_parallel(run, branch->shot_count, 4096, draw_outcomes, &task);
    uint64_t low = 0, high = branch->shot_count, *shots = branch->shots; /* below low: 0; from high on: 1 */
    while (low < high && !status) {
        if (!(shots[low] & ONE)) {
            low++;
        } else {
            uint64_t shot = shots[low] & ~ONE;
            shots[low] = shots[--high];
            shots[high] = shot;
        }
        if ((high - low) % KT_PIECE == 0) status = kt_look(run);
    }
    *middle = low;
    return status;
}

/* The first `count` shots stay, the others go to `other`. */
static ketch_status give_shots(kt_run *run, kt_branch *branch, kt_branch *other, uint64_t count) {
    uint64_t others = branch->shot_count - count;
    other->shots = kt_run_alloc(run, others, sizeof *other->shots);
    if (!other->shots) return kt_no_memory(run->diag);
    other->shot_count = others;
    memcpy(other->shots, branch->shots + count, others * sizeof *other->shots);
    uint64_t *fewer = kt_resize(branch->shots, count, sizeof *branch->shots);
    if (!fewer) return kt_no_memory(run->diag);
    branch->shots = fewer;
    kt_run_gave(run, others * sizeof *branch->shots);
    branch->shot_count = count;
    return KETCH_OK;
}

/* Outcome 1 waits, with the state before the measurement if there is room for another: the branch, which has that, takes its own outcome's
 * part of the state over. */
static ketch_status let_one_wait(kt_tree *tree, kt_branch *branch, uint64_t middle) {
    kt_run *run = tree->run;
    kt_branch *other = kt_zalloc(sizeof *other);
    if (!other) return kt_no_memory(run->diag);
    kt_lodging room, *kept = &branch->room;
    ketch_status status = take_room(tree, &room);
    if (!status && !(copy_path(&other->path, &branch->path) && push_outcome(&other->path, 1))) status = kt_no_memory(run->diag);
    if (!status) status = give_shots(run, branch, other, middle);
    if (!status && room.amplitudes) {
        if (!stand_beside(other, branch)) status = kt_no_memory(run->diag);
        kt_branch_lay_down(tree, branch);
        memcpy(room.words, kept->words, tree->remembered.all * sizeof *room.words);
        move_in(tree, other, *kept);
        move_in(tree, branch, room);
        room = (kt_lodging){0};
    }
    if (room.amplitudes) tree->unused[tree->unused_count++] = room;
    if (!status) status = let_wait(tree, other);
    if (status) kt_branch_free(tree, other);
    return status;
}

/* Which outcome the branch goes on with. */
static ketch_status decide(kt_tree *tree, kt_branch *branch, const double p[2], int *outcome) {
    kt_path *path = &branch->path;
    if (path->at < path->count) {
        *outcome = outcome_at(path, path->at++);
        return KETCH_OK;
    }
    ketch_status status = KETCH_OK;
    if (p[1] < NEVER || p[0] < NEVER || !branch->shot_count) {
        *outcome = p[0] < NEVER;
    } else {
        uint64_t middle;
        status = part_shots(tree, branch, p[1], &middle);
        if (status) return status;
        *outcome = !middle;
        if (middle && middle < branch->shot_count) status = let_one_wait(tree, branch, middle);
    }
    if (!status && !push_outcome(path, *outcome)) status = kt_no_memory(tree->run->diag);
    path->at = path->count;
    return status;
}

ketch_status kt_branch_look(kt_tree *tree, kt_branch *branch) {
    uint8_t wire;
    if (branch->measured) return KETCH_OK;
    ketch_status status = kt_measured_wire(tree, branch, &wire);
    if (!status) status = kt_fill_blank(tree->run, &branch->state);
    if (!status) status = kt_probabilities(tree->run, branch->state.amplitudes, wire, branch->sums);
    branch->measured = !status;
    return status;
}

static ketch_status measure(kt_tree *tree, kt_branch *branch) {
    uint8_t wire = 0;
    int outcome = 0;
    double sums[2];
    ketch_status status = kt_branch_look(tree, branch);
    if (!status) status = kt_measured_wire(tree, branch, &wire);
    if (status) return status;
    int flip = (int)(branch->state.frame.flips >> wire & 1);
    memcpy(sums, branch->sums, sizeof sums);
    const void *from = branch->state.amplitudes;
    status = decide(tree, branch, (const double[]){sums[flip], sums[!flip]}, &outcome);
    if (!status) status = kt_collapse(tree->run, branch->state.amplitudes, from, wire, outcome ^ flip, sums);
    return status ? status : kt_pass_measurement(tree, branch, wire, outcome);
}

/* ── Ends ───────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static uint64_t shot_of(const kt_branch *branch, uint64_t i) { return branch->shots ? branch->shots[i] : i; }

static bool has_first_shot(const kt_branch *branch) {
    for (uint64_t i = 0; i < branch->shot_count; i++) {
        if (shot_of(branch, i) == 0) return true;
    }
    return !branch->shot_count;
}

/* What is sampled, if anything, and what follows from it. */
static ketch_status write_rows(kt_tree *tree, const kt_branch *branch) {
    kt_run *run = tree->run;
    kt_tail_aim(tree->tail, branch);
    if (run->plan->move_count) return kt_sample(run, &branch->state, branch->shots, branch->shot_count, branch->room.words, tree->tail);
    size_t words = run->plan->outcome_words;
    uint64_t *first = run->rows + shot_of(branch, 0) * words;
    ketch_status status = KETCH_OK;
    if (tree->tail)
        status = kt_tail_row(tree->tail, shot_of(branch, 0), 0);
    else
        kt_make_row(run->plan, first, branch->room.words);
    for (uint64_t i = 1; i < branch->shot_count && !status; i++) {
        memcpy(run->rows + shot_of(branch, i) * words, first, words * sizeof *first);
        if (i % KT_PIECE == 0) status = kt_look(run);
    }
    return status;
}

static ketch_status finish(kt_tree *tree, kt_branch *branch) {
    kt_run *run = tree->run;
    if (run->whole == run) run->sampling_began = kt_seconds();
    ketch_status status = kt_trace_last(tree, branch);
    if (!status && !run->plan->branches) status = kt_begin_stage(run, "sample");
    if (!status) status = kt_fill_blank(run, &branch->state);
    run->gates = kt_branch_gates(run, branch);
    if (!status) status = kt_check_norm(run, &branch->state);
    if (!status && has_first_shot(branch)) {
        run->whole->first_norm = run->norm;
        run->whole->first_gates = run->gates;
    }
    if (!status) status = kt_tail_carry_out(tree, branch);
    if (!status && run->shots) status = write_rows(tree, branch);
    tree->last = branch->state;
    tree->unended = 0;
    if (!status) atomic_fetch_add(&run->whole->shots_done, branch->shot_count);
    return status;
}

/* ── Who goes on ────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Do branches wait for each other? */
static bool is_wide(kt_tree *tree) {
    uint64_t used = tree->rooms - tree->unused_count;
    if (!tree->wide_most) return false;
    if (used >= tree->wide_most) tree->narrow = true;
    if (used <= tree->wide_most / 4) tree->narrow = false;
    return !tree->narrow && tree->unended < kt_operations_most(tree->run) / UNENDED_PART;
}

/* In one loop that has gone around less often, or else by its step. */
static bool is_behind(const kt_branch *branch, const kt_branch *other) {
    if (branch->loop && branch->loop == other->loop && branch->rounds != other->rounds) return branch->rounds < other->rounds;
    return branch->step <= other->step;
}

/* The one furthest behind that has its state, or the newest. */
static kt_branch *next_branch(kt_tree *tree) {
    size_t chosen = tree->waiting_count - 1;
    for (size_t i = chosen; is_wide(tree) && i-- > 0;) {
        const kt_branch *best = tree->waiting[chosen], *other = tree->waiting[i];
        if (other->room.amplitudes && (!best->room.amplitudes || is_behind(other, best))) chosen = i;
    }
    kt_branch *branch = tree->waiting[chosen];
    memmove(tree->waiting + chosen, tree->waiting + chosen + 1, (--tree->waiting_count - chosen) * sizeof *tree->waiting);
    return branch;
}

/* A room, and in it the state of the nearest branch on the way here, or the start. */
static ketch_status compute_again(kt_tree *tree, kt_branch *branch, kt_arrival *where) {
    const kt_branch *nearest = NULL;
    *where = KT_AT_MEASUREMENT;
    for (size_t i = 0; i < tree->waiting_count; i++) {
        const kt_branch *other = tree->waiting[i];
        if (other->room.amplitudes && comes_from(&branch->path, &other->path) && (!nearest || other->path.at > nearest->path.at))
            nearest = other;
    }
    kt_lodging room;
    ketch_status status = take_room(tree, &room);
    if (status) return status;
    move_in(tree, branch, room);
    if (!nearest) {
        go_to_start(tree, branch);
        *where = KT_AT_START;
        return KETCH_OK;
    }
    if (!stand_beside(branch, nearest)) return kt_no_memory(tree->run->diag);
    memcpy(room.words, nearest->room.words, tree->remembered.all * sizeof *room.words);
    kt_branch_take_up(tree, branch);
    return kt_copy_state(tree->run, room.amplitudes, nearest->room.amplitudes);
}

/* On from where it is until it ends, or waits for others. */
static ketch_status go_on(kt_tree *tree, kt_branch *branch, kt_arrival where) {
    ketch_status status = KETCH_OK;
    bool met = false;
    while (!status && !met) {
        if (where == KT_AT_MEASUREMENT) status = measure(tree, branch);
        if (!status) status = kt_branch_walk(tree, branch, &where);
        if (status) break;
        if (where == KT_AT_END) {
            status = finish(tree, branch);
            break;
        }
        if (branch->path.at < branch->path.count || !is_wide(tree)) continue;
        kt_branch_lay_down(tree, branch);
        status = kt_branch_meet(tree, branch, &met);
        if (!status && !met) status = let_wait(tree, branch);
        if (!status && !met) return KETCH_OK;
    }
    kt_branch_free(tree, branch);
    return status;
}

ketch_status kt_tree_adopt(kt_tree *tree, kt_branch *branch) {
    bool rooms = kt_reserve(&tree->unused, &tree->unused_capacity, tree->rooms + 1, sizeof *tree->unused);
    ketch_status status = rooms ? let_wait(tree, branch) : kt_no_memory(tree->run->diag);
    if (status && !rooms) free_room(tree, branch->room), branch->room = (kt_lodging){0};
    if (branch->room.amplitudes) tree->rooms++;
    if (status) kt_branch_free(tree, branch);
    return status;
}

void kt_tree_keep_rooms(kt_tree *tree, uint64_t rooms) {
    for (; tree->unused_count && tree->rooms > rooms; tree->rooms--) free_room(tree, tree->unused[--tree->unused_count]);
}

ketch_status kt_tree_run(kt_tree *tree) {
    ketch_status status = KETCH_OK;
    while (tree->waiting_count && !status) {
        if (tree->crew_least && tree->waiting_count >= tree->crew_least) return kt_crew_run(tree);
        kt_branch *branch = next_branch(tree);
        kt_arrival where = KT_AT_MEASUREMENT;
        if (!branch->room.amplitudes)
            status = compute_again(tree, branch, &where);
        else
            kt_branch_take_up(tree, branch);
        if (status)
            kt_branch_free(tree, branch);
        else
            status = go_on(tree, branch, where);
    }
    return status;
}

/* ── A tree ─────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static ketch_status find_params(kt_tree *tree) {
    kt_run *run = tree->run;
    kt_remembered *remembered = &tree->remembered;
    size_t capacity = 0;
    for (size_t i = 0; i < run->plan->program_count; i++) {
        if (run->plan->program[i].code != KT_DO_SET_PARAM) continue;
        if (!kt_reserve(&remembered->param, &capacity, remembered->params + 1, sizeof *remembered->param)) return kt_no_memory(run->diag);
        remembered->param[remembered->params++] = run->plan->program[i].data;
    }
    return KETCH_OK;
}

ketch_status kt_tree_begin(kt_tree *tree, kt_run *run) {
    const kt_plan *plan = run->plan;
    tree->run = run;
    tree->watch = kt_run_watch(run);
    kt_remembered *remembered = &tree->remembered;
    remembered->bits = run->circuit->bit_count / 64 + 1;
    if (plan->dynamic) remembered->cells = run->circuit->cell_count;
    if (plan->dynamic) remembered->counters = plan->counter_count;
    ketch_status status = plan->dynamic ? find_params(tree) : KETCH_OK;
    remembered->all = remembered->bits + remembered->cells + remembered->counters + remembered->params;
    if (!status) status = kt_trace_begin(tree);
    return status ? status : kt_tail_begin(tree);
}

void kt_tree_end(kt_tree *tree) {
    for (size_t i = 0; i < tree->waiting_count; i++) kt_branch_free(tree, tree->waiting[i]);
    for (size_t i = 0; i < tree->unused_count; i++) free_room(tree, tree->unused[i]);
    kt_tail_end(tree);
    kt_trace_end(tree);
    kt_free(tree->waiting);
    kt_free(tree->unused);
    kt_free(tree->remembered.param);
}

/* ── The door ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* How many rooms there may be, and what is done with them. */
static void plan_rooms(kt_tree *tree) {
    kt_run *run = tree->run;
    uint64_t needed = kt_plan_memory(run->plan, run->options, run->engine->threads), limit = run->engine->memory_limit;
    uint64_t one = kt_plan_state_bytes(run->plan) + tree->remembered.all * sizeof(uint64_t);
    uint64_t copies = limit > needed ? (limit - needed) / one : 0, most = ROOMS_BYTES / one;
    if (most < ROOMS_LEAST) most = ROOMS_LEAST;
    if (most > ROOMS_MOST) most = ROOMS_MOST;
    tree->meeting = !(run->plan->without & KETCH_WITHOUT_MEETING);
    tree->rooms_most = 1 + (copies < most ? copies : most);
    kt_crew_plan(tree, copies, one);
    if (tree->rooms_most >= WIDE_LEAST && (tree->meeting || tree->crew_least)) tree->wide_most = tree->rooms_most / 2;
}

static void number_shots(void *context, uint64_t first, uint64_t last) {
    uint64_t *shots = context;
    for (uint64_t i = first; i < last; i++) shots[i] = i;
}

/* The branch of all shots, before the first step, with the run's state as its room to be. */
static ketch_status plant(kt_tree *tree, kt_state_at_hand *state) {
    kt_run *run = tree->run;
    kt_branch *branch = kt_zalloc(sizeof *branch);
    if (!branch) return kt_no_memory(run->diag);
    branch->shot_count = run->shots;
    ketch_status status = let_wait(tree, branch);
    if (status) {
        kt_free(branch);
        return status;
    }
    kt_lodging room = {state->amplitudes, kt_run_alloc(run, tree->remembered.all, sizeof *room.words)};
    if (!room.words || !kt_reserve(&tree->unused, &tree->unused_capacity, 1, sizeof *tree->unused)) {
        kt_run_free(run, room.words, tree->remembered.all, sizeof *room.words);
        return kt_no_memory(run->diag);
    }
    state->amplitudes = NULL;
    tree->unused[tree->unused_count++] = room;
    tree->rooms = 1;
    if (!run->plan->branches) return KETCH_OK;
    branch->shots = kt_run_alloc(run, run->shots, sizeof *branch->shots);
    if (!branch->shots) return kt_no_memory(run->diag);
    return kt_parallel(run, run->shots, KT_PIECE, number_shots, branch->shots);
}

/* The room that the last leaf had, or another, becomes the run's again. */
static void give_state(kt_tree *tree, kt_state_at_hand *state) {
    size_t chosen = 0;
    *state = tree->last;
    state->amplitudes = NULL;
    while (tree->waiting_count) kt_branch_free(tree, tree->waiting[--tree->waiting_count]);
    if (!tree->unused_count) return;
    for (size_t i = 1; i < tree->unused_count; i++) {
        if (tree->unused[i].amplitudes == tree->last.amplitudes) chosen = i;
    }
    state->amplitudes = tree->unused[chosen].amplitudes;
    tree->unused[chosen].amplitudes = NULL;
}

ketch_status kt_run_branches(kt_run *run, kt_state_at_hand *state) {
    kt_tree tree = {0};
    ketch_status status = kt_tree_begin(&tree, run);
    if (!status) plan_rooms(&tree);
    if (!status) status = plant(&tree, state);
    if (!status) status = kt_tree_run(&tree);
    if (!state->amplitudes) give_state(&tree, state);
    kt_tree_end(&tree);
    return status;
}
