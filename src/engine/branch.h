/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room engine: the tree of outcomes of measurements in the middle.
 *
 *   shots            0 1 2 3 4 5 6 7
 *   measure q0       0: 1 4 6 7           1: 0 2 3 5      each shot compares its own draw with the probability of 1
 *   measure q1       0: 4    1: 1 6 7     0: 0 2 3 5      where all go one way there is no branch
 *
 * A branch is a state, what the program remembers (bits, cells, calls), a place in it, and the shots that take it. It keeps the outcomes on
 * its way, so that one without a state can be computed again: from the nearest branch that waits at a measurement on that way with its
 * state, or else from |0...0>. That is the same arithmetic, hence the same bytes.
 *
 * There are two orders. Where memory holds few states, the branch at hand goes on, and of two outcomes 1 waits: depth first. Where there is
 * room, branches come to their next measurement one after the other, the one furthest behind in the program first, so that those that
 * meet there in the same state go on as one (meet.c). A circuit without measurements in the middle is a tree of one leaf.
 */
#ifndef KETCH_ENGINE_BRANCH_H
#define KETCH_ENGINE_BRANCH_H

#include "engine/run.h"

/* Memory for a branch's state and for what it remembers. */
typedef struct kt_lodging {
    void *amplitudes; /* NULL: none */
    uint64_t *words;  /* see kt_remembered */
} kt_lodging;

/* How the words of a branch are laid out: bits, cells, how often each measurement was carried out, parameters that the program sets. */
typedef struct kt_remembered {
    size_t bits, cells, counters, params, all; /* words of each */
    uint32_t *param;                           /* which parameters */
} kt_remembered;

typedef struct kt_path {
    uint64_t *outcomes; /* of the measurements on the way, a bit each ... */
    size_t capacity, count;
    size_t at; /* ... of which this many have been passed; fewer than `count` while a state is computed again */
} kt_path;

typedef struct kt_branch {
    kt_lodging room;
    kt_state_at_hand state;  /* its amplitudes are the room's */
    kt_machine machine;      /* its memory is the room's */
    uint32_t step, step_end; /* steps to be done before the machine goes on */
    kt_path path;
    uint64_t *shots;
    uint64_t shot_count;
    uint32_t loop;   /* around the measurement where it waits, and how often ... */
    uint64_t rounds; /* ... it has passed that; see is_behind */
    double sums[2];  /* where it waits at a measurement: squares of the two halves in memory, by their share */
    bool measured;   /* they are known */
    uint64_t digest; /* of what is live where it waits; equal for branches that may be one */
    double mark;     /* the same of its state: nearly equal, */
    bool marked;     /* where it is known */
} kt_branch;

typedef struct kt_tree {
    kt_run *run;
    kt_remembered remembered;
    kt_watch watch;
    kt_branch **waiting; /* the newest last */
    size_t waiting_count, waiting_capacity;
    kt_lodging *unused; /* rooms whose branch is done */
    size_t unused_count, unused_capacity;
    uint64_t rooms, rooms_most; /* taken, and that may be */
    uint64_t wide_most;         /* rooms in use up to which branches wait for each other; 0: depth first */
    bool narrow;                /* there were more: depth first until few are left */
    bool meeting;               /* branches may become one */
    uint64_t met;               /* have become one */
    uint64_t unended;           /* operations since a shot ended */
    uint64_t crew_least;        /* branches waiting that are shared out to a crew; 0: never */
    kt_state_at_hand last;      /* the state that the last leaf had */
    struct kt_tail *tail;
    struct kt_tracer *tracer; /* NULL: nobody looks */
} kt_tree;

static inline bool kt_step_resets(const kt_step *step) { return step->code == KT_STEP_RESET || step->code == KT_STEP_RESET_AT; }
static inline uint64_t *kt_branch_counters(const kt_tree *tree, const kt_branch *branch) {
    return branch->room.words + tree->remembered.bits + tree->remembered.cells;
}

/* ── walk.c ── */

typedef enum kt_arrival { KT_AT_START, KT_AT_MEASUREMENT, KT_AT_END } kt_arrival;

/* To the next measurement or reset, or to the end. */
ketch_status kt_branch_walk(kt_tree *tree, kt_branch *branch, kt_arrival *arrival);
/* The wire that the branch's step measures. */
ketch_status kt_measured_wire(kt_tree *tree, kt_branch *branch, uint8_t *wire);
/* Its outcome is known and the state has been made that of it: what follows from that, and on to the next step. */
ketch_status kt_pass_measurement(kt_tree *tree, kt_branch *branch, uint8_t wire, int outcome);
/* Parameters that the branch has set become those of the run. */
void kt_branch_take_up(kt_tree *tree, const kt_branch *branch);
/* And are kept. */
void kt_branch_lay_down(kt_tree *tree, kt_branch *branch);
uint64_t kt_operations_most(const kt_run *run);
/* Gates that it has carried out, at most: loops repeat them. */
double kt_branch_gates(const kt_run *run, const kt_branch *branch);

/* ── branch.c ── */

ketch_status kt_tree_begin(kt_tree *tree, kt_run *run);
/* Runs all branches that wait. */
ketch_status kt_tree_run(kt_tree *tree);
void kt_tree_end(kt_tree *tree);
/* A branch of another tree's, with its room, waits here from now on. */
ketch_status kt_tree_adopt(kt_tree *tree, kt_branch *branch);
/* No more than so many. */
void kt_tree_keep_rooms(kt_tree *tree, uint64_t rooms);
void kt_branch_free(kt_tree *tree, kt_branch *branch);
/* Squares of the halves of the state, for the measurement that the branch waits at. */
ketch_status kt_branch_look(kt_tree *tree, kt_branch *branch);

/* ── meet.c ── */

/* Lets a branch that has come to a measurement go on in one that waits there, if any is the same. */
ketch_status kt_branch_meet(kt_tree *tree, kt_branch *branch, bool *met);

/* ── crew.c ── */

/* Decides from how many branches on there will be a crew: `copies` of the state fit beside it, of `one` bytes each. */
void kt_crew_plan(kt_tree *tree, uint64_t copies, uint64_t one);
/* Threads take the branches that wait, each with all that comes of it. */
ketch_status kt_crew_run(kt_tree *tree);

/* ── trace.c ── */

ketch_status kt_trace_begin(kt_tree *tree);
void kt_trace_end(kt_tree *tree);
/* kt_machine_run, told statement by statement. */
ketch_status kt_trace_machine(kt_tree *tree, kt_branch *branch, kt_pause *pause);
ketch_status kt_trace_last(kt_tree *tree, kt_branch *branch);

/* ── tail.c ── */

ketch_status kt_tail_begin(kt_tree *tree);
void kt_tail_end(kt_tree *tree);
/* The instructions that follow, in a run that has no rows to make of them. */
ketch_status kt_tail_carry_out(kt_tree *tree, kt_branch *branch);
/* The shots of this branch end: the rows that follow are theirs. */
void kt_tail_aim(struct kt_tail *tail, const kt_branch *branch);

#endif
