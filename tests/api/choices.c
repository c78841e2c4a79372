/* SPDX-License-Identifier: Apache-2.0
 *
 * What is chosen while a program runs does what the same thing written out does: each program is run beside one without variables, and
 * ends in the same state with the same outcomes. The variables i = 2, j = -1, k = 3, t = 0.75 are inputs, so that reading knows none.
 */
#include "api.h"

#include <math.h>
#include <stdbool.h>

#define INPUTS    "OPENQASM 3.0; include \"stdgates.inc\"; input int[8] i; input int[8] j; input uint[4] k; input float[64] f; input bool yes;"
#define PLAIN     "OPENQASM 3.0; include \"stdgates.inc\";"
#define REGISTERS "qubit[5] q; qubit[3] r; bit[5] c; bit d;"
#define TURNED    "h q; for int s in [0:4] { rz(0.1 * s + 0.2) q[s]; rx(0.3 * s) q[s]; } ry(0.4) r;"
#define SET       "x q[0]; x q[2]; x q[3]; x r[1];"
#define SAME      "float t = f; "

#define ROUNDS(m, n, a)                                                                                                                \
    "rx(0) " m "; cx " m ", " n "; rx(2 * " a ") " m "; cx " m ", " n "; rx(3 * " a ") " m "; cx " m ", " n "; ry(" a ") " n "; ry(" a \
    ") " n "; p(" a ") " m ";"

static const char own[] = " gate own(a, b) m, n { rx(a) m; cx m, n; rz(a * b) n; pow(2) @ ry(b - a) m; ctrl @ p(a / 2) m, n; }"
                          " gate rounds(a) m, n { for int i in [0:1] for int[8] k in [i:1] { rx(a * (i + 2 * k)) m; cx m, n; }"
                          " for uint k in {1, 2} { pow(k) @ ry(a / k) n; } for int k in [3:-1:2] p(k[0] * a) m; }"
                          " gate own_rounds m, n { " ROUNDS("m", "n", "0.75") " }";

typedef struct pair {
    const char *chosen, *written;
} pair;

static const pair pairs[] = {
    /* single qubits */
    {"x q[i];", "x q[2];"},
    {"cx q[i], q[k];", "cx q[2], q[3];"},
    {"cx q[i], q[j];", "cx q[2], q[4];"},
    {"rx(0.25) q[i - 1];", "rx(0.25) q[1];"},
    {"ctrl @ negctrl @ s q[i], q[0], q[k];", "ctrl @ negctrl @ s q[2], q[0], q[3];"},
    {"inv @ pow(3) @ t q[i];", "inv @ pow(3) @ t q[2];"},
    {"pow(0.5) @ x q[i];", "pow(0.5) @ x q[2];"},
    {"swap q[i], r[i - 1];", "swap q[2], r[1];"},
    {"let a = q[{4, 0, 3}]; x a[i];", "x q[3];"},
    {"let a = q[4:-2:0]; x a[i];", "x q[0];"},
    {"let a = q[i]; x a; h a;", "x q[2]; h q[2];"},
    /* several */
    {"h q[0:i];", "h q[0:2];"},
    {"h q[i:];", "h q[2:4];"},
    {"h q[i:j];", "h q[2:4];"},
    {"h q[j:-i:0];", "h q[4]; h q[2]; h q[0];"},
    {"h q[3:i];", ""},
    {"h q[i:k - 2];", ""},
    {"cx q[0:i], r;", "cx q[0], r[0]; cx q[1], r[1]; cx q[2], r[2];"},
    {"cx q[i:4], q[0];", "cx q[2], q[0]; cx q[3], q[0]; cx q[4], q[0];"},
    {"cx q[{i, k}], r[{0, i}];", "cx q[2], r[0]; cx q[3], r[2];"},
    {"let a = q[1:2:3]; h a[0:i - 1];", "h q[1]; h q[3];"},
    {"let a = q[i:k]; x a;", "x q[2]; x q[3];"},
    /* angles */
    {SAME "rx(t) q[0];", "rx(0.75) q[0];"},
    {SAME "t *= 2; u3(t, -t, i * t) q[1];", "u3(1.5, -1.5, 3.0) q[1];"},
    {SAME "if (yes) t += 1; inv @ rz(t) q[i];", "inv @ rz(1.75) q[2];"},
    {"int n = i; if (yes) n += 1; rx(n) q;", "rx(3) q;"},
    {"angle[8] a = f; if (yes) a += pi; rz(a) q[0];", "angle[8] a = 0.75; a += pi; rz(a) q[0];"},
    {"float t = f; if (yes) t = 1.0; gphase(t);", "gphase(1.0);"},
    {"float t; if (yes) t = f; own(t, 0.5) q[i], q[0];", "own(0.75, 0.5) q[2], q[0];"},
    {"float t; if (yes) t = f; inv @ ctrl @ own(t, 0.5) q[1], q[i], q[0];", "inv @ ctrl @ own(0.75, 0.5) q[1], q[2], q[0];"},
    {"float t; if (yes) t = f; own(t, t) q[0], q[1]; t = 0.1; if (yes) t = 0.2; own(t, t) q[0], q[1];",
     "own(0.75, 0.75) q[0], q[1]; own(0.2, 0.2) q[0], q[1];"},
    /* loops in a gate */
    {"rounds(f) q[i], q[0];", ROUNDS("q[2]", "q[0]", "0.75")},
    {"float t; if (yes) t = f; rounds(t) q[1], q[0]; rounds(0.5) q[1], q[0]; rounds(t) q[1], q[i];",
     ROUNDS("q[1]", "q[0]", "0.75") ROUNDS("q[1]", "q[0]", "0.5") ROUNDS("q[1]", "q[2]", "0.75")},
    {ROUNDS("q[1]", "q[0]", "0.75") "inv @ rounds(f) q[1], q[0];", ""},
    {"ctrl @ rounds(f) q[4], q[1], q[0];", "ctrl @ own_rounds q[4], q[1], q[0];"},
    /* powers */
    {"pow(i) @ rx(0.3) q[0];", "pow(2) @ rx(0.3) q[0];"},
    {"pow(j) @ s q[0];", "pow(-1) @ s q[0];"},
    {"pow(i) @ own(0.3, 0.4) q[1], q[0];", "pow(2) @ own(0.3, 0.4) q[1], q[0];"},
    {"pow(-i) @ own(0.3, 0.4) q[1], q[0];", "pow(-2) @ own(0.3, 0.4) q[1], q[0];"},
    {"pow(k - 3) @ h q[0];", ""},
    {"ctrl @ pow(k) @ p(0.4) q[0], q[i];", "ctrl @ pow(3) @ p(0.4) q[0], q[2];"},
    {"float t; if (yes) t = f; pow(t) @ rx(0.6) q[0];", "pow(0.75) @ rx(0.6) q[0];"},
    {"float t; if (yes) t = f; pow(t) @ p(5.0) q[0];", "pow(0.75) @ p(5.0) q[0];"},
    {"float t; if (yes) t = 5.0; pow(0.5) @ p(t) q[0];", "pow(0.5) @ p(5.0) q[0];"},
    {"float t; if (yes) t = 8.0; ctrl @ pow(0.5) @ rz(t) q[1], q[0];", "ctrl @ pow(0.5) @ rz(8.0) q[1], q[0];"},
};

/* Here every qubit is 0 or 1, so that outcomes are certain. */
static const pair measured[] = {
    {"d = measure q[i];", "d = measure q[2];"},
    {"c[i] = measure q[0];", "c[2] = measure q[0];"},
    {"c[i] = measure q[k];", "c[2] = measure q[3];"},
    {"c[0:i] = measure q[i:4];", "c[0] = measure q[2]; c[1] = measure q[3]; c[2] = measure q[4];"},
    {"c[{0, 3}] = measure q[{i, 0}];", "c[0] = measure q[2]; c[3] = measure q[0];"},
    {"measure q[i];", "d = measure q[2]; d = 0;"},
    {"int[4] n = 0; n[1] = measure q[i]; c[1] = n[1];", "c[1] = measure q[2];"},
    {"array[bool, 3] a; a[i] = measure q[0]; c[0] = a[2];", "c[0] = measure q[0];"},
    {"reset q[i];", "reset q[2];"},
    {"reset q[i:4];", "reset q[2]; reset q[3]; reset q[4];"},
    {"barrier q[i], q[0]; delay[10ns] q[i]; x q[0];", "x q[0];"},
};

static ketch_circuit *program(const char *head, const char *start, const char *body, uint64_t unroll) {
    char text[2048];
    snprintf(text, sizeof text, "%s%s " REGISTERS " %s %s", head, own, start, body);
    ketch_load_options options = KETCH_LOAD_OPTIONS_INIT;
    options.max_unroll = unroll;
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit = NULL;
    OK(diag, ketch_circuit_parse(&circuit, text, strlen(text), &options, diag));
    ketch_diag_free(&diag);
    return circuit;
}

static void bind_all(ketch_circuit *circuit) {
    static const char *const values[][2] = {{"i", "2"}, {"j", "-1"}, {"k", "3"}, {"f", "0.75"}, {"yes", "true"}};
    ketch_diag *diag = ketch_diag_create();
    for (size_t v = 0; v < LENGTH(values); v++)
        OK(diag, ketch_circuit_bind_text(circuit, values[v][0], values[v][1], strlen(values[v][1]), diag));
    ketch_diag_free(&diag);
}

static ketch_result *run_once(ketch_session *session, const ketch_circuit *circuit, uint64_t seed) {
    ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
    ketch_diag *diag = ketch_diag_create();
    ketch_result *result = NULL;
    options.shots = 1;
    options.seed = seed;
    options.has_seed = 1;
    options.outputs = KETCH_OUTPUT_STATE;
    OK(diag, ketch_run(&result, session, circuit, &options, diag));
    ketch_diag_free(&diag);
    return result;
}

static void compare(ketch_session *session, const pair *both, const char *start, bool certain, uint64_t unroll) {
    ketch_circuit *chosen = program(INPUTS, start, both->chosen, unroll), *written = program(PLAIN, start, both->written, 0);
    bind_all(chosen);
    for (uint64_t seed = 1; seed <= 3; seed++) {
        ketch_result *a = run_once(session, chosen, seed), *b = run_once(session, written, seed);
        uint32_t qubits;
        const double *x = ketch_result_state(a, &qubits, NULL), *y = ketch_result_state(b, NULL, NULL);
        for (size_t n = 0; n < (size_t)2 << qubits; n++) {
            if (fabs(x[n] - y[n]) < 1e-12) continue;
            print_error("unroll %llu: %s\n%s\namplitude %zu: %g, not %g\n", (unsigned long long)unroll, both->chosen, both->written, n / 2,
                        x[n], y[n]);
            fail();
        }
        if (certain && strcmp(ketch_result_bitstring(a, 0), ketch_result_bitstring(b, 0)) != 0)
            print_error("%s\n%s\n", both->chosen, both->written);
        if (certain) assert_string_equal(ketch_result_bitstring(a, 0), ketch_result_bitstring(b, 0));
        ketch_result_free(&a);
        ketch_result_free(&b);
    }
    ketch_circuit_free(&chosen);
    ketch_circuit_free(&written);
}

static void chosen_is_as_written(void **state) {
    (void)state;
    ketch_session *session = NULL;
    OK(NULL, ketch_session_create(&session, NULL, NULL));
    for (size_t i = 0; i < LENGTH(pairs); i++) {
        compare(session, &pairs[i], TURNED, false, 0);
        compare(session, &pairs[i], TURNED, false, KETCH_UNROLL_NONE);
    }
    for (size_t i = 0; i < LENGTH(measured); i++) {
        compare(session, &measured[i], SET, true, 0);
        compare(session, &measured[i], SET, true, KETCH_UNROLL_NONE);
    }
    ketch_session_free(&session);
}

/* What only the run can find wrong. */
static void wrong_choices_end_the_run(void **state) {
    (void)state;
    static const struct {
        const char *body, *words;
    } cases[] = {
        {"x q[i + 3];", "index"},
        {"x q[-i - 4];", "index"},
        {"h q[i:k + 2];", "index"},
        {"cx q[i], q[k - 1];", ""},
        {"h q[0:i - 2:4];", ""},
        {"cx q[0:i], r[0:1];", ""},
        {"reset q[k + 2];", "index"},
        {"c[5 + i] = measure q;", ""},
        {"float t = f; t = t / (i - 2); rx(t) q;", ""},
        {"delay[(i - 3) * 1ns] q; c = measure q;", ""},
        {"c[0:i] = measure q[0:k];", ""},
    };
    ketch_session *session = NULL;
    ketch_diag *diag = ketch_diag_create();
    OK(NULL, ketch_session_create(&session, NULL, NULL));
    for (size_t i = 0; i < LENGTH(cases); i++) {
        ketch_circuit *circuit = NULL;
        ketch_result *result = NULL;
        char text[2048];
        snprintf(text, sizeof text, "%s%s " REGISTERS "\n %s", INPUTS, own, cases[i].body);
        ketch_status status = ketch_circuit_parse(&circuit, text, strlen(text), NULL, diag);
        if (!status) {
            bind_all(circuit);
            status = ketch_run(&result, session, circuit, NULL, diag);
        }
        if (!status) print_error("%s\n", cases[i].body);
        assert_int_not_equal(status, KETCH_OK);
        const ketch_message *message = ketch_diag_message(diag, 0);
        if (message->line != 2) print_error("%s: %s\n", cases[i].body, message->text);
        assert_int_equal(message->line, 2);
        if (!strstr(message->text, cases[i].words)) print_error("%s: %s\n", cases[i].body, message->text);
        assert_non_null(strstr(message->text, cases[i].words));
        ketch_circuit_free(&circuit);
    }
    ketch_diag_free(&diag);
    ketch_session_free(&session);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chosen_is_as_written),
        cmocka_unit_test(wrong_choices_end_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
