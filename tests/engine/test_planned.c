/* SPDX-License-Identifier: Apache-2.0
 *
 * The planned engine against the reference engine and the oracle: every kind of circuit, at every tile size, with every instruction set, in
 * both precisions, with each part switched off.
 */
#include "differ.h"
#include "oracle.h"

#include <math.h>

static double tolerance(ketch_precision precision) { return precision == KETCH_PRECISION_FP32 ? 1e-5 : 1e-12; }

static ketch_circuit *made(style kind, uint32_t qubits, uint32_t gates) {
    ketch_circuit *circuit = circuit_of(qubits, qubits);
    styled_gates(circuit, kind, gates);
    return circuit;
}

/* Small circuits, every style: against the oracle, which knows no engine. */
static void against_the_oracle(void **unused) {
    (void)unused;
    static double wanted[2 * ORACLE_SIZE];
    int rounds = quick() ? 2 : 12;
    for (int round = 0; round < rounds * STYLE_COUNT; round++) {
        uint32_t qubits = 1 + (uint32_t)random_below(ORACLE_QUBITS);
        ketch_circuit *circuit = made((style)(round % STYLE_COUNT), qubits, 1 + (uint32_t)random_below(40));
        oracle_run(wanted, circuit);
        for (int i = 0; i < 6; i++) {
            setting how = random_setting(qubits);
            expect_agreement(circuit, wanted, &how, tolerance(how.precision));
        }
        ketch_circuit_free(&circuit);
    }
}

/* All settings that a circuit can be run with. */
static void every_setting(void **unused) {
    (void)unused;
    for (int kind = 0; kind < STYLE_COUNT; kind++) {
        uint32_t qubits = 10 + (uint32_t)(kind % 3);
        ketch_circuit *circuit = made((style)kind, qubits, 80);
        double *wanted = reference_state(circuit);
        uint32_t ran = 0;
        for (uint32_t tile = KT_TILE_LEAST; tile <= qubits + 1; tile++)
            for (int isa = KETCH_INSTRUCTIONS_PLAIN; isa <= (int)best_instructions(); isa++)
                for (int precision = 0; precision < 2; precision++)
                    for (int part = -1; part <= 10; part++) {
                        setting how = {(ketch_instruction_set)isa, (ketch_precision)precision, tile,
                                       part < 0    ? 0
                                       : part < 10 ? 1u << part
                                                   : WITHOUT_ALL,
                                       1};
                        if (quick() && ran++ % 5) continue;
                        expect_agreement(circuit, wanted, &how, tolerance(how.precision));
                    }
        free(wanted);
        ketch_circuit_free(&circuit);
    }
}

static void for_styles(void (*check)(style kind)) {
    int rounds = quick() ? 4 : 80;
    for (int round = 0; round < rounds * STYLE_COUNT; round++) check((style)(round % STYLE_COUNT));
}

static void check_circuit(style kind) {
    uint32_t qubits = 1 + (uint32_t)random_below(13);
    ketch_circuit *circuit = made(kind, qubits, 1 + (uint32_t)random_below(200));
    double *wanted = reference_state(circuit);
    for (int i = 0; i < 4; i++) {
        setting how = random_setting(qubits);
        expect_agreement(circuit, wanted, &how, tolerance(how.precision));
    }
    free(wanted);
    ketch_circuit_free(&circuit);
}

static void check_program(style kind) {
    uint32_t qubits = 2 + (uint32_t)random_below(9);
    ketch_circuit *circuit = circuit_of(qubits, qubits);
    styled_program(circuit, kind, 10 + (uint32_t)random_below(60));
    if (random_below(2)) measure_all(circuit);
    setting how = random_setting(qubits);
    expect_same_program(circuit, &how, tolerance(how.precision));
    ketch_circuit_free(&circuit);
}

/* Many circuits, settings by chance. */
static void many_circuits(void **unused) {
    (void)unused;
    for_styles(check_circuit);
}

/* Measurements and resets in the middle, conditions. */
static void programs(void **unused) {
    (void)unused;
    for_styles(check_program);
}

/* States of several tiles of the sizes that are chosen by default. */
static void large_tiles(void **unused) {
    (void)unused;
    for (int kind = 0; kind < STYLE_COUNT; kind++) {
        if (quick() && kind % 3) continue;
        uint32_t qubits = 17 + (uint32_t)(kind % 3);
        ketch_circuit *circuit = made((style)kind, qubits, 60);
        double *wanted = reference_state(circuit);
        for (int precision = 0; precision < 2; precision++)
            for (uint32_t tile = 0; tile <= KT_TILE_MOST; tile += tile ? 1 : 13) {
                setting how = {KETCH_INSTRUCTIONS_AUTO, (ketch_precision)precision, tile, 0, 2};
                expect_agreement(circuit, wanted, &how, tolerance(how.precision));
            }
        free(wanted);
        ketch_circuit_free(&circuit);
    }
}

/* A single pass with thousands of actions to choose from: most keep four qubits busy, and hardly one in a hundred touches the others, so
 * that what can run next lies far behind what cannot. */
static void long_passes(void **unused) {
    (void)unused;
    const double rarely[] = {0.001, 0.003, 0.01};
    for (size_t i = 0; i < LENGTH(rarely); i++) {
        ketch_circuit *circuit = circuit_of(10, 0);
        for (uint32_t q = 0; q < 10; q++) GATE(circuit, "h", q);
        for (int gates = 0; gates < 20000; gates++) {
            bool rare = (random_number() + 1) / 2 < rarely[i];
            uint32_t first = rare ? 4 : 0, count = rare ? 6 : 4, operands[2];
            random_operands(operands, 2, count);
            double angle = 3 * random_number();
            static const char *const names[] = {"rz", "ry", "cx", "cx"};
            uint64_t kind = random_below(4);
            gate(circuit, names[kind], kind < 2 ? &angle : NULL, first + operands[0], first + operands[1], 0);
        }
        double *wanted = reference_state(circuit);
        setting how = {KETCH_INSTRUCTIONS_AUTO, KETCH_PRECISION_FP64, 0, 0, 1};
        expect_agreement(circuit, wanted, &how, 1e-11);
        free(wanted);
        ketch_circuit_free(&circuit);
    }
}

/* The same bytes at any number of threads: state, shots, counts, norm. */
static void same_bytes(void **unused) {
    (void)unused;
    int rounds = quick() ? 1 : 6;
    for (int round = 0; round < rounds * STYLE_COUNT; round++) {
        bool program = random_below(3) == 0;
        uint32_t qubits = 8 + (uint32_t)random_below(program ? 3 : 8);
        ketch_circuit *circuit = circuit_of(qubits, qubits);
        if (program)
            styled_program(circuit, (style)(round % STYLE_COUNT), 60);
        else
            styled_gates(circuit, (style)(round % STYLE_COUNT), 60);
        measure_all(circuit);
        setting how = random_setting(qubits);
        ketch_result *results[3];
        for (how.threads = 1; how.threads <= 3; how.threads++) {
            lab_setup lab = lab_of(&how, program ? 200 : 5000, KETCH_OUTPUT_SHOTS | (program ? 0 : KETCH_OUTPUT_STATE), 5);
            lab.grain = random_below(2) ? 2 : 0;
            results[how.threads - 1] = lab_run(&lab, circuit);
        }
        for (int i = 1; i < 3; i++) expect_same_result(results[0], results[i]);
        for (int i = 0; i < 3; i++) kt_result_free(results[i]);
        ketch_circuit_free(&circuit);
    }
}

/* Angles bound anew reach the same plan: it may not remember those that it was made for. */
static void plans_know_no_angles(void **unused) {
    (void)unused;
    for (int kind = 0; kind < STYLE_COUNT; kind++) {
        uint32_t qubits = 9;
        ketch_circuit *circuit = made((style)kind, qubits, 100);
        setting how = random_setting(qubits);
        lab_setup lab = lab_of(&how, 1, KETCH_OUTPUT_STATE | KETCH_OUTPUT_NO_SHOTS, 1);
        kt_plan *plan;
        OK(kt_plan_make(&plan, circuit, &lab.options, NULL, diag));
        for (int i = 0; i < 3; i++) {
            for (size_t p = 0; p < circuit->params_count; p++) circuit->params[p] = i == 1 ? 0 : 7 * random_number();
            double *wanted = reference_state(circuit);
            ketch_result *result;
            OK(lab_try_plan(&result, &lab, circuit, plan));
            double off = distance(result, wanted);
            if (!(off <= tolerance(how.precision))) fail_msg("%s: %g off with other angles", style_names[kind], off);
            kt_result_free(result);
            free(wanted);
        }
        kt_plan_free(plan);
        ketch_circuit_free(&circuit);
    }
}

/* Counts follow the reference engine's probabilities. */
static void counts_are_fair(void **unused) {
    (void)unused;
    for (int precision = 0; precision < 2; precision++) {
        enum { QUBITS = 9, STATES = 1 << QUBITS };
        static uint64_t observed[STATES];
        static double probabilities[STATES];
        ketch_circuit *circuit = made(STYLE_TWO_QUBITS, QUBITS, 150);
        double *wanted = reference_state(circuit);
        measure_all(circuit);
        setting how = {KETCH_INSTRUCTIONS_AUTO, (ketch_precision)precision, 7, 0, 2};
        lab_setup lab = lab_of(&how, 200000, KETCH_OUTPUT_SHOTS, 11);
        ketch_result *result = lab_run(&lab, circuit);
        memset(observed, 0, sizeof observed);
        for (size_t i = 0; i < 200000; i++) observed[result->shots[i]]++;
        for (size_t i = 0; i < STATES; i++) probabilities[i] = wanted[2 * i] * wanted[2 * i] + wanted[2 * i + 1] * wanted[2 * i + 1];
        expect_distribution(observed, probabilities, STATES);
        kt_result_free(result);
        free(wanted);
        ketch_circuit_free(&circuit);
    }
}

/* Programs, whose shots go different ways: both engines draw from the same distribution of outcomes. */
static void programs_are_fair(void **unused) {
    (void)unused;
    enum { QUBITS = 4, SHOTS = 20000 };
    for (int kind = 0; kind < STYLE_COUNT; kind++) {
        static uint64_t observed[1 << QUBITS];
        double expected[1 << QUBITS] = {0};
        ketch_circuit *circuit = circuit_of(QUBITS, QUBITS);
        styled_program(circuit, (style)kind, 40);
        measure_all(circuit);
        setting how = random_setting(QUBITS);
        lab_setup lab = lab_of(&how, SHOTS, KETCH_OUTPUT_SHOTS, 1), other = lab_with(16 * SHOTS, KETCH_OUTPUT_SHOTS, 1);
        other.options.engine = KETCH_ENGINE_REFERENCE;
        other.options.seed = 2;
        ketch_result *planned = lab_run(&lab, circuit), *reference = lab_run(&other, circuit);
        memset(observed, 0, sizeof observed);
        for (size_t i = 0; i < SHOTS; i++) observed[planned->shots[i]]++;
        for (size_t i = 0; i < 16 * SHOTS; i++) expected[reference->shots[i]] += 1.0 / (16 * SHOTS);
        expect_distribution(observed, expected, 1 << QUBITS);
        kt_result_free(planned);
        kt_result_free(reference);
        ketch_circuit_free(&circuit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_the_oracle), cmocka_unit_test(every_setting),     cmocka_unit_test(many_circuits),
        cmocka_unit_test(large_tiles),        cmocka_unit_test(programs),          cmocka_unit_test(same_bytes),
        cmocka_unit_test(counts_are_fair),    cmocka_unit_test(programs_are_fair), cmocka_unit_test(plans_know_no_angles),
        cmocka_unit_test(long_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
