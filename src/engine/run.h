/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room engine: one run, and the steps that it is made of.
 *
 *   run.c       the run as a whole: state, norm, what the result says
 *   parallel.c  threads, stopping, progress, the floating-point environment
 *   apply.c     the reference engine's steps, measurements, sums
 *   bind.c      the planned engine: numbers of actions; frame.h: Paulis that move nothing
 *   prepare.c   a stage's works as arguments of tile kernels
 *   stage.c     segments, stages, tiles
 *   branch.c    the tree of outcomes of measurements in the middle: branch.h
 *   walk.c      one branch, from measurement to measurement
 *   meet.c      branches that wait at the same place in the same state
 *   crew.c      branches shared out among threads
 *   trace.c     a run of one shot, looked at statement by statement
 *   tail.c      what a program computes from its final measurements
 *   sample.c    draws to basis states to outcomes
 */
#ifndef KETCH_ENGINE_RUN_H
#define KETCH_ENGINE_RUN_H

#include "engine/engine.h"
#include "engine/frame.h"

#define KT_CHUNK_BITS    14                             /* a partial sum covers a chunk... */
#define KT_CHUNK         (UINT64_C(1) << KT_CHUNK_BITS) /* ... of so many amplitudes, or groups */
#define KT_STATE_OUTPUTS (KETCH_OUTPUT_STATE | KETCH_OUTPUT_AMPLITUDES | KETCH_OUTPUT_PROBABILITIES)
#define KT_PIECE         (UINT64_C(1) << 19) /* shots that one thread deals with between two looks whether to stop */

/* The floating-point environment of a thread. */
typedef struct kt_environment {
    uint64_t control; /* x86: MXCSR; aarch64: FPCR */
    int rounding;     /* elsewhere */
} kt_environment;

typedef enum kt_stop { KT_GO_ON, KT_STOP_CANCELLED, KT_STOP_TIMEOUT } kt_stop;

struct kt_tail;

typedef struct kt_run {
    kt_engine *engine;
    const kt_plan *plan;
    const ketch_circuit *circuit;
    const ketch_run_options *options;
    ketch_diag *diag;
    ketch_result *result;
    uint64_t shots;       /* 0 where none are wanted */
    struct kt_run *whole; /* itself, or the run that it is a share of: one of a crew's */
    ketch_circuit view;   /* of a program that computes angles: the circuit, with parameters of the run's own; `circuit` points here */

    /* time, and how far the run has come */
    double started, deadline, next_report; /* by kt_seconds */
    double sampling_began;                 /* the only sampling, or the last branch's; simulating ends here */
    const char *stage;
    double fraction; /* told last; it never goes back */
    uint64_t gates_done, passes_done;
    _Atomic uint64_t shots_done; /* of the whole */
    double work, work_done;      /* in amplitudes touched, estimated; without branches */
    double pass_work;            /* of the pass that is under way */
    double unseen;               /* blocks of work since the clock was last looked at between passes */
    bool in_team;                /* inside the parallel region */
    atomic_int stop;             /* kt_stop; of the whole */
    kt_environment outside;      /* the caller's floating-point environment */

    /* memory taken for states, shots and sampling */
    uint64_t memory, peak, workshop_bytes;

    uint64_t *rows;    /* outcomes, one row a shot */
    double *sums;      /* chunks + 1: sums[c] is the sum of |a|^2 in chunk c or, when all is known, of those before it */
    uint32_t sum_bits; /* amplitudes of a chunk: 2^sum_bits */
    bool sums_come;    /* the last pass of the last step makes them, and nothing but sampling follows */
    bool summed;       /* it has */
    double norm;       /* of the state looked at last, */
    double gates;      /* that made it, at most */
    double first_norm; /* and of the first shot's; of the whole */
    double first_gates;
    uint64_t sum_count; /* room in sums */
    struct kt_sampler *sampler;
    kt_layout layout;              /* of the step at hand, */
    double matrix[KT_MATRIX_ROOM]; /* and its matrix; last, as it need not be cleared */
} kt_run;

/* A state that is being worked on: what memory holds, and how to read it. */
typedef struct kt_state_at_hand {
    void *amplitudes;
    kt_frame frame; /* trivial in the reference engine */
    bool blank;     /* |0...0>, whatever memory holds */
    double excess;  /* of memory's squared norm over 1, that came from rounding the last pass's factor: the next makes up for it */
} kt_state_at_hand;

/* ── run.c ──────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A run before its first step, without any memory. */
void kt_run_set_up(kt_run *run, kt_engine *engine, const kt_plan *plan, const ketch_circuit *circuit, const ketch_run_options *options,
                   ketch_diag *diag);
/* Parameters of its own for a program that sets some. */
ketch_status kt_run_take_params(kt_run *run);
void kt_run_free_params(kt_run *run);
ketch_status kt_run_take_sums(kt_run *run);
void kt_run_free_sums(kt_run *run);

/* ── parallel.c ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Work on items [first, last); it may be called for any partition of all items, in any order, by any threads. */
typedef void kt_task(void *context, uint64_t first, uint64_t last);

/* Runs a task on items [0, count), in blocks of `block` items (some 50 microseconds' work each), between which it looks whether to stop.
 * Item i belongs to the same thread in every call with the same count. Little work is done by the calling thread alone. */
ketch_status kt_parallel(kt_run *run, uint64_t count, uint64_t block, kt_task *task, void *context);

/* Threads for `count` items of which each should have `least`; and the same with so many threads. */
uint32_t kt_threads(kt_run *run, uint64_t count, uint64_t least);
ketch_status kt_share(kt_run *run, uint32_t threads, uint64_t count, uint64_t block, kt_task *task, void *context);
uint32_t kt_thread(const kt_run *run); /* the calling thread's number, within a task */
bool kt_glance(kt_run *run);           /* within a task: looks at the clock, on the thread that may; true: stop */

/* Looks whether to stop: between pieces, of a few milliseconds each, of work that one thread does alone. */
ketch_status kt_look(kt_run *run);
kt_watch kt_run_watch(kt_run *run); /* that does so */

/* Calls the trace callback, which may cancel the run. */
ketch_status kt_tell_trace(kt_run *run, const ketch_trace *trace);

/* Begins a stage: says so to the progress callback. */
ketch_status kt_begin_stage(kt_run *run, const char *stage);

/* Flush to zero and round to nearest, on this thread: denormals cost ten times as much, and threads that differ would give different bytes.
 * Gives what was before, to be restored. */
kt_environment kt_environment_enter(void);
void kt_environment_leave(kt_environment before);

/* Memory that counts: NULL on failure, without a message. */
void *kt_run_alloc(kt_run *run, uint64_t count, size_t item_size);
void kt_run_free(kt_run *run, void *block, uint64_t count, size_t item_size);
void kt_run_took(kt_run *run, uint64_t bytes);
void kt_run_gave(kt_run *run, uint64_t bytes);

/* ── apply.c ────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static inline bool kt_huge_pages(const kt_plan *plan) { return !(plan->without & KETCH_WITHOUT_HUGE_PAGES); }
size_t kt_amplitude_size(const kt_run *run);
uint64_t kt_amplitude_count(const kt_run *run);

ketch_status kt_set_zero_state(kt_run *run, void *amplitudes); /* |0...0> */
ketch_status kt_copy_state(kt_run *run, void *to, const void *from);
ketch_status kt_fill_blank(kt_run *run, kt_state_at_hand *state); /* puts |0...0> into memory where that is meant */
ketch_status kt_apply_gate(kt_run *run, void *amplitudes, const kt_step *step);

/* The probabilities that a wire is 0 and that it is 1, in memory. */
ketch_status kt_probabilities(kt_run *run, const void *amplitudes, uint8_t wire, double out[2]);

/* After a measurement of `from`, which may be `to`: the other half becomes 0, and this one is divided by the root of its probability. */
ketch_status kt_collapse(kt_run *run, void *to, const void *from, uint8_t wire, int outcome, const double probabilities[2]);
ketch_status kt_flip(kt_run *run, void *amplitudes, uint8_t wire);

/* Fills run->sums, unless the last pass did, and run->norm, and fails where the norm is beyond tolerance. */
ketch_status kt_check_norm(kt_run *run, const kt_state_at_hand *state);
/* Branches that could meet sample alike, whatever their frames: in the order of basis states. Else samples go by amplitudes in memory. */
static inline uint64_t kt_sampled_flips(const kt_run *run, const kt_state_at_hand *state) {
    return run->plan->branches ? state->frame.flips : 0;
}

/* A number that states which are equal up to a phase have in common, up to rounding, and others hardly ever; and whether they are.
 * Run->sums are scratch. */
ketch_status kt_mark(kt_run *run, const kt_state_at_hand *state, double *out);
ketch_status kt_same_state(kt_run *run, const kt_state_at_hand *one, const kt_state_at_hand *other, bool *out);

/* Makes memory hold what the state is: the frame becomes trivial. */
ketch_status kt_settle(kt_run *run, kt_state_at_hand *state);

/* ── stage.c ────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

void kt_workshop_free(struct kt_workshop *shop);
/* Gives back what earlier runs needed and this one does not. */
void kt_trim_workshop(kt_engine *engine, const kt_plan *plan);
/* `last_of_run`: nothing but sampling follows. */
ketch_status kt_run_segment(kt_run *run, kt_state_at_hand *state, const kt_segment *segment, bool last_of_run);

/* ── branch.c ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Runs all steps, for all shots, from a blank state; leaves the last branch's there (the buffer may be another one). */
ketch_status kt_run_branches(kt_run *run, kt_state_at_hand *state);

/* ── sample.c ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Samples the shots listed (NULL: shots [0, count)) from a state whose run->sums are known, and writes their rows; bits that no final
 * measurement writes come from the classical memory `bits`. With a tail it writes them. */
ketch_status kt_sample(kt_run *run, const kt_state_at_hand *state, const uint64_t *shots, uint64_t count, const uint64_t *bits,
                       struct kt_tail *tail);
void kt_sampler_free(kt_run *run);

/* tail.c: writes the row of a shot whose final measurements found the basis state `index`. */
ketch_status kt_tail_row(struct kt_tail *tail, uint64_t shot, uint64_t index);

/* The bits of the counted registers as a row, from the classical memory. */
void kt_make_row(const kt_plan *plan, uint64_t *row, const uint64_t *bits);

#endif
