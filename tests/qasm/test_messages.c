/* SPDX-License-Identifier: Apache-2.0
 *
 * What is refused, with which code, where, and with what advice.
 */
#include "helper.h"

#include <stdlib.h>
#include <unistd.h>

/* Text behind the two lines of a header: its first line is line 3. */
#define BAD2(text, code, line, column, words) check_refused(QASM2 text, code, (line) + 2, column, words)
#define BAD3(text, code, line, column, words) check_refused(QASM3 text, code, (line) + 2, column, words)

static void test_tokens(void **state) {
    (void)state;
    BAD2("qreg q[1]; x q[0]; ?", "KQ0101", 1, 20, "`?`");
    BAD3("qubit q; x q\u20ac;", "KQ0101", 1, 13, "\u20ac");
    BAD2("qreg q[1];\nrx(3__4) q[0];", "KQ0102", 2, 4, "3__4");
    BAD2("qreg 3q[1];", "KQ0102", 1, 6, "3q");
    BAD2("qreg q[1]; /* never closed", "KQ0103", 1, 12, NULL);
    BAD2("include \"a.inc;\nqreg q[1];", "KQ0104", 1, 9, NULL);
    check_refused("OPENQASM 2.0;\nqreg q[1]; // caf\xe9\n", "KQ0105", 2, 18, "0xE9");
    check_refused("\xff\xfeO", "KQ0105", 1, 1, "UTF-16");
}

static void test_syntax(void **state) {
    (void)state;
    BAD2("qreg q[2]\ncreg c[2];", "KQ0202", 1, 10, NULL);
    BAD2("qreg q[2];\nh q[0]", "KQ0202", 2, 7, NULL);
    BAD2("qreg q[2]; gate g a { x a }", "KQ0202", 1, 26, NULL);
    BAD2("qreg q[2]; gate g a { x a;\nh q[0];\n", "KQ0203", 1, 21, NULL);
    BAD2("qreg q[2;", "KQ0201", 1, 9, "expected `]`");
    BAD2("qreg q[2]; x q[0] q[1];", "KQ0201", 1, 19, "expected `,` or `;`, found `q`");
    BAD2("qreg q[2]; rx( q[0];", "KQ0201", 1, 20, "expected `)`");
    BAD2("qreg q[2]; measure q[0] -> ;", "KQ0201", 1, 28, "a name");
    BAD2("qreg q[2]; h;", "KQ0201", 1, 13, "a qubit");
    BAD2("qreg q[2]; }", "KQ0201", 1, 12, "a statement");
    BAD2("qreg", "KQ0201", 1, 5, "the file ends");
    BAD2("qubit[2] q;", "KQ0301", 1, 1, "belongs to OpenQASM 3");
    BAD2("bit c = measure q;", "KQ0201", 1, 7, "belongs to OpenQASM 3");
    BAD2("qreg q[2]; ctrl @ x q[0],q[1];", "KQ0201", 1, 17, "belongs to OpenQASM 3");
    BAD2("qreg q[2]; creg c[2]; c = measure q;", "KQ0206", 1, 23, "measure q -> c;");
    BAD2("qreg q[2]; creg c[2]; if(c==1) { x q[0]; }", "KQ0201", 1, 32, "after the condition");
    BAD3("qubit q; opaque g a;", "KQ0201", 1, 19, "belongs to OpenQASM 2");
    BAD3("qubit q; if (true);", "KQ0201", 1, 19, "a statement");
    BAD3("qubit q; a[0] + ;", "KQ0201", 1, 17, "an expression");
}

static void test_version(void **state) {
    (void)state;
    check_refused("OPENQASM 2.0", "KQ0202", 1, 13, NULL);
    check_refused("OPENQASM 2.6; qreg q[1];", "KQ0204", 1, 10, "2.0, 3.0, 3.1 and 3.2");
    check_refused("OPENQASM 4; qreg q[1];", "KQ0204", 1, 10, "4");
    check_refused("OPENQASM x;", "KQ0201", 1, 10, "a version number");
    check_refused("qreg q[1];\nOPENQASM 2.0;", "KQ0204", 2, 1, "start");
    check_refused("OPENQASM 2.0; OPENQASM 2.0;", "KQ0204", 1, 15, NULL);
    check_refused("", "KQ0205", 1, 1, NULL);
    check_refused("\n\n// nothing\n", "KQ0205", 1, 1, NULL);
    check_refused("OPENQASM 3.0;", "KQ0205", 1, 1, NULL);
    check_refused("OPENQASM 3.0; const int c = 1;", "KQ0324", 1, 1, "qubit[2] q;");
}

static void test_gates(void **state) {
    (void)state;
    BAD2("qreg q[2]; cnot q[0],q[1];", "KQ0301", 1, 12, "did you mean `cx`?");
    BAD2("qreg q[2]; hh q[0];", "KQ0301", 1, 12, "did you mean `h`?");
    BAD2("qreg q[2]; gate maj a,b { } mja q[0],q[1];", "KQ0301", 1, 29, "did you mean `maj`?");
    BAD2("qreg q[2]; mcx q[0],q[1];", "KQ0301", 1, 12, NULL);
    check_refused("OPENQASM 2.0; qreg q[2]; h q[0];", "KQ0301", 1, 26, "include \"qelib1.inc\";");
    check_refused("OPENQASM 3.0; qubit q; h q;", "KQ0301", 1, 24, "--prelude stdgates.inc");
    BAD2("qreg q[2]; rx q[0];", "KQ0304", 1, 12, "takes 1 angle, not 0");
    BAD2("qreg q[2]; h(1) q[0];", "KQ0304", 1, 12, "takes 0 angles, not 1");
    BAD2("qreg q[2]; cx q[0];", "KQ0305", 1, 12, "2 qubits, not 1");
    BAD2("qreg q[2]; h q[0],q[1];", "KQ0305", 1, 12, "1 qubit, not 2");
    BAD3("qubit[2] q; ctrl @ x q[0];", "KQ0305", 1, 20, "on 2, not 1");
    BAD3("qubit[2] q; ctrl(3) @ x q[0],q[1];", "KQ0305", 1, 23, NULL);
    BAD3("qubit[2] q; h;", "KQ0305", 1, 13, "no qubit");
    BAD2("qreg q[2]; gate g a { g a; } g q[0];", "KQ0313", 1, 23, NULL);
    BAD2("qreg q[2]; gate g a { k a; } gate k a { g a; }", "KQ0301", 1, 23, "`k`");
    BAD2("qreg q[2]; opaque o(a) x; o(1) q[0];", "KQ0314", 1, 27, NULL);
    BAD2("gate h a { x a; } qreg q[1];", "KQ0315", 1, 6, "qelib1.inc");
    BAD3("gate h a { x a; } qubit q;", "KQ0315", 1, 6, "stdgates.inc");
    check_refused("OPENQASM 2.0;\ngate h a { }\ninclude \"qelib1.inc\"; qreg q[1];", "KQ0315", 3, 9, "line 2");
    BAD2("qreg q[2];\ngate g a { x a; }\ngate g a { y a; }", "KQ0315", 3, 6, "line 4");
    BAD2("gate g a,a { } qreg q[1];", "KQ0303", 1, 10, NULL);
    BAD3("gate g a { measure a; } qubit q;", "KQ0316", 1, 12, "measure");
    BAD3("gate g a { reset a; } qubit q;", "KQ0316", 1, 12, NULL);
    BAD3("gate g a { x a[0]; } qubit q;", "KQ0316", 1, 14, "no index");
    BAD3("qubit q; gate g a { x q; }", "KQ0316", 1, 23, "`q`");
    BAD3("input float t; gate g a { rx(t) a; } qubit q;", "KQ0316", 1, 30, "`t`");
    BAD3("gate g a { x b; } qubit q;", "KQ0302", 1, 14, "`b`");
    BAD3("gate g(t) a { rx(tt) a; } qubit q;", "KQ0302", 1, 18, "did you mean `t`?");
    BAD3("gate g a,b { cx a,a; } qubit q;", "KQ0307", 1, 19, NULL);
    BAD3("qubit q; if (true) { gate g a { } }", "KQ0317", 1, 22, NULL);
    BAD3("qubit q; pow(pi*1im) @ x q;", "KQ0322", 1, 14, NULL);
    BAD3("qubit[2] q; ctrl(0) @ x q[0],q[1];", "KQ0322", 1, 18, NULL);
    BAD3("qubit[2] q; ctrl(1.5) @ x q[0],q[1];", "KQ0311", 1, 18, NULL);
    BAD3("qubit[2] q; bit b; ctrl(b) @ x q[0],q[1];", "KQ0310", 1, 25, NULL);
    BAD3("qubit[7] q; gate big a,b,c,d,e,f,g { cx a,b; } pow(0.5) @ big q[0],q[1],q[2],q[3],q[4],q[5],q[6];", "KQ0408", 1, 48, "7 qubits");
}

static void test_operands(void **state) {
    (void)state;
    BAD2("qreg q[3]; x q[3];", "KQ0306", 1, 16, "register `q` has 3 qubits: q[0]..q[2]");
    BAD2("qreg q[3]; creg c[1]; measure q[0] -> c[1];", "KQ0306", 1, 41, "register `c` has 1 bit: c[0]");
    BAD2("qreg q[3]; x q[-1];", "KQ0306", 1, 16, NULL);
    BAD3("qubit[3] q; x q[-4];", "KQ0306", 1, 17, "-4");
    BAD3("qubit[3] q; x q[0:3];", "KQ0306", 1, 17, NULL);
    BAD3("qubit[3] q; x q[0:0:2];", "KQ0306", 1, 19, "not 0");
    BAD3("qubit[3] q; x q[9223372036854775807:9223372036854775807:-9223372036854775807];", "KQ0306", 1, 17, NULL);
    BAD2("qreg q[3]; cx q[0],q[0];", "KQ0307", 1, 20, "`q[0]`");
    BAD2("qreg q[3]; cx q[1],q;", "KQ0307", 1, 20, NULL);
    BAD3("qubit[3] q; h q[{0,0}];", "KQ0307", 1, 15, NULL);
    BAD3("qubit[3] q; let a = q[0:1] ++ q[1:2];", "KQ0307", 1, 31, NULL);
    BAD2("qreg a[2]; qreg b[3]; cx a,b;", "KQ0308", 1, 28, "`b` has size 3, but `a` has 2");
    BAD2("qreg q[3]; creg c[2]; measure q -> c;", "KQ0308", 1, 23, "3 qubits");
    BAD2("qreg q[3]; x r[0];", "KQ0302", 1, 14, "`r`");
    BAD2("qreg quantum[3]; x qantum[0];", "KQ0302", 1, 20, "did you mean `quantum`?");
    BAD2("qreg q[3]; creg c[3]; x c[0];", "KQ0309", 1, 25, "line 3");
    BAD2("qreg q[3]; measure q[0] -> q[1];", "KQ0309", 1, 28, NULL);
    BAD3("qubit q; x q[0];", "KQ0309", 1, 12, "no index");
    BAD3("qubit[3] q; x q[0.5];", "KQ0311", 1, 17, NULL);
    BAD3("qubit[3] q; bit[2] c; x q[c];", "KQ0311", 1, 27, NULL);
    BAD3("const int n = 2; qubit q; x n;", "KQ0309", 1, 29, NULL);
}

static void test_declarations(void **state) {
    (void)state;
    BAD2("qreg q[0];", "KQ0312", 1, 8, NULL);
    BAD2("qreg q[99999999999];", "KQ0403", 1, 8, "1048576");
    BAD2("qreg q[99999999999999999999999];", "KQ0403", 1, 8, "limit");
    BAD2("qreg q[1]; creg c[2000000];", "KQ0404", 1, 19, NULL);
    BAD2("qreg q[1];\nqreg q[2];", "KQ0303", 2, 6, "line 3");
    BAD2("qreg q[1.5];", "KQ0311", 1, 8, NULL);
    BAD2("qreg q;", "KQ0206", 1, 6, NULL);
    BAD3("qubit q; if (true) { qubit r; }", "KQ0317", 1, 22, NULL);
    BAD3("qubit q; const int n = 1.5;", "KQ0311", 1, 24, "float cannot be made int");
    BAD3("qubit q; const uint[4] n = 16;", "KQ0323", 1, 28, "does not fit uint[4]");
    BAD3("qubit q; const float f = g;", "KQ0302", 1, 26, NULL);
    BAD3("qubit q; bit c; const int n = c;", "KQ0310", 1, 31, NULL);
    BAD3("qubit q; const int[4] n = int[4](\"111\" << 1.0);", "KQ0311", 1, 34, NULL);
    BAD3("qubit q; const bit[2] b1 = bit[2](2.5);", "KQ0311", 1, 28, NULL);
    BAD3("qubit q; bit[4] c = \"010\";", "KQ0311", 1, 21, NULL);
    BAD3("qubit q; const int n = 3; n = 4;", "KQ0309", 1, 27, "constant");
    BAD3("qubit q; let a = $0;", "KQ0309", 1, 18, NULL);
    BAD3("qubit[65] q; const int[65] n = 1;", "KQ0507", 1, 24, NULL);
    BAD3("qubit q; const float[16] n = 1;", "KQ0312", 1, 22, NULL);
}

static void test_arithmetic(void **state) {
    (void)state;
    BAD3("qubit q; const int n = 9223372036854775807 + 1;", "KQ0323", 1, 24, "overflow");
    BAD3("qubit q; const int n = 2**63;", "KQ0323", 1, 24, "overflow");
    BAD3("qubit q; const int n = 3**1000000000000;", "KQ0323", 1, 24, NULL);
    BAD3("qubit q; const int n = 1/0;", "KQ0323", 1, 24, "zero");
    BAD3("qubit q; const int n = 1%0;", "KQ0323", 1, 24, "zero");
    BAD3("qubit q; rx(2**-1) q;", "KQ0323", 1, 13, "2.0 ** -3");
    BAD3("qubit q; const uint n = 1; rx(n - 2) q;", "KQ0323", 1, 31, NULL);
    BAD3("qubit q; rx(1 << -1) q;", "KQ0323", 1, 13, NULL);
    BAD3("qubit q; rx(sin(1,2)) q;", "KQ0325", 1, 13, "1 argument");
    BAD3("qubit q; rx(sinn(1)) q;", "KQ0302", 1, 13, "did you mean `sin`?");
    BAD3("qubit q; rx(\"01\") q;", "KQ0311", 1, 13, NULL);
    BAD3("qubit q; const angle[4] a = pi; rx(0.5*a) q;", "KQ0311", 1, 36, NULL);
    BAD2("qreg q[1]; rx(pi/0) q[0];", "KQ0601", 1, 15, "infinite");
    BAD2("qreg q[1]; rx(0/0) q[0];", "KQ0601", 1, 15, "not a number");
    BAD2("qreg q[1]; rx(ln(-1)) q[0];", "KQ0323", 1, 15, NULL);
    BAD2("qreg q[1]; rx(1e999) q[0];", "KQ0601", 1, 15, NULL);
    BAD2("gate g(a) x { rx(1/a) x; }\nqreg q[1];\ng(0) q[0];", "KQ0601", 1, 18, "<text>:5");
    BAD3("input float t; qubit q; rx(t/0.0) q; const int n = t;", "KQ0310", 1, 52, NULL);
}

static void test_interface(void **state) {
    (void)state;
    BAD3("qubit q; stretch s = 2;", "KQ0311", 1, 22, "durations");
    BAD3("qubit q; delay[-5ns] q;", "KQ0331", 1, 16, "negative");
    BAD3("qubit q; delay[3] q;", "KQ0311", 1, 16, "duration");
    BAD3("qubit q; box[1us] { delay[600ns] q; x q; delay[500ns] q; }", "KQ0331", 1, 14, "longer");
    BAD3("qubit q; delay[durationof({ x p; })] q;", "KQ0302", 1, 31, "`p`");
    BAD3("qubit q; rx(1)[-1ns] q;", "KQ0331", 1, 16, NULL);
    BAD3("defcal y2 $0 { } qubit q; y2 q;", "KQ0330", 1, 27, "defcal");
    BAD3("qubit q; extern f(int) -> int; int x = f();", "KQ0325", 1, 40, "1 argument");
    BAD3("qubit q; extern f(int); int x = f(2);", "KQ0311", 1, 33, "no value");
    BAD3("qubit q; extern f(int); f(1.5);", "KQ0311", 1, 27, NULL);
    BAD3("qubit q; extern f(readonly array[int, 3]);", "KQ0311", 1, 28, "arrays");
    BAD3("qubit q; { extern f(int); }", "KQ0317", 1, 12, NULL);
    BAD3("qubit q; { input int x; }", "KQ0317", 1, 12, NULL);
}

/* One mistake, one message; the others are found too. */
static void test_many(void **state) {
    (void)state;
    const char *text = QASM2 "qreg q[0];\nx q[0];\ncnot r[0],r[1];\ncnot r[0],r[1];\nx r[0]; y r[1];\nqreg s[2\nx s[0];\nx s[1];\nrx(pi "
                             "q[0];\nqreg t[2];\nx t[5];\nint i = 3;\nx t[i];\n";
    static const char *const expected[] = {"KQ0312 3", "KQ0301 5", "KQ0302 7", "KQ0201 9", "KQ0201 11", "KQ0306 13", "KQ0201 14"};
    ketch_load_options options = ordinary_options();
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit;
    assert_int_equal(kt_qasm_parse(&circuit, text, strlen(text), &options, diag), KETCH_ERROR_SEMANTICS);
    for (size_t i = 0; i < ketch_diag_count(diag) || i < 7; i++) {
        char found[32] = "";
        const ketch_message *message = ketch_diag_message(diag, i);
        if (message) snprintf(found, sizeof found, "%s %u", message->code, message->line);
        if (i >= 7 || strcmp(found, expected[i]) != 0) fail_msg("message %zu is %s\n%s", i, found, ketch_diag_text(diag));
    }
    /* no more than asked for */
    options.max_errors = 2;
    ketch_diag_clear(diag);
    assert_int_equal(kt_qasm_parse(&circuit, text, strlen(text), &options, diag), KETCH_ERROR_SEMANTICS);
    assert_int_equal(kt_error_count(diag), 2);
    assert_string_equal(ketch_diag_message(diag, 2)->code, "KQ1010");
    /* and a diagnostic is not needed */
    assert_int_equal(kt_qasm_parse(&circuit, text, strlen(text), &options, NULL), KETCH_ERROR_SEMANTICS);
    ketch_diag_free(&diag);
}

/* One mistake, one message. */
static void test_cascades(void **state) {
    (void)state;
    static const char *const texts[] = {
        QASM2 "QREG q[2];\nh q[0];",
        QASM2 "qubit[2] q;\nh q[0];",
        QASM3 "qubit q; bit c; if (c) { qubit r; x r; }",
        QASM3 "qubit q; gate outer a { gate inner b { h b; } inner a; }",
        "OPENQASM 2.0;\ninclude \u201cqelib1.inc\u201d;\nqreg q[1]; h q[0];",
        QASM3 "gate g a { qubit b; x b; } qubit q; g q;",
        "OPENQASM 2.0;\ninclude qelib1.inc;\nqreg q[1]; h q[0];",
        "OPENQASM 3.0;\ninclude \"qelib1.inc\";\nqubit q; h q; x q;",
        "OPENQASM 2.0;\ninclude \"absent.inc\";\nqreg q[1]; h q[0]; x q[0];",
        QASM2 "qreg q[1]; x q[0] ? ? # \"; x q[0];",
    };
    ketch_load_options options = ordinary_options();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ketch_diag *diag = ketch_diag_create();
        ketch_circuit *circuit;
        assert_int_not_equal(kt_qasm_parse(&circuit, texts[i], strlen(texts[i]), &options, diag), KETCH_OK);
        if (kt_error_count(diag) != 1) fail_msg("%s\n%s", texts[i], ketch_diag_text(diag));
        ketch_diag_free(&diag);
    }
}

static void test_hints(void **state) {
    (void)state;
    BAD3("qubit q; H q;", "KQ0301", 1, 10, "did you mean `h`?");
    BAD3("qubit q; hh q;", "KQ0301", 1, 10, "did you mean `h`?");
    BAD2("qreg q[1]; h Q[0];", "KQ0302", 1, 14, "did you mean `q`?");
    BAD2("QREG q[1];", "KQ0301", 1, 1, "did you mean `qreg`?");
    BAD3("qubit[2] q; rzz(1) q[0], q[1];", "KQ0301", 1, 13, "gate of qelib1.inc");
    BAD3("qubit[2] q; crtl @ x q[0], q[1];", "KQ0201", 1, 18, "did you mean `ctrl`?");
    BAD2("qreg q[1]; creg c[1]; if(c=1) x q[0];", "KQ0201", 1, 27, "`==` compares");
    BAD3("qubit q; bit c; c == measure q;", "KQ0201", 1, 22, "a single `=`");
    BAD3("qubit q; rx(0.5 ^ 2) q;", "KQ0311", 1, 13, "`**`");
    BAD3("qubit q; rx(2pi) q;", "KQ0102", 1, 13, "2*pi");
    BAD3("qubit q[2];", "KQ0201", 1, 8, "qubit[");
    BAD2("qreg q[1]; creg c[1]; measure q c;", "KQ0201", 1, 33, "expected `->`");
    BAD2("qreg q[1]; creg c[1]; if(c==1) { x q[0]; }", "KQ0201", 1, 32, "blocks belong to OpenQASM 3");
    BAD2("qreg q[1]; gate g a { x q[0]; }", "KQ0316", 1, 25, "no qubit of this gate");
    BAD2("qreg q[1]; creg c[1]; mesure q -> c;", "KQ0201", 1, 23, "expected `measure`");
    BAD3("qubit q; bit c; c = mesure q;", "KQ0302", 1, 21, "did you mean `measure`?");
    BAD3("input float t; input float t;", "KQ0303", 1, 28, "as an input");
}

static void check_warning(const char *text, const char *code, unsigned line, unsigned column) {
    ketch_diag *diag = ketch_diag_create();
    kt_circuit_free(circuit_with_messages(text, diag));
    const ketch_message *message = ketch_diag_message(diag, 0);
    if (!message || strcmp(message->code, code) != 0 || message->line != line || message->column != column ||
        message->severity != KETCH_SEVERITY_WARNING)
        fail_msg("%s\n%s", text, ketch_diag_text(diag));
    ketch_diag_free(&diag);
}

static void test_warnings(void **state) {
    (void)state;
    check_warning("OPENQASM 2;\nqreg q[1];", "KQ1001", 1, 10);
    check_warning(QASM2 "qreg q[2]; cx q[0],q[1],;", "KQ1004", 3, 24);
    check_warning("OPENQASM 2.0; include 'qelib1.inc'; qreg q[2];", "KQ1005", 1, 23);
    check_warning(QASM3 "qubit q; rx(1/2) q;", "KQ1007", 3, 13);
    check_warning(QASM3 "qubit q; pow(1/2) @ x q;", "KQ1007", 3, 14);
    check_warning(QASM2 "qreg q[1]; creg c[2]; if(c==4) x q[0];", "KQ1008", 3, 29);
    check_warning(QASM3 "qubit q; bit[2] c; if (int[2](c) == 2) x q;", "KQ1008", 3, 37); /* which is -2 */
    check_warning(QASM2 "qreg q[1]; creg c[1]; measure q[0] -> c;", "KQ1009", 3, 23);
    check_warning(QASM3 "qubit q; duration d = durationof({ delay[9ns] q; x q; });", "KQ1020", 3, 23);
    check_warning(QASM3 "qubit q; stretch s; delay[s] q; bit c = measure q; if (c) x q;", "KQ1020", 3, 27);
    check_warning(
        QASM3 "qubit[2] q; stretch s; x q; box[9ns] { delay[s] q[0]; x q; delay[s] q[1]; cx q[0], q[1]; delay[9ns] q[0]; delay[s] q[1]; }",
        "KQ1020", 3, 33);
}

static void test_delays_alone(void **state) {
    (void)state;
    ketch_diag *diag = ketch_diag_create();
    kt_circuit_free(circuit_with_messages(QASM3 "qubit q; duration d = durationof({ delay[9ns] q; barrier q; });", diag));
    if (ketch_diag_message(diag, 0)) fail_msg("%s", ketch_diag_text(diag));
    ketch_diag_free(&diag);
}

static void test_unset(void **state) {
    (void)state;
    static const char *const set[] = {
        "int x = 1; int y = x;",
        "int x; x = 2; int y = x;",
        "int x; bit c = measure q; if (c) { x = 1; } int y = x;",
        "int x; x += 2; int y = x;",
        "int x; int y; bit c = measure q; while (c) { if (y > 0) { y = x; } x = 1; y = 1; c = measure q; }",
        "int x; int y = 0; for int i in [0:2] { if (i > 0) { y = x; } x = i; }",
        "def f(int n) -> int { return n + 1; } int y = f(2);",
        "input int n; int y = n;",
        "int x; x[3] = 1; int y = x;",
    };
    for (size_t i = 0; i < sizeof set / sizeof *set; i++) {
        char text[512];
        ketch_diag *diag = ketch_diag_create();
        snprintf(text, sizeof text, QASM3 "qubit q; %s", set[i]);
        kt_circuit_free(circuit_with_messages(text, diag));
        if (strstr(ketch_diag_text(diag), "KQ1021")) fail_msg("%s\n%s", text, ketch_diag_text(diag));
        ketch_diag_free(&diag);
    }
    check_warning(QASM3 "qubit q; int x; int y = x;", "KQ1021", 3, 25);
    check_warning(QASM3 "qubit q; output float x; rx(x) q;", "KQ1021", 3, 29);
    check_warning(QASM3 "qubit q; angle[4] a; bit c = measure q; if (c) rx(a) q; a = pi;", "KQ1021", 3, 51);
    check_warning(QASM3 "qubit q; def f() -> int { int x; return x + 1; } int y = f();", "KQ1021", 3, 41);
}

/* ── Includes ── */

static char folder[] = "/tmp/ketch-qasm-XXXXXX";

static void write_file(const char *name, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static ketch_status load_file(const char *name, const ketch_load_options *options, ketch_diag *diag, const char *operations) {
    char path[256];
    ketch_circuit *circuit;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    ketch_diag_clear(diag);
    ketch_status status = kt_qasm_load(&circuit, path, options, diag);
    assert_int_equal(status == KETCH_OK, circuit != NULL);
    if (circuit && operations) assert_string_equal(operations_of(circuit), operations);
    kt_circuit_free(circuit);
    return status;
}

static void check_message(ketch_diag *diag, const char *code, const char *file, unsigned line, const char *words) {
    const ketch_message *message = ketch_diag_message(diag, 0);
    bool good =
        message && strcmp(message->code, code) == 0 && strstr(message->file, file) && message->line == line && strstr(message->text, words);
    if (!good) fail_msg("expected %s at %s:%u: %s, got %s", code, file, line, words, ketch_diag_text(diag));
}

static void test_includes(void **state) {
    (void)state;
    assert_non_null(mkdtemp(folder));
    char inner[256];
    snprintf(inner, sizeof inner, "%s/inner", folder);
    ketch_load_options options = ordinary_options();
    ketch_diag *diag = ketch_diag_create();
    write_file("inner_is_a_folder", "");
    write_file("main.qasm", "OPENQASM 2.0;\ninclude \"qelib1.inc\";\ninclude \"gates.inc\";\nqreg q[1];\ng q[0]; k q[0];\n");
    write_file("gates.inc", "gate g a { x a; }\ninclude \"more.inc\";\n");
    write_file("more.inc", "gate k a { y a; }");
    assert_int_equal(load_file("main.qasm", &options, diag, "x 0\ny 0\n"), KETCH_OK);
    /* the built-in library, whatever lies beside the program */
    write_file("qelib1.inc", "gate x a { }");
    assert_int_equal(load_file("main.qasm", &options, diag, "x 0\ny 0\n"), KETCH_OK);
    /* the hash covers what is included */
    uint64_t hashes[2][2];
    for (size_t i = 0; i < 2; i++) {
        char path[300];
        ketch_circuit *circuit;
        snprintf(path, sizeof path, "%s/main.qasm", folder);
        write_file("more.inc", i ? "gate k a { z a; }" : "gate k a { y a; }");
        assert_int_equal(kt_qasm_load(&circuit, path, &options, diag), KETCH_OK);
        kt_circuit_hash(hashes[i], circuit);
        kt_circuit_free(circuit);
    }
    assert_memory_not_equal(hashes[0], hashes[1], sizeof hashes[0]);
    /* places are those of the included file */
    write_file("more.inc", "\ngate k a { yy a; }");
    assert_int_equal(load_file("main.qasm", &options, diag, NULL), KETCH_ERROR_SEMANTICS);
    check_message(diag, "KQ0301", "more.inc", 2, "yy");
    write_file("more.inc", "gate k a { y a; ");
    assert_int_equal(load_file("main.qasm", &options, diag, NULL), KETCH_ERROR_SYNTAX);
    check_message(diag, "KQ0203", "more.inc", 1, "{");
    /* cycles are named */
    write_file("more.inc", "\ninclude \"gates.inc\";");
    assert_int_equal(load_file("main.qasm", &options, diag, NULL), KETCH_ERROR_SEMANTICS);
    check_message(diag, "KQ0319", "more.inc", 2, "gates.inc -> ");
    assert_non_null(strstr(ketch_diag_message(diag, 0)->text, "more.inc -> "));
    write_file("self.qasm", "OPENQASM 2.0;\ninclude \"./self.qasm\";");
    assert_int_equal(load_file("self.qasm", &options, diag, NULL), KETCH_ERROR_SEMANTICS);
    check_message(diag, "KQ0319", "self.qasm", 2, "self.qasm -> ");
    /* depth, absence, outside */
    options.max_include_depth = 1;
    assert_int_equal(load_file("main.qasm", &options, diag, NULL), KETCH_ERROR_LIMIT);
    check_message(diag, "KQ0405", "gates.inc", 2, "1 deep");
    options.max_include_depth = 32;
    write_file("main.qasm", "OPENQASM 2.0;\ninclude \"absent.inc\";");
    assert_int_equal(load_file("main.qasm", &options, diag, NULL), KETCH_ERROR_SEMANTICS);
    check_message(diag, "KQ0318", "main.qasm", 2, "absent.inc");
    write_file("main.qasm", "OPENQASM 2.0;\ninclude \"/etc/passwd\";");
    options.safe_include = 1;
    assert_int_equal(load_file("main.qasm", &options, diag, NULL), KETCH_ERROR_SEMANTICS);
    check_message(diag, "KQ0320", "main.qasm", 2, "outside");
    write_file("main.qasm", "OPENQASM 2.0;\ninclude \"../../etc/passwd\";");
    assert_int_equal(load_file("main.qasm", &options, diag, NULL), KETCH_ERROR_SEMANTICS);
    check_message(diag, "KQ0320", "main.qasm", 2, "outside");
    /* other folders; text has none of its own */
    const char *const dirs[] = {"/nowhere", folder};
    options.include_dirs = dirs;
    options.include_dir_count = 2;
    write_file("more.inc", "gate k a { }");
    const char *text = "OPENQASM 2.0; include \"more.inc\"; qreg q[1]; k q[0];";
    ketch_circuit *circuit;
    assert_int_equal(kt_qasm_parse(&circuit, text, strlen(text), &options, diag), KETCH_OK);
    kt_circuit_free(circuit);
    options.include_dir_count = 1;
    assert_int_equal(kt_qasm_parse(&circuit, text, strlen(text), &options, diag), KETCH_ERROR_SEMANTICS);
    options.folder = folder;
    assert_int_equal(kt_qasm_parse(&circuit, text, strlen(text), &options, diag), KETCH_OK);
    kt_circuit_free(circuit);
    /* all files together have one limit */
    options.max_source_bytes = strlen(text) + 5;
    assert_int_equal(kt_qasm_parse(&circuit, text, strlen(text), &options, diag), KETCH_ERROR_LIMIT);
    options.max_source_bytes = 5;
    assert_int_equal(kt_qasm_parse(&circuit, text, strlen(text), &options, diag), KETCH_ERROR_LIMIT);
    ketch_diag_free(&diag);
    char command[300];
    static const char *const names[] = {"main.qasm", "gates.inc", "more.inc", "qelib1.inc", "self.qasm", "inner_is_a_folder"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(command, sizeof command, "%s/%s", folder, names[i]);
        assert_int_equal(unlink(command), 0);
    }
    assert_int_equal(rmdir(folder), 0);
    check_refused("OPENQASM 3.0;\ninclude \"qelib1.inc\";\nqreg q[1];", "KQ0321", 2, 9, "OpenQASM 2");
    check_refused("OPENQASM 2.0;\ninclude \"stdgates.inc\";\nqreg q[1];", "KQ0321", 2, 9, "qelib1.inc");
    BAD3("qubit q; if (true) { include \"a.inc\"; }", "KQ0317", 1, 22, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cascades),  cmocka_unit_test(test_hints),        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_syntax),    cmocka_unit_test(test_version),      cmocka_unit_test(test_gates),
        cmocka_unit_test(test_operands),  cmocka_unit_test(test_declarations), cmocka_unit_test(test_arithmetic),
        cmocka_unit_test(test_interface), cmocka_unit_test(test_many),         cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_delays_alone),
        cmocka_unit_test(test_unset),     cmocka_unit_test(test_includes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
