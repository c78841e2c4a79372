/* SPDX-License-Identifier: Apache-2.0
 *
 * See lab.h.
 */
#include "lab.h"

#include <math.h>

ketch_diag *diag;

__attribute__((constructor)) static void make_diag(void) { diag = ketch_diag_create(); }
__attribute__((destructor)) static void free_diag(void) { ketch_diag_free(&diag); }

void lab_expect(ketch_status wanted, ketch_status got, const char *call, const char *file, int line) {
    if (wanted == got) return;
    print_error("%s\nwanted '%s', got '%s'\n%s", call, ketch_status_name(wanted), ketch_status_name(got), ketch_diag_text(diag));
    _fail(file, line);
}

void lab_expect_code(const char *name, kt_code code, const char *file, int line) {
    const ketch_message *message = ketch_diag_message(diag, 0);
    if (message && strcmp(message->code, ketch_code_at(code)->code) == 0) return;
    print_error("wanted the message %s, got\n%s", name, ketch_diag_text(diag));
    _fail(file, line);
}

bool quick(void) { return getenv("KETCH_TEST_QUICK"); }

/* ── Random data ── */

static uint64_t random_state;

static uint64_t random_bits(void) { /* splitmix64 */
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t random_below(uint64_t n) { return random_bits() % n; }
double random_number(void) { return (double)(random_bits() >> 11) * 0x1p-52 - 1; }

/* Rows of random numbers, each made orthogonal to those before it (twice, for the digits) and of length 1. */
void random_unitary(double *out, uint32_t qubits) {
    size_t size = (size_t)1 << qubits;
    for (size_t i = 0; i < 2 * size * size; i++) out[i] = random_number();
    for (size_t r = 0; r < size; r++) {
        double *row = out + 2 * r * size, length = 0;
        for (size_t p = 0; p < 2 * r; p++) {
            const double *other = out + 2 * (p % r) * size;
            double re = 0, im = 0; /* <other, row> */
            for (size_t k = 0; k < size; k++) {
                re += other[2 * k] * row[2 * k] + other[2 * k + 1] * row[2 * k + 1];
                im += other[2 * k] * row[2 * k + 1] - other[2 * k + 1] * row[2 * k];
            }
            for (size_t k = 0; k < size; k++) {
                row[2 * k] -= re * other[2 * k] - im * other[2 * k + 1];
                row[2 * k + 1] -= re * other[2 * k + 1] + im * other[2 * k];
            }
        }
        for (size_t k = 0; k < 2 * size; k++) length += row[k] * row[k];
        for (size_t k = 0; k < 2 * size; k++) row[k] /= sqrt(length);
    }
}

void random_operands(uint32_t *out, uint32_t count, uint32_t qubits) {
    for (uint32_t i = 0; i < count; i++) {
        bool fresh;
        do {
            fresh = true;
            out[i] = (uint32_t)random_below(qubits);
            for (uint32_t j = 0; j < i; j++) fresh = fresh && out[j] != out[i];
        } while (!fresh);
    }
}

/* ── Circuits ── */

ketch_circuit *circuit_of(uint32_t qubits, uint32_t bits) {
    ketch_circuit *circuit;
    OK(ketch_circuit_create(&circuit, qubits, bits, diag));
    return circuit;
}

void gate(ketch_circuit *circuit, const char *name, const double *params, uint32_t a, uint32_t b, uint32_t c) {
    OK(ketch_circuit_append(circuit, name, 1, (const uint32_t[]){a, b, c}, params, diag));
}

void measure(ketch_circuit *circuit, uint32_t qubit, uint32_t bit) { OK(ketch_circuit_measure(circuit, 1, &qubit, &bit, diag)); }

void measure_all(ketch_circuit *circuit) {
    for (uint32_t q = 0; q < circuit->qubit_count; q++) measure(circuit, q, q);
}

void begin_if(ketch_circuit *circuit, uint32_t bit) { OK(ketch_circuit_begin_if(circuit, 1, &bit, 1, diag)); }
void end_if(ketch_circuit *circuit) { OK(ketch_circuit_end_if(circuit, diag)); }

static void random_matrix_gate(ketch_circuit *circuit) {
    static double matrix[KT_MATRIX_ROOM];
    uint32_t most = circuit->qubit_count < KT_BLOCK_QUBITS ? circuit->qubit_count : KT_BLOCK_QUBITS;
    uint32_t qubits = 1 + (uint32_t)random_below(most), operands[KT_BLOCK_QUBITS];
    random_unitary(matrix, qubits);
    random_operands(operands, qubits, circuit->qubit_count);
    OK(ketch_circuit_append_matrix(circuit, qubits, operands, matrix, diag));
}

void random_gates(ketch_circuit *circuit, uint32_t count) {
    uint32_t operands[64];
    while (count) {
        if (random_below(12) == 0) {
            random_matrix_gate(circuit);
            count--;
            continue;
        }
        const kt_gate *record = &kt_gates[random_below(KT_GATE_COUNT)];
        uint32_t own = record->control_count + record->target_count, more = random_below(3) ? 0 : (uint32_t)random_below(4);
        if (!(record->provided_by & KT_IN_CALLS) || own + more > circuit->qubit_count) continue;
        double params[KT_GATE_PARAMS];
        for (int p = 0; p < KT_GATE_PARAMS; p++) params[p] = 7 * random_number();
        random_operands(operands, own + more, circuit->qubit_count);
        OK(ketch_circuit_append_controlled(circuit, record->name, 1, more, random_bits(), operands, params, diag));
        count--;
    }
}

void busy_gates(ketch_circuit *circuit, uint32_t count) {
    uint32_t n = circuit->qubit_count, pair[2] = {0, 0};
    for (uint32_t i = 0; i < count; i++) {
        if (i / n % 2) {
            random_operands(pair, 2, n);
            OK(kt_circuit_add_gate(circuit, KT_GATE_CX, 1, pair, NULL, 0, diag));
        } else {
            OK(kt_circuit_add_gate(circuit, KT_GATE_RY, 0, &(uint32_t){i % n}, &(double){random_number()}, 0, diag));
        }
    }
}

/* ── Runs ── */

ketch_engine lab_engine = KETCH_ENGINE_AUTO;

int lab_run_tests(const struct CMUnitTest *tests, size_t count, CMFixtureFunction create, CMFixtureFunction release) {
    lab_engine = KETCH_ENGINE_REFERENCE;
    int failed = _cmocka_run_group_tests("reference engine", tests, count, create, release);
    lab_engine = KETCH_ENGINE_PLANNED;
    return failed + _cmocka_run_group_tests("planned engine", tests, count, create, release);
}

lab_setup lab_with(uint64_t shots, unsigned outputs, uint32_t threads) {
    lab_setup lab = {.threads = threads, .grain = 2, .copies = UINT64_MAX};
    lab.options = (ketch_run_options)KETCH_RUN_OPTIONS_INIT;
    lab.options.shots = shots;
    lab.options.seed = 1;
    lab.options.has_seed = 1;
    lab.options.outputs = outputs;
    lab.options.engine = lab_engine;
    return lab;
}

ketch_status lab_try_plan(ketch_result **out, const lab_setup *lab, const ketch_circuit *circuit, const kt_plan *plan) {
    atomic_bool cancelled = false;
    *out = NULL;
    ketch_diag_clear(diag);
    uint64_t one = kt_plan_state_bytes(plan) + (circuit->bit_count / 64 + 1) * sizeof(uint64_t);
    kt_engine engine = {.threads = lab->threads, .grain = lab->grain, .cancelled = &cancelled, .memory_limit = UINT64_MAX};
    if (lab->copies < 1000) engine.memory_limit = kt_plan_memory(plan, &lab->options, lab->threads) + lab->copies * one;
    if (lab->seconds > 0) engine.deadline = kt_seconds() + lab->seconds;
    ketch_status status = kt_engine_run(out, &engine, plan, circuit, &lab->options, diag);
    kt_engine_close(&engine);
    return status;
}

ketch_status lab_try(ketch_result **out, const lab_setup *lab, const ketch_circuit *circuit) {
    kt_plan *plan = NULL;
    *out = NULL;
    ketch_diag_clear(diag);
    ketch_status status = kt_plan_make(&plan, circuit, &lab->options, NULL, diag);
    if (!status) status = lab_try_plan(out, lab, circuit, plan);
    kt_plan_free(plan);
    return status;
}

ketch_result *lab_run(const lab_setup *lab, const ketch_circuit *circuit) {
    ketch_result *result;
    OK(lab_try(&result, lab, circuit));
    return result;
}

uint64_t count_of(const ketch_result *result, const char *bits) { return ketch_result_count_of(result, bits); }

void expect_same_result(const ketch_result *a, const ketch_result *b) {
    assert_int_equal(a->outcome_count, b->outcome_count);
    assert_int_equal(a->words, b->words);
    if (a->outcome_count) {
        assert_memory_equal(a->outcomes, b->outcomes, a->outcome_count * a->words * sizeof *a->outcomes);
        assert_memory_equal(a->counts, b->counts, a->outcome_count * sizeof *a->counts);
    }
    assert_int_equal(a->info.shots, b->info.shots);
    assert_int_equal(!a->shots, !b->shots);
    if (a->shots) assert_memory_equal(a->shots, b->shots, a->info.shots * a->words * sizeof *a->shots);
    assert_int_equal(!a->state.amplitudes, !b->state.amplitudes);
    if (a->state.amplitudes) assert_memory_equal(a->state.amplitudes, b->state.amplitudes, a->state.bytes);
    if (a->state.amplitudes)
        assert_memory_equal(&a->info.norm, &b->info.norm, sizeof a->info.norm);
    else
        assert_true(fabs(a->info.norm - b->info.norm) < (a->info.precision == KETCH_PRECISION_FP32 ? 1e-5 : 1e-12)); /* branches may have met, or not: its last bits promise nothing */
}

/* ── Chi-square ── */

void expect_distribution(const uint64_t *observed, const double *probabilities, size_t classes) {
    double total = 0, chi_square = 0, rest_observed = 0, rest_expected = 0, freedom = -1;
    for (size_t i = 0; i < classes; i++) total += (double)observed[i];
    for (size_t i = 0; i < classes; i++) {
        double expected = total * probabilities[i];
        if (probabilities[i] < 1e-13) assert_int_equal(observed[i], 0);
        if (expected < 5) {
            rest_observed += (double)observed[i];
            rest_expected += expected;
            continue;
        }
        chi_square += pow((double)observed[i] - expected, 2) / expected;
        freedom++;
    }
    if (rest_expected > 1) chi_square += pow(rest_observed - rest_expected, 2) / rest_expected, freedom++;
    assert_true(freedom >= 0);
    /* Wilson and Hilferty: (chi²/k)^(1/3) is nearly normal; 4.27 standard deviations are exceeded once in 100,000 times. */
    double k = freedom > 0 ? freedom : 1, limit = k * pow(1 - 2 / (9 * k) + 4.27 * sqrt(2 / (9 * k)), 3);
    if (chi_square > limit) fail_msg("chi-square %g with %g degrees of freedom; at most %g expected", chi_square, freedom, limit);
}
