/* SPDX-License-Identifier: Apache-2.0
 *
 * Measurements in the middle, resets and conditions: distributions that are known in closed form, a slow shot-by-shot simulation as an
 * oracle, and the same bytes whatever the memory budget and the threads.
 */
#include "engine/run.h"
#include "lab.h"
#include "oracle.h"

#include <math.h>

static void observe(const ketch_result *result, uint64_t *observed, size_t classes) {
    memset(observed, 0, classes * sizeof *observed);
    for (size_t i = 0; i < result->outcome_count; i++) observed[result->outcomes[i]] = result->counts[i];
}

/* Runs with several budgets and numbers of threads, expects the same bytes, and gives one of the results. */
static ketch_result *run_all_ways(const ketch_circuit *circuit, uint64_t shots) {
    static const struct {
        uint32_t threads, grain;
        uint64_t copies;
    } ways[] = {{1, 0, UINT64_MAX}, {1, 0, 0}, {1, 0, 1}, {1, 0, 2}, {2, 0, 3}, {2, 4, UINT64_MAX}, {3, 4, 1}};
    ketch_result *first = NULL;
    for (size_t w = 0; w < LENGTH(ways); w++) {
        if (ways[w].grain && circuit->ops_count > 200) continue; /* threads woken for a handful of amplitudes take long to do much */
        lab_setup lab = lab_with(shots, KETCH_OUTPUT_SHOTS, ways[w].threads);
        lab.copies = ways[w].copies;
        lab.grain = ways[w].grain;
        ketch_result *result = lab_run(&lab, circuit);
        if (first)
            expect_same_result(first, result);
        else
            first = result;
        if (first != result) kt_result_free(result);
    }
    return first;
}

/* ── Known in closed form ── */

/* h; measure; h; measure: two fair coins, independent of one another. */
static void two_coins(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(1, 2);
    GATE(circuit, "h", 0);
    measure(circuit, 0, 0);
    GATE(circuit, "h", 0);
    measure(circuit, 0, 1);
    ketch_result *result = run_all_ways(circuit, 20000);
    uint64_t observed[4];
    observe(result, observed, 4);
    expect_distribution(observed, (const double[]){0.25, 0.25, 0.25, 0.25}, 4);
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

/* measure; measure: the second time the same. The first is compared with its own draw. */
static void measured_again_the_same(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(1, 3);
    gate(circuit, "ry", &(double){1.0}, 0, 0, 0);
    measure(circuit, 0, 0);
    GATE(circuit, "z", 0);
    measure(circuit, 0, 1);
    GATE(circuit, "x", 0);
    measure(circuit, 0, 2);
    ketch_result *result = run_all_ways(circuit, 3000);
    double p1 = pow(sin(0.5), 2);
    for (uint64_t shot = 0; shot < 3000; shot++) {
        bool one = kt_draw_uniform(&(kt_draw){.seed = 1, .shot = shot, .measurement = 0}) < p1;
        assert_int_equal(result->shots[shot], one ? 3 : 4);
    }
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

/* Qubit 2 ends as qubit 0 began, whatever the two outcomes, which are fair and independent. */
static void teleportation(void **unused) {
    (void)unused;
    const double theta = 1.1, phi = 0.7;
    ketch_circuit *circuit = circuit_of(3, 3);
    gate(circuit, "u", (const double[]){theta, phi, 0}, 0, 0, 0);
    GATE(circuit, "h", 1);
    GATE(circuit, "cx", 1, 2);
    GATE(circuit, "cx", 0, 1);
    GATE(circuit, "h", 0);
    measure(circuit, 0, 0);
    measure(circuit, 1, 1);
    begin_if(circuit, 1);
    GATE(circuit, "x", 2);
    end_if(circuit);
    begin_if(circuit, 0);
    GATE(circuit, "z", 2);
    end_if(circuit);
    gate(circuit, "u", (const double[]){-theta, 0, -phi}, 2, 0, 0); /* undoes it: |0> for certain */
    gate(circuit, "ry", &(double){2 * asin(sqrt(0.3))}, 2, 0, 0);
    measure(circuit, 2, 2);
    ketch_result *result = run_all_ways(circuit, 20000);
    uint64_t observed[8];
    observe(result, observed, 8);
    expect_distribution(observed, (const double[]){0.175, 0.175, 0.175, 0.175, 0.075, 0.075, 0.075, 0.075}, 8);
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

/* A reset leaves |0> and the rest of a Bell pair mixed. */
static void resets(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(2, 2);
    uint32_t qubits[2] = {0, 1};
    OK(ketch_circuit_reset(circuit, 2, qubits, diag)); /* of untouched qubits: nothing */
    GATE(circuit, "h", 0);
    GATE(circuit, "cx", 0, 1);
    OK(ketch_circuit_reset(circuit, 1, qubits, diag));
    measure_all(circuit);
    ketch_result *result = run_all_ways(circuit, 10000);
    uint64_t observed[4];
    observe(result, observed, 4);
    expect_distribution(observed, (const double[]){0.5, 0, 0.5, 0}, 4);
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

static void resets_at_the_start_cost_nothing(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(2, 2);
    uint32_t qubits[2] = {0, 1};
    OK(ketch_circuit_reset(circuit, 2, qubits, diag));
    GATE(circuit, "h", 0);
    OK(ketch_circuit_reset(circuit, 1, qubits + 1, diag)); /* still untouched */
    measure_all(circuit);
    lab_setup lab = lab_with(100, KETCH_OUTPUT_PROBABILITIES, 1);
    ketch_result *result = lab_run(&lab, circuit);
    double p[4];
    OK(ketch_result_probabilities(p, result, 0, 4, diag));
    assert_true(fabs(p[0] - 0.5) < 1e-15 && fabs(p[1] - 0.5) < 1e-15);
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

/* Conditions on a register, and nested: c0 and c1 of probability 0.2 and 0.6; qubit 2 is turned only where both are 1, c3 is set where
 * c0 is 0. */
static void conditional_distribution(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(3, 4);
    gate(circuit, "ry", &(double){2 * asin(sqrt(0.2))}, 0, 0, 0);
    gate(circuit, "ry", &(double){2 * asin(sqrt(0.6))}, 1, 0, 0);
    measure(circuit, 0, 0);
    begin_if(circuit, 0);
    measure(circuit, 1, 1); /* a measurement within a condition */
    begin_if(circuit, 1);
    GATE(circuit, "h", 2);
    end_if(circuit);
    end_if(circuit);
    OK(ketch_circuit_begin_if(circuit, 2, (const uint32_t[]){0, 1}, 0, diag));
    GATE(circuit, "x", 0);
    measure(circuit, 0, 3);
    end_if(circuit);
    measure(circuit, 2, 2);
    ketch_result *result = run_all_ways(circuit, 20000);
    uint64_t observed[16];
    double p[16] = {0};
    p[8] = 0.8;                    /* c0 = 0: c3 = 1 */
    p[1] = 0.2 * 0.4;              /* c0 = 1, c1 = 0 */
    p[3] = p[7] = 0.2 * 0.6 * 0.5; /* c0 = c1 = 1: a coin in c2 */
    observe(result, observed, 16);
    expect_distribution(observed, p, 16);
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

/* 200 coins from one qubit: more than a tree of copies would hold, every bit fair, no two alike. */
static void many_coins(void **unused) {
    (void)unused;
    enum { COINS = 200, SHOTS = 400 };
    ketch_circuit *circuit = circuit_of(2, COINS);
    for (uint32_t c = 0; c < COINS; c++) {
        GATE(circuit, "h", 0);
        GATE(circuit, "cx", 0, 1);
        measure(circuit, 1, c);
    }
    ketch_result *result = run_all_ways(circuit, SHOTS);
    assert_int_equal(result->outcome_count, SHOTS);
    uint64_t ones = 0;
    for (size_t i = 0; i < SHOTS * result->words; i++) ones += (uint64_t)__builtin_popcountll(result->shots[i]);
    assert_true(fabs((double)ones - COINS * SHOTS / 2) < 4.5 * sqrt(COINS * SHOTS / 4));
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

/* An end within a condition: what follows does not happen there, and no measurement behind it is final. */
static void ends(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(2, 2);
    GATE(circuit, "h", 0);
    measure(circuit, 0, 0);
    GATE(circuit, "x", 1);
    begin_if(circuit, 0);
    OK(kt_circuit_add_op(circuit, (kt_op){.code = KT_OP_END, .conditional = 1}, NULL, 0, diag));
    end_if(circuit);
    measure(circuit, 1, 1);
    OK(kt_circuit_add_op(circuit, (kt_op){.code = KT_OP_END}, NULL, 0, diag));
    measure(circuit, 0, 1);
    ketch_result *result = run_all_ways(circuit, 1000);
    uint64_t observed[4];
    observe(result, observed, 4);
    expect_distribution(observed, (const double[]){0, 0.5, 0.5, 0}, 4);
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

/* A branch that few shots take: exactly those whose draw says so, and its state has the norm 1 again, in either precision. */
static void hardly_possible(void **unused) {
    (void)unused;
    enum { SHOTS = 300000 };
    for (int precision = 0; precision < 2; precision++) {
        ketch_circuit *circuit = circuit_of(1, 2);
        gate(circuit, "ry", &(double){2 * asin(sqrt(1e-4))}, 0, 0, 0);
        measure(circuit, 0, 0);
        gate(circuit, "ry", &(double){M_PI / 2}, 0, 0, 0);
        measure(circuit, 0, 1);
        lab_setup lab = lab_with(SHOTS, KETCH_OUTPUT_SHOTS, 2);
        lab.options.precision = precision ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64;
        lab.options.norm_tolerance = precision ? 1e-6 : 1e-14;
        ketch_result *result = lab_run(&lab, circuit);
        uint64_t taken = 0;
        for (uint64_t shot = 0; shot < SHOTS; shot++) {
            double u = kt_draw_uniform(&(kt_draw){.seed = 1, .shot = shot, .measurement = 0});
            if (fabs(u - 1e-4) > 1e-9) assert_int_equal(result->shots[shot] & 1, u < 1e-4);
            taken += result->shots[shot] & 1;
        }
        assert_true(taken > 10 && taken < 60);
        kt_result_free(result);
        ketch_circuit_free(&circuit);
    }
}

/* ── Against shots simulated one by one, with the oracle's matrices ── */

/* The condition of ketch_circuit_begin_if, found anew: the bits read as a number, bit by bit, are the value. */
static bool holds(const ketch_circuit *circuit, const kt_op *jump, uint64_t bits) {
    assert_int_equal(jump->operand_count, 1);
    const kt_condition *condition = &circuit->conditions[jump->operands];
    if (condition->code == KT_CONDITION_BIT) return bits >> condition->first & 1;
    assert_true(condition->code == KT_CONDITION_COMPARE && condition->comparison == KT_EQUAL && condition->count <= 64);
    for (uint32_t i = 0; i < condition->count; i++) {
        if ((bits >> circuit->operands[condition->first + i] & 1) != (circuit->words[condition->value] >> i & 1)) return false;
    }
    return true;
}

/* The shot's classical bits, each draw compared as the engine promises to compare it; the final measurements are sampled by the caller. */
static uint64_t simulate_shot(const ketch_circuit *circuit, double *state, uint64_t seed, uint64_t shot, size_t final_from) {
    static double matrix[2 * ORACLE_SIZE * ORACLE_SIZE];
    uint64_t bits = 0;
    uint32_t n = circuit->qubit_count;
    memset(state, 0, (2 * sizeof *state) << n);
    state[0] = 1;
    for (size_t i = 0; i < final_from; i++) {
        const kt_op *op = &circuit->ops[i];
        const uint32_t *operands = circuit->operands + op->operands;
        if (op->code == KT_OP_JUMP_UNLESS && !holds(circuit, op, bits)) i = op->data - 1;
        if (op->code == KT_OP_GATE) {
            oracle_matrix(matrix, circuit, op, n);
            oracle_multiply(state, matrix, n);
        }
        if (op->code != KT_OP_MEASURE && op->code != KT_OP_RESET) continue;
        double p[2] = {0, 0};
        for (size_t x = 0; x < (size_t)1 << n; x++)
            p[x >> operands[0] & 1] += state[2 * x] * state[2 * x] + state[2 * x + 1] * state[2 * x + 1];
        double p1 = p[1] / (p[0] + p[1]);
        bool one = p1 > 1 - 1e-14 || (p1 >= 1e-14 && kt_draw_uniform(&(kt_draw){.seed = seed, .shot = shot, .measurement = op->data}) < p1);
        double keep[2] = {one ? 0 : 1 / sqrt(1 - p1), one ? 1 / sqrt(p1) : 0};
        for (size_t x = 0; x < (size_t)2 << n; x++) state[x] *= keep[x >> 1 >> operands[0] & 1];
        if (op->code == KT_OP_MEASURE)
            bits = (bits & ~(UINT64_C(1) << operands[1])) | (uint64_t)one << operands[1];
        else if (one) {
            for (size_t x = 0; x < (size_t)1 << n; x++) {
                if (!(x >> operands[0] & 1)) continue;
                memcpy(state + 2 * (x ^ (size_t)1 << operands[0]), state + 2 * x, 2 * sizeof *state);
                memset(state + 2 * x, 0, 2 * sizeof *state);
            }
        }
    }
    return bits;
}

static void random_program(ketch_circuit *circuit, uint32_t pieces) {
    for (uint32_t i = 0; i < pieces; i++) {
        uint32_t qubit = (uint32_t)random_below(circuit->qubit_count), bit = (uint32_t)random_below(circuit->bit_count);
        switch (random_below(6)) {
        case 0: measure(circuit, qubit, bit); break;
        case 1: OK(ketch_circuit_reset(circuit, 1, &qubit, diag)); break;
        case 2:
            OK(ketch_circuit_begin_if(circuit, 2, (const uint32_t[]){bit, (bit + 1) % circuit->bit_count}, random_below(4), diag));
            random_gates(circuit, 2);
            if (random_below(2)) measure(circuit, qubit, bit);
            end_if(circuit);
            break;
        default: random_gates(circuit, 3); break;
        }
    }
}

/* Random programs: every shot's bits as the oracle finds them one by one; the draws of the final measurements included. The planned engine
 * has basis states in an order of its own, for sampling: there the last measurements are followed by a gate, so that they are in the
 * middle. */
static void random_programs(void **unused) {
    (void)unused;
    enum { SHOTS = 60, BITS = 6 };
    static double state[2 * ORACLE_SIZE];
    for (int round = 0; round < (quick() ? 10 : 60); round++) {
        uint32_t qubits = 1 + (uint32_t)random_below(5);
        ketch_circuit *circuit = circuit_of(qubits, BITS + qubits);
        /* bits below BITS belong to the program, the others to the final measurements */
        circuit->bit_count = BITS;
        random_program(circuit, 12);
        circuit->bit_count = BITS + qubits;
        for (uint32_t q = 0; q < qubits; q++) gate(circuit, "ry", &(double){1}, q, 0, 0); /* so that none of the program's is final */
        bool sampled = lab_engine == KETCH_ENGINE_REFERENCE;
        size_t final_from = circuit->ops_count;
        for (uint32_t q = 0; q < qubits; q++) measure(circuit, q, BITS + q);
        for (uint32_t q = 0; q < qubits && !sampled; q++) GATE(circuit, "x", q);
        if (!sampled) final_from = circuit->ops_count;
        ketch_result *result = run_all_ways(circuit, SHOTS);
        for (uint64_t shot = 0; shot < SHOTS; shot++) {
            uint64_t bits = simulate_shot(circuit, state, 1, shot, final_from);
            double u = kt_draw_uniform(&(kt_draw){.seed = 1, .shot = shot, .measurement = KT_DRAW_SAMPLE}), sum = 0;
            size_t x = 0, most = sampled ? ((size_t)1 << qubits) - 1 : 0;
            while (x < most && !((sum += state[2 * x] * state[2 * x] + state[2 * x + 1] * state[2 * x + 1]) > u)) x++;
            assert_int_equal(result->shots[shot], bits | (uint64_t)x << BITS);
        }
        kt_result_free(result);
        ketch_circuit_free(&circuit);
    }
}

/* ── The state of a shot ── */

static void one_shot_has_a_state(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(2, 2);
    ketch_result *result;
    GATE(circuit, "h", 0);
    GATE(circuit, "cx", 0, 1);
    measure(circuit, 0, 0);
    GATE(circuit, "x", 0);
    measure(circuit, 1, 1);
    lab_setup lab = lab_with(1, KETCH_OUTPUT_STATE, 2);
    result = lab_run(&lab, circuit);
    bool one = count_of(result, "11");
    double amplitude[2];
    OK(ketch_result_amplitudes(amplitude, result, &(uint64_t){one ? 2 : 1}, 1, diag)); /* just before the final measurement of qubit 1 */
    assert_true(fabs(amplitude[0] - 1) < 1e-14 && amplitude[1] == 0);
    kt_result_free(result);
    const unsigned outputs[] = {KETCH_OUTPUT_STATE, KETCH_OUTPUT_AMPLITUDES, KETCH_OUTPUT_PROBABILITIES};
    for (size_t i = 0; i < 3; i++) {
        lab = lab_with(2, outputs[i], 1);
        FAILS(NEEDS_ONE_SHOT, lab_try(&result, &lab, circuit));
    }
    lab = lab_with(0, KETCH_OUTPUT_NO_SHOTS, 1);
    FAILS(NEEDS_ONE_SHOT, lab_try(&result, &lab, circuit));
    ketch_circuit_free(&circuit);
}

/* An outcome too rare to be taken leaves nothing behind, though its weight does not show in the other's probability. */
static void nothing_is_left_of_what_was_not(void **unused) {
    (void)unused;
    for (int reset = 0; reset < 2; reset++) {
        ketch_circuit *circuit = circuit_of(2, 1);
        ketch_result *result;
        gate(circuit, "rx", &(double){1e-8}, 0, 0, 0);
        GATE(circuit, "cx", 0, 1);
        if (reset)
            OK(ketch_circuit_reset(circuit, 1, (const uint32_t[]){0}, diag));
        else
            measure(circuit, 0, 0);
        GATE(circuit, "z", 0); /* so that the measurement is in the middle */
        lab_setup lab = lab_with(1, KETCH_OUTPUT_STATE, 1);
        result = lab_run(&lab, circuit);
        const double *amplitudes = ketch_result_state(result, NULL, NULL);
        assert_true(fabs(amplitudes[0] - 1) < 1e-15);
        for (size_t i = 1; i < 8; i++) assert_true(amplitudes[i] == 0);
        kt_result_free(result);
        ketch_circuit_free(&circuit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_coins),
        cmocka_unit_test(measured_again_the_same),
        cmocka_unit_test(teleportation),
        cmocka_unit_test(resets),
        cmocka_unit_test(resets_at_the_start_cost_nothing),
        cmocka_unit_test(conditional_distribution),
        cmocka_unit_test(many_coins),
        cmocka_unit_test(ends),
        cmocka_unit_test(hardly_possible),
        cmocka_unit_test(random_programs),
        cmocka_unit_test(one_shot_has_a_state),
        cmocka_unit_test(nothing_is_left_of_what_was_not),
    };
    return RUN_WITH_BOTH_ENGINES(tests, NULL, NULL);
}
