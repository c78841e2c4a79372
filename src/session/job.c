/* SPDX-License-Identifier: Apache-2.0
 *
 * Jobs: making, looking at, waiting for and freeing them. See job.h.
 */
#include "session/job.h"

#include "session/session.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool ended(const ketch_job *job) { return atomic_load(&job->state) == KETCH_JOB_ENDED; }

/* At work when this process was forked from its parent. */
static bool lost(const ketch_job *job) { return job->process != getpid() && !ended(job); }

/* ── Making ─────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The element of (0, 0) is what a single run is; each other has a seed of its own, drawn like anything else. */
uint64_t kt_batch_seed(uint64_t seed, uint64_t circuit, uint64_t row) {
    if (!circuit && !row) return seed;
    kt_draw draw = {.seed = seed, .shot = circuit, .measurement = row, .execution = UINT64_MAX};
    return kt_draw_bits(&draw);
}

static size_t rows(const ketch_batch *batch) { return batch->row_count ? batch->row_count : 1; }

ketch_status kt_job_new(ketch_job **out, const ketch_circuit *circuit, const ketch_batch *batch, const ketch_run_options *options,
                        kt_mailbox *mailbox, ketch_diag *diag) {
    *out = NULL;
    ketch_job *job = kt_zalloc(sizeof *job);
    if (!job) return kt_no_memory(diag);
    job->process = getpid();
    atomic_init(&job->references, 1);
    job->circuit = circuit;
    if (batch) job->batch = *batch;
    job->element_count = batch ? batch->circuit_count * rows(batch) : 1;
    job->options = *options;
    job->submitted = kt_seconds();
    job->elements = &job->only;
    if (batch)
        job->elements =
            job->element_count <= SIZE_MAX / sizeof *job->elements ? kt_zalloc(job->element_count * sizeof *job->elements) : NULL;
    bool draws = !(options->outputs & KETCH_OUTPUT_NO_SHOTS);
    ketch_status status = KETCH_OK;
    if (!job->elements || sem_init(&job->over, 0, 0) != 0)
        status = kt_no_memory(diag);
    else if (draws && !options->has_seed && !kt_system_seed(&job->options.seed))
        status = kt_fail(diag, KT_GENERAL, "the system gives no random seed");
    if (status) {
        if (batch) kt_free(job->elements);
        kt_free(job);
        return status;
    }
    job->options.has_seed = 1;
    job->mailbox = mailbox;
    if (mailbox) atomic_fetch_add(&mailbox->references, 1);
    *out = job;
    return KETCH_OK;
}

static void destroy(ketch_job *job) {
    for (size_t i = 0; i < job->element_count; i++) kt_result_free(atomic_load(&job->elements[i].result));
    if (job->elements != &job->only) kt_free(job->elements);
    ketch_diag_free(&job->diag);
    if (job->process == getpid()) {
        kt_mailbox_release(job->mailbox);
        sem_destroy(&job->over);
    }
    kt_free(job);
}

void kt_job_release(ketch_job *job) {
    if (atomic_fetch_sub(&job->references, 1) == 1) destroy(job);
}

/* ── Ending ─────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A signal handler may be here: atomics, sem_post and write. */
bool kt_job_end(ketch_job *job, ketch_job_state from) {
    int state = (int)from;
    if (job->mailbox) atomic_fetch_add(&job->references, 1);
    if (!atomic_compare_exchange_strong(&job->state, &state, KETCH_JOB_ENDED)) {
        if (job->mailbox) atomic_fetch_sub(&job->references, 1); /* not the last: the caller's remains */
        return false;
    }
    if (job->mailbox) kt_mailbox_announce(job->mailbox, job);
    sem_post(&job->over);
    return true;
}

void kt_job_cancel(ketch_job *job) {
    if (job->process != getpid()) return;
    atomic_store(&job->cancelled, true);
    kt_job_end(job, KETCH_JOB_QUEUED);
}

ketch_status kt_job_wait(ketch_job *job, double seconds) {
    if (lost(job)) return KETCH_ERROR_LOST;
    if (ended(job)) return KETCH_OK;
    struct timespec until = {0, 0};
    bool bounded = seconds >= 0 && seconds < 1e9;
    if (bounded) {
        clock_gettime(CLOCK_MONOTONIC, &until);
        double whole = floor(seconds);
        until.tv_sec += (time_t)whole;
        until.tv_nsec += (long)((seconds - whole) * 1e9);
        if (until.tv_nsec >= 1000000000) {
            until.tv_nsec -= 1000000000;
            until.tv_sec++;
        }
    }
    while (!ended(job)) {
        if ((bounded ? sem_clockwait(&job->over, CLOCK_MONOTONIC, &until) : sem_wait(&job->over)) == 0) {
            sem_post(&job->over); /* for others who wait */
        } else if (errno == ETIMEDOUT) {
            return ended(job) ? KETCH_OK : KETCH_ERROR_TIMEOUT;
        }
    }
    return KETCH_OK;
}

void kt_job_free(ketch_job *job) {
    if (!job || lost(job)) return; /* what its threads had of it is not there any more; the rest is left with it */
    if (job->process != getpid()) {
        destroy(job); /* nobody else is here who knows it */
        return;
    }
    kt_job_cancel(job);
    kt_job_wait(job, -1);
    atomic_store(&job->given_up, true);
    if (job->mailbox) kt_mailbox_withdraw(job->mailbox, job);
    kt_job_release(job);
}

/* ── Looking ────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

void kt_job_poll(ketch_job_info *out, const ketch_job *job) {
    ketch_job_state state = (ketch_job_state)atomic_load(&job->state);
    if (lost(job)) {
        *out = (ketch_job_info){.state = KETCH_JOB_ENDED, .status = KETCH_ERROR_LOST, .elements = job->element_count, .stage = "ended"};
        return;
    }
    bool over = state == KETCH_JOB_ENDED;
    *out = (ketch_job_info){.state = state, .elements = job->element_count, .done = atomic_load(&job->done)};
    if (over) out->status = job->status;
    out->fraction = over ? 1 : 0;
    out->stage = over ? "ended" : "queued";
    out->queued_seconds = job->began - job->submitted;
    out->run_seconds = job->ended - job->began;
}

ketch_status kt_job_result(ketch_result **out, ketch_job *job, size_t element, ketch_diag *diag) {
    *out = NULL;
    if (lost(job)) return kt_fail(diag, KT_JOB_LOST, "the job was at work when this process was forked from its parent");
    if (!ended(job)) return kt_fail(diag, KT_UNAVAILABLE, "the job has not ended");
    if (element >= job->element_count) return kt_fail(diag, KT_BAD_ARGUMENT, "the job has no element %zu", element);
    kt_element *one = &job->elements[element];
    *out = atomic_exchange(&one->result, NULL);
    if (*out) return KETCH_OK;
    if (!one->status) return kt_fail(diag, KT_UNAVAILABLE, "the result has been taken");
    if (job->diag && element == job->failed) {
        kt_diag_copy(diag, job->diag);
        return one->status;
    }
    return kt_fail(diag, KT_RUN_CANCELLED, job->diag ? "cancelled, as element %zu of the job failed" : "cancelled", job->failed);
}
