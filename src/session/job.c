/* SPDX-License-Identifier: Apache-2.0
 *
 * Jobs: making, looking at, waiting for and freeing them. See job.h.
 */
#include "session/job.h"

#include "session/scheduler.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool ended(const ketch_job *job) { return atomic_load(&job->state) == KETCH_JOB_ENDED; }

/* Of this process, not its parent's. */
static bool is_here(const ketch_job *job) { return job->scheduler->process == getpid(); }

/* At work when this process was forked from its parent. */
static bool lost(const ketch_job *job) { return !ended(job) && !is_here(job); }

/* ── Making ─────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The element of (0, 0) is what a single run is; each other has a seed of its own, drawn like anything else. */
uint64_t kt_batch_seed(uint64_t seed, uint64_t circuit, uint64_t row) {
    if (!circuit && !row) return seed;
    kt_draw draw = {.seed = seed, .shot = circuit, .measurement = row, .execution = UINT64_MAX};
    return kt_draw_bits(&draw);
}

ketch_status kt_job_init(ketch_job *job, const ketch_circuit *circuit, const ketch_batch *batch, const ketch_run_options *options,
                         ketch_diag *diag) {
    *job = (ketch_job){.circuit = circuit, .options = *options, .status = KETCH_ERROR_CANCELLED};
    atomic_init(&job->references, 1);
    if (batch) job->batch = *batch;
    bool draws = !(options->outputs & KETCH_OUTPUT_NO_SHOTS);
    if (draws && !options->has_seed && !kt_system_seed(&job->options.seed))
        return kt_fail(diag, KT_GENERAL, "the system gives no random seed");
    job->options.has_seed = 1;
    if (options->trace) { /* each statement once, as it is written */
        job->options.shots = 1;
        job->options.engine = KETCH_ENGINE_REFERENCE;
    }
    job->submitted = kt_seconds();
    job->element_count = batch ? batch->circuit_count * kt_job_rows(job) : 1;
    job->elements = batch ? kt_array(job->element_count, sizeof *job->elements) : &job->only;
    if (!job->elements) return kt_no_memory(diag);
    for (size_t i = 0; i < job->element_count; i++) job->elements[i] = (kt_element){.status = KETCH_ERROR_CANCELLED};
    if (sem_init(&job->over, 0, 0) == 0) return KETCH_OK;
    if (batch) kt_free(job->elements);
    return kt_fail(diag, KT_GENERAL, "the system gives no semaphore");
}

/* What it holds, but for what belongs to a process. */
static void clear(ketch_job *job) {
    for (size_t i = 0; i < job->element_count; i++) kt_result_free(atomic_load(&job->elements[i].result));
    if (job->elements != &job->only) kt_free(job->elements);
    ketch_diag_free(&job->diag);
    kt_kept_release(job->prepared.plan);
}

void kt_job_clear(ketch_job *job) {
    clear(job);
    kt_mailbox_release(job->mailbox);
    sem_destroy(&job->over);
}

void kt_job_release(ketch_job *job) {
    if (atomic_fetch_sub(&job->references, 1) != 1) return;
    struct kt_scheduler *scheduler = job->scheduler;
    kt_job_clear(job);
    kt_free(job);
    kt_scheduler_release(scheduler);
}

/* ── Ending ─────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

void kt_job_keep(ketch_job *job, size_t element, ketch_status status, ketch_result *result) {
    job->elements[element].status = status;
    atomic_store(&job->elements[element].result, result);
    if (job->element_count > 1) atomic_store(&job->fraction, 0);
    atomic_fetch_add(&job->done, 1);
}

/* A signal handler may be here: atomics, sem_post and write. */
bool kt_job_end(ketch_job *job, ketch_job_state from) {
    int state = (int)from;
    if (job->mailbox) atomic_fetch_add(&job->references, 1);
    if (!atomic_compare_exchange_strong(&job->state, &state, KETCH_JOB_ENDED)) {
        if (job->mailbox) atomic_fetch_sub(&job->references, 1); /* not the last: the caller's remains */
        return false;
    }
    if (job->mailbox) kt_mailbox_announce(job->mailbox, job);
    if (job->mailbox && atomic_load(&job->given_up)) /* meanwhile: nobody would take it. Not so where a handler cancels: it has the job */
        kt_mailbox_withdraw(job->mailbox, job);
    sem_post(&job->over);
    return true;
}

void kt_job_cancel(ketch_job *job) {
    if (ended(job) || !is_here(job)) return;
    kt_scheduler *scheduler = job->scheduler;
    atomic_store(&job->cancelled, true);
    if (kt_job_end(job, KETCH_JOB_QUEUED)) {
        atomic_fetch_sub(&scheduler->waiting, 1); /* the job's owner keeps both alive */
        atomic_fetch_add(&scheduler->dead, 1);
    }
    atomic_store(&scheduler->stirred, true); /* one that is RUNNING may be in the queue, too, planned but not begun */
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
    if (!job) return;
    if (!is_here(job)) {
        if (!ended(job)) return; /* what its threads had of it is not there any more; the rest is left with it */
        clear(job);              /* nobody else is here who knows it */
        kt_free(job);
        return;
    }
    if (!ended(job)) {
        kt_job_cancel(job);
        kt_job_wait(job, -1);
    }
    atomic_store(&job->given_up, true);
    if (job->mailbox) kt_mailbox_withdraw(job->mailbox, job);
    kt_job_release(job);
}

/* ── Looking ────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

void kt_job_poll(ketch_job_info *out, const ketch_job *job) {
    ketch_job_state state = (ketch_job_state)atomic_load(&job->state);
    size_t done = atomic_load(&job->done);
    *out = (ketch_job_info){.state = state, .elements = job->element_count, .done = done, .stage = "queued"};
    double now = kt_seconds(), began = atomic_load(&job->began);
    const char *stage = atomic_load(&job->stage);
    if (lost(job)) {
        out->state = KETCH_JOB_ENDED;
        out->status = KETCH_ERROR_LOST;
        out->stage = "ended";
    } else if (state == KETCH_JOB_QUEUED) {
        out->queued_seconds = now - job->submitted;
    } else if (state == KETCH_JOB_RUNNING) {
        out->fraction = ((double)done + atomic_load(&job->fraction)) / (double)job->element_count;
        if (out->fraction > 1) out->fraction = 1;
        out->queued_seconds = began - job->submitted;
        out->run_seconds = now - began;
        out->shots_done = atomic_load(&job->shots_done);
        out->threads = atomic_load(&job->at_work);
        if (stage) out->stage = stage;
    } else {
        out->status = job->status;
        out->stage = "ended";
        out->fraction = (double)done / (double)job->element_count;
        double end = job->ended > 0 ? job->ended : began; /* 0: cancelled before it began */
        out->queued_seconds = began > 0 ? began - job->submitted : 0;
        out->run_seconds = began > 0 ? end - began : 0;
    }
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
    if (element == job->failed && (job->diag || one->status != KETCH_ERROR_CANCELLED)) {
        if (job->diag)
            kt_diag_copy(diag, job->diag);
        else
            kt_no_memory(diag); /* for its messages, or at all */
        return one->status;
    }
    bool failed = job->diag && job->elements[job->failed].status != KETCH_ERROR_CANCELLED;
    return kt_fail(diag, KT_RUN_CANCELLED, failed ? "cancelled, as element %zu of the job failed" : "cancelled", job->failed);
}
