/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room session: a run, or many, and how it stands.
 *
 *   QUEUED ──begins──> RUNNING ──its last element ends──> ENDED ──> announced on its channel, waiters woken
 *      `────────────cancelled, by anyone, in a signal handler too──────'
 *
 * `state` is the only thing that decides, and changes by compare-and-swap. What a finished job holds is written before it becomes ENDED and
 * not afterwards, so that a forked child may read jobs that had ended before; those that had not are lost to it.
 *
 * A call of ketch_run is a job too, on the caller's stack: it waits in the same queue, is nobody else's, and never becomes ENDED.
 */
#ifndef KETCH_SESSION_JOB_H
#define KETCH_SESSION_JOB_H

#include "engine/engine.h"
#include "session/channel.h"
#include "session/prepare.h"

#include <semaphore.h>

struct kt_scheduler;

/* One run of a job. */
typedef struct kt_element {
    _Atomic(ketch_result *) result; /* until it is taken */
    ketch_status status;            /* CANCELLED until it has run */
} kt_element;

/* A run that may begin: an element of a job, with its threads and its memory; or several little ones, one after the other. */
typedef struct kt_turn {
    ketch_job *job;
    size_t element, last;         /* rows of one circuit */
    bool prepare;                 /* only to be planned */
    bool ahead;                   /* a little run that does not count */
    ketch_status refused;         /* MEMORY: it never fits; CANCELLED: too late */
    uint32_t threads;             /* that it counts for, and works with */
    double expected;              /* when it will have ended */
    uint64_t bytes, memory_limit; /* reserved for it; that it may take */
    uint64_t free_bytes;          /* what it found, where it is refused */
    kt_prepared prepared;         /* with a reference to the plan */
    struct kt_bench *bench;       /* to work at; NULL: out of memory */
    kt_state discard;             /* an old spare state, to be freed */
} kt_turn;

/* What the rest of a call of ketch_run is told while it waits; it then goes on by itself, or takes what another thread has done. */
typedef enum kt_message { KT_YOUR_TURN, KT_YOUR_RESULT, KT_REPORT } kt_message;
typedef struct kt_caller {
    kt_message message;
    kt_turn turn;
    ketch_diag *diag; /* the caller's */
    ketch_progress report;
    int answer; /* to the report */
    sem_t answered;
} kt_caller;

struct ketch_job {
    struct kt_scheduler *scheduler; /* which knows whose process it is */
    atomic_int state;               /* ketch_job_state */
    atomic_uint references;         /* its owner, the session while it works on it, the mailbox it waits in */
    atomic_bool cancelled;          /* asked to stop */
    atomic_bool given_up;           /* by its owner */
    unsigned recall;                /* how often the session had been cancelled when it came */
    sem_t over;          /* posted once when it ends, and again by each who waited; of a caller, when it has its turn or its result */
    kt_mailbox *mailbox; /* where it will be announced; NULL: nowhere */
    ketch_job *announced_before, *next_announced;
    bool waits_to_be_taken;

    /* what is to be done */
    const ketch_circuit *circuit; /* of a single run */
    ketch_batch batch;            /* of several */
    ketch_run_options options;    /* complete, with a seed */
    size_t element_count;
    uint64_t number; /* by when it came, from 1 */

    /* the queue's, under the scheduler's lock */
    ketch_job *next;
    kt_caller *caller;    /* of a call of ketch_run; else NULL */
    bool on_the_spot;     /* the thread that submits it would run it */
    size_t begun;         /* elements that have begun, or never will */
    size_t running;       /* of them, not ended */
    kt_prepared prepared; /* what is known of circuit `prepared_circuit` */
    size_t prepared_circuit;
    ketch_status verdict; /* of what has ended so far */

    /* what has been */
    atomic_size_t done;
    kt_element only, *elements; /* elements points to `only` where there is one */
    ketch_status status;
    ketch_diag *diag; /* what `failed` has to say; NULL: nothing */
    size_t failed;
    double submitted, ended;
    _Atomic double began;

    /* as the runs tell it */
    _Atomic double fraction; /* of an element */
    _Atomic(const char *) stage;
    _Atomic uint64_t shots_done;
    atomic_uint at_work;
};

static inline size_t kt_job_rows(const ketch_job *job) { return job->batch.row_count ? job->batch.row_count : 1; }
static inline const ketch_circuit *kt_job_circuit(const ketch_job *job, size_t element) {
    return job->circuit ? job->circuit : job->batch.circuits[element / kt_job_rows(job)];
}

/* All of it but what comes from a scheduler; `batch` NULL: a single run. A caller's lives on its stack. */
ketch_status kt_job_init(ketch_job *job, const ketch_circuit *circuit, const ketch_batch *batch, const ketch_run_options *options,
                         ketch_diag *diag);
void kt_job_clear(ketch_job *job);
void kt_job_release(ketch_job *job);
/* An element has run. */
void kt_job_keep(ketch_job *job, size_t element, ketch_status status, ketch_result *result);
/* From the state given to ENDED; false where it was another. Announces and wakes. */
bool kt_job_end(ketch_job *job, ketch_job_state from);
uint64_t kt_batch_seed(uint64_t seed, uint64_t circuit, uint64_t row);

#endif
