/* SPDX-License-Identifier: Apache-2.0
 *
 * Limits: every one is met at once, with a place, whatever the input; and what lies just inside is read.
 */
#include "helper.h"

#include <stdlib.h>

static ketch_status read_text(const char *text, size_t size, const ketch_load_options *options, const char *code) {
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit;
    ketch_status status = kt_qasm_parse(&circuit, text, size, options, diag);
    size_t first = 0;
    while (status != KETCH_OK && ketch_diag_message(diag, first)->severity != KETCH_SEVERITY_ERROR) first++;
    const char *found = status == KETCH_OK ? "" : ketch_diag_message(diag, first)->code;
    if (strcmp(found, code) != 0) fail_msg("%.200s: %s instead of %s\n%s", text, found, code, ketch_diag_text(diag));
    if (status != KETCH_OK) assert_int_not_equal(ketch_diag_message(diag, first)->line, 0);
    kt_circuit_free(circuit);
    ketch_diag_free(&diag);
    return status;
}

static void check(const kt_buffer *text, const char *code) {
    ketch_load_options options = ordinary_options();
    assert_false(text->failed);
    read_text(text->bytes, text->size, &options, code);
}

static void test_nesting(void **state) {
    (void)state;
    static const struct {
        const char *before, *open, *middle, *close, *after;
    } forms[] = {
        {QASM2 "qreg q[1]; rx(", "(", "1", ")", ") q[0];"},
        {QASM2 "qreg q[1]; rx(", "-", "1", "", ") q[0];"},
        {QASM2 "qreg q[1]; rx(", "1^", "1", "", ") q[0];"},
        {QASM2 "qreg q[1]; rx(", "sin(", "1", ")", ") q[0];"},
        {QASM3 "qubit q; ", "{", "x q;", "}", ""},
        {QASM3 "qubit q; bit c; ", "if (c) ", "x q;", "", ""},
        {QASM3 "qubit q; bit c; ", "if (c) x q; else ", "x q;", "", ""},
        {QASM3 "qubit q; ", "inv @ ", "x q;", "", ""},
        {QASM3 "qubit q; ", "pow(0.5) @ ", "x q;", "", ""},
        {QASM3 "qubit q; rx(", "float(", "1", ")", ") q;"},
        {QASM3 "qubit[2] q; x q", "[q", "[0]", "]", ";"},
        {QASM3 "array[int, 1] a = ", "{", "1", "}", ";"},
        {QASM3 "qubit q; bit c; if (", "!", "c", "", ") x q;"},
    };
    static const size_t depths[] = {20, 300, 200000};
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++)
        for (size_t d = 0; d < sizeof depths / sizeof *depths; d++) {
            kt_buffer text = {0};
            ketch_load_options options = ordinary_options();
            ketch_diag *diag = ketch_diag_create();
            ketch_circuit *circuit;
            kt_buffer_text(&text, forms[f].before);
            kt_buffer_repeat(&text, forms[f].open, depths[d]);
            kt_buffer_text(&text, forms[f].middle);
            kt_buffer_repeat(&text, forms[f].close, depths[d]);
            kt_buffer_text(&text, forms[f].after);
            ketch_status status = kt_qasm_parse(&circuit, text.bytes, text.size, &options, diag);
            bool limited = status == KETCH_ERROR_LIMIT && strcmp(ketch_diag_message(diag, 0)->code, "KQ0401") == 0;
            if (limited != (depths[d] > 256)) fail_msg("%s, %zu times\n%s", forms[f].open, depths[d], ketch_diag_text(diag));
            kt_circuit_free(circuit);
            ketch_diag_free(&diag);
            kt_buffer_free(&text);
        }
    /* the most that the public header allows; the stack holds it */
    kt_buffer text = {0};
    ketch_load_options options = ordinary_options();
    options.max_nesting = 1000;
    kt_buffer_text(&text, QASM2 "qreg q[1]; rx(");
    kt_buffer_repeat(&text, "(", 1000000);
    read_text(text.bytes, text.size, &options, "KQ0401");
    kt_buffer_free(&text);
}

/* Gates of gates: 2^39 operations, none at all, and a chain of many. */
static void test_expansion(void **state) {
    (void)state;
    static const struct {
        const char *first, *call, *code;
        size_t levels;
    } forms[] = {
        {"gate g0 a { x a; x a; }", "", "KQ0402", 39},       {"gate g0 a { }", "", "", 200},
        {"gate g0 a { pow(0) @ x a; }", "", "", 200},        {"gate g0 a { x a; }", "", "", 20},
        {"gate g0 a { pow(0.5) @ x a; }", "", "KQ0402", 60}, {"gate g0 a { barrier a; }", "", "KQ0402", 39},
        {"gate g0 a { x a; }", "pow(0.5) @ ", "KQ0402", 39}, {"gate g0 a { x a; }", "pow(1000000000) @ ", "KQ0402", 39},
    };
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        kt_buffer text = {0};
        kt_buffer_format(&text, QASM3 "%s\n", forms[f].first);
        for (size_t i = 1; i < forms[f].levels; i++) kt_buffer_format(&text, "gate g%zu a { g%zu a; g%zu a; }\n", i, i - 1, i - 1);
        kt_buffer_format(&text, "qubit q; %sg%zu q;", forms[f].call, forms[f].levels - 1);
        check(&text, forms[f].code);
        kt_buffer_free(&text);
    }
    kt_buffer text = {0};
    kt_buffer_text(&text, QASM2 "gate g0 a { x a; }\n");
    for (size_t i = 1; i < 100000; i++) kt_buffer_format(&text, "gate g%zu a { g%zu a; }\n", i, i - 1);
    kt_buffer_text(&text, "qreg q[1]; g99999 q[0];");
    check(&text, "KQ0401");
    kt_buffer_free(&text);
}

static void test_operations(void **state) {
    (void)state;
    ketch_load_options options = ordinary_options();
    static const struct {
        const char *text;
        uint64_t operations;
    } programs[] = {
        {QASM2 "qreg q[10]; h q;", 10},
        {QASM2 "qreg q[1]; h q[0]; h q[0]; h q[0];", 3},
        {QASM2 "gate g a { x a; y a; } qreg q[4]; g q;", 8},
        {QASM2 "qreg q[2]; creg c[2]; measure q -> c; reset q;", 4},
        {QASM3 "qubit q; pow(7) @ x q;", 7},
        {QASM3 "qubit q; gate g(n) a { pow(n) @ x a; } g(9) q;", 9},
        {QASM2 "qreg q[100]; barrier q;", 13},
    };
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        options.max_gates = programs[i].operations + 2; /* an unknown power is counted as two until it is known */
        read_text(programs[i].text, strlen(programs[i].text), &options, "");
        options.max_gates = programs[i].operations - 1;
        assert_int_equal(read_text(programs[i].text, strlen(programs[i].text), &options, "KQ0402"), KETCH_ERROR_LIMIT);
    }
}

static void test_widths(void **state) {
    (void)state;
    ketch_load_options options = ordinary_options();
    options.max_qubits = 5;
    options.max_bits = 6;
    const char *text = QASM3 "qubit[3] a; qubit[2] b; bit[4] c; bit[2] d; cx a[2], b[1];";
    read_text(text, strlen(text), &options, "");
    static const char *const many[] = {QASM3 "qubit[3] a; qubit[3] b;", QASM3 "qubit[6] a;", QASM3 "x $5;", QASM3 "qubit[4] a; x $1;",
                                       QASM3 "x $99999999999999999999999;"};
    for (size_t i = 0; i < sizeof many / sizeof *many; i++) read_text(many[i], strlen(many[i]), &options, "KQ0403");
    text = QASM3 "qubit a; bit[4] c; bit[3] d;";
    read_text(text, strlen(text), &options, "KQ0404");
    options.max_qubits = UINT64_MAX;
    text = QASM3 "qubit[9223372036854775807] a;";
    read_text(text, strlen(text), &options, "KQ0403");
    text = QASM3 "qubit[2147483646] a; qubit b;";
    read_text(text, strlen(text), &options, "KQ0403");
}

static void test_tokens(void **state) {
    (void)state;
    ketch_load_options options = ordinary_options();
    options.max_token_bytes = 20;
    static const char *const good =
        QASM2 "qreg abcdefghijklmnopqrst[1]; // a comment may be as long as it likes\nx abcdefghijklmnopqrst[0];";
    read_text(good, strlen(good), &options, "");
    static const char *const bad[] = {QASM2 "qreg abcdefghijklmnopqrstu[1];", QASM2 "qreg q[1]; rx(0.1234567890123456789) q[0];",
                                      QASM2 "include \"abcdefghijklmnopqrstu\";"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(read_text(bad[i], strlen(bad[i]), &options, "KQ0406"), KETCH_ERROR_LIMIT);
    /* and with the ordinary limit a number of many digits is still exact */
    kt_buffer text = {0};
    kt_buffer_text(&text, QASM2 "qreg q[1]; creg c[1]; rx(1.");
    kt_buffer_repeat(&text, "0", 60000);
    kt_buffer_text(&text, "1) q[0]; if (c == 0");
    kt_buffer_repeat(&text, "0", 60000);
    kt_buffer_text(&text, "1) x q[0];");
    ketch_circuit *circuit = circuit_of(text.bytes);
    assert_true(circuit->params[circuit->ops[0].data] == 1);
    kt_circuit_free(circuit);
    kt_buffer_free(&text);
}

/* A line of many statements, and many lines with an error each: time grows with the size. */
static void test_long_texts(void **state) {
    (void)state;
    kt_buffer text = {0};
    kt_buffer_text(&text, QASM2 "qreg q[2];");
    kt_buffer_repeat(&text, "cx q[0],q[1];", 100000);
    kt_buffer_text(&text, "x q[9];");
    check(&text, "KQ0306");
    kt_buffer_free(&text);
    text = (kt_buffer){0};
    kt_buffer_text(&text, QASM3 "input float t; qubit q;");
    kt_buffer_repeat(&text, "rx(t) q;", 50000); /* each keeps its place */
    check(&text, "");
    kt_buffer_free(&text);
    text = (kt_buffer){0};
    kt_buffer_text(&text, QASM2 "qreg q[2];");
    kt_buffer_repeat(&text, "cx q[0],q[1],;\n", 100000); /* a warning each */
    check(&text, "");
    kt_buffer_free(&text);
    text = (kt_buffer){0};
    kt_buffer_repeat(&text, "{ ( [ ", 100000);
    check(&text, "KQ0201");
    kt_buffer_free(&text);
    text = (kt_buffer){0};
    kt_buffer_text(&text, QASM2 "qreg q[1]; creg c[1000]; ");
    for (size_t i = 0; i < 10000; i++) kt_buffer_text(&text, "if(c==1) x q[0];");
    ketch_circuit *circuit = circuit_of(text.bytes);
    assert_true(circuit->operands_count < 20000); /* the bits compared are kept once */
    kt_circuit_free(circuit);
    kt_buffer_free(&text);
}

/* Short statements about very wide things: each counts for what it costs, and all end soon. */
static void test_work(void **state) {
    (void)state;
    static const struct {
        const char *before, *again, *code;
    } forms[] = {
        {QASM3 "qubit[1000000] q; let a = q[0:2:999998] ++ q[1:2:999999];", "nop a[0:999999];", "KQ0402"},
        {QASM3 "qubit[1000000] q;", "{ let a = q[0:2:999998] ++ q[1:2:999999]; }", "KQ0402"},
        {QASM3 "qubit q; bit[1000000] c;", "if (c == 1) x q;", "KQ0402"},
        {QASM3 "qubit q; const bit[60000] w = 0;", "rotl(w, 1);", "KQ0402"},
        {QASM3 "qubit q; const bit[60000] w = 0;", "w << 1;", "KQ0402"},
        {QASM3 "qubit q; const bit[60000] w = 0;", "w[0:59999];", "KQ0402"},
        {QASM3 "qubit[1000000] q;", "barrier q;", "KQ0402"},
        {QASM3 "qubit[1000000] q;", "nop q[0:2:999998];", ""},
        {QASM3 "qubit q; bit[1000000] c;", "if (c[0] == 1) x q;", ""},
    };
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        kt_buffer text = {0};
        ketch_load_options options = ordinary_options();
        options.max_gates = 5000000;
        kt_buffer_text(&text, forms[f].before);
        kt_buffer_repeat(&text, forms[f].again, 20000);
        read_text(text.bytes, text.size, &options, forms[f].code);
        kt_buffer_free(&text);
    }
    /* one name for gates of many sizes, and a gate on many qubits */
    kt_buffer text = {0};
    kt_buffer_text(&text, QASM2);
    for (size_t i = 1; i < 1000; i++) {
        kt_buffer_text(&text, "gate g ");
        for (size_t k = 0; k < i; k++) kt_buffer_format(&text, "%sa%zu", k ? "," : "", k);
        kt_buffer_text(&text, " { }\n");
    }
    kt_buffer_text(&text, "qreg q[1];");
    check(&text, "");
    kt_buffer_free(&text);
    text = (kt_buffer){0};
    kt_buffer_text(&text, QASM2 "qreg q[50000]; opaque o a; gate g ");
    for (size_t k = 0; k < 50000; k++) kt_buffer_format(&text, "%sa%zu", k ? "," : "", k);
    kt_buffer_text(&text, " { x a49999; }\ngate k ");
    for (size_t k = 0; k < 50000; k++) kt_buffer_format(&text, "%sa%zu", k ? "," : "", k);
    kt_buffer_text(&text, " { g ");
    for (size_t k = 0; k < 50000; k++) kt_buffer_format(&text, "%sa%zu", k ? "," : "", 49999 - k);
    kt_buffer_text(&text, "; } k ");
    for (size_t k = 0; k < 50000; k++) kt_buffer_format(&text, "%sq[%zu]", k ? "," : "", k);
    kt_buffer_text(&text, ";");
    ketch_circuit *circuit = circuit_of(text.bytes);
    assert_string_equal(operations_of(circuit), "x 0\n");
    kt_circuit_free(circuit);
    kt_buffer_free(&text);
}

/* What is no operation, yet takes time or memory, counts as what it costs: just below the limit, then at it. */
static void test_costs(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t cost;
    } forms[] = {
        {QASM3 "qubit[3] q; gate g a, b, c { h a; cx a, b; } pow(0.5) @ g q[0], q[1], q[2];", (2 + 8) * 64 + 1},
        {QASM3 "qubit[8] q; gate g a { pow(0.5) @ x a; } g q;", 8 + (1 + 2) * 4},
        {QASM3 "qubit[9] q; ctrl(8) @ x q[0], q[1], q[2], q[3], q[4], q[5], q[6], q[7], q[8];", 2 + 1},
        {QASM3 "qubit[80] q; barrier q;", 11},
        {QASM3 "qubit[50] q; qubit[50] r; let a = q ++ r;", 100},
        {QASM3 "qubit q; const bit[800] a = 1;", 101},
        {QASM3 "qubit q; bit[640] a; if (a == 1) x q; if (a == 2) x q;", 320 + 2 * (10 + 2) + 2},
    };
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        ketch_load_options options = ordinary_options();
        options.max_gates = forms[f].cost;
        read_text(forms[f].text, strlen(forms[f].text), &options, "");
        options.max_gates--;
        read_text(forms[f].text, strlen(forms[f].text), &options, "KQ0402");
    }
}

/* Bytes that mean nothing: one of a few codes, never a crash. */
static void test_noise(void **state) {
    (void)state;
    ketch_load_options options = ordinary_options();
    static const char *const pieces[] = {"qreg ",  "q",      "[",     "]",   "(",     ")",  "{",        "}",   ";",   ",",
                                         "1",      "0.5",    "gate ", "if",  "==",    "->", "measure ", "c",   "\"",  "@",
                                         "ctrl",   "pow",    "let ",  "=",   "bit",   "$0", "++",       ":",   "-",   "\n",
                                         "input ", "float ", "x ",    "end", "else ", "/*", "//",       "1im", "2ns", "#"};
    uint64_t random = 1;
    ketch_diag *diag = ketch_diag_create();
    for (size_t round = 0; round < 20000; round++) {
        char text[512];
        size_t size = (size_t)snprintf(text, sizeof text, "%s", round % 2 ? QASM2 "qreg q[2];creg c[2];" : QASM3 "qubit[2] q; bit[2] c;");
        for (size_t i = 0; i < 5 + round % 40; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            const char *piece = pieces[(random >> 33) % (sizeof pieces / sizeof *pieces)];
            if (size + strlen(piece) + 1 < sizeof text) size += (size_t)snprintf(text + size, sizeof text - size, "%s", piece);
        }
        ketch_circuit *circuit;
        ketch_diag_clear(diag);
        ketch_status status = kt_qasm_parse(&circuit, text, size, &options, diag);
        if ((status == KETCH_OK) != (kt_error_count(diag) == 0) || (status == KETCH_OK) != (circuit != NULL))
            fail_msg("%s\n%s", text, ketch_diag_text(diag));
        kt_circuit_free(circuit);
    }
    ketch_diag_free(&diag);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nesting), cmocka_unit_test(test_expansion), cmocka_unit_test(test_operations),
        cmocka_unit_test(test_widths),  cmocka_unit_test(test_tokens),    cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_work),    cmocka_unit_test(test_costs),     cmocka_unit_test(test_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
