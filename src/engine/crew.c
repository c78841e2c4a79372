/* SPDX-License-Identifier: Apache-2.0
 *
 * Small states: shots in parallel. Once enough branches wait, each thread of a crew takes one after the other, with all that comes of it,
 * as a tree of its own in a run of its own. Where that happens depends on sizes alone, and a tree on its branch alone, so the bytes are the
 * same at any number of threads, one included. Large states go the other way: all threads on the amplitudes of one branch.
 */
#include "engine/branch.h"

#include <string.h>

#define MOST_STATE  (UINT64_C(4) << 20)  /* bytes of a state beyond which amplitudes are shared out, not branches */
#define FEW         64                   /* branches that are enough for a crew; of ... */
#define LITTLE      (UINT64_C(64) << 10) /* ... states of no more bytes than this four times as many, to give them time to meet */
#define ROOMS_BYTES (UINT64_C(32) << 20) /* of states that a thread's branches wait with, or */
#define ROOMS_LEAST 24                   /* so many, whichever is more, and */
#define ROOMS_MOST  128                  /* never more */

static uint64_t crew_rooms(uint64_t one) {
    uint64_t rooms = ROOMS_BYTES / one;
    return rooms < ROOMS_LEAST ? ROOMS_LEAST : rooms > ROOMS_MOST ? ROOMS_MOST : rooms;
}

void kt_crew_plan(kt_tree *tree, uint64_t copies, uint64_t one) {
    kt_run *run = tree->run;
    uint64_t state = kt_plan_state_bytes(run->plan), least = state <= LITTLE ? 4 * FEW : FEW;
    if (state > MOST_STATE) return;
    uint64_t beside = (kt_plan_scratch(run->plan, 1) + (UINT64_C(2) << 20)) / one + 1; /* scratch, samples, messages */
    uint64_t wanted = 2 * least + run->engine->threads * (crew_rooms(one) + beside);
    if (copies < wanted) return;
    tree->crew_least = least;
    if (tree->rooms_most < 2 * least + 1) tree->rooms_most = 2 * least + 1;
}

/* ── A member ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct kt_member {
    kt_run run;
    kt_engine engine;
    ketch_run_options options;
    kt_tree tree;
    uint64_t rooms;   /* of its own */
    uint64_t adopted; /* bytes that came with branches */
    ketch_status status;
    size_t failed; /* the branch at which it did */
} kt_member;

typedef struct kt_crew {
    kt_tree *whole;
    kt_member **members;
    uint32_t count;
    atomic_size_t next; /* branch to be taken */
    atomic_bool failed;
} kt_crew;

/* Only the first, which is the thread that called, tells about progress. */
static ketch_status engage(kt_crew *crew, kt_member **out, bool first) {
    kt_run *whole = crew->whole->run;
    kt_member *member = *out = kt_zalloc(sizeof *member);
    if (!member) return kt_no_memory(whole->diag);
    kt_run *run = &member->run;
    member->engine = *whole->engine;
    member->engine.threads = 1;
    member->engine.workshop = NULL;
    member->engine.spare = (kt_state){0};
    member->options = *whole->options;
    if (!first) {
        member->options.progress = NULL;
        member->engine.listener = NULL;
    }
    kt_run_set_up(run, &member->engine, whole->plan, whole->circuit, &member->options, whole->diag ? ketch_diag_create() : NULL);
    run->whole = whole;
    run->rows = whole->rows;
    run->outside = whole->outside;
    run->started = whole->started;
    run->next_report = whole->next_report;
    run->stage = whole->stage;
    if (whole->diag && !run->diag) return kt_no_memory(whole->diag);
    ketch_status status = kt_run_take_sums(run);
    if (!status) status = kt_run_take_params(run);
    if (!status) status = kt_tree_begin(&member->tree, run);
    member->rooms = crew_rooms(kt_plan_state_bytes(run->plan) + crew->whole->remembered.all * sizeof(uint64_t));
    member->tree.rooms_most = member->rooms + 1;
    member->tree.meeting = crew->whole->meeting && crew->whole->met;
    if (member->tree.meeting) member->tree.wide_most = member->rooms / 2;
    return status ? kt_no_memory(whole->diag) : KETCH_OK; /* there is no other reason */
}

static void discharge(kt_crew *crew, kt_member *member) {
    if (!member) return;
    kt_run *run = &member->run, *whole = crew->whole->run;
    kt_tree_end(&member->tree);
    kt_sampler_free(run);
    kt_run_free_sums(run);
    kt_run_free_params(run);
    kt_workshop_free(member->engine.workshop);
    ketch_diag_free(&run->diag);
    kt_run_took(whole, run->peak); /* all at once: they stand side by side */
    kt_run_gave(whole, member->adopted);
}

/* The branch and its room become the member's, and go when all that comes of it is done. */
static ketch_status take_on(kt_member *member, kt_branch *branch) {
    kt_tree *tree = &member->tree;
    kt_run *run = &member->run;
    uint64_t bytes = branch->shot_count * sizeof *branch->shots;
    if (branch->room.amplitudes) bytes += kt_plan_state_bytes(run->plan) + tree->remembered.all * sizeof(uint64_t);
    member->adopted += bytes;
    kt_run_took(run, bytes);
    branch->machine.circuit = run->circuit;
    branch->machine.params = run->view.params;
    branch->machine.watch = &tree->watch;
    branch->machine.diag = run->diag;
    tree->narrow = false;
    tree->unended = 0;
    ketch_status status = kt_tree_adopt(tree, branch);
    if (!status) status = kt_tree_run(tree);
    kt_tree_keep_rooms(tree, member->rooms);
    return status;
}

static void serve(void *context, uint64_t first, uint64_t last) {
    kt_crew *crew = context;
    for (uint64_t m = first; m < last; m++) {
        kt_member *member = crew->members[m];
        while (!atomic_load(&crew->failed) && !member->status) {
            size_t i = atomic_fetch_add(&crew->next, 1);
            if (i >= crew->whole->waiting_count) break;
            kt_branch *branch = crew->whole->waiting[i];
            crew->whole->waiting[i] = NULL;
            member->status = take_on(member, branch);
            member->failed = i;
            if (member->status) atomic_store(&crew->failed, true);
        }
    }
}

/* ── The crew ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Of several failures that of the first branch: those before it were done, those behind it might not have been begun. */
static ketch_status outcome_of(const kt_crew *crew) {
    const kt_member *first = NULL;
    for (uint32_t m = 0; m < crew->count; m++) {
        const kt_member *member = crew->members[m];
        if (member->status && (!first || member->failed < first->failed)) first = member;
    }
    if (!first) return KETCH_OK;
    ketch_status stopped = kt_look(crew->whole->run);
    if (stopped) return stopped;
    kt_diag_copy(crew->whole->run->diag, first->run.diag);
    return first->status;
}

ketch_status kt_crew_run(kt_tree *tree) {
    kt_run *run = tree->run;
    kt_crew crew = {.whole = tree, .count = kt_threads(run, tree->waiting_count, 1)};
    atomic_init(&crew.next, 0);
    atomic_init(&crew.failed, false);
    crew.members = kt_zalloc(crew.count * sizeof *crew.members);
    if (!crew.members) return kt_no_memory(run->diag);
    ketch_status status = KETCH_OK;
    for (uint32_t m = 0; m < crew.count && !status; m++) status = engage(&crew, &crew.members[m], m == 0);
    if (!status) status = kt_share(run, crew.count, crew.count, 1, serve, &crew);
    if (!status) status = outcome_of(&crew);
    run->sampling_began = kt_seconds();
    uint64_t before = run->memory;
    for (uint32_t m = 0; m < crew.count; m++) discharge(&crew, crew.members[m]);
    if (run->memory > before) kt_run_gave(run, run->memory - before);
    for (uint32_t m = 0; m < crew.count; m++) kt_free(crew.members[m]);
    kt_free(crew.members);
    size_t left = 0;
    for (size_t i = 0; i < tree->waiting_count; i++) {
        if (tree->waiting[i]) tree->waiting[left++] = tree->waiting[i];
    }
    tree->waiting_count = left;
    return status;
}
