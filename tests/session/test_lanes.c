/* SPDX-License-Identifier: Apache-2.0
 *
 * Who may run when: threads and memory that are never exceeded, order, a full queue, cancelling, and threads that go when they are idle.
 */
#include "session.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>

/* ── How many run at once ───────────────────────────────────────────────────────────────────────────────────────────────── */

/* Counts the runs that are under way by their progress callbacks, which a run calls from its beginning on. */
typedef struct watcher {
    atomic_int inside, most;
    atomic_bool hold; /* callbacks do not return while it is set */
} watcher;

typedef struct watched {
    watcher *watcher;
    bool counted, left;
} watched;

static int enter(void *user, const ketch_progress *progress) {
    watched *run = user;
    (void)progress;
    if (!run->counted) {
        run->counted = true;
        int inside = atomic_fetch_add(&run->watcher->inside, 1) + 1, most = atomic_load(&run->watcher->most);
        while (inside > most && !atomic_compare_exchange_weak(&run->watcher->most, &most, inside)) {
        }
    }
    if (!strcmp(progress->stage, "sample") && !run->left) { /* told again where it takes long */
        run->left = true;
        usleep(2000);
        atomic_fetch_sub(&run->watcher->inside, 1);
    }
    while (atomic_load(&run->watcher->hold)) usleep(1000);
    return 0;
}

typedef struct runner {
    ketch_session *session;
    const ketch_circuit *circuit;
    watcher *watcher;
    uint64_t threads;
    int failures;
} runner;

enum { RUNS = 8 };

static void *run_watched(void *argument) {
    runner *own = argument;
    for (int i = 0; i < RUNS; i++) {
        watched run = {.watcher = own->watcher};
        ketch_run_options options = seeded(3);
        options.threads = own->threads;
        options.progress = enter;
        options.progress_user = &run;
        ketch_result *result = NULL;
        own->failures += ketch_run(&result, own->session, own->circuit, &options, NULL) != KETCH_OK;
        ketch_result_free(&result);
    }
    return NULL;
}

static void threads_are_never_exceeded(void **state) {
    (void)state;
    enum { CALLERS = 6, JOBS = 12 };
    ketch_circuit *middle = middling(), *big = large();
    for (uint64_t threads = 1; threads <= 3; threads++) {
        ketch_session *session = session_of(threads, 0, 0);
        watcher all = {0};
        pthread_t ids[CALLERS];
        runner runners[CALLERS];
        watched runs[JOBS];
        ketch_job *jobs[JOBS];
        for (int i = 0; i < CALLERS; i++) {
            runners[i] = (runner){session, i % 3 ? middle : big, &all, i % 2, 0};
            assert_int_equal(pthread_create(&ids[i], NULL, run_watched, &runners[i]), 0);
        }
        for (int i = 0; i < JOBS; i++) {
            runs[i] = (watched){.watcher = &all};
            ketch_run_options options = seeded(3);
            options.progress = enter;
            options.progress_user = &runs[i];
            jobs[i] = submitted(session, i % 4 ? middle : big, &options, 0);
        }
        for (int i = 0; i < CALLERS; i++) {
            pthread_join(ids[i], NULL);
            assert_int_equal(runners[i].failures, 0);
        }
        for (int i = 0; i < JOBS; i++) {
            OK(NULL, ketch_job_wait(jobs[i], FOREVER));
            assert_int_equal(info_of(jobs[i]).status, KETCH_OK);
            ketch_job_free(&jobs[i]);
        }
        assert_int_equal(atomic_load(&all.inside), 0);
        assert_true(atomic_load(&all.most) <= (int)threads);
        assert_int_equal(atomic_load(&all.most), (int)threads); /* and they are used */
        ketch_session_free(&session);
    }
    ketch_circuit_free(&middle);
    ketch_circuit_free(&big);
}

/* A wide run is alone. */
static void a_wide_run_is_alone(void **state) {
    (void)state;
    ketch_circuit *big = large();
    ketch_session *session = session_of(2, 0, 0);
    watcher all = {0};
    watched runs[4];
    ketch_job *jobs[4];
    atomic_store(&all.hold, true);
    ketch_run_options options = seeded(3);
    options.progress = enter;
    options.progress_user = &runs[0];
    runs[0] = (watched){.watcher = &all};
    jobs[0] = submitted(session, big, &options, 0);
    while (!atomic_load(&all.inside)) usleep(1000);
    assert_int_equal(info_of(jobs[0]).threads, 2);
    for (int i = 1; i < 4; i++) {
        runs[i] = (watched){.watcher = &all};
        options.progress_user = &runs[i];
        options.threads = 1;
        jobs[i] = submitted(session, big, &options, 0);
    }
    usleep(30000);
    assert_int_equal(atomic_load(&all.inside), 1);
    for (int i = 1; i < 4; i++) {
        assert_int_equal(info_of(jobs[i]).state, KETCH_JOB_QUEUED);
        assert_string_equal(info_of(jobs[i]).stage, "queued");
        assert_int_equal(ketch_job_wait(jobs[i], 0.001), KETCH_ERROR_TIMEOUT);
    }
    /* but what is over in a moment goes ahead on its caller's thread where nothing waits, and waits where something does */
    atomic_store(&all.hold, false);
    for (int i = 0; i < 4; i++) {
        OK(NULL, ketch_job_wait(jobs[i], FOREVER));
        ketch_job_free(&jobs[i]);
    }
    assert_int_equal(atomic_load(&all.most), 2);
    ketch_session_free(&session);
    ketch_circuit_free(&big);
}

static void a_little_run_does_not_wait_for_a_long_one(void **state) {
    (void)state;
    ketch_circuit *tiny = little(), *forever = endless();
    for (uint64_t threads = 1; threads <= 2; threads++) {
        ketch_session *session = session_of(threads, 0, 0);
        ketch_job *job = submitted(session, forever, NULL, 0);
        see_running(job);
        ketch_run_options options = seeded(1);
        bytes got = run_whole(session, tiny, &options);
        free(got.data);
        assert_int_equal(info_of(job).state, KETCH_JOB_RUNNING);
        ketch_job_free(&job);
        ketch_session_free(&session);
    }
    ketch_circuit_free(&tiny);
    ketch_circuit_free(&forever);
}

/* ── Memory ─────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void runs_wait_for_memory(void **state) {
    (void)state;
    enum { JOBS = 6 };
    ketch_circuit *circuit = heavy(20, 2), *larger = heavy(22, 1);
    ketch_run_options options = seeded(3);
    options.shots = 100;
    options.threads = 1;
    ketch_memory needed = KETCH_MEMORY_INIT;
    OK(NULL, ketch_memory_needed(&needed, circuit, &options, NULL));
    for (int rooms = 1; rooms <= 2; rooms++) {
        ketch_session *session = session_of(4, 0, needed.needed_bytes * (uint64_t)rooms + needed.needed_bytes / 2);
        watcher all = {0};
        watched runs[JOBS];
        ketch_job *jobs[JOBS];
        options.progress = enter;
        for (int i = 0; i < JOBS; i++) {
            runs[i] = (watched){.watcher = &all};
            options.progress_user = &runs[i];
            jobs[i] = submitted(session, circuit, &options, 0);
        }
        for (int i = 0; i < JOBS; i++) {
            OK(NULL, ketch_job_wait(jobs[i], FOREVER));
            assert_int_equal(info_of(jobs[i]).status, KETCH_OK);
            ketch_job_free(&jobs[i]);
        }
        assert_true(atomic_load(&all.most) <= rooms);
        options.progress = NULL;
        ketch_diag *diag = ketch_diag_create();
        ketch_result *result = NULL;
        EXPECT(KETCH_ERROR_MEMORY, diag, ketch_run(&result, session, larger, &options, diag));
        assert_non_null(strstr(ketch_diag_text(diag), "22 qubits need"));
        OK(diag, ketch_run(&result, session, circuit, &options, diag));
        ketch_result_free(&result);
        ketch_diag_free(&diag);
        ketch_session_free(&session);
    }
    ketch_circuit_free(&circuit);
    ketch_circuit_free(&larger);
}

/* ── Order ──────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct stream {
    ketch_session *session;
    const ketch_circuit *circuit;
    uint64_t threads;
    atomic_bool stop;
    atomic_int done;
} stream;

/* Keeps the session busy: as soon as a run ends, there is another. */
static void *run_on_and_on(void *argument) {
    stream *own = argument;
    ketch_run_options options = seeded(5);
    options.threads = own->threads;
    while (!atomic_load(&own->stop)) {
        ketch_result *result = NULL;
        if (ketch_run(&result, own->session, own->circuit, &options, NULL) != KETCH_OK) return own;
        ketch_result_free(&result);
        atomic_fetch_add(&own->done, 1);
    }
    return NULL;
}

/* Neither keeps the other waiting. */
static void no_lane_starves(void **state) {
    (void)state;
    enum { STREAMS = 6 };
    ketch_circuit *narrow = middling(), *wide = large();
    for (int one_is_wide = 0; one_is_wide < 2; one_is_wide++) {
        ketch_session *session = session_of(2, 0, 0);
        stream streams[STREAMS];
        pthread_t ids[STREAMS];
        for (int i = 0; i < STREAMS; i++) {
            streams[i] = (stream){.session = session, .circuit = one_is_wide ? wide : narrow, .threads = one_is_wide ? 0 : 1};
            assert_int_equal(pthread_create(&ids[i], NULL, run_on_and_on, &streams[i]), 0);
        }
        ketch_run_options other = seeded(5);
        other.threads = one_is_wide;
        int least = INT_MAX; /* runs that went before: one each, as a rule; but on a busy machine this thread may sleep for a while */
        for (int i = 0; i < 5; i++) {
            int before = 0, after = 0;
            for (int s = 0; s < STREAMS; s++) before += atomic_load(&streams[s].done);
            ketch_job *job = submitted(session, one_is_wide ? narrow : wide, &other, 0);
            OK(NULL, ketch_job_wait(job, FOREVER));
            for (int s = 0; s < STREAMS; s++) after += atomic_load(&streams[s].done);
            if (info_of(job).status == KETCH_OK && after - before < least) least = after - before;
            ketch_job_free(&job);
        }
        for (int i = 0; i < STREAMS; i++) atomic_store(&streams[i].stop, true);
        for (int i = 0; i < STREAMS; i++) {
            void *failed;
            pthread_join(ids[i], &failed);
            assert_null(failed);
        }
        assert_true(least <= 10 * STREAMS);
        ketch_session_free(&session);
    }
    ketch_circuit_free(&narrow);
    ketch_circuit_free(&wide);
}

/* Jobs of one thread begin, and here end, in the order in which they came. */
static void first_come_first_served(void **state) {
    (void)state;
    enum { JOBS = 20 };
    ketch_circuit *circuit = middling(), *tiny = little();
    ketch_session *session = session_of(1, 0, 0);
    ketch_job *jobs[JOBS], *taken[JOBS];
    for (int i = 0; i < JOBS; i++) jobs[i] = submitted(session, i % 2 ? tiny : circuit, NULL, 0);
    OK(NULL, ketch_job_wait(jobs[JOBS - 1], FOREVER));
    assert_int_equal(take_all(taken, session, JOBS), JOBS);
    for (int i = 0; i < JOBS; i++) {
        assert_ptr_equal(taken[i], jobs[i]);
        ketch_job_free(&jobs[i]);
    }
    ketch_session_free(&session);
    ketch_circuit_free(&circuit);
    ketch_circuit_free(&tiny);
}

static void *cancel_soon(void *job) {
    usleep(20000);
    ketch_job_cancel(job);
    return NULL;
}

/* Rows that look little but take long are not handed to one thread together, whatever a single run may have. */
static void rows_are_shared_out(void **state) {
    (void)state;
    enum { ROWS = 8 };
    static const char *const names[] = {"n"};
    double table[ROWS];
    for (int i = 0; i < ROWS; i++) table[i] = 200000;
    ketch_circuit *circuit = parsed("OPENQASM 3.0; input int n; qubit q; bit c; int k = 0; while (k < n) { k += 1; } c = measure q;");
    ketch_session *session = session_of(2, 0, 0);
    ketch_run_options options = seeded(3);
    options.threads = 1;
    options.shots = 1;
    ketch_batch batch = batch_of((const ketch_circuit *const[]){circuit}, 1, names, 1, table, ROWS);
    ketch_job *job = NULL;
    OK(NULL, ketch_submit_batch(&job, session, &batch, &options, NULL, NULL));
    uint64_t most = 0;
    while (info_of(job).state != KETCH_JOB_ENDED) {
        uint64_t now = info_of(job).threads;
        if (now > most) most = now;
    }
    assert_int_equal(info_of(job).status, KETCH_OK);
    assert_int_equal(most, 2);
    ketch_job_free(&job);
    ketch_session_free(&session);
    ketch_circuit_free(&circuit);
}

static void a_full_queue(void **state) {
    (void)state;
    ketch_circuit *forever = endless(), *tiny = little();
    ketch_session *session = session_of(1, 2, 0);
    ketch_job *running = submitted(session, forever, NULL, 0), *more = NULL;
    see_running(running);
    ketch_job *waiting[] = {submitted(session, forever, NULL, 0), submitted(session, tiny, NULL, KETCH_SUBMIT_INLINE)};
    ketch_diag *diag = ketch_diag_create();
    EXPECT(KETCH_ERROR_BUSY, diag, ketch_submit(&more, session, tiny, NULL, NULL, diag));
    assert_null(more);
    assert_non_null(strstr(ketch_diag_text(diag), "KQ0740"));
    assert_int_equal(info_of(waiting[1]).state, KETCH_JOB_QUEUED); /* something waited before it */
    ketch_job_cancel(waiting[0]);
    assert_int_equal(info_of(waiting[0]).state, KETCH_JOB_ENDED);
    assert_int_equal(info_of(waiting[0]).status, KETCH_ERROR_CANCELLED);
    more = submitted(session, forever, NULL, 0); /* there is room again */
    EXPECT(KETCH_ERROR_BUSY, diag, ketch_submit(&(ketch_job *){NULL}, session, tiny, NULL, NULL, diag));
    for (int i = 0; i < 2; i++) { /* it waits until one has gone: a cancelled one, one that begins */
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, cancel_soon, i ? running : more), 0);
        ketch_job *late = submitted(session, tiny, NULL, KETCH_SUBMIT_WAIT);
        pthread_join(thread, NULL);
        if (i) OK(NULL, ketch_job_wait(late, FOREVER));
        if (i) ketch_job_free(&more), more = NULL;
        ketch_job_free(&late);
    }
    ketch_job_free(&running);
    ketch_job_free(&more);
    for (int i = 0; i < 2; i++) ketch_job_free(&waiting[i]);
    ketch_session_free(&session);
    ketch_circuit_free(&forever);
    ketch_circuit_free(&tiny);
    ketch_diag_free(&diag);
}

/* ── Cancelling ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* 50 ms are promised on a machine that has the time; this one may be busy. */
#define SOON 1.0

static ketch_job *volatile job_of_handler;
static ketch_session *volatile session_of_handler;

static void on_alarm(int number) {
    (void)number;
    if (job_of_handler) ketch_job_cancel(job_of_handler);
    if (session_of_handler) ketch_session_cancel(session_of_handler);
}

static void everything_stops_soon(void **state) {
    (void)state;
    enum { JOBS = 5 };
    ketch_circuit *forever = endless(), *tiny = little();
    struct sigaction old, action = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &action, &old);
    for (int whole_session = 0; whole_session < 2; whole_session++) {
        for (int by_signal = 0; by_signal < 2; by_signal++) {
            ketch_session *session = session_of(2, 0, 0);
            ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
            ketch_job *jobs[JOBS];
            for (int i = 0; i < JOBS; i++) {
                options.threads = (uint64_t)i % 2; /* narrow and wide */
                jobs[i] = submitted(session, forever, &options, 0);
            }
            see_one_running(jobs, JOBS); /* any: what has begun first ends first */
            double began = seconds_now();
            for (int i = JOBS - 1; i >= 0; i--) { /* queued ones first */
                if (whole_session && i < JOBS - 1) break;
                job_of_handler = whole_session ? NULL : jobs[i];
                session_of_handler = whole_session ? session : NULL;
                if (by_signal)
                    raise(SIGALRM);
                else
                    on_alarm(0);
            }
            for (int i = 0; i < JOBS; i++) {
                OK(NULL, ketch_job_wait(jobs[i], 60));
                ketch_result *result = NULL;
                assert_int_equal(info_of(jobs[i]).status, KETCH_ERROR_CANCELLED);
                EXPECT(KETCH_ERROR_CANCELLED, NULL, ketch_job_result(&result, jobs[i], 0, NULL));
            }
            assert_true(seconds_now() - began < SOON);
            ketch_job *taken[JOBS];
            assert_int_equal(take_all(taken, session, JOBS), JOBS); /* they are announced like others */
            for (int i = 0; i < JOBS; i++) ketch_job_free(&jobs[i]);
            options = seeded(1);
            bytes after = run_whole(session, tiny, &options); /* it can be used again */
            free(after.data);
            ketch_session_free(&session);
        }
    }
    sigaction(SIGALRM, &old, NULL);
    ketch_circuit_free(&forever);
    ketch_circuit_free(&tiny);
}

/* A session with memory for one such run, which is at work. */
static ketch_session *with_room_for_one(ketch_job **running, const ketch_circuit *circuit, const ketch_run_options *options) {
    ketch_memory needed = KETCH_MEMORY_INIT;
    OK(NULL, ketch_memory_needed(&needed, circuit, options, NULL));
    ketch_session *session = session_of(2, 0, needed.needed_bytes + needed.needed_bytes / 2);
    *running = submitted(session, circuit, options, 0);
    see_running(*running);
    return session;
}

/* What waits behind a cancelled job that had not begun goes on, though nobody but the handler knew. */
static void the_queue_goes_on_behind_a_cancelled_job(void **state) {
    (void)state;
    ketch_circuit *forever = endless(), *same_size = as_large_as_endless(), *middle = middling();
    ketch_run_options options = seeded(1);
    options.threads = 1;
    ketch_job *running = NULL;
    ketch_session *session = with_room_for_one(&running, forever, &options);
    ketch_job *first = submitted(session, same_size, &options, 0); /* for which there is no memory */
    ketch_job *behind = submitted(session, middle, &options, 0);
    usleep(20000);
    assert_int_equal(info_of(behind).state, KETCH_JOB_QUEUED);
    ketch_job_cancel(first);
    OK(NULL, ketch_job_wait(behind, 60));
    assert_int_equal(info_of(behind).status, KETCH_OK);
    assert_int_equal(info_of(running).state, KETCH_JOB_RUNNING);
    ketch_job_free(&running);
    ketch_job_free(&first);
    ketch_job_free(&behind);
    ketch_session_free(&session);
    ketch_circuit_free(&forever);
    ketch_circuit_free(&same_size);
    ketch_circuit_free(&middle);
}

/* What has been planned and put back, as there is no memory for it, ends as soon as what has not begun. */
static void what_waits_for_memory_is_cancelled(void **state) {
    (void)state;
    ketch_circuit *forever = endless(), *same_size = as_large_as_endless();
    ketch_run_options options = seeded(1);
    options.threads = 1;
    ketch_job *running = NULL;
    ketch_session *session = with_room_for_one(&running, forever, &options);
    ketch_job *waiting = submitted(session, same_size, &options, 0);
    for (int i = 0; i < 20000 && (info_of(waiting).state != KETCH_JOB_RUNNING || info_of(waiting).threads); i++) usleep(1000);
    assert_int_equal(info_of(waiting).state, KETCH_JOB_RUNNING);
    double began = seconds_now();
    ketch_job_cancel(waiting);
    OK(NULL, ketch_job_wait(waiting, 60));
    assert_true(seconds_now() - began < SOON);
    assert_int_equal(info_of(waiting).status, KETCH_ERROR_CANCELLED);
    assert_int_equal(info_of(running).state, KETCH_JOB_RUNNING);
    ketch_job_free(&running);
    ketch_job_free(&waiting);
    ketch_session_free(&session);
    ketch_circuit_free(&forever);
    ketch_circuit_free(&same_size);
}

static void jobs_outlive_their_session(void **state) {
    (void)state;
    ketch_circuit *forever = endless(), *tiny = little();
    ketch_session *session = session_of(2, 0, 0);
    ketch_job *jobs[6];
    jobs[0] = submitted(session, tiny, NULL, 0);
    OK(NULL, ketch_job_wait(jobs[0], FOREVER));
    for (int i = 1; i < 6; i++) jobs[i] = submitted(session, forever, NULL, 0);
    see_running(jobs[1]);
    double began = seconds_now();
    ketch_session_free(&session);
    assert_true(seconds_now() - began < SOON);
    bytes first = element_whole(jobs[0], 0);
    assert_true(first.size > 0);
    free(first.data);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(info_of(jobs[i]).state, KETCH_JOB_ENDED);
        assert_int_equal(info_of(jobs[i]).status, i ? KETCH_ERROR_CANCELLED : KETCH_OK);
        ketch_job_cancel(jobs[i]);
        ketch_job_free(&jobs[i]);
    }
    ketch_circuit_free(&forever);
    ketch_circuit_free(&tiny);
}

/* ── Threads ────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void idle_threads_end(void **state) {
    (void)state;
    ketch_circuit *middle = middling(), *big = large();
    ketch_session *session = session_of(3, 0, 0);
    int before = count_threads(), most = 0;
    for (int round = 0; round < 2; round++) {
        ketch_job *jobs[8];
        for (int i = 0; i < 8; i++) jobs[i] = submitted(session, i % 4 == 3 ? big : middle, NULL, 0);
        for (int i = 0; i < 8; i++) {
            OK(NULL, ketch_job_wait(jobs[i], FOREVER));
            int now = count_threads();
            if (now > most) most = now;
            ketch_job_free(&jobs[i]);
        }
        assert_true(most > before);
        double end = seconds_now() + 10;
        while (count_threads() > before && seconds_now() < end) usleep(50000);
#ifdef __clang__ /* its OpenMP keeps the threads of a team for another */
        if (round == 0) before = count_threads();
#endif
        assert_int_equal(count_threads(), before);
    }
    ketch_session_free(&session);
    ketch_circuit_free(&middle);
    ketch_circuit_free(&big);
}

/* Signals for the process go to its own threads. */
static void the_sessions_threads_take_no_signals(void **state) {
    (void)state;
    ketch_circuit *forever = endless();
    ketch_session *session = session_of(2, 0, 0);
    ketch_job *job = submitted(session, forever, NULL, 0);
    see_running(job);
    usleep(50000);
    DIR *folder = opendir("/proc/self/task");
    int others = 0, blocked = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[300], line[200];
        snprintf(path, sizeof path, "/proc/self/task/%s/status", entry->d_name);
        if (entry->d_name[0] == '.' || atoi(entry->d_name) == (int)getpid()) continue;
        FILE *file = fopen(path, "r");
        while (file && fgets(line, sizeof line, file)) {
            unsigned long long mask;
            if (sscanf(line, "SigBlk: %llx", &mask) != 1) continue;
            others++;
            blocked += mask >> (SIGINT - 1) & mask >> (SIGTERM - 1) & mask >> (SIGCHLD - 1) & ~mask >> (SIGSEGV - 1) & 1;
        }
        if (file) fclose(file);
    }
    closedir(folder);
    assert_true(blocked >= 2); /* the coordinator and its team */
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__) && !defined(__has_feature)
    assert_int_equal(blocked, others); /* sanitizers may have threads of their own */
#else
    (void)others;
#endif
    ketch_job_free(&job);
    ketch_session_free(&session);
    ketch_circuit_free(&forever);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idle_threads_end), /* before any others' have gone */
        cmocka_unit_test(threads_are_never_exceeded),
        cmocka_unit_test(a_wide_run_is_alone),
        cmocka_unit_test(a_little_run_does_not_wait_for_a_long_one),
        cmocka_unit_test(runs_wait_for_memory),
        cmocka_unit_test(no_lane_starves),
        cmocka_unit_test(first_come_first_served),
        cmocka_unit_test(rows_are_shared_out),
        cmocka_unit_test(a_full_queue),
        cmocka_unit_test(everything_stops_soon),
        cmocka_unit_test(the_queue_goes_on_behind_a_cancelled_job),
        cmocka_unit_test(what_waits_for_memory_is_cancelled),
        cmocka_unit_test(jobs_outlive_their_session),
        cmocka_unit_test(the_sessions_threads_take_no_signals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
