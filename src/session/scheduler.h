/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room session: who runs what, on which thread, when.
 *
 *   ketch_run, ketch_submit ──> queue: first come, first served
 *                                  │  the first may begin when threads and memory are free for it
 *          ┌───────────────────────┼──────────────────────────┐
 *        caller                  workers                 coordinator
 *     ketch_run of a          one thread each,        several threads, one run at
 *     narrow run; inline       side by side           a time: the only thread that
 *                                                     opens a parallel region
 *
 *   lanes.c     the queue: what may begin, with how many threads and how much memory
 *   threads.c   threads that come when there is work and go when there is none
 *   work.c      one run from its turn to its end
 *   session.c   the door: runs, submitted jobs, forks
 *   prepare.c   plans and predictions; cache.c, memory.c
 *   job.c       a job's life; channel.c: where its end is announced
 *
 * What counts. `busy` is the threads at work, all lanes together, and never exceeds the session's. One exception makes sure that little
 * runs do not wait for large ones: where nothing waits, a run predicted to be over in a moment goes ahead on its caller's thread, one such
 * at a time. Bytes count likewise: a run whose bytes do not fit beside those at work waits; alone it is refused.
 *
 * Order. Only the first of the queue may begin, so neither a stream of narrow runs nor one of wide ones can keep the other waiting. A batch
 * stays first until all its runs have begun.
 *
 * Forks. A scheduler belongs to the process that made it. In a child it is left as it is, locks and all, and the session gets another.
 *
 * Cancelling. Runs at work look at atomics. A queued job is ended at once by whoever cancels it, which may be a signal handler: it takes no
 * lock, leaves a dead entry in the queue and sets `stirred`, which the runs at work notice and clear the queue.
 */
#ifndef KETCH_SESSION_SCHEDULER_H
#define KETCH_SESSION_SCHEDULER_H

#include "session/job.h"
#include "session/session.h"

#define KT_INLINE_SECONDS 1e-3 /* predicted: less is over in a moment */
#define KT_IDLE_SECONDS   2    /* after which a thread ends */

/* What a run works at: one at a time. */
typedef struct kt_bench {
    struct kt_bench *next;
    kt_engine engine;
    ketch_diag *diag;    /* made when first needed, used again */
    ketch_circuit *copy; /* of a batch's circuit, with the row of parameters that runs */
    uint64_t copy_job;
    size_t copy_circuit;
} kt_bench;

typedef enum kt_lane { KT_NARROW, KT_WIDE, KT_LANES } kt_lane;

typedef struct kt_thread {
    struct kt_thread *next;
    struct kt_scheduler *scheduler;
    pthread_t id;
    kt_lane lane;
} kt_thread;

typedef struct kt_scheduler {
    pid_t process;
    atomic_uint references; /* the session's, and those of jobs */
    uint32_t threads;
    uint64_t max_jobs, max_memory;
    const atomic_uint *recalls; /* the session's: how often it was cancelled */
    kt_plan_cache cache;
    atomic_size_t waiting; /* submitted jobs that have not begun */
    atomic_size_t dead;    /* of those in the queue, cancelled */
    atomic_bool stirred;   /* the queue should be looked at */

    pthread_mutex_t lock; /* of what follows */
    ketch_job *first, *last;
    size_t queued; /* jobs */
    uint64_t jobs; /* so far */
    bool closing;

    uint32_t busy;
    bool extra;          /* a little run goes ahead of the count */
    bool wide_at_work;   /* one run at a time */
    bool no_coordinator; /* none could be started: all runs are narrow for now */
    bool stuck;          /* no worker could be started, and there is none: whoever is here does the work */
    double expected;     /* when what runs will be over, as predicted */
    uint64_t reserved;   /* bytes of what runs */
    uint64_t budget;     /* what was free when nothing was reserved */
    kt_bench *benches;   /* that nobody works at */
    kt_bench wide;       /* the coordinator's */
    kt_state spare;      /* a large state of an earlier run */

    struct {
        pthread_cond_t work;
        uint32_t count, idle;
        bool called; /* one has been woken, or started, and has not looked yet */
    } lanes[KT_LANES];
    kt_thread *there, *gone; /* threads: alive, and to be joined */
    pthread_cond_t room;     /* in the queue, */
    uint32_t room_wanted;    /* for so many */
    pthread_cond_t quiet;    /* nothing runs and nothing waits */
} kt_scheduler;

void kt_scheduler_release(kt_scheduler *scheduler);

/* ── lanes.c: all under the lock ── */

void kt_enqueue(kt_scheduler *scheduler, ketch_job *job);
/* The first run of the queue, if it is for this lane and may begin. */
bool kt_take_turn(kt_turn *out, kt_scheduler *scheduler, kt_lane lane);
/* May this job, which is not queued, begin at once on the thread that submits it? */
bool kt_take_inline(kt_turn *out, kt_scheduler *scheduler, ketch_job *job);
void kt_end_turn(kt_scheduler *scheduler, kt_turn *turn, ketch_status status, ketch_result *result);
/* Wakes whoever is to run the first of the queue, if it may begin. */
void kt_poke(kt_scheduler *scheduler);

bool kt_recalled(const ketch_job *job);         /* any time */
uint32_t kt_most_threads(const ketch_job *job); /* that a run of it may have */

/* ── threads.c ── */

/* Wakes a thread of the lane, or starts one; false where there is none and none can be started. Under the lock. */
bool kt_call_thread(kt_scheduler *scheduler, kt_lane lane);
void kt_join_threads(kt_scheduler *scheduler); /* all; without the lock */

/* ── work.c ── */

/* Carries out a turn that was taken, and ends it. Under the lock, which is let go meanwhile. */
void kt_do_turn(kt_scheduler *scheduler, kt_turn *turn);
/* Does what there is for a worker where there is none and none can be started. Under the lock, which is let go meanwhile. */
void kt_stand_in(kt_scheduler *scheduler);
/* Carries out a turn without the lock, and without the end. */
ketch_status kt_run_turn(ketch_result **out, kt_turn *turn, ketch_diag *diag);
ketch_status kt_plan_job(kt_prepared *out, ketch_job *job, size_t element, ketch_diag *diag);
void kt_bench_clear(kt_bench *bench);

#endif
