/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room session: a run, or many, and how it stands.
 *
 *   QUEUED ──begins──> RUNNING ──its last element ends──> ENDED ──> announced on its channel, waiters woken
 *      `────────────cancelled, by anyone, in a signal handler too──────'
 *
 * `state` is the only thing that decides, and changes by compare-and-swap. What a finished job holds is written before it becomes ENDED and
 * not afterwards, so that a forked child may read jobs that had ended before; those that had not are lost to it.
 */
#ifndef KETCH_SESSION_JOB_H
#define KETCH_SESSION_JOB_H

#include "engine/engine.h"
#include "session/channel.h"

#include <semaphore.h>

/* One run of a job. */
typedef struct kt_element {
    _Atomic(ketch_result *) result; /* until it is taken */
    ketch_status status;
} kt_element;

struct ketch_job {
    pid_t process;
    atomic_int state;       /* ketch_job_state */
    atomic_uint references; /* its owner, the session while it works on it, the mailbox it waits in */
    atomic_bool cancelled;  /* asked to stop */
    atomic_bool given_up;   /* by its owner */
    sem_t over;             /* posted once when it ends, and again by each who waited */
    kt_mailbox *mailbox;    /* where it will be announced; NULL: nowhere */
    ketch_job *announced_before, *next_announced;
    bool waits_to_be_taken;

    /* what is to be done */
    const ketch_circuit *circuit; /* of a single run */
    ketch_batch batch;            /* of several */
    ketch_run_options options;    /* complete, with a seed */
    size_t element_count;

    /* what has been */
    atomic_size_t done;
    kt_element only, *elements; /* elements points to `only` where there is one */
    ketch_status status;
    ketch_diag *diag; /* what `failed` has to say; NULL: nothing */
    size_t failed;
    double submitted, began, ended; /* by kt_seconds */
};

ketch_status kt_job_new(ketch_job **out, const ketch_circuit *circuit, const ketch_batch *batch, const ketch_run_options *options,
                        kt_mailbox *mailbox, ketch_diag *diag);
void kt_job_release(ketch_job *job);
/* From the state given to ENDED; false where it was another. Announces and wakes. */
bool kt_job_end(ketch_job *job, ketch_job_state from);
uint64_t kt_batch_seed(uint64_t seed, uint64_t circuit, uint64_t row);

#endif
