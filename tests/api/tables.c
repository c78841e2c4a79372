/* SPDX-License-Identifier: Apache-2.0
 *
 * Version, diagnostics, and the tables of codes and gates, as a user sees them.
 */
#include "api.h"

#include <math.h>

static void version(void **state) {
    (void)state;
    char built[32];
    snprintf(built, sizeof built, "%d.%d.%d", KETCH_VERSION_MAJOR, KETCH_VERSION_MINOR, KETCH_VERSION_PATCH);
    assert_string_equal(ketch_version(), KETCH_VERSION);
    assert_string_equal(ketch_version(), built);
}

static void build_info_is_names_and_values(void **state) {
    (void)state;
    const char *line = ketch_build_info();
    int lines = 0;
    for (; *line; lines++) {
        const char *end = line + strcspn(line, "\n"), *colon = memchr(line, ':', (size_t)(end - line));
        assert_non_null(colon);
        assert_true(colon > line && colon[1] == ' ' && colon + 2 < end);
        line = *end ? end + 1 : end;
    }
    assert_true(lines >= 3);
    assert_non_null(strstr(ketch_build_info(), "BLAS"));
}

static void statuses_have_names(void **state) {
    (void)state;
    for (int i = KETCH_OK; i <= KETCH_ERROR_LOST; i++) {
        assert_true(strlen(ketch_status_name((ketch_status)i)) > 0);
        for (int j = 0; j < i; j++) assert_string_not_equal(ketch_status_name((ketch_status)i), ketch_status_name((ketch_status)j));
    }
    assert_non_null(ketch_status_name((ketch_status)99));
}

static void codes_are_unique_and_explained(void **state) {
    (void)state;
    const ketch_code_info *info, *other;
    size_t count = 0;
    for (; (info = ketch_code_at(count)); count++) {
        assert_int_equal(strlen(info->code), 6);
        assert_memory_equal(info->code, "KQ", 2);
        assert_int_equal(strspn(info->code + 2, "0123456789"), 4);
        assert_true(strlen(info->summary) > 0 && strlen(info->help) > 0);
        assert_in_range(info->status, KETCH_OK, KETCH_ERROR_LOST);
        for (size_t i = 0; i < count && (other = ketch_code_at(i)); i++) assert_string_not_equal(info->code, other->code);
    }
    assert_true(count > 60);
    assert_null(ketch_code_at(SIZE_MAX));
}

static unsigned words_in(const char *text) {
    unsigned words = 0;
    for (; *text; text += strspn(text, " ")) {
        text += strcspn(text, " ");
        words++;
    }
    return words;
}

static const double angles[] = {0.3, -1.1, 2.7, 0.9};

static void gate_records_are_whole(void **state) {
    (void)state;
    const ketch_gate_info *gate, *other;
    size_t count = 0;
    for (; (gate = ketch_gate_at(count)); count++) {
        assert_true(strlen(gate->name) > 0 && strlen(gate->help) > 0 && strlen(gate->inverse) > 0 && gate->provided_by != NULL);
        assert_int_equal(words_in(gate->parameters), gate->parameter_count);
        assert_true(gate->parameter_count <= LENGTH(angles));
        assert_true(gate->qubit_count <= 6 && gate->control_count <= gate->qubit_count);
        assert_true(strcmp(gate->family, "diagonal") == 0 || strcmp(gate->family, "permutation") == 0 ||
                    strcmp(gate->family, "real") == 0 || strcmp(gate->family, "dense") == 0);
        for (size_t i = 0; i < count && (other = ketch_gate_at(i)); i++) { /* one record a language */
            assert_true(strcmp(gate->name, other->name) != 0 || strcmp(gate->provided_by, other->provided_by) != 0);
        }
    }
    assert_true(count > 40);
    assert_null(ketch_gate_at(SIZE_MAX));
}

/* U, u2 and u3 mean one thing in OpenQASM 2 and another, by a phase, in 3. */
static int differs_by_language(const char *name) { return strcmp(name, "U") == 0 || strcmp(name, "u2") == 0 || strcmp(name, "u3") == 0; }

static void gate_matrices_are_unitary_under_every_name(void **state) {
    (void)state;
    const ketch_gate_info *gate;
    for (size_t g = 0; (gate = ketch_gate_at(g)); g++) {
        size_t n = (size_t)1 << gate->qubit_count;
        double *m = calloc(2 * n * n + 1, sizeof *m), *again = calloc(2 * n * n, sizeof *m);
        m[2 * n * n] = 1234.5; /* nothing is written beyond the end */
        OK(NULL, ketch_gate_matrix_at(m, g, angles, NULL));
        assert_true(m[2 * n * n] == 1234.5);
        OK(NULL, ketch_gate_matrix(again, gate->name, angles, NULL));
        if (!differs_by_language(gate->name)) assert_memory_equal(m, again, 2 * n * n * sizeof *m);
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) {
                double re = 0, im = 0;
                for (size_t k = 0; k < n; k++) {
                    const double *a = m + 2 * (k * n + i), *b = m + 2 * (k * n + j);
                    re += a[0] * b[0] + a[1] * b[1];
                    im += a[0] * b[1] - a[1] * b[0];
                }
                if (hypot(re - (i == j), im) > 1e-12) fail_msg("%s is not unitary", gate->name);
            }
        }
        for (const char *alias = gate->aliases; *alias; alias += strspn(alias, " ")) {
            char name[64];
            size_t size = strcspn(alias, " ");
            snprintf(name, sizeof name, "%.*s", (int)size, alias);
            OK(NULL, ketch_gate_matrix(again, name, angles, NULL));
            if (!differs_by_language(name)) assert_memory_equal(m, again, 2 * n * n * sizeof *m);
            alias += size;
        }
        free(m);
        free(again);
    }
}

/* Controls come first, and the first operand is bit 0 of the index: cx moves 01 (control on) to 11. */
static void gate_matrix_counts_the_first_operand_as_bit_0(void **state) {
    (void)state;
    double m[32];
    OK(NULL, ketch_gate_matrix(m, "cx", NULL, NULL));
    static const int image[4] = {0, 3, 2, 1};
    for (int column = 0; column < 4; column++) {
        for (int row = 0; row < 4; row++)
            assert_true(m[2 * (row * 4 + column)] == (row == image[column]) && m[2 * (row * 4 + column) + 1] == 0);
    }
}

static void gate_matrix_refuses(void **state) {
    (void)state;
    double m[32] = {7};
    ketch_diag *diag = ketch_diag_create();
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_gate_matrix(m, "no such gate", NULL, diag));
    assert_int_equal(ketch_diag_count(diag), 1);
    assert_true(m[0] == 7);
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_gate_matrix(m, NULL, NULL, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_gate_matrix(NULL, "h", NULL, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_gate_matrix(m, "rx", NULL, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_gate_matrix_at(NULL, 0, angles, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_gate_matrix_at(m, SIZE_MAX, angles, diag));
    double nan_angle = NAN, infinite = INFINITY;
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_gate_matrix(m, "rx", &nan_angle, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_gate_matrix(m, "rx", &infinite, NULL));
    assert_true(m[0] == 7);
    ketch_diag_free(&diag);
}

static void a_diagnostic_is_cleared_and_refilled(void **state) {
    (void)state;
    ketch_diag *diag = ketch_diag_create();
    assert_int_equal(ketch_diag_count(diag), 0);
    assert_int_equal(ketch_diag_dropped(diag), 0);
    assert_null(ketch_diag_message(diag, 0));
    assert_string_equal(ketch_diag_text(diag), "");

    ketch_circuit *circuit = NULL;
    EXPECT(KETCH_ERROR_IO, diag, ketch_circuit_load(&circuit, "/no/such/file.qasm", NULL, diag));
    assert_null(circuit);
    const ketch_message *message = ketch_diag_message(diag, 0);
    assert_non_null(message);
    assert_int_equal(message->severity, KETCH_SEVERITY_ERROR);
    assert_non_null(strstr(ketch_diag_text(diag), "/no/such/file.qasm"));
    assert_non_null(message->hint);
    assert_non_null(message->source_line);

    double m[8];
    OK(diag, ketch_gate_matrix(m, "h", NULL, diag)); /* each call begins with a clean one */
    assert_int_equal(ketch_diag_count(diag), 0);
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_gate_matrix(m, "hh", NULL, diag));
    ketch_diag_clear(diag);
    assert_int_equal(ketch_diag_count(diag), 0);
    ketch_diag_free(&diag);
    assert_null(diag);
    ketch_diag_free(&diag);
    ketch_diag_free(NULL);
}

static void a_message_has_its_place(void **state) {
    (void)state;
    const char *text = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[3];\nch\xc3\xa9 q[0];\nhh q[1];\n";
    ketch_load_options options = KETCH_LOAD_OPTIONS_INIT;
    options.name = "place.qasm";
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit = (ketch_circuit *)&options; /* set to NULL on failure */
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_parse(&circuit, "OPENQASM 2.0;\nqreg q[3];\nU(0,0,0) q[7];\n", 40, &options, diag));
    assert_null(circuit);
    const ketch_message *message = ketch_diag_message(diag, 0);
    assert_string_equal(message->file, "place.qasm");
    assert_int_equal(message->line, 3);
    assert_in_range(message->column, 10, 12);
    assert_true(message->length >= 1);
    assert_string_equal(message->source_line, "U(0,0,0) q[7];");
    assert_int_equal(message->source_column, message->column);
    assert_memory_equal(message->code, "KQ", 2);
    assert_non_null(strstr(ketch_diag_text(diag), "place.qasm:3:"));
    assert_non_null(strstr(ketch_diag_text(diag), ": error[KQ"));
    assert_non_null(strstr(ketch_diag_text(diag), "^"));

    assert_int_not_equal(ketch_circuit_parse(&circuit, text, strlen(text), &options, diag), KETCH_OK);
    assert_true(ketch_diag_count(diag) >= 1); /* with the accent, or for hh: a message, no crash */
    ketch_diag_free(&diag);
}

static void no_more_than_twenty_errors_are_kept(void **state) {
    (void)state;
    char text[4096] = "OPENQASM 2.0;\nqreg q[1];\n";
    for (int i = 0; i < 60; i++) snprintf(text + strlen(text), 32, "nogate%d q[0];\n", i);
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit = NULL;
    ketch_load_options options = KETCH_LOAD_OPTIONS_INIT;
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_parse(&circuit, text, strlen(text), &options, diag));
    size_t errors = 0;
    for (size_t i = 0; i < ketch_diag_count(diag); i++) errors += ketch_diag_message(diag, i)->severity == KETCH_SEVERITY_ERROR;
    assert_int_equal(errors, 20);
    options.max_errors = 3;
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_parse(&circuit, text, strlen(text), &options, diag));
    errors = 0;
    for (size_t i = 0; i < ketch_diag_count(diag); i++) errors += ketch_diag_message(diag, i)->severity == KETCH_SEVERITY_ERROR;
    assert_int_equal(errors, 3);
    ketch_diag_free(&diag);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version),
        cmocka_unit_test(build_info_is_names_and_values),
        cmocka_unit_test(statuses_have_names),
        cmocka_unit_test(codes_are_unique_and_explained),
        cmocka_unit_test(gate_records_are_whole),
        cmocka_unit_test(gate_matrices_are_unitary_under_every_name),
        cmocka_unit_test(gate_matrix_counts_the_first_operand_as_bit_0),
        cmocka_unit_test(gate_matrix_refuses),
        cmocka_unit_test(a_diagnostic_is_cleared_and_refilled),
        cmocka_unit_test(a_message_has_its_place),
        cmocka_unit_test(no_more_than_twenty_errors_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
