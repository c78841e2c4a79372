/* SPDX-License-Identifier: Apache-2.0
 *
 * Many threads on one session: what ends, is cancelled, taken and freed at the same moment. Run under ThreadSanitizer too.
 */
#include "session.h"

enum { CALLERS = 6, RUNS = 40, ROUNDS = 400 };

static int rounds(void) { return getenv("KETCH_TEST_QUICK") ? ROUNDS : 10 * ROUNDS; }

typedef struct caller {
    ketch_session *session;
    ketch_circuit *circuits[4];
    char *wanted[4];
    int failures;
} caller;

static void *run_and_compare(void *argument) {
    caller *own = argument;
    for (int i = 0; i < RUNS; i++) {
        ketch_run_options options = seeded((uint64_t)i % 4);
        ketch_result *result = NULL;
        own->failures += ketch_run(&result, own->session, own->circuits[i % 4], &options, NULL) != KETCH_OK;
        if (!result) continue;
        bytes got = whole(result);
        own->failures += strcmp(got.data, own->wanted[i % 4]) != 0;
        free(got.data);
        ketch_result_free(&result);
    }
    return NULL;
}

static void many_callers_of_one_session(void **state) {
    (void)state;
    caller callers[CALLERS];
    pthread_t ids[CALLERS];
    ketch_session *session = session_of(3, 0, 0);
    ketch_circuit *circuits[4] = {little(), heavy(12, 20), heavy(17, 3), parsed(TELEPORT)};
    char *wanted[4];
    for (int i = 0; i < 4; i++) {
        ketch_run_options options = seeded((uint64_t)i);
        wanted[i] = run_whole(session, circuits[i], &options).data;
    }
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (caller){.session = session};
        memcpy(callers[i].circuits, circuits, sizeof circuits);
        memcpy(callers[i].wanted, wanted, sizeof wanted);
        assert_int_equal(pthread_create(&ids[i], NULL, run_and_compare, &callers[i]), 0);
    }
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(ids[i], NULL);
        assert_int_equal(callers[i].failures, 0);
    }
    for (int i = 0; i < 4; i++) {
        ketch_circuit_free(&circuits[i]);
        free(wanted[i]);
    }
    ketch_session_free(&session);
}

/* ── Finishing and cancelling ───────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct pair {
    _Atomic(ketch_job *) job;
    atomic_bool stop;
} pair;

/* Cancels each job once, at no particular moment. */
static void *cancel_each(void *argument) {
    pair *shared = argument;
    unsigned wait = 0;
    while (!atomic_load(&shared->stop)) {
        ketch_job *job = atomic_load(&shared->job);
        if (!job) continue;
        for (volatile unsigned spin = wait = (wait * 5 + 77) % 4096; spin; spin--) {
        }
        ketch_job_cancel(job);
        atomic_store(&shared->job, NULL);
    }
    return NULL;
}

static void a_job_that_ends_while_it_is_cancelled(void **state) {
    (void)state;
    ketch_circuit *circuit = little();
    ketch_session *session = session_of(2, 0, 0);
    ketch_run_options options = seeded(9);
    bytes wanted = run_whole(session, circuit, &options);
    pair shared = {0};
    pthread_t other;
    assert_int_equal(pthread_create(&other, NULL, cancel_each, &shared), 0);
    int ended = 0, cancelled = 0;
    for (int i = 0; i < rounds(); i++) {
        ketch_job *job = submitted(session, circuit, &options, i % 8 ? 0 : KETCH_SUBMIT_INLINE);
        atomic_store(&shared.job, job);
        OK(NULL, ketch_job_wait(job, FOREVER));
        ketch_status status = info_of(job).status;
        if (status == KETCH_OK) {
            bytes got = element_whole(job, 0);
            assert_string_equal(got.data, wanted.data);
            free(got.data);
            ended++;
        } else {
            assert_int_equal(status, KETCH_ERROR_CANCELLED);
            cancelled++;
        }
        while (atomic_load(&shared.job)) { /* it is ours until the other has let go */
        }
        if (i % 3 == 0) {
            ketch_job *taken;
            for (int tries = 0; tries < 1000 && !ketch_session_take(&taken, session, 1); tries++) usleep(10);
        }
        ketch_job_free(&job);
    }
    assert_int_equal(ended + cancelled, rounds());
    atomic_store(&shared.stop, true);
    pthread_join(other, NULL);
    free(wanted.data);
    ketch_session_free(&session);
    ketch_circuit_free(&circuit);
}

/* ── Sessions that come and go ──────────────────────────────────────────────────────────────────────────────────────────── */

static void *cancel_all(void *argument) {
    pair *shared = argument;
    while (!atomic_load(&shared->stop)) {
        ketch_session_cancel((ketch_session *)(void *)atomic_load(&shared->job));
        usleep(500);
    }
    return NULL;
}

static void sessions_freed_at_any_moment(void **state) {
    (void)state;
    enum { JOBS = 12 };
    ketch_circuit *circuits[] = {little(), heavy(12, 10), heavy(17, 2)};
    for (int i = 0; i < rounds() / 40; i++) {
        ketch_session *session = session_of(1 + (uint64_t)i % 3, 0, 0);
        pair shared = {0};
        atomic_store(&shared.job, (ketch_job *)(void *)session);
        pthread_t other;
        if (i % 2) assert_int_equal(pthread_create(&other, NULL, cancel_all, &shared), 0);
        ketch_job *jobs[JOBS];
        for (int j = 0; j < JOBS; j++) {
            ketch_run_options options = seeded(1);
            options.threads = (uint64_t)j % 2;
            jobs[j] = submitted(session, circuits[j % 3], &options, 0);
        }
        usleep((unsigned)(i * 37 % 3000));
        for (int j = 0; j < JOBS / 3; j++) ketch_job_free(&jobs[j]);
        atomic_store(&shared.stop, true);
        if (i % 2) pthread_join(other, NULL);
        ketch_session_free(&session);
        for (int j = JOBS / 3; j < JOBS; j++) {
            ketch_job_info info = info_of(jobs[j]);
            assert_int_equal(info.state, KETCH_JOB_ENDED);
            assert_true(info.status == KETCH_OK || info.status == KETCH_ERROR_CANCELLED);
            ketch_job_free(&jobs[j]);
        }
    }
    for (size_t i = 0; i < LENGTH(circuits); i++) ketch_circuit_free(&circuits[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_callers_of_one_session),
        cmocka_unit_test(a_job_that_ends_while_it_is_cancelled),
        cmocka_unit_test(sessions_freed_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
