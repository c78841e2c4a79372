/* SPDX-License-Identifier: Apache-2.0
 *
 * Sampling: the distribution by chi-square, draws that belong to their shots, nothing impossible ever seen.
 */
#include "engine/run.h"
#include "lab.h"
#include "oracle.h"

#include <math.h>

static void distribution_of(const ketch_result *result, uint64_t first, uint64_t last, uint64_t *observed, size_t classes) {
    memset(observed, 0, classes * sizeof *observed);
    for (uint64_t shot = first; shot < last; shot++) observed[result->shots[shot]]++;
}

/* Random states of 1 to 8 qubits against the oracle's probabilities: all shots, and each half. */
static void chi_square(void **unused) {
    (void)unused;
    static double state[2 * ORACLE_SIZE], p[ORACLE_SIZE];
    uint64_t observed[ORACLE_SIZE], shots = 40000;
    for (int round = 0; round < 32; round++) {
        uint32_t qubits = 1 + (uint32_t)round % ORACLE_QUBITS;
        ketch_circuit *circuit = circuit_of(qubits, qubits);
        random_gates(circuit, 40);
        oracle_run(state, circuit);
        for (size_t i = 0; i < (size_t)1 << qubits; i++) p[i] = state[2 * i] * state[2 * i] + state[2 * i + 1] * state[2 * i + 1];
        measure_all(circuit);
        lab_setup lab = lab_with(shots, KETCH_OUTPUT_SHOTS, 2);
        lab.options.seed = (uint64_t)round;
        if (round % 4 == 3) lab.options.precision = KETCH_PRECISION_FP32;
        for (size_t i = 0; round % 4 == 3 && i < (size_t)1 << qubits; i++) p[i] = p[i] < 1e-9 ? 1e-9 : p[i]; /* rounding makes of 0 */
        ketch_result *result = lab_run(&lab, circuit);
        for (int part = 0; part < 3; part++) { /* all, first half, second half */
            distribution_of(result, part == 2 ? shots / 2 : 0, part == 1 ? shots / 2 : shots, observed, (size_t)1 << qubits);
            expect_distribution(observed, p, (size_t)1 << qubits);
        }
        kt_result_free(result);
        ketch_circuit_free(&circuit);
    }
}

/* First half against second half, directly: a two-sample chi-square over the 256 outcomes of a uniform state. */
static void halves_agree(void **unused) {
    (void)unused;
    enum { CLASSES = 256, SHOTS = 200000 };
    uint64_t a[CLASSES], b[CLASSES];
    ketch_circuit *circuit = circuit_of(8, 8);
    for (uint32_t q = 0; q < 8; q++) GATE(circuit, "h", q);
    measure_all(circuit);
    lab_setup lab = lab_with(SHOTS, KETCH_OUTPUT_SHOTS, 2);
    ketch_result *result = lab_run(&lab, circuit);
    distribution_of(result, 0, SHOTS / 2, a, CLASSES);
    distribution_of(result, SHOTS / 2, SHOTS, b, CLASSES);
    double statistic = 0;
    for (int i = 0; i < CLASSES; i++) statistic += pow((double)a[i] - (double)b[i], 2) / (double)(a[i] + b[i]);
    assert_true(statistic < 362); /* 255 degrees of freedom: exceeded once in 100,000 times */
    assert_true(statistic > 166); /* and once in 100,000 below this: too good to be draws */
    uint64_t repeats = 0;         /* a shot and the one after it are independent */
    for (int i = 1; i < SHOTS; i++) repeats += result->shots[i] == result->shots[i - 1];
    assert_true(fabs((double)repeats - SHOTS / 256.0) < 4.5 * sqrt(SHOTS / 256.0));
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

typedef struct kt_drawn {
    double draw;
    uint64_t outcome;
} kt_drawn;

static int by_draw(const void *a, const void *b) {
    double x = ((const kt_drawn *)a)->draw, y = ((const kt_drawn *)b)->draw;
    return (x > y) - (x < y);
}

/* Outcomes side by side in [0, 1), each as wide as it is probable: a draw falls into one of them. Their order is the reference engine's
 * business, by number, and the planned engine's, which has qubits where it likes. */
static void expect_intervals(const uint64_t *shots, uint64_t count, const double *p) {
    kt_drawn *drawn = malloc(count * sizeof *drawn);
    assert_non_null(drawn);
    for (uint64_t shot = 0; shot < count; shot++) {
        double draw = kt_draw_uniform(&(kt_draw){.seed = 1, .shot = shot, .measurement = KT_DRAW_SAMPLE});
        drawn[shot] = (kt_drawn){draw, shots[shot]};
    }
    qsort(drawn, count, sizeof *drawn, by_draw);
    double end = p[drawn[0].outcome];
    for (uint64_t i = 0; i < count; i++) {
        if (i && drawn[i].outcome != drawn[i - 1].outcome) { /* in `count` draws each outcome is met */
            assert_true(drawn[i].draw > end - 1e-14);
            if (lab_engine == KETCH_ENGINE_REFERENCE) assert_true(drawn[i].outcome > drawn[i - 1].outcome);
            end += p[drawn[i].outcome];
        }
        assert_true(drawn[i].draw < end + 1e-14);
    }
    assert_true(fabs(end - 1) < 1e-14);
    free(drawn);
}

/* Shot i depends on its own draw only: fewer shots are a prefix of more, and its value is what the definition says. */
static void shots_are_keyed(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(3, 3);
    gate(circuit, "ry", &(double){1.0}, 0, 0, 0);
    gate(circuit, "ry", &(double){2.0}, 2, 0, 0);
    GATE(circuit, "cx", 2, 1);
    GATE(circuit, "x", 0);
    measure_all(circuit);
    lab_setup many = lab_with(5000, KETCH_OUTPUT_SHOTS | KETCH_OUTPUT_PROBABILITIES, 2), few = lab_with(37, KETCH_OUTPUT_SHOTS, 1);
    ketch_result *a = lab_run(&many, circuit), *b = lab_run(&few, circuit);
    assert_memory_equal(a->shots, b->shots, 37 * sizeof *a->shots);
    double p[8];
    OK(ketch_result_probabilities(p, a, 0, 8, diag));
    expect_intervals(a->shots, 5000, p);
    kt_result_free(a);
    kt_result_free(b);
    many.options.seed = 2;
    a = lab_run(&many, circuit);
    b = lab_run(&few, circuit);
    assert_memory_not_equal(a->shots, b->shots, 37 * sizeof *a->shots);
    kt_result_free(a);
    kt_result_free(b);
    ketch_circuit_free(&circuit);
}

/* Two basis states far apart in a state of many chunks, all others exactly 0, and exactly 1/2 each. */
static void nothing_impossible(void **unused) {
    (void)unused;
    enum { QUBITS = 17 };
    ketch_circuit *circuit = circuit_of(QUBITS, QUBITS);
    GATE(circuit, "h", 0);
    for (uint32_t q = 0; q + 1 < QUBITS; q++) GATE(circuit, "cx", q, q + 1);
    measure_all(circuit);
    for (uint32_t threads = 1; threads <= 3; threads++) {
        lab_setup lab = lab_with(100000, 0, threads);
        lab.grain = 0;
        ketch_result *result = lab_run(&lab, circuit);
        assert_int_equal(result->outcome_count, 2);
        assert_true(count_of(result, "00000000000000000") + count_of(result, "11111111111111111") == 100000);
        expect_distribution(result->counts, (const double[]){0.5, 0.5}, 2);
        kt_result_free(result);
    }
    ketch_circuit_free(&circuit);
}

/* More shots than one walk takes: the second batch begins where the first ended. */
static void several_walks(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(4, 4);
    for (uint32_t q = 0; q < 4; q++) GATE(circuit, "h", q);
    measure_all(circuit);
    uint64_t shots = (UINT64_C(1) << 20) + 1000;
    lab_setup lab = lab_with(shots, KETCH_OUTPUT_SHOTS, 2);
    ketch_result *result = lab_run(&lab, circuit);
    for (uint64_t shot = shots - 2000; shot < shots; shot++) {
        double u = kt_draw_uniform(&(kt_draw){.seed = 1, .shot = shot, .measurement = KT_DRAW_SAMPLE});
        assert_int_equal(result->shots[shot], (uint64_t)(u * 16));
    }
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chi_square),         cmocka_unit_test(halves_agree),  cmocka_unit_test(shots_are_keyed),
        cmocka_unit_test(nothing_impossible), cmocka_unit_test(several_walks),
    };
    return RUN_WITH_BOTH_ENGINES(tests, NULL, NULL);
}
