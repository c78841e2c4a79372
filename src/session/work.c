/* SPDX-License-Identifier: Apache-2.0
 *
 * One run, from its turn to its end. A run on its caller's thread and one on a thread of the session go the same way. See scheduler.h.
 */
#include "session/scheduler.h"

#include <errno.h>

/* ── While it runs ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Where a signal handler could not. */
static void look_at_queue(kt_scheduler *s) {
    if (!atomic_load_explicit(&s->stirred, memory_order_relaxed) || !atomic_exchange(&s->stirred, false)) return;
    pthread_mutex_lock(&s->lock);
    kt_poke(s);
    pthread_mutex_unlock(&s->lock);
}

/* Called some thousand times a second: what ketch_job_poll reads. */
static void note_progress(void *listening, double fraction, const char *stage, uint64_t shots_done) {
    ketch_job *job = listening;
    kt_scheduler *s = job->scheduler;
    if (fraction > atomic_load_explicit(&job->fraction, memory_order_relaxed)) /* between passes the part is not known */
        atomic_store_explicit(&job->fraction, fraction, memory_order_relaxed);
    atomic_store_explicit(&job->stage, stage, memory_order_relaxed);
    atomic_store_explicit(&job->shots_done, shots_done, memory_order_relaxed);
    look_at_queue(s);
}

/* The progress of a caller's run on the coordinator is told by the caller's own thread, as if it ran there. */
static int relay(void *user, const ketch_progress *progress) {
    ketch_job *job = user;
    job->caller->report = *progress;
    job->caller->message = KT_REPORT;
    sem_post(&job->over);
    while (sem_wait(&job->caller->answered) != 0) {
    }
    return job->caller->answer;
}

typedef struct kt_planning {
    const ketch_job *job;
    double deadline;
    ketch_diag *diag;
} kt_planning;

static ketch_status look_while_planning(void *user) {
    const kt_planning *planning = user;
    look_at_queue(planning->job->scheduler);
    if (kt_recalled(planning->job)) return kt_fail(planning->diag, KT_RUN_CANCELLED, "cancelled while planning");
    if (planning->deadline > 0 && kt_seconds() >= planning->deadline)
        return kt_fail(planning->diag, KT_RUN_TIMEOUT, "time limit reached while planning");
    return KETCH_OK;
}

ketch_status kt_plan_job(kt_prepared *out, ketch_job *job, size_t element, ketch_diag *diag) {
    double seconds = job->options.timeout_seconds;
    kt_planning planning = {job, seconds > 0 ? kt_seconds() + seconds : 0, diag};
    kt_watch watch = {.look = look_while_planning, .user = &planning};
    return kt_prepare(out, &job->scheduler->cache, kt_job_circuit(job, element), &job->options, false, &watch, diag);
}

/* ── The run ────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* What the plan says of how the run went. */
static void describe_plan(ketch_run_info *info, const kt_plan *plan) {
    info->engine = plan->planned ? "planned" : "reference";
    info->instruction_set = plan->planned ? kt_tile_kernels_of((kt_isa)plan->isa)->name : kt_instruction_set();
    info->tile_bits = plan->planned ? plan->tile_bits : 0;
    info->passes = plan->planned ? plan->totals.stages : plan->totals.gates;
    info->without = plan->without;
}

/* The circuit of the turn, with its row of the table: a copy that stays for the next row. */
static ketch_status bind(const ketch_circuit **out, kt_turn *turn, ketch_diag *diag) {
    const ketch_job *job = turn->job;
    const ketch_batch *batch = &job->batch;
    kt_bench *bench = turn->bench;
    size_t rows = kt_job_rows(job);
    *out = kt_job_circuit(job, turn->element);
    if (!batch->row_count) return KETCH_OK;
    ketch_status status = KETCH_OK;
    if (!bench->copy || bench->copy_job != job->number || bench->copy_circuit != turn->element / rows) {
        kt_circuit_free(bench->copy);
        bench->copy = NULL;
        status = kt_circuit_copy(&bench->copy, *out, diag);
        bench->copy_job = job->number;
        bench->copy_circuit = turn->element / rows;
    }
    if (status) return status;
    *out = bench->copy;
    return kt_circuit_bind(bench->copy, batch->parameter_count, batch->parameters,
                           batch->table + turn->element % rows * batch->parameter_count, diag);
}

static void set_up(kt_engine *engine, const kt_turn *turn, double began) {
    ketch_job *job = turn->job;
    double seconds = job->options.timeout_seconds;
    if (engine->threads != turn->threads) engine->team = 0;
    engine->threads = turn->threads;
    engine->cancelled = &job->cancelled;
    engine->recalls = job->scheduler->recalls;
    engine->recall = job->recall;
    engine->listener = note_progress;
    engine->listening = job;
    engine->deadline = seconds > 0 ? began - turn->prepared.plan_seconds + seconds : 0;
    engine->memory_limit = turn->memory_limit;
}

ketch_status kt_run_turn(ketch_result **out, kt_turn *turn, ketch_diag *diag) {
    ketch_job *job = turn->job;
    if (turn->refused == KETCH_ERROR_CANCELLED) return kt_fail(diag, KT_RUN_CANCELLED, "cancelled before it began");
    if (!turn->bench) return kt_no_memory(diag);
    double began = kt_seconds();
    const kt_plan *plan = turn->prepared.plan->plan;
    size_t rows = kt_job_rows(job);
    ketch_run_options options = job->options;
    options.seed = kt_batch_seed(options.seed, turn->element / rows, turn->element % rows);
    if (job->caller && turn->threads > 1 && options.progress) {
        options.progress = relay;
        options.progress_user = job;
    }
    if (turn->refused) return kt_refuse(plan, &options, kt_most_threads(job), turn->free_bytes, diag);
    const ketch_circuit *circuit;
    ketch_status status = bind(&circuit, turn, diag);
    if (!status) status = kt_circuit_check_bound(circuit, diag);
    if (!status) status = kt_circuit_check_externs(circuit, diag);
    if (status) return status;
    set_up(&turn->bench->engine, turn, began);
    status = kt_engine_run(out, &turn->bench->engine, plan, circuit, &options, diag);
    if (status) return status;
    ketch_run_info *info = &(*out)->info;
    describe_plan(info, plan);
    if (!turn->prepared.wide) info->threads = kt_most_threads(job); /* that were there for it, had it been larger */
    info->plan_reused = turn->prepared.reused;
    info->plan_seconds = turn->prepared.plan_seconds;
    info->total_seconds = kt_seconds() - began + turn->prepared.plan_seconds;
    return KETCH_OK;
}

/* ── The turn ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A caller hears of what went wrong at first hand; a job keeps the messages of its bench. */
static ketch_diag *diag_of(const kt_turn *turn) {
    kt_bench *bench = turn->bench;
    if (turn->job->caller) return turn->job->caller->diag;
    if (!bench) return NULL;
    if (!bench->diag) bench->diag = ketch_diag_create();
    ketch_diag_clear(bench->diag);
    return bench->diag;
}

static void discard(kt_turn *turn) {
    if (turn->discard.amplitudes) kt_pages_free(turn->discard.amplitudes, turn->discard.bytes);
    turn->discard = (kt_state){0};
}

/* All of the turn's elements. The last one's result, or of the one that failed, is left to the turn's end. */
static ketch_status run_elements(ketch_result **out, kt_turn *turn, ketch_diag *diag) {
    for (;; turn->element++) {
        ketch_status status = kt_run_turn(out, turn, diag);
        if (status || turn->element == turn->last) return status;
        kt_job_keep(turn->job, turn->element, KETCH_OK, *out);
        *out = NULL;
        turn->prepared.reused = true;
        turn->prepared.plan_seconds = 0;
        ketch_diag_clear(diag);
    }
}

void kt_do_turn(kt_scheduler *s, kt_turn *turn) {
    ketch_job *job = turn->job;
    pthread_mutex_unlock(&s->lock);
    discard(turn);
    ketch_result *result = NULL;
    ketch_diag *diag = diag_of(turn);
    ketch_status status = turn->prepare ? kt_plan_job(&turn->prepared, job, turn->element, diag) : run_elements(&result, turn, diag);
    pthread_mutex_lock(&s->lock);
    kt_caller *caller = turn->threads > 1 ? job->caller : NULL; /* who waits for this thread */
    kt_end_turn(s, turn, status, result);
    if (caller) {
        caller->message = KT_YOUR_RESULT;
        sem_post(&job->over);
    }
    if (!turn->discard.amplitudes) return;
    pthread_mutex_unlock(&s->lock);
    discard(turn);
    pthread_mutex_lock(&s->lock);
}

void kt_stand_in(kt_scheduler *s) {
    kt_turn turn;
    while (s->stuck && kt_take_turn(&turn, s, KT_NARROW)) kt_do_turn(s, &turn);
}

void kt_bench_clear(kt_bench *bench) {
    kt_engine_close(&bench->engine);
    ketch_diag_free(&bench->diag);
    kt_circuit_free(bench->copy);
}
