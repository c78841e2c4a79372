/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads, stopping and progress: one parallel region, which every pass of every stage goes through.
 *
 *   items     0 ........................................ count
 *   blocks    |....|....|....|....|....|....|....|....|..|     of a fixed size; between two, a thread looks whether to stop
 *   threads   |  thread 0    |   thread 1   |  thread 2  |     static and contiguous: who first touches a page goes on using it
 *
 * Thread 0 of a region is the thread that called ketch_run: it alone looks at the clock and calls the progress callback.
 */
#include "engine/run.h"

#include <omp.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

#define REPORT_SECONDS 0.1

/* ── The floating-point environment ─────────────────────────────────────────────────────────────────────────────────────── */

kt_environment kt_environment_enter(void) {
    kt_environment before = {0, 0};
#if defined(__SSE2__)
    enum { MASKED_EXCEPTIONS = 0x1f80, FLUSH_TO_ZERO = 0x8000, DENORMALS_ARE_ZERO = 0x0040 }; /* rounding bits 0: to nearest */
    before.control = _mm_getcsr();
    _mm_setcsr(MASKED_EXCEPTIONS | FLUSH_TO_ZERO | DENORMALS_ARE_ZERO);
#elif defined(__aarch64__)
    const uint64_t flush_to_zero = 1 << 24; /* all else 0: exceptions masked, rounding to nearest */
    __asm__ volatile("mrs %0, fpcr" : "=r"(before.control));
    __asm__ volatile("msr fpcr, %0" : : "r"(flush_to_zero));
#else
    before.rounding = kt_rounding_enter();
#endif
    return before;
}

void kt_environment_leave(kt_environment before) {
#if defined(__SSE2__)
    _mm_setcsr((uint32_t)before.control);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" : : "r"(before.control));
#else
    kt_rounding_leave(before.rounding);
#endif
}

/* ── Stopping and progress ──────────────────────────────────────────────────────────────────────────────────────────────── */

static void stop(kt_run *run, kt_stop why) {
    int going = KT_GO_ON;
    atomic_compare_exchange_strong(&run->whole->stop, &going, (int)why);
}

static bool cancelled(const kt_engine *engine) {
    return atomic_load_explicit(engine->cancelled, memory_order_relaxed) ||
           (engine->recalls && atomic_load_explicit(engine->recalls, memory_order_relaxed) != engine->recall);
}

static bool stopping(kt_run *run) {
    if (cancelled(run->engine)) stop(run, KT_STOP_CANCELLED);
    return atomic_load_explicit(&run->whole->stop, memory_order_relaxed) != KT_GO_ON;
}

static double fraction_done(const kt_run *run, double part) {
    if (run->plan->branches) return run->shots ? (double)run->whole->shots_done / (double)run->shots : 0;
    double fraction = (run->work_done + part * run->pass_work) / run->work;
    return fraction < 1 ? fraction : 1;
}

/* Calls the progress callback, in the caller's floating-point environment. */
static void report(kt_run *run, double now, double part) {
    run->next_report = now + REPORT_SECONDS;
    double fraction = fraction_done(run, part);
    if (fraction > run->fraction) run->fraction = fraction; /* between passes the part is not known: it stays */
    ketch_progress progress = {run->fraction, now - run->started, run->stage, run->whole->shots_done};
    kt_environment ours = kt_environment_enter();
    kt_environment_leave(run->outside);
    if (run->options->progress(run->options->progress_user, &progress)) stop(run, KT_STOP_CANCELLED);
    kt_environment_leave(ours);
}

static void tell(kt_run *run, double part) {
    const kt_engine *engine = run->engine;
    if (engine->listener) engine->listener(engine->listening, fraction_done(run, part), run->stage, run->whole->shots_done);
}

/* On the calling thread; `part` of the pass under way is done. */
static void look(kt_run *run, double part) {
    tell(run, part);
    double now = kt_seconds();
    if (now >= run->deadline) stop(run, KT_STOP_TIMEOUT);
    if (run->options->progress && now >= run->next_report) report(run, now, part);
}

/* The reason to stop, said once, as an error. */
static ketch_status stopped(kt_run *run) {
    kt_stop why = (kt_stop)atomic_load(&run->whole->stop);
    if (why == KT_GO_ON) return KETCH_OK;
    bool planned = run->plan->planned;
    unsigned long long done = planned ? run->passes_done : run->gates_done, shots = run->whole->shots_done, all_shots = run->shots;
    unsigned long long all = planned ? run->plan->totals.stages : run->plan->totals.gates;
    kt_code code = why == KT_STOP_TIMEOUT ? KT_RUN_TIMEOUT : KT_RUN_CANCELLED;
    const char *what = why == KT_STOP_TIMEOUT ? "time limit reached" : "cancelled";
    if (run->plan->branches || run->plan->dynamic) return kt_fail(run->diag, code, "%s after %llu of %llu shots", what, shots, all_shots);
    return kt_fail(run->diag, code, "%s after %llu of %llu %s", what, done, all, planned ? "passes" : "gates");
}

ketch_status kt_begin_stage(kt_run *run, const char *stage) {
    run->stage = stage;
    tell(run, 0);
    if (run->options->progress && !stopping(run)) report(run, kt_seconds(), 0);
    return stopping(run) ? stopped(run) : KETCH_OK;
}

ketch_status kt_tell_trace(kt_run *run, const ketch_trace *trace) {
    kt_environment ours = kt_environment_enter();
    kt_environment_leave(run->outside);
    if (run->options->trace(run->options->trace_user, trace)) stop(run, KT_STOP_CANCELLED);
    kt_environment_leave(ours);
    return kt_look(run);
}

uint32_t kt_thread(const kt_run *run) { return run->in_team ? (uint32_t)omp_get_thread_num() : 0; }

bool kt_glance(kt_run *run) {
    if (kt_thread(run) == 0) look(run, 0);
    return stopping(run);
}

ketch_status kt_look(kt_run *run) {
    look(run, 0);
    return stopping(run) ? stopped(run) : KETCH_OK;
}

static ketch_status look_at_run(void *run) { return kt_look(run); }

kt_watch kt_run_watch(kt_run *run) { return (kt_watch){.look = look_at_run, .user = run}; }

/* ── Threads that can be started ────────────────────────────────────────────────────────────────────────────────────────────── */

static void *pass_through(void *gate) {
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

static uint64_t tasks(void) { /* threads of this process, and two */
    struct stat folder;
    return stat("/proc/self/task", &folder) == 0 ? folder.st_nlink : 0;
}

/* Where OpenMP cannot start a thread it ends the process. So that is tried beforehand, with threads that do nothing but wait until as many
 * as possible, up to `wanted` with this one, are there. */
static uint32_t startable_threads(uint32_t wanted) {
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t *others = kt_array(wanted, sizeof *others);
    uint32_t started = 1;
    if (!others) return started;
    uint64_t before = tasks();
    pthread_mutex_lock(&gate);
    while (started < wanted && pthread_create(&others[started], NULL, pass_through, &gate) == 0) started++;
    pthread_mutex_unlock(&gate);
    for (uint32_t i = 1; i < started; i++) pthread_join(others[i], NULL);
    pthread_mutex_destroy(&gate);
    kt_free(others);
    /* what has been joined counts until the system has cleared it away, a moment later */
    for (int i = 0; i < 100 && tasks() > before; i++) usleep(100);
    return started;
}

/* OpenMP starts threads for each thread that it is called from, and keeps them while regions are of the same size: GNU's ends those that a
 * smaller one has no use for, and makes them again for the next. So all regions have the whole team, some of which may have nothing to do.
 */
static uint32_t team_size(kt_engine *engine) {
    if (engine->threads == 1) return 1;
    if (!engine->team || !pthread_equal(engine->leader, pthread_self())) {
        engine->team = startable_threads(engine->threads);
        engine->leader = pthread_self();
    }
    return engine->team;
}

/* ── The parallel region ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* By `threads` of the team, or by as many as OpenMP has given. */
static void do_share(kt_run *run, uint64_t threads, uint64_t count, uint64_t block, kt_task *task, void *context) {
    uint64_t thread = kt_thread(run), team = run->in_team ? (uint64_t)omp_get_num_threads() : 1;
    if (threads > team) threads = team;
    if (thread >= threads) return;
    kt_environment before = kt_environment_enter();
    uint64_t blocks = (count + block - 1) / block, first = blocks * thread / threads, last = blocks * (thread + 1) / threads;
    for (uint64_t b = first; b < last && !stopping(run); b++) {
        task(context, b * block, b + 1 < blocks ? (b + 1) * block : count);
        if (thread == 0 && b + 1 < last) look(run, (double)(b + 1 - first) / (double)(last - first));
    }
    kt_environment_leave(before);
}

ketch_status kt_share(kt_run *run, uint32_t threads, uint64_t count, uint64_t block, kt_task *task, void *context) {
    run->unseen += (double)count / (double)block;
    if (threads > 1) {
        uint64_t even = count / threads + 1; /* for threads to have something to do each */
        if (block > even) block = even;
        run->in_team = true;
#pragma omp parallel num_threads((int)run->engine->team)
        do_share(run, threads, count, block, task, context);
        run->in_team = false;
    } else {
        do_share(run, 1, count, block, task, context);
    }
    if (run->unseen >= 1) {
        run->unseen = 0;
        look(run, 0);
    }
    return stopping(run) ? stopped(run) : KETCH_OK;
}

/* As many items, or fewer where a test says so. */
static uint64_t in_grains(const kt_run *run, uint64_t items) {
    if (run->engine->grain) items = items * run->engine->grain >> 16;
    return items ? items : 1;
}

static uint32_t threads_for(kt_run *run, uint64_t threads) {
    if (threads <= 1) return 1;
    uint32_t team = team_size(run->engine);
    return threads > team ? team : (uint32_t)threads;
}

uint32_t kt_threads(kt_run *run, uint64_t count, uint64_t least) { return threads_for(run, count / in_grains(run, least)); }

/* Threads that wait for one another cost microseconds, and milliseconds where other programs want the processors: for less than two
 * blocks each they are not worth it. */
ketch_status kt_parallel(kt_run *run, uint64_t count, uint64_t block, kt_task *task, void *context) {
    block = in_grains(run, block);
    return kt_share(run, threads_for(run, count / (2 * block)), count, block, task, context);
}

/* ── Memory that counts ─────────────────────────────────────────────────────────────────────────────────────────────────── */

void kt_run_took(kt_run *run, uint64_t bytes) {
    run->memory += bytes;
    if (run->memory > run->peak) run->peak = run->memory;
}

void kt_run_gave(kt_run *run, uint64_t bytes) { run->memory -= bytes; }

void *kt_run_alloc(kt_run *run, uint64_t count, size_t item_size) {
    void *block = kt_array((size_t)count, item_size);
    if (block) kt_run_took(run, count * item_size);
    return block;
}

void kt_run_free(kt_run *run, void *block, uint64_t count, size_t item_size) {
    if (block) kt_run_gave(run, count * item_size);
    kt_free(block);
}
