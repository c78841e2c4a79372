/* SPDX-License-Identifier: Apache-2.0
 *
 * States as a user meets them: made, run on, looked at, kept beside results; what conflicts with them, and when they are lost. (That the
 * amplitudes are right is the engine's tests' business.)
 */
#include "session.h"

#include <math.h>

static ketch_run_options on(ketch_state *state) {
    ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
    options.state = state;
    options.seed = 3;
    options.has_seed = 1;
    return options;
}

static ketch_state *state_of(uint32_t qubits, ketch_precision precision) {
    ketch_state *state = NULL;
    OK(diag, ketch_state_create(&state, qubits, precision, diag));
    assert_int_equal(ketch_state_qubits(state), qubits);
    assert_int_equal(ketch_state_precision(state), precision);
    return state;
}

static ketch_run_info run(const ketch_circuit *circuit, const ketch_run_options *options) {
    ketch_result *result = NULL;
    ketch_run_info info = KETCH_RUN_INFO_INIT;
    OK(diag, ketch_run(&result, session, circuit, options, diag));
    OK(diag, ketch_result_info(&info, result, diag));
    ketch_result_free(&result);
    return info;
}

/* A Bell pair in two runs, in the precision that the state has. */
static void two_runs(void **unused) {
    (void)unused;
    ketch_circuit *first, *second;
    OK(diag, ketch_circuit_create(&first, 1, 0, diag));
    OK(diag, ketch_circuit_append(first, "h", 1, (const uint32_t[]){0}, NULL, diag));
    OK(diag, ketch_circuit_create(&second, 2, 0, diag));
    OK(diag, ketch_circuit_append(second, "cx", 1, (const uint32_t[]){0, 1}, NULL, diag));
    for (int single = 0; single < 2; single++) {
        ketch_state *state = state_of(2, single ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64);
        const void *amplitudes = ketch_state_amplitudes(state);
        ketch_run_options options = on(state);
        for (int again = 0; again < 2; again++) { /* the second time with plans that were kept */
            OK(diag, ketch_state_reset(state, diag));
            assert_int_equal(run(first, &options).precision, ketch_state_precision(state));
            ketch_run_info info = run(second, &options);
            if (again) assert_true(info.plan_reused);
            assert_int_equal(info.shots, 1024);
            assert_int_equal(info.qubits, 2);
            for (size_t i = 0; i < 8; i++) {
                double part = single ? (double)((const float *)amplitudes)[i] : ((const double *)amplitudes)[i];
                assert_true(fabs(part - (i == 0 || i == 6 ? sqrt(0.5) : 0)) < (single ? 1e-7 : 1e-15));
            }
        }
        assert_ptr_equal(ketch_state_amplitudes(state), amplitudes);
        double p[4];
        OK(diag, ketch_state_marginal(p, state, (const uint32_t[]){1, 0}, 2, diag));
        assert_true(fabs(p[0] - 0.5) < 1e-6 && fabs(p[3] - 0.5) < 1e-6 && p[1] == 0 && p[2] == 0);
        ketch_state_free(&state);
    }
    ketch_circuit_free(&first);
    ketch_circuit_free(&second);
}

static void conflicts(void **unused) {
    (void)unused;
    ketch_circuit *bell = parsed(BELL), *teleport = parsed(TELEPORT);
    ketch_state *narrow = state_of(1, KETCH_PRECISION_FP64), *wide = state_of(3, KETCH_PRECISION_FP64);
    ketch_result *result = NULL;
    ketch_job *job = NULL;
    ketch_run_options options = on(narrow);
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_run(&result, session, bell, &options, diag));
    options = on(wide);
    options.precision = KETCH_PRECISION_FP32;
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_run(&result, session, bell, &options, diag));
    options = on(wide);
    options.shots = 2;
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_run(&result, session, teleport, &options, diag));
    options.shots = 0;
    ketch_batch batch = KETCH_BATCH_INIT;
    batch.circuits = (const ketch_circuit *const[]){bell, bell};
    batch.circuit_count = 2;
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_submit_batch(&job, session, &batch, &options, NULL, diag));
    OK(diag, ketch_state_check(wide, diag)); /* nothing of this has touched it */
    assert_int_equal(run(teleport, &options).shots, 1);
    ketch_memory memory = KETCH_MEMORY_INIT, without = KETCH_MEMORY_INIT;
    ketch_state *large = state_of(16, KETCH_PRECISION_FP64);
    ketch_circuit *busy = heavy(16, 1);
    options = on(large);
    OK(diag, ketch_memory_needed(&memory, busy, &options, diag));
    OK(diag, ketch_memory_needed(&without, busy, NULL, diag));
    assert_true(memory.needed_bytes + (1 << 19) < without.needed_bytes); /* a megabyte */
    assert_true(memory.fitting_qubits > 16 && memory.fitting_qubits < 50);
    ketch_circuit_free(&busy);
    ketch_state_free(&large);
    ketch_state_free(&narrow);
    ketch_state_free(&wide);
    ketch_circuit_free(&bell);
    ketch_circuit_free(&teleport);
}

static int refuse(void *user, const ketch_progress *progress) {
    (void)user;
    return strcmp(progress->stage, "sample") == 0;
}

static void cancelled_runs_lose_it(void **unused) {
    (void)unused;
    ketch_circuit *circuit = heavy(12, 3);
    ketch_state *state = state_of(12, KETCH_PRECISION_FP64), *copy = NULL;
    ketch_run_options options = on(state);
    options.progress = refuse;
    ketch_result *result = NULL;
    EXPECT(KETCH_ERROR_CANCELLED, diag, ketch_run(&result, session, circuit, &options, diag));
    EXPECT(KETCH_ERROR_LOST, diag, ketch_state_check(state, diag));
    EXPECT(KETCH_ERROR_LOST, diag, ketch_state_copy(&copy, state, diag));
    options.progress = NULL;
    EXPECT(KETCH_ERROR_LOST, diag, ketch_run(&result, session, circuit, &options, diag));
    OK(diag, ketch_state_reset(state, diag));
    run(circuit, &options);
    ketch_state_free(&state);
    ketch_circuit_free(&circuit);
}

/* A job works on a state as a run does, and one after the other they are the same as in one thread. */
static void jobs(void **unused) {
    (void)unused;
    ketch_circuit *circuit = heavy(10, 2);
    ketch_state *state = state_of(10, KETCH_PRECISION_FP64), *other = state_of(10, KETCH_PRECISION_FP64);
    ketch_run_options options = on(state);
    for (int i = 0; i < 5; i++) {
        ketch_job *job = NULL;
        ketch_result *result = NULL;
        OK(diag, ketch_submit(&job, session, circuit, &options, NULL, diag));
        assert_int_equal(ketch_job_wait(job, 60), KETCH_OK);
        OK(diag, ketch_job_result(&result, job, 0, diag));
        ketch_result_free(&result);
        ketch_job_free(&job);
    }
    options = on(other);
    for (int i = 0; i < 5; i++) run(circuit, &options);
    assert_memory_equal(ketch_state_amplitudes(state), ketch_state_amplitudes(other), 16 << 10);
    ketch_state_free(&state);
    ketch_state_free(&other);
    ketch_circuit_free(&circuit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_runs),
        cmocka_unit_test(conflicts),
        cmocka_unit_test(cancelled_runs_lose_it),
        cmocka_unit_test(jobs),
    };
    return cmocka_run_group_tests(tests, create, release);
}
