/* SPDX-License-Identifier: Apache-2.0
 *
 * A session: the handle that a user has, and the door to the scheduler behind it, which is this process's: a forked child gets its own when
 * it first asks. See scheduler.h.
 */
#include "session/scheduler.h"

#include <unistd.h>

#define MOST_THREADS 4096
#define MOST_JOBS    65536
#define PLANNED_HERE 2000 /* operations: a larger circuit is looked at by a worker, however it is submitted */

struct ketch_session {
    _Atomic(kt_scheduler *) scheduler; /* NULL: none yet */
    atomic_uint recalls;               /* how often it was cancelled */
    ketch_session_options options;     /* complete */
    ketch_channel channel;
};

/* ── Schedulers ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool init_condition(pthread_cond_t *condition) {
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0) return false;
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    bool made = pthread_cond_init(condition, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    return made;
}

static kt_scheduler *create(const ketch_session *session) {
    kt_scheduler *s = kt_zalloc(sizeof *s);
    if (!s) return NULL;
    s->process = getpid();
    atomic_init(&s->references, 1);
    s->threads = (uint32_t)session->options.threads;
    s->max_jobs = session->options.max_jobs;
    s->max_memory = session->options.max_memory;
    s->recalls = &session->recalls;
    bool made = pthread_mutex_init(&s->lock, NULL) == 0 && pthread_mutex_init(&s->cache.lock, NULL) == 0 && init_condition(&s->room) &&
                init_condition(&s->quiet) && init_condition(&s->lanes[KT_NARROW].work) && init_condition(&s->lanes[KT_WIDE].work);
    if (made) return s;
    kt_free(s);
    return NULL;
}

void kt_scheduler_release(kt_scheduler *s) {
    if (!s || atomic_fetch_sub(&s->references, 1) != 1) return;
    for (int lane = 0; lane < KT_LANES; lane++) pthread_cond_destroy(&s->lanes[lane].work);
    pthread_cond_destroy(&s->quiet);
    pthread_cond_destroy(&s->room);
    pthread_mutex_destroy(&s->cache.lock);
    pthread_mutex_destroy(&s->lock);
    kt_free(s);
}

/* Everything was told to stop. What is kept goes; jobs that their owners still have keep the rest. */
static void close_down(kt_scheduler *s) {
    pthread_mutex_lock(&s->lock);
    s->closing = true;
    kt_poke(s);
    while (s->first || s->busy || s->extra) pthread_cond_wait(&s->quiet, &s->lock);
    pthread_mutex_unlock(&s->lock);
    kt_join_threads(s);
    while (s->benches) {
        kt_bench *bench = s->benches;
        s->benches = bench->next;
        kt_bench_clear(bench);
        kt_free(bench);
    }
    kt_bench_clear(&s->wide);
    kt_pages_free(s->spare.amplitudes, s->spare.bytes);
    kt_cache_free(&s->cache);
    kt_scheduler_release(s);
}

/* This process's; NULL: out of memory. Several threads may come here at once after a fork. */
static kt_scheduler *scheduler_of(ketch_session *session) {
    kt_scheduler *s = atomic_load(&session->scheduler);
    if (s && s->process == getpid()) return s;
    kt_scheduler *made = create(session);
    if (!made) return NULL;
    if (atomic_compare_exchange_strong(&session->scheduler, &s, made)) return made;
    kt_scheduler_release(made);
    return s;
}

/* ── Sessions ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

ketch_status kt_session_create(ketch_session **out, const ketch_session_options *options, ketch_diag *diag) {
    *out = NULL;
    if (options->threads > MOST_THREADS)
        return kt_fail(diag, KT_BAD_ARGUMENT, "%llu threads; at most %d", (unsigned long long)options->threads, MOST_THREADS);
    ketch_session *session = kt_zalloc(sizeof *session);
    if (!session) return kt_no_memory(diag);
    session->options = *options;
    if (!options->threads) session->options.threads = kt_processors();
    if (!options->max_jobs) session->options.max_jobs = MOST_JOBS;
    if (!scheduler_of(session)) {
        kt_free(session);
        return kt_no_memory(diag);
    }
    *out = session;
    return KETCH_OK;
}

uint32_t kt_session_threads(const ketch_session *session) { return (uint32_t)session->options.threads; }

ketch_channel *kt_session_channel(ketch_session *session) { return &session->channel; }

/* Atomics and nothing else, so that a signal handler may call it. Runs at work notice, and then the queue is cleared. */
void kt_session_cancel(ketch_session *session) { atomic_fetch_add(&session->recalls, 1); }

/* In a child that has not used it, the scheduler is the parent's, and stays as it was at the fork. */
void kt_session_free(ketch_session *session) {
    if (!session) return;
    kt_session_cancel(session);
    kt_scheduler *s = atomic_load(&session->scheduler);
    if (s && s->process == getpid()) close_down(s);
    kt_channel_close(&session->channel);
    kt_free(session);
}

/* ── Running ────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Waits for a turn, or for what another thread makes of it. */
static kt_message hear(ketch_job *job) {
    for (;;) {
        while (sem_wait(&job->over) != 0) {
        }
        kt_caller *caller = job->caller;
        if (caller->message != KT_REPORT) return caller->message;
        caller->answer = job->options.progress(job->options.progress_user, &caller->report);
        sem_post(&caller->answered);
    }
}

static ketch_status run(ketch_result **out, ketch_job *job, kt_scheduler *s, ketch_diag *diag) {
    pthread_mutex_lock(&s->lock);
    kt_enqueue(s, job);
    kt_stand_in(s); /* for what is to be done before */
    pthread_mutex_unlock(&s->lock);
    kt_message message = hear(job);
    kt_turn *turn = &job->caller->turn;
    ketch_status status = KETCH_OK;
    if (message == KT_YOUR_TURN && turn->refused == KETCH_ERROR_CANCELLED) {
        status = kt_run_turn(out, turn, diag);
    } else {
        pthread_mutex_lock(&s->lock);
        if (message == KT_YOUR_TURN) {
            kt_do_turn(s, turn);
            kt_poke(s);
            kt_stand_in(s);
        }
        pthread_mutex_unlock(&s->lock);
        status = job->only.status;
        *out = atomic_exchange(&job->only.result, NULL);
    }
    return status;
}

ketch_status kt_session_run(ketch_result **out, ketch_session *session, const ketch_circuit *circuit, const ketch_run_options *options,
                            ketch_diag *diag) {
    *out = NULL;
    kt_scheduler *s = scheduler_of(session);
    if (!s) return kt_no_memory(diag);
    kt_caller caller = {.diag = diag};
    ketch_job job;
    ketch_status status = kt_job_init(&job, circuit, NULL, options, diag);
    if (status) return status;
    job.caller = &caller;
    job.scheduler = s;
    job.recall = atomic_load(&session->recalls); /* a cancel before this line was meant for runs before */
    if (sem_init(&caller.answered, 0, 0) != 0) status = kt_fail(diag, KT_GENERAL, "the system gives no semaphore");
    if (!status) status = kt_circuit_check_bound(circuit, diag);
    if (!status) status = kt_circuit_check_externs(circuit, diag);
    if (!status) status = kt_plan_job(&job.prepared, &job, 0, diag);
    if (!status) status = run(out, &job, s, diag);
    sem_destroy(&caller.answered);
    kt_job_clear(&job);
    return status;
}

/* ── Submitting ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static ketch_status find_room(kt_scheduler *s, unsigned flags, ketch_diag *diag) {
    while (atomic_load(&s->waiting) >= s->max_jobs) {
        if (!(flags & KETCH_SUBMIT_WAIT)) {
            ketch_status status = kt_fail(diag, KT_QUEUE_FULL, "%llu jobs wait already", (unsigned long long)s->max_jobs);
            kt_hint(diag, "max_jobs of the session is the limit; KETCH_SUBMIT_WAIT waits for room");
            return status;
        }
        s->room_wanted++;
        pthread_cond_wait(&s->room, &s->lock);
        s->room_wanted--;
    }
    return KETCH_OK;
}

/* Done now, or to be done. */
static ketch_status hand_over(kt_scheduler *s, ketch_job *job, unsigned flags, ketch_diag *diag) {
    kt_turn turn;
    ketch_status status = KETCH_OK;
    pthread_mutex_lock(&s->lock);
    if (flags & KETCH_SUBMIT_INLINE && kt_take_inline(&turn, s, job)) {
        kt_do_turn(s, &turn);
        kt_poke(s);
    } else {
        status = find_room(s, flags, diag);
        if (!status) kt_enqueue(s, job);
    }
    kt_stand_in(s);
    pthread_mutex_unlock(&s->lock);
    return status;
}

static ketch_status make_job(ketch_job **out, ketch_session *session, const ketch_circuit *circuit, const ketch_batch *batch,
                             const ketch_run_options *options, const ketch_submit_options *how, ketch_diag *diag) {
    ketch_job *job = kt_alloc(sizeof *job);
    if (!job) return kt_no_memory(diag);
    ketch_status status = kt_job_init(job, circuit, batch, options, diag);
    if (status) {
        kt_free(job);
        return status;
    }
    *out = job;
    bool quiet = how->flags & KETCH_SUBMIT_QUIET;
    if (!quiet) job->mailbox = kt_channel_mailbox(how->channel ? how->channel : &session->channel);
    return quiet || job->mailbox ? KETCH_OK : kt_no_memory(diag);
}

/* A plan that is there, or that takes no time to make, saves a worker. */
static ketch_status prepare_here(ketch_job *job, unsigned flags, ketch_diag *diag) {
    const ketch_circuit *circuit = kt_job_circuit(job, 0);
    if (circuit->ops_count > PLANNED_HERE) return KETCH_OK;
    return kt_prepare(&job->prepared, &job->scheduler->cache, circuit, &job->options, !(flags & KETCH_SUBMIT_INLINE), NULL, diag);
}

ketch_status kt_session_submit(ketch_job **out, ketch_session *session, const ketch_circuit *circuit, const ketch_batch *batch,
                               const ketch_run_options *options, const ketch_submit_options *how, ketch_diag *diag) {
    *out = NULL;
    kt_scheduler *s = scheduler_of(session);
    if (!s) return kt_no_memory(diag);
    ketch_job *job = NULL;
    ketch_status status = make_job(&job, session, circuit, batch, options, how, diag);
    if (!job) return status;
    job->scheduler = s;
    atomic_fetch_add(&s->references, 1);
    job->recall = atomic_load(&session->recalls);
    if (!status) status = prepare_here(job, how->flags, diag);
    if (!status) status = hand_over(s, job, how->flags, diag);
    if (status)
        kt_job_release(job);
    else
        *out = job;
    return status;
}
