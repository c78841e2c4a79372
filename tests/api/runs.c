/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs and results as a user meets them: what was asked for is there and right, what was not is refused in words.
 */
#include "session.h"

#include <math.h>

static ketch_run_options with(unsigned outputs, uint64_t shots, uint64_t seed) {
    ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
    options.outputs = outputs;
    options.shots = shots;
    options.seed = seed;
    options.has_seed = 1;
    return options;
}

static ketch_result *run(const ketch_circuit *circuit, const ketch_run_options *options) {
    ketch_result *result = NULL;
    OK(diag, ketch_run(&result, session, circuit, options, diag));
    assert_non_null(result);
    return result;
}

static ketch_run_info info_of(const ketch_result *result) {
    ketch_run_info info = {.struct_size = sizeof info};
    OK(NULL, ketch_result_info(&info, result, NULL));
    return info;
}

static int near(double a, double b) { return fabs(a - b) < 1e-14; }

static void counts_of_a_bell_pair(void **state) {
    (void)state;
    ketch_circuit *circuit = parsed(BELL);
    ketch_run_options options = with(0, 10000, 5);
    ketch_result *result = run(circuit, &options);
    assert_int_equal(ketch_result_outcome_count(result), 2);
    uint64_t zeros = ketch_result_count_of(result, "00"), ones = ketch_result_count_of(result, "11");
    assert_int_equal(zeros + ones, 10000);
    assert_in_range(zeros, 4700, 5300); /* six standard deviations */
    assert_true(ketch_result_count(result, 0) >= ketch_result_count(result, 1));
    assert_int_equal(ketch_result_count(result, 0) + ketch_result_count(result, 1), 10000);
    assert_int_equal(ketch_result_count(result, 2), 0);
    assert_string_equal(ketch_result_bitstring(result, 0), zeros >= ones ? "00" : "11");
    assert_string_equal(ketch_result_bitstring(result, 1), zeros >= ones ? "11" : "00");
    assert_null(ketch_result_bitstring(result, 2));
    assert_int_equal(ketch_result_count_of(result, "01"), 0);
    assert_int_equal(ketch_result_count_of(result, "no bits"), 0);
    assert_string_equal(ketch_result_register(result, 0).name, "c");
    assert_int_equal(ketch_result_register(result, 0).offset, 0);
    assert_int_equal(ketch_result_register(result, 0).size, 2);
    assert_null(ketch_result_register(result, 1).name);

    ketch_run_info info = info_of(result);
    assert_int_equal(info.shots, 10000);
    assert_int_equal(info.seed, 5);
    assert_int_equal(info.qubits, 2);
    assert_int_equal(info.simulated_qubits, 2);
    assert_int_equal(info.all_qubits_measured, 0);
    assert_true(near(info.norm, 1));
    assert_true(info.threads >= 1 && info.threads == ketch_session_threads(session));
    assert_true(info.total_seconds >= 0 && info.total_seconds < 60);
    assert_true(strlen(info.instruction_set) > 0 && strlen(info.engine) > 0);
    assert_true(info.circuit_hash[0] || info.circuit_hash[1]);
    ketch_result_free(&result);
    assert_null(result);
    ketch_result_free(&result);
    ketch_result_free(NULL);
    ketch_circuit_free(&circuit);
}

static void a_seed_repeats_and_is_reported(void **state) {
    (void)state;
    ketch_circuit *circuit = parsed("OPENQASM 2.0; include \"qelib1.inc\"; qreg q[9]; creg c[9]; h q; measure q -> c;");
    ketch_run_options options = with(KETCH_OUTPUT_SHOTS, 200, 0);
    options.has_seed = 0;
    ketch_result *first = run(circuit, &options), *other = run(circuit, &options);
    size_t words = 0;
    const uint64_t *shots = ketch_result_shots(first, &words);
    assert_int_equal(words, 1);
    assert_memory_not_equal(shots, ketch_result_shots(other, NULL), 200 * sizeof *shots); /* seeds from the system differ */
    options = with(KETCH_OUTPUT_SHOTS, 200, info_of(first).seed);
    ketch_result *again = run(circuit, &options);
    assert_memory_equal(shots, ketch_result_shots(again, NULL), 200 * sizeof *shots);
    for (int i = 0; i < 200; i++) assert_true(shots[i] < 512);
    ketch_result_free(&first);
    ketch_result_free(&other);
    ketch_result_free(&again);
    ketch_circuit_free(&circuit);
}

/* x on qubit 1 of 3, one qubit idle, one register measured out of order. */
static void qubit_0_is_rightmost(void **state) {
    (void)state;
    ketch_circuit *circuit = parsed("OPENQASM 2.0; include \"qelib1.inc\"; qreg q[3]; creg a[2]; creg b[1]; x q[1]; h q[0]; h q[0];"
                                    "measure q[1] -> a[0]; measure q[0] -> b[0];");
    ketch_run_options options = with(KETCH_OUTPUT_STATE | KETCH_OUTPUT_SHOTS, 3, 1);
    ketch_result *result = run(circuit, &options);
    assert_string_equal(ketch_result_bitstring(result, 0), "0 01"); /* b, then a */
    assert_int_equal(ketch_result_count_of(result, "001"), 3);
    assert_int_equal(ketch_result_register(result, 1).offset, 2);
    size_t words = 0;
    assert_int_equal(ketch_result_shots(result, &words)[2], 1);
    uint32_t qubits = 0;
    ketch_precision precision = KETCH_PRECISION_FP32;
    const double *amplitudes = ketch_result_state(result, &qubits, &precision);
    assert_int_equal(qubits, 3);
    assert_int_equal(precision, KETCH_PRECISION_FP64);
    assert_int_equal((uintptr_t)amplitudes % 64, 0);
    for (int i = 0; i < 8; i++) assert_true(near(amplitudes[2 * i], i == 2) && near(amplitudes[2 * i + 1], 0));
    ketch_result_free(&result);
    result = run(circuit, NULL);
    assert_int_equal(info_of(result).simulated_qubits, 2); /* q[2] is idle, and nobody asks for the whole state */
    ketch_result_free(&result);
    ketch_circuit_free(&circuit);
}

static void amplitudes_probabilities_marginals(void **state) {
    (void)state;
    ketch_circuit *circuit = NULL;
    static const uint32_t q[] = {0, 1, 2};
    static const double angle = 1.0;
    OK(diag, ketch_circuit_create(&circuit, 4, 0, diag));
    OK(diag, ketch_circuit_append(circuit, "rx", 1, q + 1, &angle, diag));
    OK(diag, ketch_circuit_append(circuit, "cx", 1, q + 1, NULL, diag));
    for (int fp32 = 0; fp32 < 2; fp32++) {
        ketch_run_options options = with(KETCH_OUTPUT_AMPLITUDES, 10, 1);
        options.precision = fp32 ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64;
        double slack = fp32 ? 1e-7 : 1e-15, values[16];
        ketch_result *result = run(circuit, &options);
        static const uint64_t states[] = {6, 0, 9};
        OK(diag, ketch_result_amplitudes(values, result, states, 3, diag));
        assert_true(fabs(values[0]) < slack && fabs(values[1] + sin(0.5)) < slack);
        assert_true(fabs(values[2] - cos(0.5)) < slack && fabs(values[3]) < slack);
        assert_true(values[4] == 0 && values[5] == 0); /* the idle qubit 3 is never 1 */
        OK(diag, ketch_result_probabilities(values, result, 5, 3, diag));
        assert_true(values[0] == 0 && fabs(values[1] - sin(0.5) * sin(0.5)) < slack && values[2] == 0);
        static const uint32_t backwards[] = {3, 1};
        OK(diag, ketch_result_marginal(values, result, backwards, 2, diag));
        assert_true(fabs(values[0] - cos(0.5) * cos(0.5)) < slack && values[1] == 0 && fabs(values[2] - sin(0.5) * sin(0.5)) < slack);

        static const uint64_t beyond = 16;
        static const uint32_t no_qubit = 4, twice[] = {1, 1};
        EXPECT(KETCH_ERROR_USAGE, diag, ketch_result_amplitudes(values, result, &beyond, 1, diag));
        EXPECT(KETCH_ERROR_USAGE, diag, ketch_result_probabilities(values, result, 10, 7, diag));
        EXPECT(KETCH_ERROR_USAGE, diag, ketch_result_probabilities(values, result, UINT64_MAX, 2, diag));
        EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_result_marginal(values, result, &no_qubit, 1, diag));
        EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_result_marginal(values, result, twice, 2, diag));
        EXPECT(KETCH_ERROR_USAGE, diag, ketch_result_marginal(values, result, q, 0, diag));
        EXPECT(KETCH_ERROR_USAGE, diag, ketch_result_amplitudes(NULL, result, states, 3, diag));
        ketch_result_free(&result);
    }
    ketch_circuit_free(&circuit);
}

static void what_was_not_asked_for_is_unavailable(void **state) {
    (void)state;
    ketch_circuit *circuit = parsed(BELL);
    ketch_run_options options = with(0, 10, 1);
    ketch_result *result = run(circuit, &options);
    static const uint64_t zero = 0;
    static const uint32_t qubit = 0;
    double value[2];
    size_t words = 0;
    assert_null(ketch_result_state(result, NULL, NULL));
    assert_null(ketch_result_shots(result, &words));
    EXPECT(KETCH_ERROR_UNAVAILABLE, diag, ketch_result_amplitudes(value, result, &zero, 1, diag));
    EXPECT(KETCH_ERROR_UNAVAILABLE, diag, ketch_result_probabilities(value, result, 0, 1, diag));
    EXPECT(KETCH_ERROR_UNAVAILABLE, diag, ketch_result_marginal(value, result, &qubit, 1, diag));
    EXPECT(KETCH_ERROR_UNAVAILABLE, diag, ketch_result_save_state(result, "/tmp/ketch-never.npy", diag));
    ketch_result_free(&result);

    options = with(KETCH_OUTPUT_NO_SHOTS | KETCH_OUTPUT_PROBABILITIES, 10, 1);
    result = run(circuit, &options);
    assert_int_equal(ketch_result_outcome_count(result), 0);
    OK(diag, ketch_result_probabilities(value, result, 3, 1, diag));
    assert_true(near(value[0], 0.5));
    ketch_result_free(&result);
    ketch_circuit_free(&circuit);
}

static void without_measurement_all_are_measured(void **state) {
    (void)state;
    ketch_circuit *circuit = NULL;
    static const uint32_t two = 2;
    OK(diag, ketch_circuit_create(&circuit, 3, 0, diag));
    OK(diag, ketch_circuit_append(circuit, "x", 1, &two, NULL, diag));
    ketch_result *result = run(circuit, NULL);
    assert_int_equal(ketch_result_count_of(result, "100"), 1024);
    assert_true(info_of(result).all_qubits_measured);
    assert_int_equal(info_of(result).shots, 1024);
    ketch_result_free(&result);
    ketch_circuit_free(&circuit);
}

static void measurements_in_the_middle(void **state) {
    (void)state;
    ketch_circuit *circuit = parsed(TELEPORT);
    ketch_run_options options = with(KETCH_OUTPUT_SHOTS, 4000, 9);
    ketch_result *result = run(circuit, &options);
    assert_int_equal(ketch_result_outcome_count(result), 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(ketch_result_bitstring(result, i)[0], '1'); /* out is the leftmost register */
        assert_in_range(ketch_result_count(result, i), 800, 1200);
    }
    ketch_result_free(&result);
    options = with(KETCH_OUTPUT_STATE, 2, 9);
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_run(&result, session, circuit, &options, diag));
    assert_string_equal(ketch_diag_message(diag, 0)->code, "KQ0710");
    options = with(KETCH_OUTPUT_NO_SHOTS | KETCH_OUTPUT_STATE, 1, 9);
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_run(&result, session, circuit, &options, diag));
    options = with(KETCH_OUTPUT_STATE, 1, 9);
    result = run(circuit, &options);
    double norm = 0;
    const double *amplitudes = ketch_result_state(result, NULL, NULL);
    for (int i = 0; i < 16; i++) norm += amplitudes[i] * amplitudes[i];
    assert_true(near(norm, 1));
    ketch_result_free(&result);
    ketch_circuit_free(&circuit);
}

static void options_are_checked(void **state) {
    (void)state;
    ketch_circuit *circuit = parsed(BELL);
    ketch_result *result = NULL;
    ketch_session *none = NULL;
    ketch_run_options options = with(0, 1, 1);
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_run(NULL, session, circuit, NULL, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_run(&result, NULL, circuit, NULL, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_run(&result, session, NULL, NULL, diag));
    options.struct_size = 3;
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_run(&result, session, circuit, &options, diag));
    options = with(0, 1, 1);
    options.precision = (ketch_precision)9;
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_run(&result, session, circuit, &options, diag));
    options = with(1u << 20, 1, 1);
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_run(&result, session, circuit, &options, diag));
    options = with(0, 1, 1);
    options.timeout_seconds = NAN;
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_run(&result, session, circuit, &options, diag));
    options.timeout_seconds = -1;
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_run(&result, session, circuit, &options, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_session_create(NULL, NULL, diag));
    ketch_session_options session_options = {0};
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_session_create(&none, &session_options, diag));
    assert_null(none);
    assert_null(result);
    ketch_circuit_free(&circuit);
}

/* The planned engine's options: their ranges, and a caller compiled before they were there. */
static void engine_options(void **state) {
    (void)state;
    static const struct {
        ketch_engine engine;
        ketch_instruction_set instructions;
        uint32_t tile_bits;
        unsigned without;
        ketch_status wanted;
    } cases[] = {
        {KETCH_ENGINE_PLANNED, KETCH_INSTRUCTIONS_PLAIN, 7, 1023, KETCH_OK},
        {KETCH_ENGINE_REFERENCE, KETCH_INSTRUCTIONS_PLAIN, 18, KETCH_WITHOUT_CACHE, KETCH_OK},
        {(ketch_engine)3, KETCH_INSTRUCTIONS_AUTO, 0, 0, KETCH_ERROR_USAGE},
        {(ketch_engine)-1, KETCH_INSTRUCTIONS_AUTO, 0, 0, KETCH_ERROR_USAGE},
        {KETCH_ENGINE_AUTO, (ketch_instruction_set)4, 0, 0, KETCH_ERROR_USAGE},
        {KETCH_ENGINE_AUTO, KETCH_INSTRUCTIONS_AUTO, 6, 0, KETCH_ERROR_USAGE},
        {KETCH_ENGINE_AUTO, KETCH_INSTRUCTIONS_AUTO, 19, 0, KETCH_ERROR_USAGE},
        {KETCH_ENGINE_AUTO, KETCH_INSTRUCTIONS_AUTO, 0, 2048, KETCH_ERROR_USAGE},
    };
    ketch_circuit *circuit = parsed(BELL);
    ketch_result *result = NULL;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        ketch_run_options options = with(0, 1, 1);
        options.engine = cases[i].engine;
        options.instructions = cases[i].instructions;
        options.tile_bits = cases[i].tile_bits;
        options.without = cases[i].without;
        EXPECT(cases[i].wanted, diag, ketch_run(&result, session, circuit, &options, diag));
        if (!result) continue;
        ketch_run_info info = info_of(result);
        assert_string_equal(info.engine, cases[i].engine == KETCH_ENGINE_REFERENCE ? "reference" : "planned");
        if (cases[i].engine == KETCH_ENGINE_PLANNED) assert_string_equal(info.instruction_set, "plain");
        assert_int_equal(info.tile_bits, cases[i].engine == KETCH_ENGINE_REFERENCE ? 0 : 2); /* there are no more qubits */
        assert_int_equal(info.without, cases[i].without);
        ketch_result_free(&result);
    }
    static const char *const names[] = {"plain", "avx2", "avx512"};
    int lacking = 0; /* sets are listed worst first: once one is lacking, all that follow are */
    for (int i = 0; i < 3; i++) {
        char word[20];
        snprintf(word, sizeof word, " %s", names[i]);
        int there = strstr(strstr(ketch_build_info(), "instruction sets:"), word) != NULL;
        assert_true(i > 0 || there);
        lacking |= !there;
        assert_int_equal(there, !lacking);
        ketch_run_options options = with(0, 1, 1);
        options.instructions = (ketch_instruction_set)(KETCH_INSTRUCTIONS_PLAIN + i);
        EXPECT(there ? KETCH_OK : KETCH_ERROR_UNAVAILABLE, diag, ketch_run(&result, session, circuit, &options, diag));
        ketch_result_free(&result);
    }
    ketch_run_options options = with(0, 1, 1);
    options.tile_bits = 99; /* beyond what the caller says it knows */
    options.struct_size = offsetof(ketch_run_options, instructions);
    OK(diag, ketch_run(&result, session, circuit, &options, diag));
    ketch_result_free(&result);
    ketch_circuit_free(&circuit);
}

static void threads_are_what_was_asked(void **state) {
    (void)state;
    for (uint32_t threads = 1; threads <= 3; threads++) {
        ketch_session *own = NULL;
        ketch_session_options options = KETCH_SESSION_OPTIONS_INIT;
        options.threads = threads;
        OK(diag, ketch_session_create(&own, &options, diag));
        assert_int_equal(ketch_session_threads(own), threads);
        ketch_session_free(&own);
        assert_null(own);
    }
}

static void limits_of_a_run(void **state) {
    (void)state;
    ketch_circuit *small = heavy(10, 1), *large = heavy(40, 1);
    ketch_result *result = NULL;
    ketch_memory memory = KETCH_MEMORY_INIT;
    OK(diag, ketch_memory_needed(&memory, large, NULL, diag));
    assert_int_equal(memory.qubits, 40);
    assert_true(memory.needed_bytes >= (uint64_t)16 << 40);
    assert_true(memory.available_bytes > 0 && memory.available_bytes < memory.needed_bytes);
    assert_true(memory.fitting_qubits < 40 && memory.fitting_qubits_fp32 == memory.fitting_qubits + 1);
    EXPECT(KETCH_ERROR_MEMORY, diag, ketch_run(&result, session, large, NULL, diag));
    assert_non_null(strstr(ketch_diag_text(diag), "40 qubits need 16.0 TiB in fp64"));
    ketch_run_options options = with(0, 10, 1);
    OK(diag, ketch_memory_needed(&memory, small, &options, diag));
    assert_true(memory.needed_bytes >= 16 << 10);
    options.max_memory = 1000;
    EXPECT(KETCH_ERROR_MEMORY, diag, ketch_run(&result, session, small, &options, diag));
    options.max_memory = memory.needed_bytes;
    OK(diag, ketch_run(&result, session, small, &options, diag));
    assert_true(info_of(result).peak_memory_bytes <= memory.needed_bytes);
    ketch_result_free(&result);
    options.max_qubits = 9;
    EXPECT(KETCH_ERROR_LIMIT, diag, ketch_run(&result, session, small, &options, diag));
    options.max_qubits = 10;
    OK(diag, ketch_run(&result, session, small, &options, diag));
    ketch_result_free(&result);
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_memory_needed(NULL, small, NULL, diag));
    ketch_circuit_free(&small);
    ketch_circuit_free(&large);
}

static void time_runs_out(void **state) {
    (void)state;
    ketch_circuit *circuit = heavy(20, 4000);
    ketch_result *result = NULL;
    ketch_run_options options = with(0, 10, 1);
    options.timeout_seconds = 0.05;
    EXPECT(KETCH_ERROR_TIMEOUT, diag, ketch_run(&result, session, circuit, &options, diag));
    assert_null(result);
    ketch_circuit_free(&circuit);
}

typedef struct watch {
    int calls, cancel_at;
    double fraction;
} watch;

static int watching(void *user, const ketch_progress *progress) {
    watch *seen = user;
    assert_true(progress->fraction >= seen->fraction && progress->fraction <= 1);
    assert_true(progress->seconds >= 0 && strlen(progress->stage) > 0);
    seen->fraction = progress->fraction;
    return ++seen->calls == seen->cancel_at;
}

static void progress_is_told_and_cancels(void **state) {
    (void)state;
    ketch_circuit *short_one = heavy(4, 1), *long_one = heavy(20, 400);
    ketch_result *result = NULL;
    watch seen = {0};
    ketch_run_options options = with(0, 10, 1);
    options.progress = watching;
    options.progress_user = &seen;
    OK(diag, ketch_run(&result, session, short_one, &options, diag));
    assert_true(seen.calls >= 1);
    ketch_result_free(&result);
    seen = (watch){.cancel_at = 2};
    EXPECT(KETCH_ERROR_CANCELLED, diag, ketch_run(&result, session, long_one, &options, diag));
    assert_int_equal(seen.calls, 2);
    assert_null(result);
    seen = (watch){0}; /* and the session goes on */
    OK(diag, ketch_run(&result, session, short_one, &options, diag));
    ketch_result_free(&result);
    ketch_circuit_free(&short_one);
    ketch_circuit_free(&long_one);
}

/* A matrix that is unitary within what is accepted, many times over. */
static void a_norm_beyond_tolerance_fails(void **state) {
    (void)state;
    ketch_circuit *circuit = NULL;
    ketch_result *result = NULL;
    static const uint32_t zero = 0;
    static const double stretched[] = {1 + 4e-10, 0, 0, 0, 0, 0, 1 + 4e-10, 0};
    OK(diag, ketch_circuit_create(&circuit, 2, 2, diag));
    for (int i = 0; i < 1000; i++) OK(diag, ketch_circuit_append_matrix(circuit, 1, &zero, stretched, diag));
    ketch_run_options options = with(0, 10, 1);
    options.norm_tolerance = 1e-8;
    EXPECT(KETCH_ERROR_RUNTIME, diag, ketch_run(&result, session, circuit, &options, diag));
    assert_null(result);
    options.norm_tolerance = 1e-3;
    OK(diag, ketch_run(&result, session, circuit, &options, diag));
    assert_true(fabs(info_of(result).norm - 1) > 5e-7);
    ketch_result_free(&result);
    ketch_circuit_free(&circuit);
}

/* A loop's gates count as often as they are carried out. */
static void a_long_loop_may_round(void **state) {
    (void)state;
    static const char text[] = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[2] q;"
                               "for int k in [1:400000] { rx(0.1) q[0]; cx q[0], q[1]; }";
    ketch_load_options load = KETCH_LOAD_OPTIONS_INIT;
    ketch_circuit *circuit = NULL;
    load.max_unroll = KETCH_UNROLL_NONE;
    OK(diag, ketch_circuit_parse(&circuit, text, strlen(text), &load, diag));
    for (int precision = 0; precision < 2; precision++) {
        ketch_run_options options = with(0, 10, 1);
        options.precision = precision ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64;
        ketch_result *result = run(circuit, &options);
        assert_true(fabs(info_of(result).norm - 1) < (precision ? 0.1 : 1e-9));
        ketch_result_free(&result);
    }
    ketch_circuit_free(&circuit);
}

static void results_are_written(void **state) {
    (void)state;
    ketch_circuit *circuit = parsed(BELL);
    ketch_run_options run_options = with(KETCH_OUTPUT_PROBABILITIES | KETCH_OUTPUT_SHOTS, 100, 3);
    ketch_result *result = run(circuit, &run_options);
    bytes all = {0}, again = {0};
    for (int format = KETCH_FORMAT_TEXT; format <= KETCH_FORMAT_CSV; format++) {
        ketch_write_options options = KETCH_WRITE_OPTIONS_INIT;
        options.format = (ketch_format)format;
        options.omit_run = 1;
        OK(diag, ketch_result_write(result, &options, into(&all), diag));
        assert_non_null(strstr(all.data, "00"));
        assert_int_equal(all.data[all.size - 1], '\n');
        OK(diag, ketch_result_write(result, &options, into(&again), diag));
        assert_int_equal(all.size, again.size);
        assert_memory_equal(all.data, again.data, all.size);
        if (format == KETCH_FORMAT_JSON) {
            assert_non_null(strstr(all.data, "\"result\""));
            assert_null(strstr(all.data, "\"run\""));
        }
        if (format == KETCH_FORMAT_JSONL) assert_ptr_equal(strchr(all.data, '\n'), all.data + all.size - 1);
        bytes full = {.room = 5};
        EXPECT(KETCH_ERROR_IO, diag, ketch_result_write(result, &options, into(&full), diag));
        free(full.data);
    }
    ketch_write_options options = KETCH_WRITE_OPTIONS_INIT;
    options.format = KETCH_FORMAT_SVG;
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_result_write(result, &options, into(&all), diag));
    options.format = KETCH_FORMAT_JSON;
    OK(diag, ketch_result_write(result, &options, into(&all), diag));
    assert_non_null(strstr(all.data, "\"run\""));
    OK(diag, ketch_result_write(result, NULL, into(&all), diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_result_write(result, NULL, (ketch_sink){NULL, NULL}, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_result_write(NULL, NULL, into(&all), diag));
    free(all.data);
    free(again.data);
    ketch_result_free(&result);
    ketch_circuit_free(&circuit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_of_a_bell_pair),
        cmocka_unit_test(a_seed_repeats_and_is_reported),
        cmocka_unit_test(qubit_0_is_rightmost),
        cmocka_unit_test(amplitudes_probabilities_marginals),
        cmocka_unit_test(what_was_not_asked_for_is_unavailable),
        cmocka_unit_test(without_measurement_all_are_measured),
        cmocka_unit_test(measurements_in_the_middle),
        cmocka_unit_test(options_are_checked),
        cmocka_unit_test(engine_options),
        cmocka_unit_test(threads_are_what_was_asked),
        cmocka_unit_test(limits_of_a_run),
        cmocka_unit_test(time_runs_out),
        cmocka_unit_test(progress_is_told_and_cancels),
        cmocka_unit_test(a_norm_beyond_tolerance_fails),
        cmocka_unit_test(a_long_loop_may_round),
        cmocka_unit_test(results_are_written),
    };
    return cmocka_run_group_tests(tests, create, release);
}
