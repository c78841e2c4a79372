/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes into a program and comes out of it: inputs of every type as text, functions given for externs, outputs of every type.
 */
#include "session.h"

#include <stdbool.h>

static char *result_text(ketch_circuit *circuit, ketch_format format) {
    ketch_run_options run = KETCH_RUN_OPTIONS_INIT;
    ketch_write_options write = KETCH_WRITE_OPTIONS_INIT;
    ketch_result *result = NULL;
    bytes out = {0};
    run.shots = 2;
    run.seed = 1;
    run.has_seed = 1;
    write.format = format;
    write.omit_run = 1;
    OK(diag, ketch_run(&result, session, circuit, &run, diag));
    OK(diag, ketch_result_write(result, &write, into(&out), diag));
    ketch_result_free(&result);
    return out.data;
}

/* Each input is given as text and comes out again. */
static void inputs_of_every_type(void **state) {
    (void)state;
    static const struct {
        const char *type, *text, *value; /* as JSON has it; NULL: refused */
    } cases[] = {
        {"int[8]", "-128", "-128"},
        {"int[8]", "128", NULL},
        {"int[8]", "2 ** 6 + 0x3f", "127"},
        {"int", "-9223372036854775808", "-9223372036854775808"},
        {"int", "9223372036854775808", NULL},
        {"int[8]", "1.5", NULL},
        {"int[8]", "6 / 4", NULL},
        {"int[8]", "6 / 3", "2"},
        {"int[8]", "1 2", NULL},
        {"int[8]", "", NULL},
        {"uint", "18446744073709551615", "18446744073709551615"},
        {"uint[4]", "-1", NULL},
        {"uint[4]", "0b1111", "15"},
        {"bool", "true", "true"},
        {"bool", "0", "false"},
        {"bool", "2", NULL},
        {"bool", "maybe", NULL},
        {"bit[4]", "\"0110\"", "\"0110\""},
        {"bit[4]", "0011", "\"0011\""},
        {"bit[4]", "5", "\"0101\""},
        {"bit[4]", "16", NULL},
        {"bit[4]", "\"011\"", NULL},
        {"bit[70]", "1180591620717411303423", "\"1111111111111111111111111111111111111111111111111111111111111111111111\""},
        {"bit[70]", "1180591620717411303424", NULL},
        {"bit[70]", "-1", NULL},
        {"int[1]", "-1", "-1"},
        {"int[1]", "1", NULL},
        {"int", "-(-(2 ** 126) * 2)", NULL}, /* beyond 128 bits */
        {"float", "-(-(2 ** 126) * 2)", "1.7014118346046923e+38"},
        {"float", "-(2 ** 126) * 2 / -1", "1.7014118346046923e+38"},
        {"float", "1e308 * 10", NULL},
        {"float", "-0", "-0"},
        {"int", "-0", "0"},
        {"float[32]", "1e300", NULL},
        {"complex[float[32]]", "[0, -1e300]", NULL},
        {"float", "pi", "3.141592653589793"},
        {"float", "-(1 + 2) * 2 ** -1", "-1.5"},
        {"float[32]", "0.1", "0.10000000149011612"},
        {"float", "1 / 0", NULL},
        {"float", "nan", NULL},
        {"float", "sqrt(2) * cos(0)", "1.4142135623730951"},
        {"angle[4]", "pi / 2", "1.5707963267948966"},
        {"angle[4]", "-pi / 2", "4.71238898038469"},
        {"angle[4]", "pi / 16", "0"}, /* between two: the even one */
        {"angle[4]", "5 * pi / 16", "0.7853981633974483"},
        {"angle[20]", "1e308", "0"},
        {"complex", "[1.5, -2]", "[1.5, -2]"},
        {"complex", "3", "[3, 0]"},
        {"complex", "[1]", NULL},
        {"duration", "100ns", "1e-07"},
        {"duration", "2.5 ms", "0.0025"},
        {"duration", "-1s", NULL},
        {"array[int[8], 3]", "[1, -2, 3]", "[1, -2, 3]"},
        {"array[int[8], 3]", "[1, 2]", NULL},
        {"array[int[8], 3]", "[1, 2, 3, 4]", NULL},
        {"array[float, 2, 2]", "[[1, 2], [3, 4.5]]", "[[1, 2], [3, 4.5]]"},
        {"array[bool, 2]", "[true, false]", "[true, false]"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char text[256], wanted[128];
        ketch_circuit *circuit = NULL;
        snprintf(text, sizeof text, "OPENQASM 3.0; input %s x; output %s y; qubit q; y = x;", cases[i].type, cases[i].type);
        OK(diag, ketch_circuit_parse(&circuit, text, strlen(text), NULL, diag));
        ketch_status status = ketch_circuit_bind_text(circuit, "x", cases[i].text, strlen(cases[i].text), diag);
        if ((status == KETCH_OK) != (cases[i].value != NULL)) print_error("%s = %s\n", cases[i].type, cases[i].text);
        assert_int_equal(status, cases[i].value ? KETCH_OK : KETCH_ERROR_SEMANTICS);
        if (cases[i].value) {
            char *out = result_text(circuit, KETCH_FORMAT_JSONL);
            bool plain = strncmp(cases[i].type, "bit", 3) == 0;
            snprintf(wanted, sizeof wanted, plain ? "{%s: 2}" : "{\"y\": %s}", cases[i].value);
            if (!strstr(out, wanted)) print_error("%s = %s: wanted %s in\n%s\n", cases[i].type, cases[i].text, wanted, out);
            assert_non_null(strstr(out, wanted));
            free(out);
        }
        ketch_circuit_free(&circuit);
    }
}

static void a_refused_value_changes_nothing(void **state) {
    (void)state;
    const char *text = "OPENQASM 3.0; input array[int[8], 2] x; output array[int[8], 2] y; qubit q; y = x;";
    ketch_circuit *circuit = parsed(text);
    OK(diag, ketch_circuit_bind_text(circuit, "x", "[1, 2]", 6, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_bind_text(circuit, "x", "[7, 200]", 8, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_bind(circuit, "x", 1, diag)); /* an array is given as text */
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_bind_text(circuit, "z", "1", 1, diag));
    char *out = result_text(circuit, KETCH_FORMAT_CSV);
    assert_string_equal(out, "outcome,count,y\n0000001000000001,2,\"[1, 2]\"\n");
    free(out);
    ketch_circuit_free(&circuit);
}

/* A shot that ends inside a subroutine called by itself gives the outputs as they are then, not as they were when it was first called. */
static void outputs_where_a_routine_ends_the_shot(void **state) {
    (void)state;
    ketch_circuit *circuit = parsed("OPENQASM 3.0; input int n; input int stop; output int[8] x; output array[int[8], 2] a; qubit q;\n"
                                    "def f(int k, int s) { if (s == 1) { if (k == 0) { end; } } if (k > 0) { f(k - 1, s); } }\n"
                                    "x = 5; a[0] = 1; f(n, 0); x = 7; a[1] = 2; f(n, stop); x = 9;");
    OK(diag, ketch_circuit_bind(circuit, "n", 3, diag));
    for (int stop = 0; stop < 2; stop++) {
        OK(diag, ketch_circuit_bind(circuit, "stop", stop, diag));
        char *out = result_text(circuit, KETCH_FORMAT_JSONL);
        assert_non_null(strstr(out, stop ? "{\"x\": 7, \"a\": [1, 2]}" : "{\"x\": 9, \"a\": [1, 2]}"));
        free(out);
    }
    ketch_circuit_free(&circuit);
}

/* ── Externs ── */

static int weigh(void *user, const ketch_value *arguments, size_t count, ketch_value *result) {
    int *calls = user;
    ++*calls;
    assert_int_equal(count, 4);
    assert_int_equal(arguments[0].as.integer, -3);
    assert_int_equal(arguments[1].as.words[0], 5);
    assert_int_equal(arguments[2].type.type, KETCH_TYPE_FLOAT);
    result->as.number = arguments[2].as.number * 2 + (double)arguments[3].as.natural;
    return 0;
}

static int refuse(void *user, const ketch_value *arguments, size_t count, ketch_value *result) {
    (void)user, (void)arguments, (void)count, (void)result;
    return 7;
}

static void externs_are_called(void **state) {
    (void)state;
    ketch_circuit *circuit = parsed("OPENQASM 3.0; include \"stdgates.inc\"; extern weigh(int[8], bit[3], float, bool) -> float;\n"
                                    "output float y; bit[3] b = \"101\"; qubit q; x q; b[1] = measure q; b[1] = 0;\n"
                                    "y = weigh(-3, b, 1.25, true);");
    static const ketch_value_type types[] = {{KETCH_TYPE_INT, 8}, {KETCH_TYPE_BITS, 3}, {KETCH_TYPE_FLOAT, 64}, {KETCH_TYPE_BOOL, 1}},
                                  gives = {KETCH_TYPE_FLOAT, 64}, other = {KETCH_TYPE_INT, 64};
    int calls = 0;
    ketch_result *result = NULL;
    assert_string_equal(ketch_circuit_extern(circuit, 0), "weigh");
    assert_null(ketch_circuit_extern(circuit, 1));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_run(&result, session, circuit, NULL, diag));
    assert_string_equal(ketch_diag_message(diag, 0)->code, "KQ0724");
    assert_int_equal(ketch_diag_message(diag, 0)->line, 3);
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_set_extern(circuit, "weigh", types, 4, other, weigh, &calls, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_set_extern(circuit, "weigh", types, 3, gives, weigh, &calls, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_set_extern(circuit, "weigh", types, 4, gives, NULL, &calls, diag));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_set_extern(circuit, "wheigh", types, 4, gives, weigh, &calls, diag));
    OK(diag, ketch_circuit_set_extern(circuit, "weigh", types, 4, gives, weigh, &calls, diag));
    char *out = result_text(circuit, KETCH_FORMAT_JSONL);
    assert_non_null(strstr(out, "{\"y\": 3.5}"));
    assert_true(calls > 0);
    free(out);
    OK(diag, ketch_circuit_set_extern(circuit, "weigh", types, 4, gives, refuse, NULL, diag));
    EXPECT(KETCH_ERROR_RUNTIME, diag, ketch_run(&result, session, circuit, NULL, diag));
    assert_string_equal(ketch_diag_message(diag, 0)->code, "KQ0723");
    ketch_circuit_free(&circuit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inputs_of_every_type),
        cmocka_unit_test(a_refused_value_changes_nothing),
        cmocka_unit_test(outputs_where_a_routine_ends_the_shot),
        cmocka_unit_test(externs_are_called),
    };
    return cmocka_run_group_tests(tests, create, release);
}
