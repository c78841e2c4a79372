/* SPDX-License-Identifier: Apache-2.0
 *
 * Circuits as a user meets them: loaded, built, bound, looked at. What is refused leaves everything as it was.
 */
#include "api.h"

#include <math.h>
#include <unistd.h>

static ketch_diag *diag;

static int create_diag(void **state) {
    (void)state;
    return (diag = ketch_diag_create()) ? 0 : 1;
}

static int free_diag(void **state) {
    (void)state;
    ketch_diag_free(&diag);
    return 0;
}

static ketch_circuit_summary summary_of(const ketch_circuit *circuit) {
    ketch_circuit_summary summary = {.struct_size = sizeof summary};
    OK(NULL, ketch_circuit_summarize(&summary, circuit, NULL));
    return summary;
}

static void parses_text_without_an_end(void **state) {
    (void)state;
    size_t size = strlen(BELL);
    char *text = malloc(size); /* a byte beyond would be seen by the sanitizers */
    memcpy(text, BELL, size);
    ketch_circuit *circuit = NULL;
    OK(NULL, ketch_circuit_parse(&circuit, text, size, NULL, NULL));
    free(text);
    ketch_circuit_summary summary = summary_of(circuit);
    assert_int_equal(summary.qubits, 2);
    assert_int_equal(summary.used_qubits, 2);
    assert_int_equal(summary.bits, 2);
    assert_int_equal(summary.gates, 2);
    assert_int_equal(summary.measurements, 2);
    assert_int_equal(summary.operations, 4);
    assert_int_equal(summary.depth, 3);
    assert_int_equal(summary.version, 2);
    assert_int_equal(summary.parameters, 0);
    assert_true(summary.memory_bytes > 0 && summary.memory_bytes < 100000);
    ketch_circuit_free(&circuit);
    assert_null(circuit);
    ketch_circuit_free(&circuit);
    ketch_circuit_free(NULL);
}

static void loads_a_file(void **state) {
    (void)state;
    char path[] = "/tmp/ketch-api-XXXXXX";
    int file = mkstemp(path);
    assert_int_equal(write(file, BELL, strlen(BELL)), strlen(BELL));
    close(file);
    ketch_circuit *circuit = NULL;
    OK(diag, ketch_circuit_load(&circuit, path, NULL, diag));
    assert_int_equal(summary_of(circuit).gates, 2);
    ketch_circuit_free(&circuit);
    unlink(path);
    EXPECT(KETCH_ERROR_IO, diag, ketch_circuit_load(&circuit, path, NULL, diag));
    EXPECT(KETCH_ERROR_IO, diag, ketch_circuit_load(&circuit, "/", NULL, diag));
}

static void refuses_arguments_without_sense(void **state) {
    (void)state;
    ketch_circuit *circuit = NULL;
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_parse(NULL, BELL, 4, NULL, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_parse(&circuit, NULL, 4, NULL, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_load(&circuit, NULL, NULL, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_load(NULL, "x", NULL, NULL));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_create(NULL, 1, 1, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_copy(&circuit, NULL, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_append(NULL, "h", 0, NULL, NULL, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_bind(NULL, "theta", 0, diag));
    assert_int_equal(ketch_circuit_summarize(NULL, NULL, NULL), KETCH_ERROR_USAGE);
    assert_null(circuit);
}

/* A structure says its size: the whole of it, or what an older program knew of it, but not nothing. */
static void reads_options_by_their_size(void **state) {
    (void)state;
    ketch_circuit *circuit = NULL;
    ketch_load_options options = {0};
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_parse(&circuit, BELL, strlen(BELL), &options, diag));
    assert_string_equal(ketch_diag_message(diag, 0)->code, "KQ0902");
    options.struct_size = sizeof options.struct_size - 1;
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_parse(&circuit, BELL, strlen(BELL), &options, diag));

    options.max_gates = 1; /* beyond the size: an older program has no such field */
    options.struct_size = offsetof(ketch_load_options, max_gates);
    OK(diag, ketch_circuit_parse(&circuit, BELL, strlen(BELL), &options, diag));
    ketch_circuit_free(&circuit);
    options.struct_size = sizeof options;
    EXPECT(KETCH_ERROR_LIMIT, diag, ketch_circuit_parse(&circuit, BELL, strlen(BELL), &options, diag));

    circuit = parsed(BELL);
    ketch_circuit_summary summary = {.struct_size = offsetof(ketch_circuit_summary, gates), .gates = 77};
    assert_int_equal(ketch_circuit_summarize(&summary, circuit, NULL), KETCH_OK);
    assert_int_equal(summary.qubits, 2);
    assert_int_equal(summary.gates, 77); /* not written: the caller has no such field */
    summary.struct_size = 0;
    assert_int_equal(ketch_circuit_summarize(&summary, circuit, NULL), KETCH_ERROR_USAGE);
    ketch_circuit_free(&circuit);
}

static void names_each_limit(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t limit;
        uint64_t value;
        int wide;
    } cases[] = {
        {BELL, offsetof(ketch_load_options, max_source_bytes), 20, 1},
        {BELL, offsetof(ketch_load_options, max_gates), 1, 1},
        {BELL, offsetof(ketch_load_options, max_qubits), 1, 1},
        {BELL, offsetof(ketch_load_options, max_bits), 1, 1},
        {"OPENQASM 2.0; qreg q[1]; U(((((((0)))))),0,0) q[0];", offsetof(ketch_load_options, max_nesting), 5, 0},
        {"OPENQASM 2.0; qreg abcdefghijklmnopqrstuvw[1];", offsetof(ketch_load_options, max_token_bytes), 16, 0},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        ketch_load_options options = KETCH_LOAD_OPTIONS_INIT;
        char *field = (char *)&options + cases[i].limit;
        uint32_t narrow = (uint32_t)cases[i].value;
        memcpy(field, cases[i].wide ? (const void *)&cases[i].value : (const void *)&narrow, cases[i].wide ? 8 : 4);
        ketch_circuit *circuit = NULL;
        EXPECT(KETCH_ERROR_LIMIT, diag, ketch_circuit_parse(&circuit, cases[i].text, strlen(cases[i].text), &options, diag));
        assert_null(circuit);
        OK(diag, ketch_circuit_parse(&circuit, cases[i].text, strlen(cases[i].text), NULL, diag));
        ketch_circuit_free(&circuit);
    }
}

static void builds_gate_by_gate(void **state) {
    (void)state;
    ketch_circuit *circuit = NULL;
    OK(diag, ketch_circuit_create(&circuit, 4, 2, diag));
    static const uint32_t all[] = {0, 1, 2, 3}, pairs[] = {0, 1, 1, 2, 2, 3}, bits[] = {0, 1};
    static const double turns[] = {0.1, 0.2, 0.3, 0.4};
    OK(diag, ketch_circuit_append(circuit, "h", 4, all, NULL, diag));
    OK(diag, ketch_circuit_append(circuit, "cx", 3, pairs, NULL, diag));
    OK(diag, ketch_circuit_append(circuit, "rz", 4, all, turns, diag));
    OK(diag, ketch_circuit_append(circuit, "h", 0, NULL, NULL, diag)); /* none is a number too */
    OK(diag, ketch_circuit_append_controlled(circuit, "x", 1, 3, 5, all, NULL, diag));
    static const double y[] = {0, 0, 0, -1, 0, 1, 0, 0};
    OK(diag, ketch_circuit_append_matrix(circuit, 1, all + 2, y, diag));
    OK(diag, ketch_circuit_barrier(circuit, 4, all, diag));
    OK(diag, ketch_circuit_measure(circuit, 2, all, bits, diag));
    OK(diag, ketch_circuit_begin_if(circuit, 2, bits, 3, diag));
    OK(diag, ketch_circuit_begin_if(circuit, 1, bits, 1, diag));
    OK(diag, ketch_circuit_append(circuit, "x", 1, all, NULL, diag));
    OK(diag, ketch_circuit_end_if(circuit, diag));
    OK(diag, ketch_circuit_end_if(circuit, diag));
    OK(diag, ketch_circuit_reset(circuit, 1, all, diag));
    ketch_circuit_summary summary = summary_of(circuit);
    assert_int_equal(summary.qubits, 4);
    assert_int_equal(summary.bits, 2);
    assert_int_equal(summary.gates, 4 + 3 + 4 + 1 + 1 + 1);
    assert_int_equal(summary.measurements, 2);
    assert_int_equal(summary.resets, 1);
    assert_int_equal(summary.conditions, 2);
    assert_int_equal(summary.version, 0);
    ketch_circuit_free(&circuit);
}

static void what_is_refused_changes_nothing(void **state) {
    (void)state;
    ketch_circuit *circuit = NULL;
    OK(diag, ketch_circuit_create(&circuit, 3, 2, diag));
    static const uint32_t good[] = {0, 1, 2}, beyond[] = {0, 1, 1, 3}, twice[] = {0, 1, 2, 2};
    static const double finite[] = {1, 2}, not_finite[] = {1, NAN}, infinite[] = {-INFINITY, 0};
    static const double not_unitary[] = {1, 0, 1, 0, 0, 0, 1, 0}, holey[] = {NAN, 0, 0, 0, 0, 0, 1, 0};
    OK(diag, ketch_circuit_append(circuit, "h", 3, good, NULL, diag));
    ketch_circuit_summary before = summary_of(circuit);

    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_append(circuit, "nogate", 1, good, NULL, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_append(circuit, "cx", 2, beyond, NULL, diag)); /* the second of two */
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_append(circuit, "cx", 2, twice, NULL, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_append(circuit, "rx", 2, good, not_finite, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_append(circuit, "rx", 2, good, infinite, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_append(circuit, "rx", 2, good, NULL, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_append(circuit, "rx", 2, NULL, finite, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_append(circuit, NULL, 1, good, NULL, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_append_controlled(circuit, "x", 1, 1, 1, twice + 2, NULL, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_append_controlled(circuit, "x", 1, 65, 1, good, NULL, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_append_matrix(circuit, 1, good, not_unitary, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_append_matrix(circuit, 1, good, holey, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_append_matrix(circuit, 1, beyond + 3, finite, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_append_matrix(circuit, 0, good, finite, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_append_matrix(circuit, 7, good, finite, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_measure(circuit, 1, beyond + 3, good, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_measure(circuit, 3, good, good, diag)); /* there is no bit 2 */
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_reset(circuit, 1, beyond + 3, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_barrier(circuit, 1, beyond + 3, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_begin_if(circuit, 1, beyond + 3, 0, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_end_if(circuit, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_bind(circuit, "theta", 1, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_append(circuit, "cx", 2, beyond, NULL, NULL));

    ketch_circuit_summary after = summary_of(circuit);
    assert_int_equal(before.operations, after.operations);
    assert_int_equal(before.conditions, after.conditions);
    assert_int_equal(before.depth, after.depth);
    assert_int_equal(before.used_qubits, after.used_qubits);
    ketch_circuit_free(&circuit);
}

static void an_open_condition_is_not_run(void **state) {
    (void)state;
    ketch_circuit *circuit = NULL;
    ketch_session *session = NULL;
    ketch_result *result = NULL;
    static const uint32_t zero = 0;
    OK(diag, ketch_circuit_create(&circuit, 1, 1, diag));
    OK(diag, ketch_session_create(&session, NULL, diag));
    OK(diag, ketch_circuit_begin_if(circuit, 1, &zero, 0, diag));
    OK(diag, ketch_circuit_append(circuit, "x", 1, &zero, NULL, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_run(&result, session, circuit, NULL, diag));
    assert_null(result);
    OK(diag, ketch_circuit_end_if(circuit, diag));
    OK(diag, ketch_run(&result, session, circuit, NULL, diag));
    ketch_result_free(&result);
    ketch_session_free(&session);
    ketch_circuit_free(&circuit);
}

static void a_copy_goes_its_own_way(void **state) {
    (void)state;
    ketch_circuit *circuit = parsed(PARAMETERS), *copy = NULL;
    OK(diag, ketch_circuit_copy(&copy, circuit, diag));
    static const uint32_t zero = 0;
    OK(diag, ketch_circuit_append(copy, "h", 1, &zero, NULL, diag));
    OK(diag, ketch_circuit_bind(copy, "theta", 0.5, diag));
    assert_int_equal(summary_of(circuit).gates, 2);
    assert_int_equal(summary_of(copy).gates, 3);
    ketch_circuit_free(&circuit);
    assert_string_equal(ketch_circuit_parameter(copy, 1), "phi");
    ketch_circuit_free(&copy);
}

static void binds_parameters(void **state) {
    (void)state;
    ketch_circuit *circuit = parsed(PARAMETERS);
    ketch_session *session = NULL;
    ketch_result *result = NULL;
    ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
    options.outputs = KETCH_OUTPUT_STATE;
    OK(diag, ketch_session_create(&session, NULL, diag));
    assert_int_equal(summary_of(circuit).parameters, 2);
    assert_string_equal(ketch_circuit_parameter(circuit, 0), "theta");
    assert_string_equal(ketch_circuit_parameter(circuit, 1), "phi");
    assert_null(ketch_circuit_parameter(circuit, 2));

    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_run(&result, session, circuit, &options, diag));
    assert_non_null(strstr(ketch_diag_text(diag), "theta"));
    assert_non_null(strstr(ketch_diag_text(diag), "phi"));
    OK(diag, ketch_circuit_bind(circuit, "phi", 0, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_bind(circuit, "phi", NAN, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_bind(circuit, "phi", INFINITY, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_bind(circuit, "psi", 1, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_bind(circuit, "theta", 1.7e308, diag)); /* 2 * theta is infinite */
    assert_true(ketch_diag_message(diag, 0)->line == 1 && ketch_diag_message(diag, 0)->column > 1);
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_run(&result, session, circuit, &options, diag)); /* theta has no value yet */

    for (int i = 0; i < 3; i++) { /* rx(2 theta)|0> = cos(theta)|0> - i sin(theta)|1> */
        double theta = 0.4 * i - 0.3;
        OK(diag, ketch_circuit_bind(circuit, "theta", theta, diag));
        OK(diag, ketch_run(&result, session, circuit, &options, diag));
        const double *amplitudes = ketch_result_state(result, NULL, NULL);
        assert_true(fabs(amplitudes[0] - cos(theta)) < 1e-15 && fabs(amplitudes[1]) < 1e-15);
        assert_true(fabs(amplitudes[2]) < 1e-15 && fabs(amplitudes[3] + sin(theta)) < 1e-15);
        ketch_result_free(&result);
    }
    ketch_session_free(&session);
    ketch_circuit_free(&circuit);
}

static void binds_many_parameters_or_none(void **state) {
    (void)state;
    enum { INPUTS = 300 };
    static char text[40 * INPUTS], name[INPUTS][8];
    const char *names[INPUTS];
    double values[INPUTS], amplitudes[4];
    size_t size = (size_t)snprintf(text, sizeof text, "OPENQASM 3.0; include \"stdgates.inc\"; qubit q;");
    for (int i = 0; i < INPUTS; i++) size += (size_t)snprintf(text + size, sizeof text - size, "input float t%d; ry(t%d) q;", i, i);
    ketch_circuit *circuit = parsed(text);
    ketch_session *session = NULL;
    ketch_result *result = NULL;
    ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
    options.outputs = KETCH_OUTPUT_STATE | KETCH_OUTPUT_NO_SHOTS;
    OK(diag, ketch_session_create(&session, NULL, diag));
    for (int backwards = 0; backwards < 2; backwards++) {
        double sum = 0;
        for (int i = 0; i < INPUTS; i++) {
            snprintf(name[i], sizeof name[i], "t%d", backwards ? INPUTS - 1 - i : i);
            names[i] = name[i];
            sum += values[i] = 0.001 * i + 0.01 * backwards;
        }
        OK(diag, ketch_circuit_bind_all(circuit, INPUTS, names, values, diag));
        names[7] = "none"; /* the six before it stay as they were */
        for (int i = 0; i < 7; i++) values[i] += 1;
        EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_bind_all(circuit, 10, names, values, diag));
        names[7] = name[7];
        values[7] = NAN;
        EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_bind_all(circuit, 10, names, values, diag));
        names[7] = NULL;
        EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_bind_all(circuit, 10, names, values, diag));
        OK(diag, ketch_circuit_bind_all(circuit, 0, NULL, NULL, diag));
        EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_bind_all(circuit, 1, NULL, values, diag));
        EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_bind_all(circuit, 1, names, NULL, diag));
        OK(diag, ketch_run(&result, session, circuit, &options, diag));
        OK(diag, ketch_result_amplitudes(amplitudes, result, (const uint64_t[]){0, 1}, 2, diag));
        assert_true(fabs(amplitudes[0] - cos(sum / 2)) < 1e-13 && fabs(amplitudes[2] - sin(sum / 2)) < 1e-13);
        ketch_result_free(&result);
    }
    ketch_session_free(&session);
    ketch_circuit_free(&circuit);
}

static void draws_and_describes(void **state) {
    (void)state;
    static const struct {
        ketch_format format;
        int draws, describes;
    } cases[] = {
        {KETCH_FORMAT_TEXT, 1, 1},  {KETCH_FORMAT_SVG, 1, 0}, {KETCH_FORMAT_JSON, 0, 1},
        {KETCH_FORMAT_JSONL, 0, 1}, {KETCH_FORMAT_CSV, 0, 0}, {(ketch_format)42, 0, 0},
    };
    ketch_circuit *circuit = parsed(TELEPORT);
    bytes all = {0};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        ketch_write_options options = KETCH_WRITE_OPTIONS_INIT;
        options.format = cases[i].format;
        options.name = "teleport";
        EXPECT(cases[i].draws ? KETCH_OK : KETCH_ERROR_USAGE, diag, ketch_circuit_draw(circuit, &options, into(&all), diag));
        assert_true(cases[i].draws ? all.size > 100 : all.size == 0);
        EXPECT(cases[i].describes ? KETCH_OK : KETCH_ERROR_USAGE, diag, ketch_circuit_describe(circuit, &options, into(&all), diag));
        assert_true(cases[i].describes ? all.size > 50 : all.size == 0);
        EXPECT(cases[i].describes ? KETCH_OK : KETCH_ERROR_USAGE, diag, ketch_plan_write(circuit, NULL, &options, into(&all), diag));
        assert_true(cases[i].describes ? all.size > 20 : all.size == 0);
        if (cases[i].format == KETCH_FORMAT_JSONL) assert_ptr_equal(strchr(all.data, '\n'), all.data + all.size - 1);
    }
    OK(diag, ketch_circuit_draw(circuit, NULL, into(&all), diag));
    OK(diag, ketch_circuit_describe(circuit, NULL, into(&all), NULL));

    ketch_write_options options = KETCH_WRITE_OPTIONS_INIT;
    options.ascii = 1;
    options.width = 60;
    OK(diag, ketch_circuit_draw(circuit, &options, into(&all), diag));
    for (size_t i = 0, column = 0; i < all.size; i++) {
        assert_true((all.data[i] & 0x80) == 0);
        column = all.data[i] == '\n' ? 0 : column + 1;
        assert_true(column <= 60);
    }
    all.room = 10; /* a full disk */
    EXPECT(KETCH_ERROR_IO, diag, ketch_circuit_draw(circuit, NULL, into(&all), diag));
    EXPECT(KETCH_ERROR_IO, diag, ketch_circuit_describe(circuit, NULL, into(&all), diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_draw(circuit, NULL, (ketch_sink){NULL, NULL}, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_draw(NULL, NULL, into(&all), diag));
    options.struct_size = 1;
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_draw(circuit, &options, into(&all), diag));
    free(all.data);
    ketch_circuit_free(&circuit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_text_without_an_end),
        cmocka_unit_test(loads_a_file),
        cmocka_unit_test(refuses_arguments_without_sense),
        cmocka_unit_test(reads_options_by_their_size),
        cmocka_unit_test(names_each_limit),
        cmocka_unit_test(builds_gate_by_gate),
        cmocka_unit_test(what_is_refused_changes_nothing),
        cmocka_unit_test(an_open_condition_is_not_run),
        cmocka_unit_test(a_copy_goes_its_own_way),
        cmocka_unit_test(binds_parameters),
        cmocka_unit_test(binds_many_parameters_or_none),
        cmocka_unit_test(draws_and_describes),
    };
    return cmocka_run_group_tests(tests, create_diag, free_diag);
}
