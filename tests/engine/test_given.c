/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs that begin with a given state and leave their final one in it: circuits cut in pieces against the oracle and against the whole,
 * with each engine and setting; what is sampled, what is refused, and when a state is lost.
 */
#include "differ.h"
#include "oracle.h"

#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

static double tolerance(ketch_precision precision) { return precision == KETCH_PRECISION_FP32 ? 1e-5 : 1e-12; }

/* ── Helpers ── */

static double part_of(const ketch_state *state, size_t i) {
    const void *numbers = state->memory.amplitudes;
    return state->memory.precision == KETCH_PRECISION_FP32 ? (double)((const float *)numbers)[i] : ((const double *)numbers)[i];
}

static ketch_state *state_of(uint32_t qubits, ketch_precision precision) {
    ketch_state *state;
    OK(ketch_state_create(&state, qubits, precision, diag));
    assert_int_equal((uintptr_t)ketch_state_amplitudes(state) % 64, 0);
    return state;
}

/* Amplitudes by chance, in the state and, in fp64, in `out`. */
static void scatter(ketch_state *state, double *out) {
    size_t count = (size_t)2 << state->memory.wires;
    double squares = 0;
    for (size_t i = 0; i < count; i++) out[i] = random_number(), squares += out[i] * out[i];
    for (size_t i = 0; i < count; i++) {
        out[i] /= sqrt(squares);
        if (state->memory.precision == KETCH_PRECISION_FP32)
            ((float *)state->memory.amplitudes)[i] = (float)out[i];
        else
            ((double *)state->memory.amplitudes)[i] = out[i];
    }
}

static double distance_of(const ketch_state *state, const double *wanted, uint32_t qubits) {
    double most = 0;
    for (size_t i = 0; i < (size_t)2 << state->memory.wires; i++) {
        double off = fabs(part_of(state, i) - (i >> (qubits + 1) ? 0 : wanted[i]));
        if (!(off <= most)) most = isnan(off) ? INFINITY : off;
    }
    return most;
}

/* The operations [first, end) as a circuit of their own. */
static ketch_circuit *piece_of(const ketch_circuit *circuit, size_t first, size_t end) {
    ketch_circuit *piece;
    OK(ketch_circuit_copy(&piece, circuit, diag));
    memmove(piece->ops, piece->ops + first, (end - first) * sizeof *piece->ops);
    piece->ops_count = end - first;
    for (size_t i = 0; i < piece->ops_count; i++) {
        if (piece->ops[i].code == KT_OP_JUMP_UNLESS || piece->ops[i].code == KT_OP_JUMP) piece->ops[i].data -= (uint32_t)first;
    }
    return piece;
}

/* By chance either engine. */
static lab_setup on_state(ketch_state *state, uint64_t shots, unsigned outputs, uint64_t seed, setting *how) {
    *how = random_setting(state->memory.wires);
    how->precision = state->memory.precision;
    lab_setup lab = lab_of(how, shots, outputs, seed);
    if (random_below(4) == 0) lab.options.engine = KETCH_ENGINE_REFERENCE;
    lab.options.state = state;
    return lab;
}

static void fail_with(const setting *how, const lab_setup *lab, double off) {
    fail_msg("engine %d isa %d precision %d tile %u without 0x%x threads %u: %g off", (int)lab->options.engine, (int)how->instructions,
             (int)how->precision, how->tile_bits, how->without, how->threads, off);
}

static void apply(ketch_state *state, const ketch_circuit *circuit, const double *wanted, uint32_t qubits) {
    setting how;
    lab_setup lab = on_state(state, 1, KETCH_OUTPUT_NO_SHOTS, 1, &how);
    void *address = ketch_state_amplitudes(state);
    ketch_result *result = lab_run(&lab, circuit);
    assert_null(ketch_result_state(result, NULL, NULL));
    kt_result_free(result);
    assert_ptr_equal(ketch_state_amplitudes(state), address);
    double off = wanted ? distance_of(state, wanted, qubits) : 0;
    if (off > tolerance(state->memory.precision)) fail_with(&how, &lab, off);
}

/* ── In pieces ── */

/* On a state that may have more qubits than the circuit. */
static void apply_pieces(const ketch_circuit *circuit, const double *wanted) {
    uint32_t qubits = circuit->qubit_count;
    ketch_state *state = state_of(qubits + (uint32_t)random_below(3), random_below(2) ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64);
    size_t from = 0, end;
    for (uint64_t left = 1 + random_below(4); left-- > 0; from = end) {
        end = left ? from + (size_t)random_below(circuit->ops_count - from + 1) : circuit->ops_count;
        ketch_circuit *piece = piece_of(circuit, from, end);
        apply(state, piece, left ? NULL : wanted, qubits);
        ketch_circuit_free(&piece);
    }
    ketch_state_free(&state);
    assert_null(state);
}

static void pieces_against_the_oracle(void **unused) {
    (void)unused;
    static double wanted[2 * ORACLE_SIZE];
    int rounds = quick() ? 3 : 20;
    for (int round = 0; round < rounds * STYLE_COUNT; round++) {
        ketch_circuit *circuit = circuit_of(1 + (uint32_t)random_below(ORACLE_QUBITS), 0);
        styled_gates(circuit, (style)(round % STYLE_COUNT), 1 + (uint32_t)random_below(60));
        oracle_run(wanted, circuit);
        for (int i = 0; i < 4; i++) apply_pieces(circuit, wanted);
        ketch_circuit_free(&circuit);
    }
}

/* States of several tiles, of which many wires are not local at first. */
static void pieces_of_many_tiles(void **unused) {
    (void)unused;
    int rounds = quick() ? 2 : 12;
    for (int round = 0; round < rounds * STYLE_COUNT; round++) {
        ketch_circuit *circuit = circuit_of(9 + (uint32_t)random_below(5), 0);
        styled_gates(circuit, (style)(round % STYLE_COUNT), 1 + (uint32_t)random_below(200));
        double *wanted = reference_state(circuit);
        for (int i = 0; i < 3; i++) apply_pieces(circuit, wanted);
        free(wanted);
        ketch_circuit_free(&circuit);
    }
}

/* Amplitudes that the caller wrote, none of them 0. */
static void any_amplitudes(void **unused) {
    (void)unused;
    static double wanted[2 * ORACLE_SIZE], matrix[2 * ORACLE_SIZE * ORACLE_SIZE];
    int rounds = quick() ? 3 : 20;
    for (int round = 0; round < rounds * STYLE_COUNT; round++) {
        uint32_t qubits = 1 + (uint32_t)random_below(ORACLE_QUBITS);
        ketch_circuit *circuit = circuit_of(qubits, 0);
        styled_gates(circuit, (style)(round % STYLE_COUNT), (uint32_t)random_below(20));
        ketch_state *state = state_of(qubits, round / STYLE_COUNT % 2 ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64);
        scatter(state, wanted);
        for (size_t i = 0; i < circuit->ops_count; i++) {
            oracle_matrix(matrix, circuit, &circuit->ops[i], qubits);
            oracle_multiply(wanted, matrix, qubits);
        }
        apply(state, circuit, wanted, qubits);
        ketch_state_free(&state);
        ketch_circuit_free(&circuit);
    }
}

/* ── Measurements in the middle ── */

/* Gates, and then a program on their state, against both at once: the same bits of the shot, the same state. (In fp32 a draw may lie within
 * rounding of its threshold.) */
static void check_program(style kind) {
    uint32_t qubits = 2 + (uint32_t)random_below(8);
    ketch_circuit *circuit = circuit_of(qubits, qubits);
    styled_gates(circuit, kind, (uint32_t)random_below(20));
    size_t cut = circuit->ops_count;
    styled_program(circuit, kind, 10 + (uint32_t)random_below(40));
    ketch_circuit *first = piece_of(circuit, 0, cut), *second = piece_of(circuit, cut, circuit->ops_count);
    for (uint64_t seed = 1; seed <= 4; seed++) {
        lab_setup plain = lab_with(1, KETCH_OUTPUT_STATE | KETCH_OUTPUT_SHOTS, 1);
        plain.options.seed = seed;
        plain.options.engine = KETCH_ENGINE_REFERENCE;
        ketch_result *whole = lab_run(&plain, circuit);
        ketch_state *state = state_of(qubits, KETCH_PRECISION_FP64);
        apply(state, first, NULL, qubits);
        setting how;
        lab_setup lab = on_state(state, random_below(2), KETCH_OUTPUT_SHOTS, seed, &how);
        kt_plan *plan;
        OK(kt_plan_make(&plan, second, &lab.options, NULL, diag));
        ketch_result *result;
        if (plan->branches) {
            OK(lab_try_plan(&result, &lab, second, plan));
            assert_int_equal(result->info.shots, 1);
            assert_int_equal((whole->shots[0] ^ result->shots[0]) & ~plan->sampled[0], 0);
            double off = 0;
            for (size_t i = 0; i < (size_t)2 << qubits; i++) off = fmax(off, fabs(part_of(state, i) - amplitude_part(whole, i)));
            if (off > 1e-12) fail_with(&how, &lab, off);
            kt_result_free(result);
        }
        kt_plan_free(plan);
        kt_result_free(whole);
        ketch_state_free(&state);
    }
    ketch_circuit_free(&first);
    ketch_circuit_free(&second);
    ketch_circuit_free(&circuit);
}

static void trajectories(void **unused) {
    (void)unused;
    int rounds = quick() ? 5 : 40;
    for (int round = 0; round < rounds * STYLE_COUNT; round++) check_program((style)(round % STYLE_COUNT));
}

/* What no gate of this circuit has touched need not be 0, and what no gate touches at all can be measured. */
static void untouched_qubits_are_measured(void **unused) {
    (void)unused;
    ketch_state *state = state_of(3, KETCH_PRECISION_FP64);
    ketch_circuit *flip = circuit_of(3, 3), *program = circuit_of(2, 2);
    GATE(flip, "x", 0);
    GATE(flip, "x", 2);
    lab_setup lab = lab_with(0, KETCH_OUTPUT_NO_SHOTS, 1);
    lab.options.state = state;
    kt_result_free(lab_run(&lab, flip));
    measure(program, 0, 0); /* in the middle: 1, so that qubit 1 becomes 1 and qubit 0 is reset */
    begin_if(program, 0);
    GATE(program, "x", 1);
    end_if(program);
    OK(ketch_circuit_reset(program, 1, &(uint32_t){0}, diag));
    measure(program, 1, 1);
    lab.options.outputs = 0;
    ketch_result *result = lab_run(&lab, program);
    assert_int_equal(result->info.shots, 1);
    assert_int_equal(count_of(result, "11"), 1);
    assert_true(part_of(state, 2 * 6) == 1); /* |110> */
    kt_result_free(result);
    lab.options.shots = 2;
    FAILS(NEEDS_ONE_SHOT, lab_try(&result, &lab, program));
    OK(ketch_state_check(state, diag)); /* nothing was begun */
    ketch_circuit_free(&flip);
    ketch_circuit_free(&program);
    ketch_state_free(&state);
}

/* ── Samples and outputs ── */

static void samples_leave_the_state(void **unused) {
    (void)unused;
    static double amplitudes[2 * 64], squares[64];
    uint64_t observed[64] = {0};
    ketch_state *state = state_of(6, KETCH_PRECISION_FP64);
    ketch_circuit *nothing = circuit_of(0, 0), *measured = circuit_of(4, 4);
    scatter(state, amplitudes);
    for (size_t i = 0; i < 64; i++) squares[i] = amplitudes[2 * i] * amplitudes[2 * i] + amplitudes[2 * i + 1] * amplitudes[2 * i + 1];
    lab_setup lab = lab_with(40000, KETCH_OUTPUT_SHOTS | KETCH_OUTPUT_STATE, 2);
    lab.options.state = state;
    ketch_result *result = lab_run(&lab, nothing);
    assert_int_equal(result->bit_count, 6); /* all qubits of the state */
    assert_int_equal(result->info.qubits, 6);
    for (size_t i = 0; i < 40000; i++) observed[result->shots[i]]++;
    expect_distribution(observed, squares, 64);
    assert_memory_equal(state->memory.amplitudes, amplitudes, sizeof amplitudes);
    uint32_t qubits = 0;
    const void *copy = ketch_result_state(result, &qubits, NULL);
    assert_int_equal(qubits, 6);
    assert_ptr_not_equal(copy, state->memory.amplitudes);
    assert_memory_equal(copy, amplitudes, sizeof amplitudes);
    double some[4], from_state[4];
    OK(ketch_result_marginal(some, result, (const uint32_t[]){5, 1}, 2, diag));
    OK(ketch_state_marginal(from_state, state, (const uint32_t[]){5, 1}, 2, diag));
    assert_memory_equal(some, from_state, sizeof some);
    double wanted[4] = {0};
    for (size_t i = 0; i < 64; i++) wanted[(i >> 5 & 1) | (i >> 1 & 1) << 1] += squares[i];
    for (size_t i = 0; i < 4; i++) assert_true(fabs(some[i] - wanted[i]) < 1e-15);
    kt_result_free(result);

    measure_all(measured);
    lab.options.outputs = KETCH_OUTPUT_SHOTS;
    result = lab_run(&lab, measured);
    memset(observed, 0, sizeof observed);
    for (size_t i = 16; i < 64; i++) squares[i % 16] += squares[i];
    for (size_t i = 0; i < 40000; i++) observed[result->shots[i]]++;
    expect_distribution(observed, squares, 16);
    assert_memory_equal(state->memory.amplitudes, amplitudes, sizeof amplitudes);
    kt_result_free(result);
    ketch_circuit_free(&nothing);
    ketch_circuit_free(&measured);
    ketch_state_free(&state);
}

static void states_come_out_of_results(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(7, 0);
    styled_gates(circuit, STYLE_ALL, 60);
    ketch_circuit *first = piece_of(circuit, 0, 30), *second = piece_of(circuit, 30, circuit->ops_count);
    double *wanted = reference_state(circuit);
    lab_setup lab = lab_with(1, KETCH_OUTPUT_STATE, 2);
    ketch_result *result = lab_run(&lab, first);
    const void *address = ketch_result_state(result, NULL, NULL);
    ketch_state *state;
    OK(ketch_result_take_state(&state, result, diag));
    assert_ptr_equal(ketch_state_amplitudes(state), address);
    assert_null(ketch_result_state(result, NULL, NULL));
    ketch_state *again;
    FAILS(UNAVAILABLE, ketch_result_take_state(&again, result, diag));
    assert_null(again);
    kt_result_free(result);
    OK(ketch_state_copy(&again, state, diag));
    apply(state, second, wanted, 7);
    apply(again, second, wanted, 7);
    ketch_state_free(&again);
    ketch_state_free(&state);
    free(wanted);
    ketch_circuit_free(&first);
    ketch_circuit_free(&second);
    ketch_circuit_free(&circuit);
}

/* ── Threads ── */

static void threads_leave_the_same_bytes(void **unused) {
    (void)unused;
    uint32_t qubits = quick() ? 15 : 18;
    ketch_circuit *circuit = circuit_of(qubits, qubits);
    styled_gates(circuit, STYLE_ALL, 120);
    for (int single = 0; single < 2; single++) {
        ketch_state *states[3];
        ketch_result *results[3];
        for (uint32_t t = 0; t < 3; t++) {
            lab_setup lab = lab_with(5000, KETCH_OUTPUT_SHOTS, t + 1);
            lab.grain = 0;
            lab.options.precision = single ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64;
            lab.options.state = states[t] = state_of(qubits, lab.options.precision);
            kt_result_free(lab_run(&lab, circuit));
            results[t] = lab_run(&lab, circuit);
            if (!t) continue;
            assert_memory_equal(states[t]->memory.amplitudes, states[0]->memory.amplitudes, states[0]->memory.bytes);
            expect_same_result(results[0], results[t]);
        }
        for (uint32_t t = 0; t < 3; t++) ketch_state_free(&states[t]), kt_result_free(results[t]);
    }
    ketch_circuit_free(&circuit);
}

/* ── What is refused, and lost ── */

static void what_is_refused(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(3, 0);
    ketch_state *state = state_of(2, KETCH_PRECISION_FP64), *none;
    lab_setup lab = lab_with(1, 0, 1);
    lab.options.state = state;
    ketch_result *result;
    FAILS(BAD_ARGUMENT, lab_try(&result, &lab, circuit));
    OK(ketch_state_check(state, diag));
    FAILS(BAD_ARGUMENT, ketch_state_create(&none, 0, KETCH_PRECISION_FP64, diag));
    FAILS(BAD_ARGUMENT, ketch_state_create(&none, 3, (ketch_precision)2, diag));
    FAILS(STATE_TOO_LARGE, ketch_state_create(&none, 50, KETCH_PRECISION_FP64, diag));
    FAILS(STATE_TOO_LARGE, ketch_state_create(&none, 4000, KETCH_PRECISION_FP32, diag));
    assert_null(none);
    double out[4];
    FAILS(BAD_OPERAND, ketch_state_marginal(out, state, (const uint32_t[]){2}, 1, diag));
    FAILS(BAD_OPERAND, ketch_state_marginal(out, state, (const uint32_t[]){1, 1}, 2, diag));
    FAILS(BAD_ARGUMENT, ketch_state_marginal(out, state, NULL, 0, diag));
    FAILS(BAD_ARGUMENT, ketch_state_check(NULL, diag));
    assert_int_equal(ketch_state_qubits(NULL), 0);
    assert_null(ketch_state_amplitudes(NULL));
    ketch_state_free(NULL);
    ketch_state_free(&state);
    ketch_circuit_free(&circuit);
}

static void expect_lost(ketch_state *state, const ketch_circuit *circuit) {
    lab_setup lab = lab_with(1, 0, 1);
    ketch_result *result;
    ketch_state *copy;
    lab.options.state = state;
    FAILS(STATE_LOST, ketch_state_check(state, diag));
    FAILS(STATE_LOST, ketch_state_copy(&copy, state, diag));
    FAILS(STATE_LOST, lab_try(&result, &lab, circuit));
    OK(ketch_state_reset(state, diag));
    OK(ketch_state_check(state, diag));
    assert_true(part_of(state, 0) == 1 && part_of(state, 2) == 0);
    kt_result_free(lab_run(&lab, circuit));
}

static void lost_states(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(2, 0);
    GATE(circuit, "h", 0);
    ketch_state *state = state_of(3, KETCH_PRECISION_FP64);
    lab_setup lab = lab_with(1, 0, 1);
    lab.options.state = state;
    ketch_result *result;
    ((double *)ketch_state_amplitudes(state))[0] = 0.9; /* not of norm 1 */
    FAILS(NORM_DRIFTED, lab_try(&result, &lab, circuit));
    expect_lost(state, circuit);
    ((double *)ketch_state_amplitudes(state))[3] = NAN;
    FAILS(NORM_DRIFTED, lab_try(&result, &lab, circuit));
    expect_lost(state, circuit);
    lab.seconds = 1e-12;
    FAILS(RUN_TIMEOUT, lab_try(&result, &lab, circuit));
    expect_lost(state, circuit);
    ketch_state_free(&state);
    ketch_circuit_free(&circuit);
}

/* Far from all that make up the norm. */
static void one_amplitude_that_is_no_number(void **unused) {
    (void)unused;
    enum { QUBITS = 18 };
    static const double wrong[] = {NAN, INFINITY, -INFINITY};
    static const size_t places[] = {1, 2 << (QUBITS - 1), (2 << QUBITS) - 1};
    ketch_circuit *nothing = circuit_of(0, 0);
    ketch_state *state = state_of(QUBITS, KETCH_PRECISION_FP64);
    lab_setup lab = lab_with(1, KETCH_OUTPUT_SHOTS, 2);
    lab.options.state = state;
    for (size_t i = 0; i < 9; i++) {
        ketch_result *result;
        OK(ketch_state_reset(state, diag));
        ((double *)ketch_state_amplitudes(state))[places[i / 3]] = wrong[i % 3];
        FAILS(NORM_DRIFTED, lab_try(&result, &lab, nothing));
    }
    ketch_state_free(&state);
    ketch_circuit_free(&nothing);
}

/* A run is at work while the process forks: for the child the state is lost, for the parent it is not. */
static void forks(void **unused) {
    (void)unused;
    ketch_state *state = state_of(2, KETCH_PRECISION_FP32);
    OK(kt_state_claim(state, diag));
    FAILS(BAD_ARGUMENT, ketch_state_check(state, diag));
    FAILS(BAD_ARGUMENT, ketch_state_reset(state, diag));
    FAILS(BAD_ARGUMENT, kt_state_claim(state, diag));
    pid_t child = fork();
    if (child == 0) {
        bool lost = ketch_state_check(state, NULL) == KETCH_ERROR_LOST && kt_state_claim(state, NULL) == KETCH_ERROR_LOST;
        bool mended = ketch_state_reset(state, NULL) == KETCH_OK && ketch_state_check(state, NULL) == KETCH_OK;
        _exit(lost && mended ? 0 : 1);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    kt_state_release(state, true);
    OK(ketch_state_check(state, diag));
    ketch_state_free(&state);
}

/* What rounding leaves, run after run, is not taken for a wrong state. */
static void many_runs(void **unused) {
    (void)unused;
    for (int single = 0; single < 2; single++) {
        ketch_state *state = state_of(4, single ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64);
        ketch_circuit *circuit = circuit_of(4, 0);
        styled_gates(circuit, STYLE_ONE_QUBIT, 30);
        lab_setup lab = lab_with(1, KETCH_OUTPUT_NO_SHOTS, 1);
        lab.options.precision = state->memory.precision;
        lab.options.state = state;
        kt_plan *plan;
        OK(kt_plan_make(&plan, circuit, &lab.options, NULL, diag));
        for (int i = 0; i < (quick() ? 2000 : 20000); i++) {
            ketch_result *result;
            OK(lab_try_plan(&result, &lab, circuit, plan));
            kt_result_free(result);
        }
        kt_plan_free(plan);
        ketch_circuit_free(&circuit);
        ketch_state_free(&state);
    }
}

/* A state is not counted as memory of the run, unless it is copied. */
static void memory_needed(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(20, 0);
    GATE(circuit, "h", 3);
    ketch_state *state = state_of(20, KETCH_PRECISION_FP64);
    lab_setup lab = lab_with(1, 0, 1);
    lab.options.state = state;
    for (int copied = 0; copied < 2; copied++) {
        lab.options.outputs = copied ? KETCH_OUTPUT_STATE : 0;
        kt_plan *plan;
        OK(kt_plan_make(&plan, circuit, &lab.options, NULL, diag));
        uint64_t needed = kt_plan_memory(plan, &lab.options, 1);
        assert_true(copied ? needed > UINT64_C(16) << 20 : needed < UINT64_C(8) << 20);
        ketch_result *result;
        OK(lab_try_plan(&result, &lab, circuit, plan));
        assert_true(result->info.peak_memory_bytes <= needed);
        kt_result_free(result);
        kt_plan_free(plan);
    }
    ketch_state_free(&state);
    ketch_circuit_free(&circuit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_against_the_oracle),
        cmocka_unit_test(pieces_of_many_tiles),
        cmocka_unit_test(any_amplitudes),
        cmocka_unit_test(trajectories),
        cmocka_unit_test(untouched_qubits_are_measured),
        cmocka_unit_test(samples_leave_the_state),
        cmocka_unit_test(states_come_out_of_results),
        cmocka_unit_test(threads_leave_the_same_bytes),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(lost_states),
        cmocka_unit_test(one_amplitude_that_is_no_number),
        cmocka_unit_test(forks),
        cmocka_unit_test(many_runs),
        cmocka_unit_test(memory_needed),
    };
    return RUN_WITH_BOTH_ENGINES(tests, NULL, NULL);
}
