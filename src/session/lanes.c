/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue and what may begin. Everything here is done under the scheduler's lock, and takes a moment. See scheduler.h.
 */
#include "session/scheduler.h"

#include <math.h>

#define SIDE_BY_SIDE 1.0                 /* seconds: runs predicted to take longer go one after the other, on all threads */
#define LARGE_STATE  (UINT64_C(1) << 20) /* bytes: of states larger than this one is kept for later runs, whoever has it */
#define MANY_DEAD    64
#define TURN_SECONDS 1e-4 /* rows of a batch that take less altogether are one turn: taking a turn costs some microseconds */

bool kt_recalled(const ketch_job *job) {
    return atomic_load_explicit(&job->cancelled, memory_order_relaxed) ||
           atomic_load_explicit(job->scheduler->recalls, memory_order_relaxed) != job->recall;
}

static bool has_ended(const ketch_job *job) { return !job->caller && atomic_load(&job->state) == KETCH_JOB_ENDED; }

/* ── The queue ──────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void put_last(kt_scheduler *s, ketch_job *job) {
    job->next = NULL;
    *(s->last ? &s->last->next : &s->first) = job;
    s->last = job;
    s->queued++;
}

/* Back where it was: before all that came later. */
static void put_back(kt_scheduler *s, ketch_job *job) {
    ketch_job **link = &s->first;
    while (*link && (*link)->number < job->number) link = &(*link)->next;
    job->next = *link;
    *link = job;
    if (!job->next) s->last = job;
    s->queued++;
}

static void take_out(kt_scheduler *s, ketch_job *before, ketch_job *job) {
    *(before ? &before->next : &s->first) = job->next;
    if (!job->next) s->last = before;
    s->queued--;
}

static void take_first(kt_scheduler *s) { take_out(s, NULL, s->first); }

/* From QUEUED to RUNNING, unless somebody has ended it. */
static bool set_running(kt_scheduler *s, ketch_job *job) {
    int queued = KETCH_JOB_QUEUED;
    if (job->caller || atomic_load(&job->state) == KETCH_JOB_RUNNING) return true;
    atomic_store(&job->began, kt_seconds());
    if (!atomic_compare_exchange_strong(&job->state, &queued, KETCH_JOB_RUNNING)) return false;
    atomic_fetch_sub(&s->waiting, 1);
    return true;
}

/* Nothing of it waits or runs any more. */
static void finish(ketch_job *job) {
    kt_kept_release(job->prepared.plan);
    job->prepared.plan = NULL;
    job->status = job->verdict;
    job->ended = kt_seconds();
    kt_job_end(job, KETCH_JOB_RUNNING);
    kt_job_release(job);
}

/* What has not begun never will. The job is not in the queue, or leaves it with this. */
static void abandon(ketch_job *job) {
    if (job->begun < job->element_count && !job->verdict) job->verdict = KETCH_ERROR_CANCELLED;
    job->begun = job->element_count;
}

static void give(ketch_job *job, const kt_turn *turn) {
    job->caller->turn = *turn;
    job->caller->message = KT_YOUR_TURN;
    sem_post(&job->over);
}

/* A job of the queue, behind `before`, is cancelled. */
static void drop(kt_scheduler *s, ketch_job *before, ketch_job *job) {
    take_out(s, before, job);
    if (job->caller) {
        give(job, &(kt_turn){.job = job, .refused = KETCH_ERROR_CANCELLED});
    } else if (!set_running(s, job)) {
        atomic_fetch_sub(&s->dead, 1);
        kt_job_release(job);
    } else {
        abandon(job);
        if (!job->running) finish(job);
    }
}

/* Dead entries further back, where there are many. */
static void sweep(kt_scheduler *s) {
    for (ketch_job *before = NULL, *job = s->first, *next; job; job = next) {
        next = job->next;
        if (has_ended(job))
            drop(s, before, job);
        else
            before = job;
    }
}

/* What is cancelled in front. Jobs that wait although they are RUNNING, planned but not begun, have all been first: none is behind another
 * that has not. */
static void clear(kt_scheduler *s) {
    for (ketch_job *before = NULL, *job = s->first, *next; job; job = next) {
        next = job->next;
        if (has_ended(job) || kt_recalled(job))
            drop(s, before, job);
        else if (atomic_load(&job->state) == KETCH_JOB_RUNNING)
            before = job;
        else
            break;
    }
    size_t dead = atomic_load_explicit(&s->dead, memory_order_relaxed);
    if (dead > MANY_DEAD && dead > s->queued / 2) sweep(s);
}

/* ── What may begin ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

uint32_t kt_most_threads(const ketch_job *job) {
    uint64_t asked = job->options.threads;
    uint32_t all = job->scheduler->threads;
    return asked && asked < all ? (uint32_t)asked : all;
}

/* Threads for the next run of the first job; 0: it waits. Several for a large run, unless there are enough runs for all threads to be at
 * work side by side. Where fewer are free than it wants, it takes them if it would wait for longer than it would take with all. */
static uint32_t choose_threads(const kt_scheduler *s, const ketch_job *job) {
    uint32_t wanted = kt_most_threads(job), free = s->threads - s->busy;
    size_t waiting = job->element_count - job->begun + s->queued - 1;
    double seconds = job->prepared.seconds;
    if (!job->prepared.wide || s->no_coordinator || (seconds < SIDE_BY_SIDE && waiting >= wanted)) wanted = 1;
    if (wanted > 1 && s->wide_at_work && free) free = 1;
    if (wanted <= free) return wanted;
    return free && s->expected - kt_seconds() > seconds / wanted ? free : 0;
}

static uint64_t lesser(uint64_t a, uint64_t b) { return a < b ? a : b; }

/* Bytes that a run may take now. Of a little one nobody asks what the system has. */
static uint64_t room_for(kt_scheduler *s, bool much) {
    uint64_t room = s->max_memory ? s->max_memory - s->reserved : UINT64_MAX;
    if (!much) return lesser(room, KT_LITTLE_MEMORY);
    uint64_t available = kt_memory_available();
    available = available > UINT64_MAX - s->spare.bytes ? UINT64_MAX : available + s->spare.bytes; /* it will be used again, or freed */
    if (!s->reserved) s->budget = available;
    return lesser(room, lesser(available, s->budget > s->reserved ? s->budget - s->reserved : 0));
}

/* Finds the turn its memory; false: it waits until others have ended. Counted as for all threads, so that a run is refused or not whatever
 * lane it would take. */
static bool find_memory(kt_scheduler *s, kt_turn *turn) {
    const ketch_run_options *options = &turn->job->options;
    const kt_plan *plan = turn->prepared.plan->plan;
    uint32_t most = kt_most_threads(turn->job);
    uint64_t needed = kt_plan_memory(plan, options, most);
    bool much = kt_takes_much(plan, options, most);
    uint64_t room = room_for(s, much), limit = kt_allowed_bytes(options, room);
    if (needed > limit) {
        if (s->reserved && !(options->max_memory && needed > options->max_memory)) return false;
        turn->refused = KETCH_ERROR_MEMORY;
        turn->free_bytes = room;
        return true;
    }
    turn->memory_limit = limit;
    if (!much && !s->max_memory) return true;
    if (plan->branches && !options->max_memory) /* copies at branches: its threads' part of what is left, and some for little runs */
        turn->memory_limit = needed + (limit - needed) / (s->threads + 1) * turn->threads;
    turn->bytes = plan->branches ? turn->memory_limit : needed;
    return true;
}

/* The last element of a turn on one thread: little rows of one circuit go together, as long as there is enough for all threads. */
static size_t last_of_turn(const ketch_job *job) {
    size_t rows = kt_job_rows(job), left = rows - job->begun % rows;
    if (job->prepared.plan->plan->dynamic) return job->begun; /* nobody knows how long its loops are */
    double together = fmin(TURN_SECONDS / job->prepared.seconds, (double)left / job->scheduler->threads);
    return job->begun + (together > 1 ? (size_t)together - 1 : 0);
}

/* May the next run of this job begin, where nothing waits before it? */
static bool may_begin(kt_turn *turn, kt_scheduler *s, const ketch_job *job) {
    *turn = (kt_turn){.job = (ketch_job *)(uintptr_t)job, .element = job->begun, .last = job->begun, .threads = 1};
    if (!job->prepared.plan || job->prepared_circuit != job->begun / kt_job_rows(job)) {
        turn->prepare = true;
        return s->busy < s->threads;
    }
    turn->prepared = job->prepared;
    turn->ahead = s->busy == s->threads && !s->extra && (job->caller || job->on_the_spot) && job->prepared.seconds < KT_INLINE_SECONDS;
    turn->threads = turn->ahead ? 1 : choose_threads(s, job);
    if (turn->threads == 1) turn->last = last_of_turn(job);
    return turn->threads && find_memory(s, turn);
}

/* ── Beginning and ending ───────────────────────────────────────────────────────────────────────────────────────────────── */

static kt_bench *take_bench(kt_scheduler *s, uint32_t threads) {
    kt_bench *bench = threads > 1 ? &s->wide : s->benches;
    if (threads > 1) return bench;
    if (!bench) return kt_zalloc(sizeof *bench);
    s->benches = bench->next;
    return bench;
}

/* The spare state goes where it is of use; and goes altogether where a large run may need its memory. */
static void give_spare(kt_scheduler *s, kt_turn *turn) {
    if (!s->spare.amplitudes || !turn->bench) return;
    uint64_t wanted = kt_plan_state_bytes(turn->prepared.plan->plan);
    kt_state spare = s->spare;
    if (spare.bytes == wanted && turn->bench->engine.spare.bytes != wanted) {
        s->spare = turn->bench->engine.spare;
        turn->bench->engine.spare = spare;
    } else if (turn->bytes > KT_LITTLE_MEMORY) {
        turn->discard = spare;
        s->spare = (kt_state){0};
    }
}

/* Takes what the turn is given, and the job's next element out of the queue. */
static void begin(kt_scheduler *s, kt_turn *turn) {
    ketch_job *job = turn->job;
    if (turn->ahead)
        s->extra = true;
    else
        s->busy += turn->threads;
    s->wide_at_work |= turn->threads > 1;
    s->reserved += turn->bytes;
    turn->bench = take_bench(s, turn->threads);
    job->running++;
    atomic_fetch_add(&job->at_work, turn->threads);
    if (turn->prepare) atomic_store(&job->stage, "plan");
    if (turn->prepare) return;
    turn->expected = kt_seconds() + job->prepared.seconds / turn->threads;
    if (turn->expected > s->expected) s->expected = turn->expected;
    job->begun = turn->last + 1;
    atomic_fetch_add(&job->prepared.plan->references, 1);
    job->prepared.reused = true; /* by those that follow */
    job->prepared.plan_seconds = 0;
    give_spare(s, turn);
}

bool kt_take_turn(kt_turn *out, kt_scheduler *s, kt_lane lane) {
    s->lanes[lane].called = false;
    bool mine = false;
    for (bool again = true; again && !mine;) {
        again = false;
        clear(s);
        ketch_job *job = s->first;
        if (!job || !may_begin(out, s, job)) break;
        if ((out->threads > 1 ? KT_WIDE : KT_NARROW) != lane || (job->caller && (lane == KT_NARROW || out->refused))) break;
        again = !set_running(s, job);
        if (again) continue;
        begin(s, out);
        if (out->prepare || job->begun == job->element_count) take_first(s);
        mine = true;
    }
    kt_poke(s);
    return mine;
}

bool kt_take_inline(kt_turn *out, kt_scheduler *s, ketch_job *job) {
    clear(s);
    job->on_the_spot = true;
    bool now =
        job->element_count == 1 && !s->first && job->prepared.plan && job->prepared.seconds < KT_INLINE_SECONDS && may_begin(out, s, job);
    job->on_the_spot = false;
    if (!now) return false;
    atomic_fetch_add(&s->waiting, 1);
    atomic_fetch_add(&job->references, 1);
    set_running(s, job); /* nobody knows it yet who could have ended it */
    begin(s, out);
    return true;
}

/* What is free or needs nothing goes to callers at once; a thread comes for itself. */
void kt_poke(kt_scheduler *s) {
    kt_turn turn;
    for (;;) {
        clear(s);
        ketch_job *job = s->first;
        if (!job || !may_begin(&turn, s, job)) break;
        if (job->caller && (turn.threads == 1 || turn.refused)) {
            begin(s, &turn);
            take_first(s);
            give(job, &turn);
        } else if (turn.threads > 1 && !kt_call_thread(s, KT_WIDE)) {
            s->no_coordinator = true; /* then with one thread */
        } else {
            s->stuck = turn.threads == 1 && !kt_call_thread(s, KT_NARROW);
            break;
        }
    }
    if (s->room_wanted && atomic_load(&s->waiting) < s->max_jobs) pthread_cond_broadcast(&s->room);
    if (!s->first && !s->busy && !s->extra) {
        s->no_coordinator = false;
        s->expected = 0;
        if (s->closing) pthread_cond_broadcast(&s->quiet);
    }
}

void kt_enqueue(kt_scheduler *s, ketch_job *job) {
    job->number = ++s->jobs;
    if (!job->caller) {
        atomic_fetch_add(&s->waiting, 1);
        atomic_fetch_add(&job->references, 1);
    }
    put_last(s, job);
    kt_poke(s);
}

/* A large state is kept once. */
static void keep_spare(kt_scheduler *s, kt_turn *turn) {
    kt_state *left = &turn->bench->engine.spare;
    if (left->bytes <= LARGE_STATE) return;
    turn->discard = s->spare;
    s->spare = *left;
    *left = (kt_state){0};
}

static void end_element(ketch_job *job, kt_turn *turn, ketch_status status, ketch_result *result) {
    kt_job_keep(job, turn->element, status, result);
    if (!status) return;
    atomic_store(&job->cancelled, true);
    if (job->verdict) return;
    job->verdict = status;
    job->failed = turn->element;
    if (turn->bench) {
        job->diag = turn->bench->diag;
        turn->bench->diag = NULL;
    }
}

/* A prepared job goes back to where it was; one that cannot be planned has failed. */
static bool end_preparing(kt_scheduler *s, kt_turn *turn, ketch_status status) {
    ketch_job *job = turn->job;
    kt_kept_release(job->prepared.plan);
    job->prepared = turn->prepared;
    job->prepared_circuit = turn->element / kt_job_rows(job);
    if (status) {
        end_element(job, turn, status, NULL);
        job->begun++;
        return false;
    }
    put_back(s, job);
    return true;
}

void kt_end_turn(kt_scheduler *s, kt_turn *turn, ketch_status status, ketch_result *result) {
    ketch_job *job = turn->job;
    if (turn->ahead)
        s->extra = false;
    else
        s->busy -= turn->threads;
    if (turn->threads > 1) s->wide_at_work = false;
    if (turn->expected == s->expected) s->expected = 0; /* the others end sooner */
    s->reserved -= turn->bytes;
    if (turn->bench) keep_spare(s, turn);
    job->running--;
    atomic_fetch_sub(&job->at_work, turn->threads);
    bool waits = job->begun < job->element_count; /* in the queue */
    if (turn->prepare) {
        waits = end_preparing(s, turn, status);
    } else {
        kt_kept_release(turn->prepared.plan);
        end_element(job, turn, status, result);
    }
    if (turn->bench && turn->bench != &s->wide) {
        turn->bench->next = s->benches;
        s->benches = turn->bench;
    }
    if (job->caller) return;
    if (job->verdict && !waits) abandon(job); /* what waits is dropped when it comes first, as it is cancelled */
    if (!waits && !job->running && job->begun == job->element_count) finish(job);
}
