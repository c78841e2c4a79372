/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs that do not come to their end, and what a run must leave alone: cancelling, time, memory, qubits, the norm, the caller's
 * floating-point environment. Through sessions, as the front door calls them.
 */
#include "lab.h"

#include <fenv.h>
#include <math.h>
#include <pthread.h>

static ketch_session *session;

static int create(void **unused) {
    (void)unused;
    return kt_session_create(&session, &(ketch_session_options){.threads = 2}, diag) != KETCH_OK;
}

static int destroy(void **unused) {
    (void)unused;
    kt_session_free(session);
    return 0;
}

static ketch_run_options options_with(uint64_t shots) { return lab_with(shots, 0, 1).options; }

static ketch_status run(ketch_result **out, const ketch_circuit *circuit, const ketch_run_options *options) {
    ketch_diag_clear(diag);
    return kt_session_run(out, session, circuit, options, diag);
}

static void expect_text(const char *part) {
    if (!strstr(ketch_diag_text(diag), part)) fail_msg("no \"%s\" in\n%s", part, ketch_diag_text(diag));
}

/* "after 3 of 7 passes", or "gates": what is said to be done, and whether it is all there was. */
typedef struct kt_said {
    unsigned long long done, all;
} kt_said;

static kt_said what_was_done(void) {
    kt_said said;
    char word[8] = "";
    const char *after = strstr(ketch_diag_text(diag), "after ");
    if (!after || sscanf(after, "after %llu of %llu %7[a-z]", &said.done, &said.all, word) != 3) fail_msg("%s", ketch_diag_text(diag));
    assert_string_equal(word, lab_engine == KETCH_ENGINE_PLANNED ? "passes" : "gates");
    assert_true(said.done <= said.all && said.all > 0);
    return said;
}

/* Many seconds of work. */
static ketch_circuit *long_circuit(void) {
    ketch_circuit *circuit = circuit_of(22, 22);
    busy_gates(circuit, 100000);
    measure_all(circuit);
    return circuit;
}

static void expect_usable(void) {
    ketch_circuit *circuit = circuit_of(2, 2);
    ketch_result *result;
    ketch_run_options options = options_with(100);
    GATE(circuit, "x", 1);
    measure_all(circuit);
    OK(run(&result, circuit, &options));
    assert_int_equal(count_of(result, "10"), 100);
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

/* ── Cancelling and time ── */

static atomic_bool simulating;
static double cancelled_at;

static int look_for_simulation(void *unused, const ketch_progress *progress) {
    (void)unused;
    if (strcmp(progress->stage, "simulate") == 0) atomic_store(&simulating, true);
    return 0;
}

static void *cancel_soon(void *unused) {
    (void)unused;
    while (!atomic_load(&simulating)) nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
    cancelled_at = kt_seconds();
    kt_session_cancel(session);
    return NULL;
}

static void cancelled_from_another_thread(void **unused) {
    (void)unused;
    ketch_circuit *circuit = long_circuit();
    ketch_result *result;
    ketch_run_options options = options_with(100);
    pthread_t thread;
    options.progress = look_for_simulation;
    atomic_store(&simulating, false);
    kt_session_cancel(session); /* before a run: does nothing to it */
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, NULL), 0);
    FAILS(RUN_CANCELLED, run(&result, circuit, &options));
    double stopped_at = kt_seconds();
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_null(result);
    kt_said said = what_was_done();
    assert_true(said.done < said.all);
    assert_true(stopped_at - cancelled_at < 2); /* 50 ms are promised on a machine that has the time; this one may be busy */
    ketch_circuit_free(&circuit);
    expect_usable();
}

/* The run by itself: its plan is there. */
static void expect_timeout(const ketch_circuit *circuit, uint32_t threads, double seconds) {
    lab_setup lab = lab_with(100, 0, threads);
    ketch_result *result;
    kt_plan *plan;
    lab.grain = 0;
    lab.seconds = seconds;
    OK(kt_plan_make(&plan, circuit, &lab.options, NULL, diag));
    double started = kt_seconds();
    FAILS(RUN_TIMEOUT, lab_try_plan(&result, &lab, circuit, plan));
    assert_true(kt_seconds() - started < 3); /* the machine may be busy */
    kt_said said = what_was_done();
    assert_true(said.done < said.all);
    kt_plan_free(plan);
}

static void time_goes_by(void **unused) {
    (void)unused;
    ketch_circuit *circuit = long_circuit();
    ketch_result *result;
    expect_timeout(circuit, 2, 0.2);
    ketch_run_options options = options_with(100);
    options.timeout_seconds = 0.1;
    FAILS(RUN_TIMEOUT, run(&result, circuit, &options));
    ketch_circuit_free(&circuit);
    /* small states too: for one thread alone, and for two with a block or two of work; while numbers are bound, and while they are used */
    for (uint32_t qubits = 10; qubits < 18; qubits += quick() ? 6 : 1) {
        circuit = circuit_of(qubits, 0);
        busy_gates(circuit, 400000);
        expect_timeout(circuit, 2, 0.005);
        if (qubits > 14) expect_timeout(circuit, 2, 0.2);
        ketch_circuit_free(&circuit);
    }
    expect_usable();
}

/* The time begins before the plan is made. */
static void time_goes_by_while_planning(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(2, 0);
    ketch_result *result;
    ketch_run_options options = options_with(100);
    for (uint32_t i = 0; i < 200000; i++) OK(kt_circuit_add_gate(circuit, KT_GATE_H, 0, &(uint32_t){i % 2}, NULL, 0, diag));
    options.timeout_seconds = 1e-9;
    FAILS(RUN_TIMEOUT, run(&result, circuit, &options));
    expect_text("time limit reached while planning");
    assert_null(result);
    ketch_circuit_free(&circuit);
    expect_usable();
}

/* As arithmetic has it: fegetround looks elsewhere. */
static int rounding_in_use(void) {
    volatile double one = 1, tiny = 1e-30;
    return one + tiny > 1 ? FE_UPWARD : one - tiny < 1 ? FE_DOWNWARD : FE_TONEAREST;
}

typedef struct kt_watcher {
    const char *cancel_in; /* a stage */
    const char *last_stage;
    double last_fraction;
    unsigned calls, stages;
    pthread_t caller;
    int rounding;
} kt_watcher;

static int watch(void *user, const ketch_progress *progress) {
    kt_watcher *watcher = user;
    assert_true(pthread_equal(pthread_self(), watcher->caller));
    assert_int_equal(rounding_in_use(), watcher->rounding);
    assert_true(progress->fraction >= watcher->last_fraction && progress->fraction <= 1);
    assert_true(progress->seconds >= 0);
    watcher->last_fraction = progress->fraction;
    watcher->calls++;
    watcher->stages += !watcher->last_stage || strcmp(watcher->last_stage, progress->stage) != 0;
    watcher->last_stage = progress->stage;
    return watcher->cancel_in && strcmp(progress->stage, watcher->cancel_in) == 0;
}

static void progress_is_reported(void **unused) {
    (void)unused;
    uint32_t qubits = quick() ? 16 : 20;
    ketch_circuit *circuit = circuit_of(qubits, qubits);
    ketch_result *result;
    ketch_run_options options = options_with(10);
    busy_gates(circuit, 300);
    measure_all(circuit);
    kt_watcher watcher = {.caller = pthread_self(), .rounding = FE_DOWNWARD};
    options.progress = watch;
    options.progress_user = &watcher;
    fesetround(FE_DOWNWARD);
    ketch_status status = run(&result, circuit, &options);
    fesetround(FE_TONEAREST);
    OK(status);
    assert_int_equal(watcher.stages, 3);
    assert_string_equal(watcher.last_stage, "sample");
    assert_true(watcher.last_fraction >= 0.5);
    assert_true(watcher.calls >= 3 + (unsigned)(result->info.simulate_seconds / 1)); /* about ten a second, unless the machine is busy */
    assert_true(watcher.calls <= 4 + (unsigned)(result->info.total_seconds / 0.09));
    kt_result_free(result);
    const char *const stages[] = {"allocate", "simulate", "sample"};
    for (size_t i = 0; i < 3; i++) {
        watcher = (kt_watcher){.cancel_in = stages[i], .caller = pthread_self(), .rounding = FE_TONEAREST};
        FAILS(RUN_CANCELLED, run(&result, circuit, &options));
        kt_said said = what_was_done();
        if (lab_engine == KETCH_ENGINE_REFERENCE) assert_int_equal(said.all, 300);
        assert_int_equal(said.done, i < 2 ? 0 : said.all);
    }
    ketch_circuit_free(&circuit);
    expect_usable();
}

static void shots_done_are_said(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(1, 40);
    ketch_result *result;
    ketch_run_options options = options_with(100000000);
    for (uint32_t c = 0; c < 40; c++) {
        GATE(circuit, "h", 0);
        measure(circuit, 0, c);
    }
    GATE(circuit, "h", 0);
    measure(circuit, 0, 0);
    options.shots = 1000000;
    options.timeout_seconds = 0.3;
    FAILS(RUN_TIMEOUT, run(&result, circuit, &options));
    expect_text("of 1000000 shots");
    ketch_circuit_free(&circuit);
}

/* ── The norm ── */

static void the_norm_is_checked(void **unused) {
    (void)unused;
    static const double flip[8] = {0, 0, 1, 0, 1, 0, 0, 0};
    ketch_circuit *circuit = circuit_of(3, 3);
    ketch_result *result;
    ketch_run_options options = options_with(10);
    GATE(circuit, "h", 1);
    OK(ketch_circuit_append_matrix(circuit, 1, (const uint32_t[]){1}, flip, diag));
    measure_all(circuit);
    OK(run(&result, circuit, &options));
    assert_true(fabs(result->info.norm - 1) < 1e-15);
    kt_result_free(result);
    for (int precision = 0; precision < 2; precision++) {
        options.precision = precision ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64;
        circuit->matrices[2] = 1.001;
        FAILS(NORM_DRIFTED, run(&result, circuit, &options));
        assert_null(result);
        circuit->matrices[2] = NAN;
        FAILS(NORM_DRIFTED, run(&result, circuit, &options));
        circuit->matrices[2] = 0;
        FAILS(NORM_DRIFTED, run(&result, circuit, &options));
    }
    options.precision = KETCH_PRECISION_FP64;
    circuit->matrices[2] = 1.00001;
    FAILS(NORM_DRIFTED, run(&result, circuit, &options));
    options.norm_tolerance = 0.1; /* the caller's word counts */
    OK(run(&result, circuit, &options));
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

/* Rounding alone never fails: many gates, in fp32 too. */
static void rounding_is_tolerated(void **unused) {
    (void)unused;
    uint32_t gates = quick() ? 20000 : 300000;
    ketch_circuit *circuit = circuit_of(5, 5);
    ketch_result *result;
    busy_gates(circuit, gates);
    for (int precision = 0; precision < 2; precision++) {
        ketch_run_options options = options_with(10);
        options.precision = precision ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64;
        OK(run(&result, circuit, &options));
        assert_true(result->info.norm != 1); /* there was something to tolerate */
        kt_result_free(result);
    }
    ketch_circuit_free(&circuit);
}

/* ── Memory and qubits ── */

static ketch_circuit *wide_circuit(uint32_t qubits) {
    ketch_circuit *circuit = circuit_of(qubits, qubits);
    for (uint32_t q = 0; q < qubits; q++) GATE(circuit, "h", q);
    measure_all(circuit);
    return circuit;
}

static void memory_is_checked_first(void **unused) {
    (void)unused;
    ketch_circuit *circuit = wide_circuit(40);
    ketch_result *result;
    ketch_run_options options = options_with(10);
    FAILS(STATE_TOO_LARGE, run(&result, circuit, &options));
    expect_text("40 qubits need 16.0 TiB in fp64; ");
    expect_text(" are free here (");
    expect_text(" with --precision fp32)");
    options.precision = KETCH_PRECISION_FP32;
    FAILS(STATE_TOO_LARGE, run(&result, circuit, &options));
    expect_text("40 qubits need 8.0 TiB in fp32; ");
    ketch_circuit_free(&circuit);
    circuit = wide_circuit(63);
    FAILS(STATE_TOO_LARGE, run(&result, circuit, &options));
    ketch_circuit_free(&circuit);
    circuit = wide_circuit(64);
    FAILS(TOO_MANY_QUBITS, run(&result, circuit, &options));
    ketch_circuit_free(&circuit);
}

/* What is said to fit, fits; one more does not. */
static void what_fits_is_said_truly(void **unused) {
    (void)unused;
    for (int precision = 0; precision < 2; precision++)
        for (uint64_t limit = 1 << 20; limit <= 1 << 24; limit *= 4) {
            ketch_circuit *circuit = wide_circuit(25);
            ketch_result *result;
            ketch_memory memory = KETCH_MEMORY_INIT;
            ketch_run_options options = options_with(1000);
            options.max_memory = limit;
            options.precision = precision ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64;
            OK(kt_session_memory(&memory, circuit, &options, diag));
            assert_int_equal(memory.available_bytes, limit);
            assert_int_equal(memory.qubits, 25);
            assert_true(memory.needed_bytes >= (UINT64_C(1) << 25) * (precision ? 8 : 16));
            FAILS(STATE_TOO_LARGE, run(&result, circuit, &options));
            expect_text(" are allowed (");
            ketch_circuit_free(&circuit);
            circuit = wide_circuit(memory.fitting_qubits);
            OK(run(&result, circuit, &options));
            assert_true(result->info.peak_memory_bytes <= limit);
            kt_result_free(result);
            ketch_circuit_free(&circuit);
            circuit = wide_circuit(memory.fitting_qubits + 1);
            FAILS(STATE_TOO_LARGE, run(&result, circuit, &options));
            ketch_circuit_free(&circuit);
        }
}

static void a_million_shots_need_little(void **unused) {
    (void)unused;
    ketch_circuit *circuit = wide_circuit(20);
    ketch_result *result;
    ketch_run_options options = options_with(1000000);
    OK(run(&result, circuit, &options));
    assert_true(result->info.peak_memory_bytes > 16 << 20 && result->info.peak_memory_bytes < (16 + 64) << 20);
    kt_result_free(result);
    options.shots = UINT64_C(1) << 50;
    FAILS(STATE_TOO_LARGE, run(&result, circuit, &options));
    expect_text("1125899906842624 shots of 20 bits need ");
    ketch_circuit_free(&circuit);
}

/* Copies at branches take what the limit leaves, and no more. */
static void branches_stay_within_memory(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(16, 8);
    ketch_result *result;
    uint64_t state = UINT64_C(16) << 16;
    for (uint32_t q = 0; q < 16; q++) GATE(circuit, "h", q);
    for (uint32_t q = 0; q < 8; q++) measure(circuit, q, q);
    for (uint32_t q = 0; q < 16; q++) GATE(circuit, "h", q);
    for (uint32_t q = 0; q < 8; q++) measure(circuit, q, q);
    ketch_run_options options = options_with(20);
    ketch_memory memory = KETCH_MEMORY_INIT;
    OK(kt_session_memory(&memory, circuit, &options, diag));
    for (uint64_t copies = 0; copies < 4; copies++) {
        options.max_memory = memory.needed_bytes + copies * (state + 64) + state / 2;
        OK(run(&result, circuit, &options));
        assert_true(result->info.peak_memory_bytes <= options.max_memory);
        assert_true(result->info.peak_memory_bytes >= (copies + 1) * state);
        kt_result_free(result);
    }
    ketch_circuit_free(&circuit);
}

static void qubits_are_limited(void **unused) {
    (void)unused;
    ketch_circuit *circuit = wide_circuit(5);
    ketch_result *result;
    ketch_run_options options = options_with(10);
    options.max_qubits = 4;
    FAILS(TOO_MANY_QUBITS, run(&result, circuit, &options));
    expect_text("5 qubits are to be simulated; the limit of this run is 4");
    options.max_qubits = 5;
    OK(run(&result, circuit, &options));
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

static void unfinished_circuits(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(1, 1);
    ketch_result *result;
    ketch_run_options options = options_with(10);
    begin_if(circuit, 0);
    FAILS(BAD_CONDITION, ketch_run(&result, session, circuit, &options, diag));
    end_if(circuit);
    OK(run(&result, circuit, &options));
    kt_result_free(result);
    uint32_t input;
    OK(kt_circuit_add_input(&input, circuit, "theta", 5, (kt_input){.type = KT_SCALAR_FLOAT, .width = 64}, diag));
    FAILS(PARAMETER_UNBOUND, run(&result, circuit, &options));
    ketch_circuit_free(&circuit);
}

/* ── Sessions ── */

static void sessions(void **unused) {
    (void)unused;
    ketch_session *other;
    FAILS(BAD_ARGUMENT, kt_session_create(&other, &(ketch_session_options){.threads = 5000}, diag));
    assert_null(other);
    OK(kt_session_create(&other, &(ketch_session_options){.threads = 0}, diag));
    assert_int_equal(kt_session_threads(other), kt_processors());
    kt_session_free(other);
}

static void seeds_differ_unless_given(void **unused) {
    (void)unused;
    ketch_circuit *circuit = wide_circuit(10);
    ketch_result *a, *b, *again;
    ketch_run_options options = options_with(50);
    options.outputs = KETCH_OUTPUT_SHOTS;
    options.has_seed = 0;
    OK(run(&a, circuit, &options));
    OK(run(&b, circuit, &options));
    assert_true(a->info.seed != b->info.seed);
    assert_memory_not_equal(a->shots, b->shots, 50 * sizeof *a->shots);
    options.has_seed = 1; /* the seed that was reported brings the result back, from the state that the last run left */
    options.seed = a->info.seed;
    OK(run(&again, circuit, &options));
    expect_same_result(a, again);
    kt_result_free(a);
    kt_result_free(b);
    kt_result_free(again);
    ketch_circuit_free(&circuit);
}

/* Rounding mode and denormals are the caller's again, and the result does not depend on them. */
static void the_environment_is_left_alone(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(6, 6);
    ketch_result *results[2];
    random_gates(circuit, 50);
    ketch_run_options options = options_with(100);
    options.outputs = KETCH_OUTPUT_STATE | KETCH_OUTPUT_SHOTS;
    OK(run(&results[0], circuit, &options));
    volatile double tiny = 1e-308;
    assert_true(tiny / 10 != 0);
    fesetround(FE_UPWARD);
    ketch_status status = run(&results[1], circuit, &options);
    int rounding = rounding_in_use();
    fesetround(FE_TONEAREST);
    OK(status);
    assert_int_equal(rounding, FE_UPWARD);
    expect_same_result(results[0], results[1]);
    kt_result_free(results[0]);
    kt_result_free(results[1]);
    ketch_circuit_free(&circuit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cancelled_from_another_thread), cmocka_unit_test(time_goes_by),
        cmocka_unit_test(time_goes_by_while_planning),   cmocka_unit_test(progress_is_reported),
        cmocka_unit_test(shots_done_are_said),           cmocka_unit_test(the_norm_is_checked),
        cmocka_unit_test(rounding_is_tolerated),         cmocka_unit_test(memory_is_checked_first),
        cmocka_unit_test(what_fits_is_said_truly),       cmocka_unit_test(a_million_shots_need_little),
        cmocka_unit_test(branches_stay_within_memory),   cmocka_unit_test(qubits_are_limited),
        cmocka_unit_test(unfinished_circuits),           cmocka_unit_test(sessions),
        cmocka_unit_test(seeds_differ_unless_given),     cmocka_unit_test(the_environment_is_left_alone),
    };
    return RUN_WITH_BOTH_ENGINES(tests, create, destroy);
}
