/* SPDX-License-Identifier: Apache-2.0
 *
 * Circuits written as programs of OpenQASM 2 and 3 and read again: the same state, global phase included, or where measurements stand in
 * the middle the same outcomes. Every gate of the table with every number of controls, and every program there is. What a language cannot
 * say is refused, and nothing is written.
 */
#include "api.h"

#include "folder.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

static ketch_session *session;
static ketch_diag *diag;
static bytes text;

static ketch_status convert(const ketch_circuit *circuit, ketch_language language) {
    text.room = SIZE_MAX;
    ketch_status status = ketch_circuit_convert(circuit, language, into(&text), diag);
    assert_int_equal(status == KETCH_OK, text.size > 0);
    return status;
}

static ketch_result *run(const ketch_circuit *circuit, bool state) {
    ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
    ketch_result *result = NULL;
    options.outputs = state ? KETCH_OUTPUT_STATE | KETCH_OUTPUT_NO_SHOTS : 0;
    options.shots = 1000;
    options.seed = 5;
    options.has_seed = 1;
    if (ketch_run(&result, session, circuit, &options, diag) != KETCH_OK) assert_null(result);
    return result;
}

/* Counts that the same distribution can have given: the chi-square test of two samples, at odds of about 1 to 10^7. Equal operations in
 * another order of the same plan draw other outcomes. */
static void check_alike(ketch_result *one, ketch_result *other, const char *name) {
    double sum = 0, degrees = 0;
    for (int side = 0; side < 2; side++) {
        ketch_result *from = side ? other : one, *to = side ? one : other;
        for (size_t i = 0; i < ketch_result_outcome_count(from); i++) {
            double a = (double)ketch_result_count(from, i), b = (double)ketch_result_count_of(to, ketch_result_bitstring(from, i));
            if (side && b > 0) continue; /* counted already */
            sum += (a - b) * (a - b) / (a + b);
            degrees++;
        }
    }
    if (sum > degrees + 6 * sqrt(2 * degrees) + 14) fail_msg("%s: other counts (chi-square %g of %g)\n%s", name, sum, degrees, text.data);
}

static void compare(const ketch_circuit *before, const char *name) {
    ketch_circuit *after = NULL;
    if (ketch_circuit_parse(&after, text.data, text.size, NULL, diag) != KETCH_OK)
        fail_msg("%s\n%s\n%s", name, text.data, ketch_diag_text(diag));
    bool stateless = false;
    for (int state = 1; state >= 0; state--) {
        ketch_result *one = run(before, state), *other = run(after, state);
        if (!one != !other) fail_msg("%s runs only once\n%s", name, ketch_diag_text(diag));
        stateless |= state && !one;
        if (one && state) {
            uint32_t qubits, same;
            const double *a = ketch_result_state(one, &qubits, NULL), *b = ketch_result_state(other, &same, NULL);
            assert_int_equal(qubits, same);
            for (size_t i = 0; i < (size_t)2 << qubits; i++)
                if (!(fabs(a[i] - b[i]) < 1e-11)) fail_msg("%s: amplitude %zu differs: %g, %g\n%s", name, i / 2, a[i], b[i], text.data);
        } else if (one && stateless) {
            check_alike(one, other, name);
        }
        ketch_result_free(&one);
        ketch_result_free(&other);
    }
    ketch_circuit_free(&after);
}

/* ── Every gate ── */

/* The gates of the include that the OpenQASM 2 paper gives, from the language's own U and CX: what every reader has, and some readers no
 * more. They are right up to global phases. */
static const char paper[] =
    "gate u3(a, b, c) q { U(a, b, c) q; } gate u2(b, c) q { U(pi / 2, b, c) q; } gate u1(c) q { U(0, 0, c) q; } gate cx c, t { CX c, t; }"
    "gate id q { U(0, 0, 0) q; } gate x q { u3(pi, 0, pi) q; } gate y q { u3(pi, pi / 2, pi / 2) q; } gate z q { u1(pi) q; }"
    "gate h q { u2(0, pi) q; } gate s q { u1(pi / 2) q; } gate sdg q { u1(-pi / 2) q; } gate t q { u1(pi / 4) q; }"
    "gate tdg q { u1(-pi / 4) q; } gate rx(a) q { u3(a, -pi / 2, pi / 2) q; } gate ry(a) q { u3(a, 0, 0) q; } gate rz(a) q { u1(a) q; }"
    "gate cz c, t { h t; cx c, t; h t; } gate cy c, t { sdg t; cx c, t; s t; }"
    "gate ch c, t { ry(-pi / 4) t; cz c, t; ry(pi / 4) t; }"
    "gate crz(a) c, t { u1(a / 2) t; cx c, t; u1(-a / 2) t; cx c, t; }"
    "gate cu1(a) c, t { u1(a / 2) c; cx c, t; u1(-a / 2) t; cx c, t; u1(a / 2) t; }"
    "gate ccx a, b, t { h t; cu1(pi / 2) b, t; cx a, b; cu1(-pi / 2) b, t; cx a, b; cu1(pi / 2) a, t; h t; }";

/* The text is a program of OpenQASM 2 that a reader understands who knows no more than the paper. */
static void check_plainness(const ketch_circuit *before, const char *name) {
    const char *include = strstr(text.data, "include \"qelib1.inc\";");
    assert_non_null(include);
    size_t room = sizeof paper + text.size;
    char *plain = malloc(room);
    assert_non_null(plain);
    snprintf(plain, room, "%.*s%s%s", (int)(include - text.data), text.data, paper, include + strlen("include \"qelib1.inc\";"));
    ketch_circuit *after = NULL;
    if (ketch_circuit_parse(&after, plain, strlen(plain), NULL, diag) != KETCH_OK)
        fail_msg("%s\n%s\n%s", name, plain, ketch_diag_text(diag));
    ketch_result *one = run(before, true), *other = run(after, true);
    uint32_t qubits, same;
    const double *a = ketch_result_state(one, &qubits, NULL), *b = ketch_result_state(other, &same, NULL);
    assert_int_equal(qubits, same);
    double overlap[2] = {0, 0};
    for (size_t i = 0; i < (size_t)2 << qubits; i += 2) {
        overlap[0] += a[i] * b[i] + a[i + 1] * b[i + 1];
        overlap[1] += a[i] * b[i + 1] - a[i + 1] * b[i];
    }
    if (!(fabs(hypot(overlap[0], overlap[1]) - 1) < 1e-11)) fail_msg("%s: another state\n%s", name, plain);
    ketch_result_free(&one);
    ketch_result_free(&other);
    ketch_circuit_free(&after);
    free(plain);
}

static void add_state(ketch_circuit *circuit, uint32_t qubits) { /* nothing in it is equal or zero */
    for (uint32_t q = 0; q < qubits; q++) {
        OK(diag, ketch_circuit_append(circuit, "ry", 1, &q, (double[]){0.9 + 0.3 * q}, diag));
        OK(diag, ketch_circuit_append(circuit, "p", 1, &q, (double[]){0.4 + 0.7 * q}, diag));
    }
}

static void every_gate(void **state) {
    (void)state;
    static const uint32_t qubits[] = {3, 0, 4, 1, 5, 2, 7, 6};
    static const double angles[] = {0.7, -1.9, 2.3, 5.1};
    size_t tried = 0;
    for (size_t i = 0; ketch_gate_at(i); i++) {
        const ketch_gate_info *gate = ketch_gate_at(i);
        for (uint32_t controls = 0; controls <= 3; controls++) {
            ketch_circuit *circuit = NULL;
            OK(diag, ketch_circuit_create(&circuit, 8, 1, diag));
            add_state(circuit, 8);
            if (ketch_circuit_append_controlled(circuit, gate->name, 1, controls, 5, qubits, angles, diag) == KETCH_OK) {
                for (int language = 2; language <= 3; language++) {
                    OK(diag, convert(circuit, (ketch_language)language));
                    compare(circuit, gate->name);
                    if (language == 2) check_plainness(circuit, gate->name);
                    tried++;
                }
            }
            ketch_circuit_free(&circuit);
        }
    }
    assert_true(tried > 300);
}

static const char *const programs[] = {
    "U(0.3, 1.1, -2) q[0]; ctrl @ U(0.3, 1.1, -2) q[1], q[0]; negctrl(2) @ U(1, 2, 3) q[0], q[1], q[2];",
    "u2(0.3, 1.1) q[0]; u3(1, 2, 3) q[1]; ctrl @ u2(1, 2) q[0], q[2]; ctrl(2) @ u3(1, 2, 3) q[3], q[0], q[2];",
    "gphase(0.7); ctrl @ gphase(1.1) q[2]; negctrl(3) @ gphase(pi / 7) q[3], q[2], q[1]; ctrl(4) @ gphase(2) q[0], q[1], q[2], q[3];",
    "negctrl @ cu(1, 2, 3, 4) q[0], q[1], q[2]; ctrl @ negctrl @ crx(1) q[0], q[3], q[1], q[2]; ctrl(3) @ h q[0], q[1], q[2], q[3];",
    "pow(0.3) @ h q[0]; ctrl @ pow(0.5) @ x q[1], q[2]; negctrl @ inv @ pow(1.0 / 3) @ u3(1, 2, 3) q[0], q[3]; pow(2.5) @ z q[1];",
    "pow(0.3) @ gphase(0.7); h q[2]; ctrl @ pow(-0.4) @ gphase(1.1) q[2]; negctrl @ inv @ pow(0.6) @ gphase(2) q[1];"
    "ctrl(2) @ pow(0.2) @ gphase(2.9) q[0], q[2]; negctrl(3) @ pow(-1.5) @ gphase(pi / 7) q[3], q[2], q[1]; h q[3];",
    "bit[3] c; c[0] = measure q[0]; if (c == 1) x q[1]; if (c[0] == 0) {} c[1] = measure q[1]; reset q[0]; if (c != 3) h q[2]; c[2] = "
    "measure q[2];",
};
static const char *const programs3[] = {
    "pow(0.5) @ swap q[0], q[1]; gate g(a) x, y { ctrl @ rx(a) x, y; pow(0.5) @ iswap_like(a) y, x; } ctrl @ pow(0.3) @ g(1.2) q[0], q[1], "
    "q[2];",
    "bit[3] c = \"101\"; if (c[0]) { x q[0]; if (!c[1]) { y q[1]; } else { h q[2]; } } else { h q[0]; } c[1] = measure q[0]; if (c[1]) { "
    "end; } h q[3];",
    "bit[3] c; h q; c = measure q[0:2]; if (c < 5) x q[3]; if (c >= 3 && !(c[0] ^ c[1]) || c == 2) h q[3]; if (c > 6) y q[3]; if (c <= 1) "
    "z q[3];"
    "c = measure q[1:3];",
    "bit[2] a; output bit[2] b; h q; a = measure q[0:1]; if (a == 2) x q[2]; b = measure q[2:3]; delay[20ns] q[0], q[1]; barrier q; "
    "barrier q[1];",
    "qubit r; qubit[2] iswap; bit int_; x $0; h $2; cx $2, r; swap iswap[0], r; measure r;",
};

static void some_programs(void **state) {
    (void)state;
    char program[4000];
    for (size_t i = 0; i < LENGTH(programs) + LENGTH(programs3); i++) {
        bool both = i < LENGTH(programs);
        snprintf(program, sizeof program,
                 "OPENQASM 3.0; include \"stdgates.inc\"; gate iswap_like(a) x, y { rz(a) x; s y; h x; cx x, y; cx y, x; h y; }\n"
                 "qubit[4] q; u3(1, 2, 3) q[0]; u3(3, 1, 2) q[1]; cx q[0], q[2]; u3(2, 2, 1) q[2]; u3(0.4, 0.3, 0.2) q[3];\n%s",
                 both ? programs[i] : programs3[i - LENGTH(programs)]);
        ketch_circuit *circuit = parsed(program);
        OK(diag, convert(circuit, KETCH_LANGUAGE_QASM3));
        compare(circuit, program);
        if (both) {
            bool bit_set = strstr(program, "bit[3] c;") != NULL; /* a lone bit of a register cannot be asked in OpenQASM 2 */
            if (bit_set) {
                EXPECT(KETCH_ERROR_UNAVAILABLE, diag, convert(circuit, KETCH_LANGUAGE_QASM2));
            } else {
                OK(diag, convert(circuit, KETCH_LANGUAGE_QASM2));
                compare(circuit, program);
            }
        } else {
            EXPECT(KETCH_ERROR_UNAVAILABLE, diag, convert(circuit, KETCH_LANGUAGE_QASM2));
            assert_string_equal(ketch_diag_message(diag, 0)->code, "KQ0736");
        }
        OK(diag, convert(circuit, KETCH_LANGUAGE_JSON));
        ketch_circuit_free(&circuit);
    }
}

static void inputs(void **state) {
    (void)state;
    ketch_circuit *circuit =
        parsed("OPENQASM 3.0; include \"stdgates.inc\"; input float[64] a; input float b; qubit[2] q; rx(a) q[0];"
               "ry(2 * a - b / 3) q[1]; rz(-(a * sin(b)) ** 2 + sqrt(2.0)) q[0]; ctrl @ u3(a, b, 1) q[0], q[1]; pow(a) @ x q[1];");
    EXPECT(KETCH_ERROR_UNAVAILABLE, diag, convert(circuit, KETCH_LANGUAGE_QASM2));
    OK(diag, convert(circuit, KETCH_LANGUAGE_QASM3));
    ketch_circuit *again = NULL;
    OK(diag, ketch_circuit_parse(&again, text.data, text.size, NULL, diag));
    OK(diag, ketch_circuit_bind_all(circuit, 2, (const char *const[]){"a", "b"}, (double[]){0.3, 1.7}, diag));
    OK(diag, ketch_circuit_bind_all(again, 2, (const char *const[]){"a", "b"}, (double[]){0.3, 1.7}, diag));
    OK(diag, convert(again, KETCH_LANGUAGE_QASM3)); /* with the values now */
    assert_null(strstr(text.data, "input"));
    compare(circuit, "bound");
    OK(diag, convert(circuit, KETCH_LANGUAGE_QASM2));
    compare(circuit, "bound");
    ketch_circuit_free(&again);
    ketch_circuit_free(&circuit);

    /* What brings an angle to its width is written down: -0.5 is 2 pi - 0.5, which a control tells apart. */
    circuit = parsed("OPENQASM 3.0; include \"stdgates.inc\"; input angle[8] a; input angle b; qubit[2] q; h q;"
                     "ctrl @ rx(a) q[0], q[1]; ctrl @ ry(b) q[1], q[0]; ctrl @ rz(a / 2) q[0], q[1];");
    OK(diag, convert(circuit, KETCH_LANGUAGE_QASM3));
    OK(diag, ketch_circuit_parse(&again, text.data, text.size, NULL, diag));
    OK(diag, ketch_circuit_bind_all(circuit, 2, (const char *const[]){"a", "b"}, (double[]){-0.5, -0.7}, diag));
    OK(diag, ketch_circuit_bind_all(again, 2, (const char *const[]){"a", "b"}, (double[]){-0.5, -0.7}, diag));
    OK(diag, convert(again, KETCH_LANGUAGE_QASM3));
    compare(circuit, "angles");
    ketch_circuit_free(&again);
    ketch_circuit_free(&circuit);
}

static void matrices(void **state) {
    (void)state;
    static const double half[] = {0.5, 0.5, 0.5, -0.5, 0.5, -0.5, 0.5, 0.5}, flip[] = {0, 0, 0, 1, 0.6, 0.8, 0, 0},
                        turn[] = {0, 1, 0, 0, 0, 0, -0.6, 0.8};
    static const double swap[32] = {[0] = 1, [12] = 1, [18] = 1, [30] = 1};
    static const double *const all[] = {half, flip, turn};
    ketch_circuit *circuit = NULL;
    OK(diag, ketch_circuit_create(&circuit, 2, 0, diag));
    add_state(circuit, 2);
    for (size_t i = 0; i < LENGTH(all); i++) OK(diag, ketch_circuit_append_matrix(circuit, 1, (uint32_t[]){1}, all[i], diag));
    for (int language = 2; language <= 3; language++) {
        OK(diag, convert(circuit, (ketch_language)language));
        compare(circuit, "matrices");
    }
    OK(diag, ketch_circuit_append_matrix(circuit, 2, (uint32_t[]){0, 1}, swap, diag));
    for (int language = 2; language <= 3; language++) EXPECT(KETCH_ERROR_UNAVAILABLE, diag, convert(circuit, (ketch_language)language));
    OK(diag, convert(circuit, KETCH_LANGUAGE_JSON));
    ketch_circuit_free(&circuit);
}

static void refused(void **state) {
    (void)state;
    static const struct {
        const char *program, *words;
        bool qasm3_too;
    } cases[] = {
        {"qubit q; delay[10ns] q;", "line 1: OpenQASM 2 cannot say: `delay`", false},
        {"qubit q; bit c; c = measure q;\nif (c) { end; } h q;", "line 2: OpenQASM 2 cannot say: `end`", false},
        {"qubit q; bit[2] c;\n\nc[1] = 1; h q;", "line 3: OpenQASM 2 cannot say: a bit that is set", false},
        {"qubit q;\nmeasure q;", "line 2: OpenQASM 2 cannot say: a measurement whose outcome is not kept", false},
        {"qubit[2] q; bit[2] c; c = measure q; if (c == 1) { c[0] = measure q[0]; x q[1]; }", "operations that change what it asks", false},
        {"qubit q; bit a; output bit b; b = measure q;", "the bits `a`, which are no output", false},
        {"qubit q; bit c; c = measure q; if (c) { if (c) x q; }", "an `if` inside another", false},
        {"qubit q; bit[2] c; c[0] = measure q; if (c == 2) x q; else y q;", "`else`", false},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char program[400];
        snprintf(program, sizeof program, "OPENQASM 3.0; include \"stdgates.inc\"; %s", cases[i].program);
        ketch_circuit *circuit = parsed(program);
        EXPECT(KETCH_ERROR_UNAVAILABLE, diag, convert(circuit, KETCH_LANGUAGE_QASM2));
        if (!strstr(ketch_diag_text(diag), cases[i].words)) fail_msg("%s\n%s", program, ketch_diag_text(diag));
        OK(diag, convert(circuit, KETCH_LANGUAGE_QASM3));
        ketch_circuit_free(&circuit);
    }
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_convert(NULL, KETCH_LANGUAGE_JSON, into(&text), diag));
    ketch_circuit *bell = parsed(BELL);
    EXPECT(KETCH_ERROR_USAGE, diag, convert(bell, (ketch_language)7));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_convert(bell, KETCH_LANGUAGE_JSON, (ketch_sink){0}, diag));
    bytes little = {.room = 10};
    EXPECT(KETCH_ERROR_IO, diag, ketch_circuit_convert(bell, KETCH_LANGUAGE_QASM2, into(&little), diag));
    free(little.data);
    ketch_circuit_free(&bell);
}

/* ── Every program ── */

static size_t converted[5], refusals;

static void check_file(const char *path) {
    ketch_circuit *circuit = NULL;
    ketch_load_options options = KETCH_LOAD_OPTIONS_INIT;
    options.max_gates = 200000;
    if (ketch_circuit_load(&circuit, path, &options, diag) != KETCH_OK) return;
    ketch_circuit_summary about = KETCH_CIRCUIT_SUMMARY_INIT;
    OK(diag, ketch_circuit_summarize(&about, circuit, diag));
    for (size_t i = 0; ketch_circuit_parameter(circuit, i); i++)
        ketch_circuit_bind(circuit, ketch_circuit_parameter(circuit, i), 0.3 + (double)i, NULL);
    for (int language = 2; language <= 4; language++) {
        ketch_status status = convert(circuit, (ketch_language)language);
        if (status != KETCH_OK && status != KETCH_ERROR_UNAVAILABLE) fail_msg("%s: %s", path, ketch_diag_text(diag));
        refusals += status != KETCH_OK;
        if (status != KETCH_OK) continue;
        converted[language]++;
        if (language < 4 && about.used_qubits <= 14 && about.qubits < 24) compare(circuit, path);
    }
    ketch_circuit_free(&circuit);
}

static void check_program(const char *path) {
    if (ends_in(path, ".qasm")) check_file(path);
}

static void every_program(void **state) {
    (void)state;
    char path[4096];
    snprintf(path, sizeof path, "%s/circuits", getenv("KETCH_ROOT"));
    each_file(path, check_program);
    const char *others = getenv("KETCH_CIRCUITS");
    if (others && *others) each_file(others, check_program);
    print_message("converted to OpenQASM 2: %zu, OpenQASM 3: %zu, JSON: %zu; refused: %zu\n", converted[2], converted[3], converted[4],
                  refusals);
    assert_true(converted[2] > 5 && converted[3] > 10 && converted[4] > 10);
}

static int begin(void **state) {
    (void)state;
    diag = ketch_diag_create();
    return ketch_session_create(&session, &(ketch_session_options){sizeof(ketch_session_options), 1}, diag) != KETCH_OK;
}

static int end(void **state) {
    (void)state;
    ketch_session_free(&session);
    ketch_diag_free(&diag);
    free(text.data);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_gate), cmocka_unit_test(some_programs), cmocka_unit_test(inputs),
        cmocka_unit_test(matrices),   cmocka_unit_test(refused),       cmocka_unit_test(every_program),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
