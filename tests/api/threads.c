/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads: different objects are independent, a circuit at rest may be shared, a run can be cancelled from anywhere, and results
 * outlive their session. Run under ThreadSanitizer too.
 */
#include "api.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum { SHOTS = 500, RUNS = 20 };

typedef struct worker {
    const ketch_circuit *circuit;
    uint32_t threads;
    uint64_t shots[SHOTS];
    int failures;
} worker;

static void *run_often(void *argument) {
    worker *own = argument;
    ketch_session *session = NULL;
    ketch_session_options session_options = KETCH_SESSION_OPTIONS_INIT;
    session_options.threads = own->threads;
    own->failures += ketch_session_create(&session, &session_options, NULL) != KETCH_OK;
    for (int i = 0; i < RUNS && !own->failures; i++) {
        ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
        options.outputs = KETCH_OUTPUT_SHOTS;
        options.shots = SHOTS;
        options.seed = 17;
        options.has_seed = 1;
        ketch_result *result = NULL;
        own->failures += ketch_run(&result, session, own->circuit, &options, NULL) != KETCH_OK;
        if (result) memcpy(own->shots, ketch_result_shots(result, NULL), sizeof own->shots);
        bytes drawing = {0};
        own->failures += ketch_circuit_draw(own->circuit, NULL, into(&drawing), NULL) != KETCH_OK;
        free(drawing.data);
        ketch_result_free(&result);
    }
    ketch_session_free(&session);
    return NULL;
}

static void sessions_run_side_by_side(void **state) {
    (void)state;
    ketch_circuit *circuit = heavy(12, 3);
    worker *workers = calloc(3, sizeof *workers);
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        workers[i].circuit = circuit;
        workers[i].threads = (uint32_t)i + 1;
        assert_int_equal(pthread_create(threads + i, NULL, run_often, workers + i), 0);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(workers[i].failures, 0);
        assert_memory_equal(workers[i].shots, workers[0].shots, sizeof workers[0].shots); /* at any number of threads */
    }
    free(workers);
    ketch_circuit_free(&circuit);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

struct canceller {
    ketch_session *session;
    unsigned microseconds;
    double at; /* when it did */
};

static void *cancel_soon(void *argument) {
    struct canceller *canceller = argument;
    usleep(canceller->microseconds);
    canceller->at = now();
    ketch_session_cancel(canceller->session);
    return NULL;
}

/* `gates` on one qubit, one after another. */
static ketch_circuit *narrow(size_t gates) {
    ketch_circuit *circuit = NULL;
    OK(NULL, ketch_circuit_create(&circuit, 1, 1, NULL));
    uint32_t *zeros = calloc(gates, sizeof *zeros);
    OK(NULL, ketch_circuit_append(circuit, "h", gates, zeros, NULL, NULL));
    free(zeros);
    return circuit;
}

/* Wherever a run is, it stops: 50 ms are promised on a machine that has the time; this one may be busy. */
static void another_thread_cancels(void **state) {
    (void)state;
    const double soon = 1;
    struct long_run {
        ketch_circuit *circuit;
        ketch_engine engine;
        uint64_t shots;
        unsigned microseconds; /* before it is cancelled, */
        uint32_t times;        /* each a little later than the one before, at which one and two threads in turn are told to stop */
    } runs[] = {
        {heavy(20, 2000), KETCH_ENGINE_REFERENCE, 1024, 100000, 2},  /* simulating */
        {heavy(20, 8000), KETCH_ENGINE_PLANNED, 1024, 100000, 6},    /* planning, binding, simulating */
        {narrow(4000000), KETCH_ENGINE_REFERENCE, 1024, 10000, 3},   /* planning, and then many small steps */
        {narrow(4000000), KETCH_ENGINE_PLANNED, 1024, 10000, 3},     /* planning */
        {heavy(20, 1), KETCH_ENGINE_REFERENCE, 40000000, 200000, 6}, /* sampling, and then counting */
        {heavy(20, 1), KETCH_ENGINE_PLANNED, 40000000, 200000, 6},
    };
    for (size_t i = 0; i < LENGTH(runs); i++) {
        for (uint32_t time = 0; time < runs[i].times; time++) {
            ketch_session *session = NULL;
            ketch_session_options options = KETCH_SESSION_OPTIONS_INIT;
            options.threads = 1 + time % 2;
            OK(NULL, ketch_session_create(&session, &options, NULL));
            ketch_session_cancel(session); /* no run: nothing */
            ketch_result *result = NULL;
            ketch_run_options run = KETCH_RUN_OPTIONS_INIT;
            run.shots = runs[i].shots;
            run.engine = runs[i].engine;
            struct canceller canceller = {session, runs[i].microseconds * (time + 1), 0};
            pthread_t other;
            assert_int_equal(pthread_create(&other, NULL, cancel_soon, &canceller), 0);
            ketch_diag *diag = ketch_diag_create();
            EXPECT(KETCH_ERROR_CANCELLED, diag, ketch_run(&result, session, runs[i].circuit, &run, diag));
            double returned = now();
            pthread_join(other, NULL);
            assert_null(result);
            double seconds = returned - canceller.at;
            if (seconds > soon) fail_msg("run %zu, cancelled after %u us: %g s until it stopped", i, canceller.microseconds, seconds);
            ketch_diag_free(&diag);
            ketch_session_free(&session);
        }
        ketch_circuit_free(&runs[i].circuit);
    }
    ketch_session_cancel(NULL);
}

/* What was cancelled runs again. */
static void a_session_outlives_a_cancelled_run(void **state) {
    (void)state;
    ketch_circuit *long_one = heavy(20, 8000), *short_one = heavy(3, 1);
    ketch_session *session = NULL;
    ketch_result *result = NULL;
    OK(NULL, ketch_session_create(&session, NULL, NULL));
    struct canceller canceller = {session, 50000, 0};
    pthread_t other;
    assert_int_equal(pthread_create(&other, NULL, cancel_soon, &canceller), 0);
    EXPECT(KETCH_ERROR_CANCELLED, NULL, ketch_run(&result, session, long_one, NULL, NULL));
    pthread_join(other, NULL);
    OK(NULL, ketch_run(&result, session, short_one, NULL, NULL));
    ketch_result_free(&result);
    ketch_session_free(&session);
    ketch_circuit_free(&long_one);
    ketch_circuit_free(&short_one);
}

static ketch_session *volatile interrupted;

static void on_alarm(int number) {
    (void)number;
    ketch_session_cancel(interrupted);
}

static void a_signal_handler_cancels(void **state) {
    (void)state;
    ketch_circuit *circuit = heavy(20, 8000);
    ketch_session *session = NULL;
    ketch_result *result = NULL;
    OK(NULL, ketch_session_create(&session, NULL, NULL));
    interrupted = session;
    struct sigaction old, action = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &action, &old);
    ualarm(100000, 0);
    EXPECT(KETCH_ERROR_CANCELLED, NULL, ketch_run(&result, session, circuit, NULL, NULL));
    sigaction(SIGALRM, &old, NULL);
    ketch_session_free(&session);
    ketch_circuit_free(&circuit);
}

static void results_outlive_session_and_circuit(void **state) {
    (void)state;
    ketch_circuit *circuit = parsed(BELL);
    ketch_session *session = NULL;
    ketch_result *result = NULL;
    ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
    options.outputs = KETCH_OUTPUT_STATE | KETCH_OUTPUT_SHOTS;
    OK(NULL, ketch_session_create(&session, NULL, NULL));
    OK(NULL, ketch_run(&result, session, circuit, &options, NULL));
    ketch_session_free(&session);
    ketch_circuit_free(&circuit);
    const double *amplitudes = ketch_result_state(result, NULL, NULL);
    assert_true(amplitudes[0] > 0.7 && amplitudes[6] > 0.7);
    assert_string_equal(ketch_result_register(result, 0).name, "c");
    assert_int_equal(ketch_result_count_of(result, "00") + ketch_result_count_of(result, "11"), 1024);
    bytes all = {0};
    OK(NULL, ketch_result_write(result, NULL, into(&all), NULL));
    assert_non_null(strstr(all.data, "00"));
    free(all.data);
    ketch_result_free(&result);
}

/* A state that was given to the user is not taken back for the next run. */
static void a_later_run_leaves_earlier_results_alone(void **state) {
    (void)state;
    ketch_circuit *circuits[] = {heavy(6, 1), heavy(6, 2)};
    ketch_session *session = NULL;
    ketch_result *first = NULL, *second = NULL;
    ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
    options.outputs = KETCH_OUTPUT_STATE;
    OK(NULL, ketch_session_create(&session, NULL, NULL));
    OK(NULL, ketch_run(&first, session, circuits[0], &options, NULL));
    double kept[128];
    memcpy(kept, ketch_result_state(first, NULL, NULL), sizeof kept);
    OK(NULL, ketch_run(&second, session, circuits[1], &options, NULL));
    assert_memory_equal(kept, ketch_result_state(first, NULL, NULL), sizeof kept);
    assert_memory_not_equal(kept, ketch_result_state(second, NULL, NULL), sizeof kept);
    ketch_result_free(&first);
    ketch_result_free(&second);
    ketch_session_free(&session);
    ketch_circuit_free(&circuits[0]);
    ketch_circuit_free(&circuits[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_run_side_by_side),           cmocka_unit_test(another_thread_cancels),
        cmocka_unit_test(a_session_outlives_a_cancelled_run),  cmocka_unit_test(a_signal_handler_cancels),
        cmocka_unit_test(results_outlive_session_and_circuit), cmocka_unit_test(a_later_run_leaves_earlier_results_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
