/* SPDX-License-Identifier: Apache-2.0
 *
 * Plans that a session keeps: found again for every circuit of the same structure, never for another one.
 */
#include "session.h"

#include <math.h>

static const ketch_run_options seeded = {.struct_size = sizeof seeded, .shots = 100, .seed = 3, .has_seed = 1};

static void write_run(bytes *out, int *reused, ketch_session *where, const ketch_circuit *circuit, const ketch_run_options *options) {
    ketch_result *result = NULL;
    OK(diag, ketch_run(&result, where, circuit, options, diag));
    ketch_run_info info = KETCH_RUN_INFO_INIT;
    OK(diag, ketch_result_info(&info, result, diag));
    *reused = info.plan_reused;
    ketch_write_options write = KETCH_WRITE_OPTIONS_INIT;
    write.format = KETCH_FORMAT_JSONL;
    write.omit_run = 1;
    OK(diag, ketch_result_write(result, &write, into(out), diag));
    ketch_result_free(&result);
}

/* Runs in the session of the test, and in a new one, which must say the same. Nonzero: the plan was there already. */
static int reused_and_right(const ketch_circuit *circuit, const ketch_run_options *options) {
    bytes kept = {0}, fresh = {0};
    int reused, never;
    ketch_session *other;
    OK(diag, ketch_session_create(&other, NULL, diag));
    write_run(&kept, &reused, session, circuit, options);
    write_run(&fresh, &never, other, circuit, options);
    assert_int_equal(never, 0);
    assert_string_equal(kept.data, fresh.data);
    free(kept.data);
    free(fresh.data);
    ketch_session_free(&other);
    return reused;
}

static void binding_plans_once(void **state) {
    (void)state;
    ketch_circuit *circuit = parsed(PARAMETERS);
    ketch_run_options options = seeded;
    options.outputs = KETCH_OUTPUT_AMPLITUDES | KETCH_OUTPUT_NO_SHOTS;
    const char *names[] = {"phi", "theta"};
    for (int i = 0; i < 1000; i++) {
        double values[] = {0.3, 0.001 * i}, amplitude[2];
        OK(diag, ketch_circuit_bind_all(circuit, 2, names, values, diag));
        ketch_result *result;
        OK(diag, ketch_run(&result, session, circuit, &options, diag));
        ketch_run_info info = KETCH_RUN_INFO_INIT;
        OK(diag, ketch_result_info(&info, result, diag));
        assert_int_equal(info.plan_reused, i > 0);
        OK(diag, ketch_result_amplitudes(amplitude, result, &(uint64_t){0}, 1, diag));
        assert_true(fabs(amplitude[0] - cos(values[1]) * cos(0.15)) < 1e-14);
        assert_true(fabs(amplitude[1] + cos(values[1]) * sin(0.15)) < 1e-14);
        ketch_result_free(&result);
    }
    ketch_circuit_free(&circuit);
}

/* Built again, or parsed again, with other angles. */
static void same_structure(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        ketch_circuit *built = heavy(4, 3);
        double angle = 0.4 * i;
        OK(diag, ketch_circuit_append(built, "rz", 1, &(uint32_t){2}, &angle, diag));
        OK(diag, ketch_circuit_append(built, "ry", 1, &(uint32_t){1}, &angle, diag));
        assert_int_equal(reused_and_right(built, &seeded), i > 0);
        ketch_circuit_free(&built);
    }
    for (int i = 0; i < 3; i++) {
        char text[200];
        snprintf(text, sizeof text,
                 "OPENQASM 3.0; include \"stdgates.inc\"; qubit[2] q; bit[2] c; ry(0.%d) q[0]; cx q[0], q[1]; c = measure q;", i + 1);
        ketch_circuit *circuit = parsed(text);
        assert_int_equal(reused_and_right(circuit, &seeded), i > 0);
        ketch_circuit_free(&circuit);
    }
}

/* Each text differs from the one before in one thing that a plan depends on; none may be given another's plan. */
static void structures_that_differ(void **state) {
    (void)state;
    static const char *const bodies[] = {
        "qubit[3] q; bit[3] c; x q[0]; cx q[0], q[1]; c = measure q;",
        "qubit[3] q; bit[3] c; x q[0]; cx q[1], q[0]; c = measure q;",
        "qubit[3] q; bit[3] c; x q[0]; negctrl @ x q[0], q[1]; c = measure q;",
        "qubit[3] q; bit[3] c; x q[0]; cz q[0], q[1]; c = measure q;",
        "qubit[3] q; bit[3] c; x q[0]; cx q[0], q[1]; cx q[0], q[1]; c = measure q;",
        "qubit[3] q; bit[3] c; x q[0]; cx q[0], q[1]; c[2] = measure q[0];",
        "qubit[3] q; bit[3] c; x q[0]; cx q[0], q[1]; c[1] = measure q[0];",
        "qubit[3] q; bit c; bit[2] d; x q[0]; cx q[0], q[1]; c = measure q[0];",
        "qubit[3] q; bit[2] c; bit d; x q[0]; cx q[0], q[1]; c[0] = measure q[0];",
        "qubit[3] q; bit[2] c; bit d; x q[0]; c[0] = measure q[0]; if (c == 1) x q[1]; d = measure q[1];",
        "qubit[3] q; bit[2] c; bit d; x q[0]; c[0] = measure q[0]; if (c == 2) x q[1]; d = measure q[1];",
        "qubit[3] q; bit[2] c; bit d; x q[0]; c[0] = measure q[0]; if (c != 2) x q[1]; d = measure q[1];",
        "qubit[3] q; bit[2] c; bit d; x q[0]; c[0] = measure q[0]; if (c[0] == 1) x q[1]; d = measure q[1];",
        "qubit[3] q; bit[2] c; bit d; x q[0]; c[0] = measure q[0]; if (c[1] == 1) x q[1]; d = measure q[1];",
        "qubit[3] q; bit[2] c; bit d; x q[0]; reset q[0]; d = measure q[0];",
        "qubit[4] q; bit[2] c; bit d; x q[0]; reset q[0]; d = measure q[0];",
        "qubit[4] q; bit[2] c; bit d; x q[0]; reset q[1]; d = measure q[0];",
        "qubit[4] q; output bit[2] c; bit d; x q[0]; reset q[1]; d = measure q[0];",
        "qubit[4] q; x q[0];",
        "qubit[5] q; x q[0];",
    };
    for (int order = 0; order < 2; order++) { /* neighbours once more, the other way round */
        for (size_t i = 0; i < LENGTH(bodies); i++) {
            char text[300];
            snprintf(text, sizeof text, "OPENQASM 3.0; include \"stdgates.inc\"; %s", bodies[order ? LENGTH(bodies) - 1 - i : i]);
            ketch_circuit *circuit = parsed(text);
            int reused = reused_and_right(circuit, &seeded);
            assert_int_equal(reused, order);
            ketch_circuit_free(&circuit);
        }
    }
}

static void circuits_that_grow(void **state) {
    (void)state;
    ketch_circuit *circuit = NULL;
    OK(diag, ketch_circuit_create(&circuit, 3, 3, diag));
    const uint32_t qubits[] = {0, 1, 2};
    assert_int_equal(reused_and_right(circuit, &seeded), 0);
    OK(diag, ketch_circuit_append(circuit, "h", 2, qubits, NULL, diag));
    assert_int_equal(reused_and_right(circuit, &seeded), 0);
    assert_int_equal(reused_and_right(circuit, &seeded), 1);
    OK(diag, ketch_circuit_append(circuit, "cx", 1, qubits + 1, NULL, diag));
    assert_int_equal(reused_and_right(circuit, &seeded), 0);
    OK(diag, ketch_circuit_measure(circuit, 2, qubits, qubits, diag));
    assert_int_equal(reused_and_right(circuit, &seeded), 0);
    OK(diag, ketch_circuit_reset(circuit, 1, qubits, diag));
    assert_int_equal(reused_and_right(circuit, &seeded), 0);
    OK(diag, ketch_circuit_begin_if(circuit, 2, qubits, 1, diag));
    OK(diag, ketch_circuit_append(circuit, "x", 1, qubits + 2, NULL, diag));
    OK(diag, ketch_circuit_end_if(circuit, diag));
    OK(diag, ketch_circuit_measure(circuit, 1, qubits + 2, qubits + 2, diag));
    assert_int_equal(reused_and_right(circuit, &seeded), 0);
    assert_int_equal(reused_and_right(circuit, &seeded), 1);
    ketch_circuit_free(&circuit);
}

static void options_that_differ(void **state) {
    (void)state;
    ketch_circuit *circuit = heavy(5, 2);
    ketch_run_options options[] = {seeded, seeded, seeded, seeded, seeded, seeded, seeded};
    options[1].outputs = KETCH_OUTPUT_AMPLITUDES;
    options[2].precision = KETCH_PRECISION_FP32;
    options[3].engine = KETCH_ENGINE_REFERENCE;
    options[4].tile_bits = 8;
    options[5].instructions = KETCH_INSTRUCTIONS_PLAIN;
    options[6].without = KETCH_WITHOUT_FRAME;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < LENGTH(options); i++) assert_int_equal(reused_and_right(circuit, &options[i]), round);
    }
    ketch_run_options same = seeded; /* what no plan depends on */
    same.shots = 7;
    same.seed = 8;
    same.max_memory = 1 << 20;
    same.timeout_seconds = 100;
    assert_int_equal(reused_and_right(circuit, &same), 1);
    ketch_run_options few = seeded;
    few.max_qubits = 4;
    EXPECT(KETCH_ERROR_LIMIT, diag, ketch_run(&(ketch_result *){NULL}, session, circuit, &few, diag));
    ketch_run_options without = seeded;
    without.without = KETCH_WITHOUT_CACHE;
    for (int i = 0; i < 3; i++) assert_int_equal(reused_and_right(circuit, &without), 0);
    ketch_circuit_free(&circuit);
}

/* Small ones are kept by the hundred. */
static void many_are_kept(void **state) {
    (void)state;
    enum { MANY = 300 };
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < MANY; i++) {
            ketch_circuit *circuit = heavy(2 + i % 5, 1 + i / 5);
            assert_int_equal(reused_and_right(circuit, &seeded), round);
            ketch_circuit_free(&circuit);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(binding_plans_once, create, release),
        cmocka_unit_test_setup_teardown(same_structure, create, release),
        cmocka_unit_test_setup_teardown(structures_that_differ, create, release),
        cmocka_unit_test_setup_teardown(circuits_that_grow, create, release),
        cmocka_unit_test_setup_teardown(options_that_differ, create, release),
        cmocka_unit_test_setup_teardown(many_are_kept, create, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
