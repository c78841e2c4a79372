/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole circuits: random ones against the oracle, idle qubits, what an outcome's bits are made of, and the same bytes at any number of
 * threads.
 */
#include "engine/run.h"
#include "lab.h"
#include "oracle.h"

#include <math.h>

static double number_of(const ketch_result *result, size_t i) {
    const void *numbers = result->state.amplitudes;
    return result->state.precision == KETCH_PRECISION_FP32 ? (double)((const float *)numbers)[i] : ((const double *)numbers)[i];
}

/* ── Against the oracle ── */

static void check_random_circuit(uint32_t qubits, uint32_t gates) {
    static double wanted[2 * ORACLE_SIZE];
    ketch_circuit *circuit = circuit_of(qubits, 0);
    random_gates(circuit, gates);
    oracle_run(wanted, circuit);
    for (int single = 0; single < 2; single++) {
        ketch_result *first = NULL;
        for (uint32_t threads = 1; threads <= 3; threads++) {
            lab_setup lab = lab_with(100, KETCH_OUTPUT_STATE | KETCH_OUTPUT_SHOTS, threads);
            lab.options.precision = single ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64;
            ketch_result *result = lab_run(&lab, circuit);
            for (size_t i = 0; i < (size_t)2 << qubits; i++) assert_true(fabs(number_of(result, i) - wanted[i]) <= (single ? 2e-5 : 1e-13));
            if (first)
                expect_same_result(first, result);
            else
                first = result;
            if (first != result) kt_result_free(result);
        }
        kt_result_free(first);
    }
    ketch_circuit_free(&circuit);
}

static void random_circuits(void **unused) {
    (void)unused;
    int rounds = quick() ? 5 : 60;
    for (int round = 0; round < rounds; round++) check_random_circuit(1 + (uint32_t)round % ORACLE_QUBITS, 1 + (uint32_t)random_below(80));
}

/* A state of several chunks of sums and blocks of work: the same bytes at any number of threads, and no qubit confused with another, since
 * each has its own angle and the marginals are known. */
static void threads_leave_the_same_bytes(void **unused) {
    (void)unused;
    uint32_t qubits = quick() ? 16 : 19;
    ketch_circuit *circuit = circuit_of(qubits, qubits);
    for (uint32_t q = 0; q < qubits; q++) gate(circuit, "ry", &(double){0.2 + 0.1 * q}, q, 0, 0);
    for (uint32_t q = 0; q + 1 < qubits; q++) gate(circuit, "cp", &(double){0.3 * q}, q, q + 1, 0);
    measure_all(circuit);
    for (int single = 0; single < 2; single++) {
        ketch_result *results[3];
        for (uint32_t threads = 1; threads <= 3; threads++) {
            lab_setup lab = lab_with(20000, KETCH_OUTPUT_STATE | KETCH_OUTPUT_SHOTS, threads);
            lab.grain = 0;
            lab.options.precision = single ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64;
            results[threads - 1] = lab_run(&lab, circuit);
        }
        expect_same_result(results[0], results[1]);
        expect_same_result(results[0], results[2]);
        for (uint32_t q = 0; q < qubits; q++) {
            double p[2], s = sin((0.2 + 0.1 * q) / 2);
            OK(ketch_result_marginal(p, results[0], &q, 1, diag));
            assert_true(fabs(p[1] - s * s) < (single ? 1e-5 : 1e-12));
        }
        for (int i = 0; i < 3; i++) kt_result_free(results[i]);
    }
    ketch_circuit_free(&circuit);
}

/* A circuit keeps its plan when a parameter is bound anew: the step's matrix follows the circuit. */
static void plans_outlive_parameters(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(1, 0);
    uint32_t input, node, operand = 0;
    OK(kt_circuit_add_input(&input, circuit, "theta", 5, (kt_input){.type = KT_SCALAR_FLOAT, .width = 64}, diag));
    OK(kt_circuit_add_node(&node, circuit, KT_NODE_INPUT, input, 0, 0, diag));
    OK(kt_circuit_add_gate(circuit, KT_GATE_RY, 0, &operand, &(double){0}, 0, diag));
    OK(kt_circuit_add_slot(circuit, circuit->ops[0].data, node, UINT32_MAX, diag));
    lab_setup lab = lab_with(1, KETCH_OUTPUT_STATE, 1);
    kt_plan *plan;
    OK(kt_plan_make(&plan, circuit, &lab.options, NULL, diag));
    atomic_bool cancelled = false;
    kt_engine engine = {.threads = 1, .cancelled = &cancelled};
    for (int i = 1; i < 4; i++) {
        ketch_result *result;
        OK(ketch_circuit_bind(circuit, "theta", 0.4 * i, diag));
        OK(kt_engine_run(&result, &engine, plan, circuit, &lab.options, diag));
        assert_true(fabs(number_of(result, 0) - cos(0.2 * i)) < 1e-15 && fabs(number_of(result, 2) - sin(0.2 * i)) < 1e-15);
        kt_result_free(result);
    }
    kt_engine_close(&engine);
    kt_plan_free(plan);
    ketch_circuit_free(&circuit);
}

/* ── Idle qubits ── */

static void idle_qubits(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(1000, 1000);
    GATE(circuit, "h", 7);
    GATE(circuit, "cx", 7, 500);
    GATE(circuit, "cx", 500, 999);
    GATE(circuit, "id", 123);
    measure_all(circuit);
    lab_setup lab = lab_with(1000, KETCH_OUTPUT_SHOTS | KETCH_OUTPUT_PROBABILITIES, 2);
    ketch_result *result = lab_run(&lab, circuit);
    assert_int_equal(result->info.qubits, 1000);
    assert_int_equal(result->info.simulated_qubits, 3);
    assert_int_equal(result->outcome_count, 2);
    uint64_t wanted[16] = {0};
    wanted[7 / 64] |= UINT64_C(1) << 7;
    wanted[500 / 64] |= UINT64_C(1) << (500 % 64);
    wanted[999 / 64] |= UINT64_C(1) << (999 % 64);
    for (size_t i = 0; i < 2; i++) {
        const uint64_t *row = result->outcomes + 16 * i;
        uint64_t zero[16] = {0};
        assert_memory_equal(row, row[0] ? wanted : zero, sizeof wanted);
    }
    assert_int_equal(result->wire_of[6], KT_IDLE);
    assert_int_equal(result->wire_of[123], KT_IDLE);
    assert_int_equal(result->wire_of[999], 2);
    kt_result_free(result);
    lab.options.outputs = KETCH_OUTPUT_STATE;
    FAILS(TOO_MANY_QUBITS, lab_try(&result, &lab, circuit)); /* the state is of all qubits */
    ketch_circuit_free(&circuit);
}

/* A gate on idle qubits too where the state is asked: all of it, idle qubits 0. */
static void states_hold_idle_qubits(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(5, 0);
    GATE(circuit, "x", 3);
    lab_setup lab = lab_with(10, KETCH_OUTPUT_STATE, 1);
    ketch_result *result = lab_run(&lab, circuit);
    assert_int_equal(result->state.wires, 5);
    for (size_t i = 0; i < 32; i++) assert_true(number_of(result, 2 * i) == (i == 8) && number_of(result, 2 * i + 1) == 0);
    assert_int_equal(count_of(result, "01000"), 10); /* nothing is measured: all qubits are */
    assert_true(result->info.all_qubits_measured);
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

static void no_qubits_in_use(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(3, 2);
    measure(circuit, 1, 1);
    lab_setup lab = lab_with(10, KETCH_OUTPUT_AMPLITUDES, 2);
    ketch_result *result = lab_run(&lab, circuit);
    double amplitude[2];
    OK(ketch_result_amplitudes(amplitude, result, &(uint64_t){0}, 1, diag));
    assert_true(amplitude[0] == 1 && amplitude[1] == 0);
    assert_int_equal(count_of(result, "00"), 10);
    kt_result_free(result);
    ketch_circuit_free(&circuit);
    circuit = circuit_of(0, 0);
    result = lab_run(&lab, circuit);
    assert_int_equal(result->outcome_count, 1);
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

/* ── What an outcome is made of ── */

static void measured_twice_the_last_wins(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(4, 4);
    GATE(circuit, "x", 1);
    GATE(circuit, "x", 2);
    OK(kt_circuit_add_op(circuit, (kt_op){.code = KT_OP_SET_BIT, .data = 1}, (const uint32_t[]){0}, 1, diag));
    OK(kt_circuit_add_op(circuit, (kt_op){.code = KT_OP_SET_BIT, .data = 1}, (const uint32_t[]){2}, 1, diag)); /* stays */
    measure(circuit, 1, 0); /* 1, then overwritten by qubit 3, which is idle */
    measure(circuit, 0, 3); /* 0, then overwritten by qubit 2 */
    measure(circuit, 3, 0);
    measure(circuit, 2, 3);
    measure(circuit, 2, 1);                                     /* one qubit into two bits; bit 2 is never written */
    lab_setup lab = lab_with(7, KETCH_OUTPUT_PROBABILITIES, 1); /* the state is the same for every shot */
    ketch_result *result = lab_run(&lab, circuit);
    assert_int_equal(count_of(result, "1110"), 7);
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

/* Bits in the order of their registers, registers that are not counted left out, words crossed. */
static void registers_side_by_side(void **unused) {
    (void)unused;
    ketch_circuit *circuit;
    OK(kt_circuit_new(&circuit, diag));
    OK(kt_circuit_add_register(circuit, true, "q", 1, 50, false, diag));
    OK(kt_circuit_add_register(circuit, false, "a", 1, 40, true, diag));
    OK(kt_circuit_add_register(circuit, false, "hidden", 6, 9, false, diag));
    OK(kt_circuit_add_register(circuit, false, "b", 1, 50, true, diag));
    for (uint32_t q = 0; q < 50; q += 3) OK(kt_circuit_add_gate(circuit, KT_GATE_X, 0, &q, NULL, 0, diag));
    for (uint32_t q = 0; q < 50; q++) measure(circuit, q, 49 + q); /* b */
    for (uint32_t q = 0; q < 9; q++) measure(circuit, q, 40 + q);  /* hidden */
    for (uint32_t q = 0; q < 40; q++) measure(circuit, q, 39 - q); /* a, back to front */
    uint32_t bit = 5;
    OK(kt_circuit_add_op(circuit, (kt_op){.code = KT_OP_SET_BIT, .data = 1}, &bit, 1, diag));
    lab_setup lab = lab_with(3, KETCH_OUTPUT_SHOTS, 2);
    ketch_result *result = lab_run(&lab, circuit);
    assert_int_equal(result->bit_count, 90);
    assert_int_equal(result->words, 2);
    assert_int_equal(result->register_count, 2);
    assert_int_equal(result->registers[1].offset, 40);
    uint64_t wanted[2] = {0, 0};
    for (uint32_t q = 0; q < 50; q += 3) {
        if (q < 40) wanted[0] |= UINT64_C(1) << (39 - q);
        wanted[(40 + q) / 64] |= UINT64_C(1) << ((40 + q) % 64);
    }
    wanted[0] |= 1 << 5; /* after qubit 34 was measured into it, as 0 */
    for (int shot = 0; shot < 3; shot++) assert_memory_equal(result->shots + 2 * shot, wanted, sizeof wanted);
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

/* Neighbouring wires that land on both sides of a word's end. */
static void a_register_over_two_words(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(8, 70);
    for (uint32_t q = 0; q < 8; q++) GATE(circuit, q % 3 ? "x" : "z", q);
    for (uint32_t q = 0; q < 8; q++) measure(circuit, q, 60 + q);
    lab_setup lab = lab_with(3, KETCH_OUTPUT_SHOTS, 1);
    ketch_result *result = lab_run(&lab, circuit);
    uint64_t wanted[2] = {UINT64_C(0x6) << 60, 0xb}; /* 1011 0110 from bit 60 on */
    for (int shot = 0; shot < 3; shot++) assert_memory_equal(result->shots + 2 * shot, wanted, sizeof wanted);
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

static void no_shots_no_outcomes(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(2, 2);
    GATE(circuit, "h", 0);
    measure_all(circuit);
    lab_setup lab = lab_with(0, KETCH_OUTPUT_NO_SHOTS | KETCH_OUTPUT_PROBABILITIES, 1);
    ketch_result *result = lab_run(&lab, circuit);
    assert_int_equal(result->outcome_count, 0);
    double p[4];
    OK(ketch_result_probabilities(p, result, 0, 4, diag));
    assert_true(fabs(p[0] - 0.5) < 1e-15 && fabs(p[1] - 0.5) < 1e-15 && p[2] == 0 && p[3] == 0);
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_circuits),
        cmocka_unit_test(threads_leave_the_same_bytes),
        cmocka_unit_test(plans_outlive_parameters),
        cmocka_unit_test(idle_qubits),
        cmocka_unit_test(states_hold_idle_qubits),
        cmocka_unit_test(no_qubits_in_use),
        cmocka_unit_test(measured_twice_the_last_wins),
        cmocka_unit_test(registers_side_by_side),
        cmocka_unit_test(a_register_over_two_words),
        cmocka_unit_test(no_shots_no_outcomes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
