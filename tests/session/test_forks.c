/* SPDX-License-Identifier: Apache-2.0
 *
 * Forks: a child goes on with what it inherited, whatever the parent's threads were doing, and ends. Some rounds of each; as many as
 * KETCH_TEST_ROUNDS says.
 */
#include "session.h"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static int rounds(void) {
    const char *text = getenv("KETCH_TEST_ROUNDS");
    return text ? atoi(text) : 5;
}

/* What a session gives before and after: narrow, wide, submitted. */
typedef struct expected {
    ketch_circuit *circuits[3];
    char *bytes[3];
} expected;

static expected expect(ketch_session *session) {
    expected all = {.circuits = {little(), middling(), large()}};
    for (int i = 0; i < 3; i++) {
        ketch_run_options options = seeded(4);
        all.bytes[i] = run_whole(session, all.circuits[i], &options).data;
    }
    return all;
}

static void release(expected *all) {
    for (int i = 0; i < 3; i++) {
        ketch_circuit_free(&all->circuits[i]);
        free(all->bytes[i]);
    }
}

#define CHECK(condition) \
    if (!(condition)) return __LINE__

/* 0, or the line of what is wrong. Children do not use cmocka. */
static int use(ketch_session *session, const expected *all) {
    for (int i = 0; i < 6; i++) {
        ketch_run_options options = seeded(4);
        ketch_result *result = NULL;
        if (i < 3) {
            CHECK(ketch_run(&result, session, all->circuits[i], &options, NULL) == KETCH_OK);
        } else {
            ketch_job *job = NULL, *taken = NULL;
            CHECK(ketch_submit(&job, session, all->circuits[i % 3], &options, NULL, NULL) == KETCH_OK);
            struct pollfd poller = {ketch_session_fd(session), POLLIN, 0};
            while (!taken) {
                CHECK(poll(&poller, 1, 30000) == 1);
                ketch_session_take(&taken, session, 1);
            }
            CHECK(taken == job);
            CHECK(ketch_job_result(&result, job, 0, NULL) == KETCH_OK);
            ketch_job_free(&job);
        }
        bytes got = whole(result);
        CHECK(!strcmp(got.data, all->bytes[i % 3]));
        free(got.data);
        ketch_result_free(&result);
    }
    return 0;
}

/* The child's end: handlers of exit, and everything that was inherited freed or not. */
static void leave(int line) { exit(line ? 1 + line % 250 : 0); }

/* A child that hangs is a failure, and is ended. */
static void expect_exit(pid_t child, int wanted) {
    int status = 0;
    double end = seconds_now() + 60;
    assert_true(child > 0);
    while (waitpid(child, &status, WNOHANG) == 0) {
        if (seconds_now() > end) {
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
            fail_msg("a child hangs");
        }
        usleep(500);
    }
    if (!WIFEXITED(status)) fail_msg("a child ended by signal %d", WTERMSIG(status));
    assert_int_equal(WEXITSTATUS(status), wanted);
}

/* ── While another thread runs ──────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct busy {
    ketch_session *session;
    const ketch_circuit *circuit;
    uint64_t threads;
    ketch_channel *channel;
    atomic_bool stop;
    int failures;
} busy;

static void *run_all_the_time(void *argument) {
    busy *own = argument;
    for (unsigned i = 0; !atomic_load(&own->stop); i++) {
        ketch_run_options options = seeded(i);
        options.threads = own->threads;
        ketch_result *result = NULL;
        ketch_job *job = NULL;
        if (i % 2) {
            own->failures += ketch_run(&result, own->session, own->circuit, &options, NULL) != KETCH_OK;
        } else {
            ketch_submit_options how = KETCH_SUBMIT_OPTIONS_INIT;
            how.channel = own->channel;
            own->failures += ketch_submit(&job, own->session, own->circuit, &options, &how, NULL) != KETCH_OK;
            own->failures += ketch_job_wait(job, FOREVER) != KETCH_OK;
        }
        ketch_job_free(&job);
        ketch_result_free(&result);
    }
    return NULL;
}

static int child_of(ketch_session *session, ketch_session *idle, ketch_channel *channel, const expected *all, ketch_job *running,
                    ketch_job *finished, int how) {
    ketch_job_info info = KETCH_JOB_INFO_INIT;
    ketch_result *result = NULL;
    ketch_diag *diag = ketch_diag_create();
    CHECK(ketch_job_poll(&info, running, NULL) == KETCH_OK && info.state == KETCH_JOB_ENDED && info.status == KETCH_ERROR_LOST);
    CHECK(ketch_job_wait(running, FOREVER) == KETCH_ERROR_LOST);
    CHECK(ketch_job_result(&result, running, 0, diag) == KETCH_ERROR_LOST && strstr(ketch_diag_text(diag), "KQ0741"));
    ketch_job_cancel(running);
    CHECK(ketch_job_poll(&info, finished, NULL) == KETCH_OK && info.status == KETCH_OK);
    CHECK(ketch_job_result(&result, finished, 0, diag) == KETCH_OK);
    ketch_result_free(&result);
    if (how % 4 == 0) return 0; /* as it is */
    int line = use(session, all);
    if (!line && how % 4 == 2) {
        int fd = ketch_channel_fd(channel);
        ketch_job *taken;
        CHECK(fd >= 0 && ketch_channel_take(&taken, channel, 1) == 0); /* none of the parent's */
        ketch_job_free(&running);
        ketch_job_free(&finished);
        ketch_channel_free(&channel);
        ketch_session_free(&session);
        ketch_session_free(&idle); /* not used here */
    }
    ketch_diag_free(&diag);
    return line;
}

static void while_another_thread_runs(void **state) {
    (void)state;
    for (uint64_t threads = 0; threads < 2; threads++) { /* with parallel regions at work in the parent, and without */
        ketch_session *session = session_of(2, 0, 0), *idle = session_of(2, 0, 0);
        expected all = expect(idle);
        ketch_circuit *forever = endless();
        static busy other; /* a failed test leaves its thread behind */
        other = (busy){.session = session, .circuit = all.circuits[2], .threads = threads};
        OK(NULL, ketch_channel_create(&other.channel, session, NULL));
        (void)ketch_channel_fd(other.channel);
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, run_all_the_time, &other), 0);
        for (int i = 0; i < rounds(); i++) {
            ketch_run_options options = seeded(1);
            options.threads = threads;
            ketch_job *finished = submitted(session, all.circuits[0], NULL, 0);
            OK(NULL, ketch_job_wait(finished, FOREVER));
            ketch_job *running = submitted(session, forever, &options, 0);
            if (i % 2) see_running(running);
            pid_t child = fork();
            if (!child) leave(child_of(session, idle, other.channel, &all, running, finished, i));
            expect_exit(child, 0);
            assert_int_not_equal(info_of(running).status, KETCH_ERROR_LOST); /* here nothing happened to it */
            ketch_job_free(&running);
            ketch_job_free(&finished);
        }
        atomic_store(&other.stop, true);
        pthread_join(thread, NULL);
        assert_int_equal(other.failures, 0);
        assert_int_equal(use(session, &all), 0);
        ketch_channel_free(&other.channel);
        ketch_session_free(&session);
        ketch_session_free(&idle);
        ketch_circuit_free(&forever);
        release(&all);
    }
}

/* ── Forks in forks, and several threads of a child ─────────────────────────────────────────────────────────────────────── */

static void fork_in_fork(void **state) {
    (void)state;
    ketch_session *session = session_of(2, 0, 0);
    expected all = expect(session);
    for (int i = 0; i < rounds(); i++) {
        pid_t child = fork();
        if (!child) {
            int line = i % 2 ? use(session, &all) : 0;
            pid_t grandchild = fork();
            if (!grandchild) {
                if (!line) line = use(session, &all);
                ketch_session_free(&session);
                leave(line);
            }
            int status = 0;
            if (!line) line = use(session, &all);
            waitpid(grandchild, &status, 0);
            leave(line ? line : status);
        }
        expect_exit(child, 0);
        assert_int_equal(use(session, &all), 0);
    }
    ketch_session_free(&session);
    release(&all);
}

typedef struct user {
    ketch_session *session;
    const expected *all;
    int line;
} user;

static void *use_session(void *argument) {
    user *own = argument;
    for (int i = 0; i < 3 && !own->line; i++) {
        for (int k = 0; k < 3 && !own->line; k++) {
            ketch_run_options options = seeded(4);
            ketch_result *result = NULL;
            own->line = ketch_run(&result, own->session, own->all->circuits[k], &options, NULL) != KETCH_OK;
            if (own->line) break;
            bytes got = whole(result);
            own->line = strcmp(got.data, own->all->bytes[k]) != 0;
            free(got.data);
            ketch_result_free(&result);
        }
    }
    return NULL;
}

static int use_from_threads(ketch_session *session, const expected *all) {
    enum { USERS = 4 };
    pthread_t ids[USERS];
    user users[USERS];
    for (int i = 0; i < USERS; i++) {
        users[i] = (user){session, all, 0};
        CHECK(pthread_create(&ids[i], NULL, use_session, &users[i]) == 0);
    }
    for (int i = 0; i < USERS; i++) {
        pthread_join(ids[i], NULL);
        CHECK(!users[i].line);
    }
    return 0;
}

static void several_threads_of_a_child(void **state) {
    (void)state;
    ketch_session *session = session_of(2, 0, 0);
    expected all = expect(session);
    for (int i = 0; i < rounds(); i++) {
        pid_t child = fork();
        if (!child) leave(use_from_threads(session, &all));
        expect_exit(child, 0);
    }
    ketch_session_free(&session);
    release(&all);
}

/* ── A child that has no threads, or no descriptors ─────────────────────────────────────────────────────────────────────── */

static void *run_for_a_while(void *argument) {
    ketch_session *session = argument;
    ketch_circuit *forever = endless();
    ketch_run_options options = seeded(1);
    options.timeout_seconds = 0.5;
    ketch_result *result = NULL;
    EXPECT(KETCH_ERROR_TIMEOUT, NULL, ketch_run(&result, session, forever, &options, NULL));
    ketch_circuit_free(&forever);
    return NULL;
}

/* What was submitted while the only thread was a caller's is done by that caller in the end. */
static int submit_without_threads(void) {
    enum { NOBODY_ELSE = 47114 };
    ketch_session *session = session_of(1, 0, 0);
    ketch_circuit *circuit = middling();
    ketch_run_options options = seeded(1);
    pthread_t other;
    CHECK(geteuid() != 0 || setresuid(NOBODY_ELSE, NOBODY_ELSE, NOBODY_ELSE) == 0);
    CHECK(pthread_create(&other, NULL, run_for_a_while, session) == 0);
    usleep(100000);
    CHECK(setrlimit(RLIMIT_NPROC, &(struct rlimit){1, 1}) == 0);
    ketch_job *job = submitted(session, circuit, &options, 0);
    CHECK(ketch_job_wait(job, 30) == KETCH_OK);
    CHECK(info_of(job).status == KETCH_OK);
    pthread_join(other, NULL);
    ketch_job_free(&job);
    ketch_session_free(&session);
    ketch_circuit_free(&circuit);
    return 0;
}

static void no_thread_can_be_started(void **state) {
    (void)state;
    pid_t child = fork();
    if (!child) leave(submit_without_threads());
    expect_exit(child, 0);
}

/* Threads come and go all the same, jobs are announced and taken. */
static int work_without_descriptors(void) {
    ketch_session *session = session_of(2, 0, 0);
    ketch_circuit *circuit = large();
    ketch_run_options options = seeded(1);
    CHECK(setrlimit(RLIMIT_NOFILE, &(struct rlimit){0, 0}) == 0);
    CHECK(ketch_session_fd(session) == -1);
    ketch_job *job = submitted(session, circuit, &options, 0), *taken = NULL;
    CHECK(ketch_job_wait(job, 60) == KETCH_OK && info_of(job).status == KETCH_OK);
    for (int i = 0; i < 1000 && !ketch_session_take(&taken, session, 1); i++) usleep(1000);
    CHECK(taken == job);
    ketch_job_free(&job);
    ketch_session_free(&session);
    usleep(100000); /* OpenMP's end a moment after the coordinator */
    ketch_circuit_free(&circuit);
    return 0;
}

static void no_descriptor_is_left(void **state) {
    (void)state;
#ifdef __clang__
    skip(); /* libomp itself opens a file when it starts, and ends the process where it cannot */
#endif
    pid_t child = fork();
    if (!child) leave(work_without_descriptors());
    expect_exit(child, 0);
}

int main(void) {
    /* The first comes before any thread of OpenMP's has ended here. */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_descriptor_is_left),      cmocka_unit_test(while_another_thread_runs), cmocka_unit_test(fork_in_fork),
        cmocka_unit_test(several_threads_of_a_child), cmocka_unit_test(no_thread_can_be_started),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
