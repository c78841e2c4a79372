/* SPDX-License-Identifier: Apache-2.0
 *
 * What each kind of statement becomes, in both dialects.
 */
#include "helper.h"

static void test_dialect2(void **state) {
    (void)state;
    check_operations(
        QASM2 "qreg q[3]; creg c[3]; h q; cx q[0],q[1]; U(0.1,0.2,0.3) q[2]; CX q[1],q[2]; barrier q[0],q[2]; reset q[1];"
              "measure q -> c; measure q[0] -> c[2];",
        "h 0\nh 1\nh 2\ncx 0 1\nU(0.1,0.2,0.3) 2\ncx 1 2\nbarrier 0 2\nreset 1\nmeasure 0 -> 0\nmeasure 1 -> 1\nmeasure 2 -> 2\n"
        "measure 0 -> 2\n");
}

static void test_broadcast(void **state) {
    (void)state;
    check_operations(QASM2 "qreg a[2]; qreg b[2]; qreg t[1]; cx a,b; cx t[0],b; cx a[1],b; u2(0.5,1) a;",
                     "cx 0 2\ncx 1 3\ncx 4 2\ncx 4 3\ncx 1 2\ncx 1 3\nu2(0.5,1) 0\nu2(0.5,1) 1\n");
    check_operations(QASM3
                     "qubit[5] q; cx q[0:1], q[3:4]; h q[{4,0}]; x q[:2:4]; y q[-1:-2:0]; z q[3:1]; s q[:-2:0]; t q[3:]; cx q[0:1],q[1:2];",
                     "cx 0 3\ncx 1 4\nh 4\nh 0\nx 0\nx 2\nx 4\ny 4\ny 2\ny 0\ns 4\ns 2\ns 0\nt 3\nt 4\ncx 0 1\ncx 1 2\n");
}

static void test_definitions(void **state) {
    (void)state;
    check_operations(QASM2 "gate g(a,b) x,y { rz(a/2) x; cx x,y; rz(-(a+b)) y; } gate w q { } qreg q[2]; g(1,pi) q[1],q[0]; w q;",
                     "rz(0.5) 1\ncx 1 0\nrz(-4.141592653589793) 0\n");
    check_operations(QASM2 "qreg q[2]; barrier q,q,q[1],q,q,q,q;", "barrier 0 1\n");
    check_operations(QASM2 "gate g(a) x { rz(a/2) x; } qreg q[2]; g(1) q; g(2) q[0]; g(1) q[1];",
                     "rz(0.5) 0\nrz(0.5) 1\nrz(1) 0\nrz(0.5) 1\n");
    check_operations(QASM2 "gate g(a) x { rz(a) x; } gate k(a) x,y { g(a*2) x; barrier x,y; g(sin(a)) y; } qreg q[2]; k(0) q[0],q[1];",
                     "rz(0) 0\nbarrier 0 1\nrz(0) 1\n");
    check_operations("OPENQASM 2.0; gate cx c,t { CX c,t; } gate h a { U(1,2,3) a; } qreg q[2]; h q[0]; cx q[1],q[0];",
                     "U(1,2,3) 0\ncx 1 0\n");
    /* exporters' names give way to the program's own */
    check_operations(QASM2 "gate rzz(t) a,b { cx a,b; u1(t) b; cx a,b; } qreg q[2]; rzz(0.5) q[0],q[1];", "cx 0 1\np(0.5) 1\ncx 0 1\n");
    /* opaque, but known */
    check_operations(QASM2 "opaque rzz(t) a,b; opaque magic q; qreg q[2]; rzz(0.5) q[0],q[1];", "rzz(0.5) 0 1\n");
}

static void test_definitions3(void **state) {
    (void)state;
    check_operations(QASM3 "const float f = 0.25; gate g(f2) a { rx(f*f2) a; rx(f2) a; } qubit q; g(2) q;", "rx(0.5) 0\nrx(2) 0\n");
    check_operations(QASM3 "gate g(a) x, y, { ctrl @ rx(a) x, y; barrier; nop x; } qubit[3] q; negctrl @ g(3) q[2],q[0],q[1];",
                     "c-c-rx(3) !2 0 1\nbarrier 0 1\n");
    check_operations("OPENQASM 3.0; gate my(a) q { U(0,0,a) q; gphase(-a/2); } qubit[2] q; ctrl @ my(1) q[0],q[1]; inv @ my(2) q[0];",
                     "c-U(0,0,1) 0 1\nc-gphase(-0.5) 0\ngphase(1)\nU(-0,-2,-0) 0\n");
}

static void test_arities(void **state) {
    (void)state;
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit =
        circuit_with_messages(QASM2 "gate m a,b { cx a,b; } gate m a,b,c { ccx a,b,c; } gate m a,b { cx a , b; } qreg q[3];"
                                    "m q[0],q[1]; m q[2],q[1],q[0];",
                              diag);
    assert_string_equal(operations_of(circuit), "cx 0 1\nccx 2 1 0\n");
    assert_int_equal(ketch_diag_count(diag), 2); /* another size; the same again */
    assert_string_equal(ketch_diag_message(diag, 0)->code, "KQ1003");
    assert_string_equal(ketch_diag_message(diag, 1)->code, "KQ1002");
    kt_circuit_free(circuit);
    ketch_diag_free(&diag);
}

static void test_conditions2(void **state) {
    (void)state;
    check_operations(QASM2
                     "qreg q[1]; creg c[2]; creg d[70]; if(c==2) x q[0]; if(d==590295810358705651712) measure q[0] -> c[1]; if(c==0) h q;",
                     "unless (c1 c0 == 0x2) goto 2\n? x 0\nunless (c71 c70 c69 c68 c67 c66 c65 c64 c63 c62 c61 c60 c59 c58 c57 c56 c55 c54 "
                     "c53 c52 c51 c50 c49 c48 "
                     "c47 c46 c45 c44 c43 c42 c41 c40 c39 c38 c37 c36 c35 c34 c33 c32 c31 c30 c29 c28 c27 c26 c25 c24 c23 c22 c21 c20 c19 "
                     "c18 c17 c16 c15 c14 "
                     "c13 c12 c11 c10 c9 c8 c7 c6 c5 c4 c3 c2 == 0x200) goto 4\n? measure 0 -> 1\nunless (c1 c0 == 0x0) goto 6\n? h 0\n");
}

/* Is the condition's program what the truth table of the expression says, for all values of four bits? */
static void check_truth(const char *condition, bool (*expected)(unsigned bits)) {
    char text[512];
    snprintf(text, sizeof text, QASM3 "qubit q; bit[4] c; let low = c[0:1]; if (%s) x q;", condition);
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit = circuit_with_messages(text, diag);
    const kt_op *jump = &circuit->ops[0];
    assert_int_equal(jump->code, KT_OP_JUMP_UNLESS);
    assert_int_equal(jump->data, 2);
    for (uint64_t bits = 0; bits < 16; bits++)
        if (kt_condition_holds(circuit, jump, &bits) != expected((unsigned)bits)) fail_msg("%s with c = %u", condition, (unsigned)bits);
    kt_circuit_free(circuit);
    ketch_diag_free(&diag);
}

static int as_int(unsigned c) { return c < 8 ? (int)c : (int)c - 16; }
static bool bit(unsigned c, int i) { return c >> i & 1; }
#define TRUTH(name, expression) \
    static bool name(unsigned c) { return expression; }
TRUTH(is_bit, bit(c, 1))
TRUTH(is_not, !bit(c, 1))
TRUTH(is_zero, c == 0)
TRUTH(is_any, c != 0)
TRUTH(is_less, c < 5)
TRUTH(is_most, c <= 5)
TRUTH(is_more, c > 5)
TRUTH(is_least, c >= 5)
TRUTH(is_other, c != 5)
TRUTH(signed_less, as_int(c) < -3)
TRUTH(signed_most, as_int(c) <= -3)
TRUTH(signed_more, as_int(c) > -3)
TRUTH(signed_least, as_int(c) >= -3)
TRUTH(signed_less_up, as_int(c) < 3)
TRUTH(signed_more_up, as_int(c) > 3)
TRUTH(signed_equal, as_int(c) == -3)
TRUTH(always, c < 16)
TRUTH(never, c > 16)
TRUTH(mixed, (bit(c, 0) && bit(c, 1)) || (bit(c, 2) != bit(c, 3)))
TRUTH(agree, bit(c, 0) == bit(c, 3))
TRUTH(differ, (c < 3) != bit(c, 3))
TRUTH(low_two, (c & 3) == 2)
TRUTH(reversed, ((c & 1) << 1 | (c >> 1 & 1)) == 2)
TRUTH(bitwise, (bit(c, 0) && !bit(c, 1)) || bit(c, 2) != bit(c, 3))

static void test_conditions3(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool (*truth)(unsigned);
    } conditions[] = {
        {"c[1]", is_bit},
        {"c[-3]", is_bit},
        {"c[1] == 1", is_bit},
        {"c[1] == true", is_bit},
        {"true == c[1]", is_bit},
        {"c[1] != 0", is_bit},
        {"bool(c[1])", is_bit},
        {"int[1](c[1]) == -1", is_bit},
        {"!c[1]", is_not},
        {"~c[1]", is_not},
        {"c[1] == 0", is_not},
        {"c[1] == false", is_not},
        {"c[1] < 1", is_not},
        {"c == 0", is_zero},
        {"c == \"0000\"", is_zero},
        {"!bool(c)", is_zero},
        {"c", is_any},
        {"bool(c)", is_any},
        {"c != 0b0000", is_any},
        {"c < 5", is_less},
        {"5 > c", is_less},
        {"uint[4](c) < 5", is_less},
        {"c <= 5", is_most},
        {"c > 5", is_more},
        {"5 < c", is_more},
        {"c >= 5", is_least},
        {"c != 5", is_other},
        {"!(c == 2 + 3)", is_other},
        {"int[4](c) < -3", signed_less},
        {"int[4](c) <= -3", signed_most},
        {"int[4](c) > -3", signed_more},
        {"-3 <= int[4](c)", signed_least},
        {"int[4](c) < 3", signed_less_up},
        {"int[4](c) > 3", signed_more_up},
        {"int[4](c) == -3", signed_equal},
        {"int[4](c) >= -8", always},
        {"int[4](c) < -9", never},
        {"int[4](c) < 8", always},
        {"c < 16", always},
        {"c == 16", never},
        {"c > -1", always},
        {"c == 18446744073709551616", never},
        {"c[0] && c[1] || c[2] ^ c[3]", mixed},
        {"c[0] == c[3]", agree},
        {"(c < 3) != c[3]", differ},
        {"c[0:1] == 2", low_two},
        {"low == \"10\"", low_two},
        {"low[1] && !low[0]", low_two},
        {"c[{1,0}] == 2", reversed},
        {"c[0] & !c[1] | (c[2] ^ c[3])", bitwise},
    };
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) check_truth(conditions[i].text, conditions[i].truth);
    /* what is known takes one branch at once */
    check_operations(QASM3 "qubit q; if (true) x q; else y q; if (1 > 2) x q; else if (3 > 2) z q;", "x 0\nz 0\n");
}

static void test_branches(void **state) {
    (void)state;
    check_operations(
        QASM3
        "qubit[2] q; bit a; bit b; if (a) { x q[0]; if (b) y q; else z q[0]; } else if (b) { } else { a = measure q[0]; b = 1; } h q[1];",
        "unless c0 goto 8\n? x 0\n? unless c1 goto 6\n? y 0\n? y 1\n? goto 7\n? z 0\n? goto 12\n? unless c1 goto 10\n? goto 12\n"
        "? measure 0 -> 0\n? bit 1 = 1\nh 1\n");
    check_operations(QASM3 "qubit q; bit a; if (a) end; { bit a; a = measure q; } measure q -> a;",
                     "unless c0 goto 2\n? end\nmeasure 0 -> 1\nmeasure 0 -> 0\n");
}

static void test_bits(void **state) {
    (void)state;
    check_operations(
        QASM3
        "qubit[2] q; bit[4] c = \"0110\"; bit d = true; c[1:2] = \"01\"; c[0] = 1; bit[2] m = measure q; let t = c[{3,0}]; t = \"10\";"
        "measure q -> c[2:3]; d = measure q[1]; bit[3] n = 5;",
        "bit 0 = 0\nbit 1 = 1\nbit 2 = 1\nbit 3 = 0\nbit 4 = 1\nbit 1 = 1\nbit 2 = 0\nbit 0 = 1\nmeasure 0 -> 5\nmeasure 1 -> 6\nbit 3 = "
        "0\nbit 0 = 1\n"
        "measure 0 -> 2\nmeasure 1 -> 3\nmeasure 1 -> 4\nbit 7 = 1\nbit 8 = 0\nbit 9 = 1\n");
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit = circuit_with_messages(QASM3 "qubit[2] q; bit c; measure q;", diag);
    assert_string_equal(operations_of(circuit), "measure 0\nmeasure 1\n");
    assert_int_equal(ketch_diag_count(diag), 1); /* a slip that is easily made */
    assert_string_equal(ketch_diag_message(diag, 0)->code, "KQ1011");
    kt_circuit_free(circuit);
    ketch_diag_free(&diag);
}

static void test_aliases(void **state) {
    (void)state;
    check_operations(
        QASM3
        "qubit[2] one; qubit[10] two; let both = one ++ two; x both[0]; x both[-1]; let some = two[{0, 3, 5}]; y some; let s = both[0:6];"
        "z s[6]; let e = both[0:2:11]; h e[5]; let last = two[-4:-1]; s last[0]; let all = s ++ last; t all[10]; let single = two[1]; x "
        "single;",
        "x 0\nx 11\ny 2\ny 5\ny 7\nz 6\nh 10\ns 8\nt 11\nx 3\n");
}

static void test_physical_qubits(void **state) {
    (void)state;
    ketch_circuit *circuit = circuit_of(QASM3 "bit[2] c; x $2; cx $0, $2; c[0] = measure $2;");
    assert_string_equal(operations_of(circuit), "x 2\ncx 0 2\nmeasure 2 -> 0\n");
    assert_int_equal(circuit->qubit_count, 3);
    assert_string_equal(circuit->qubit_registers[1].name, "$1");
    kt_circuit_free(circuit);
    check_operations(QASM3 "qubit[2] q; cx q[1], $0; x $1;", "cx 1 2\nx 3\n");
}

static void test_timing(void **state) {
    (void)state;
    check_operations(
        QASM3 "qubit[2] q; delay[100ns] q[1]; delay[2*50ns + 0.5us] q; const duration d = 1ms; delay[d/2] q[0]; barrier; nop q; nop;",
        "delay(1e-07) 1\ndelay(6e-07) 0 1\ndelay(0.0005) 0\nbarrier 0 1\n");
}

static void test_inputs(void **state) {
    (void)state;
    check_operations(QASM3 "input float theta; input float[64] phi; qubit q; rx(theta/2) q; u2(-phi, 2*theta+1) q; rz(0*1.0) q;",
                     "rx(theta/2) 0\nu2(-phi,2*theta + 1) 0\nrz(0) 0\n");
    ketch_circuit *circuit = circuit_of(QASM3 "input angle[4] a; input angle b; qubit q; rx(a) q; rx(b/2) q; rx(a+a) q;");
    const double pi = 3.14159265358979323846;
    /* 1 rad is 2.55 of 16 steps; an angle without a size is what is given */
    assert_int_equal(ketch_circuit_bind(circuit, "a", 1.0, NULL), KETCH_OK);
    assert_int_equal(ketch_circuit_bind(circuit, "b", -pi / 2, NULL), KETCH_OK);
    assert_float_equal(circuit->params[circuit->ops[0].data], 3 * pi / 8, 1e-15);
    assert_float_equal(circuit->params[circuit->ops[1].data], -pi / 4, 1e-15);
    assert_float_equal(circuit->params[circuit->ops[2].data], 3 * pi / 4, 1e-15);
    kt_circuit_free(circuit);
}

static void test_counted(void **state) {
    (void)state;
    ketch_circuit *circuit = circuit_of(QASM3 "qubit q; bit[2] a; creg b[3]; if (a[0]) { bit c = 1; } bit d;");
    assert_int_equal(circuit->bit_registers_count, 4);
    assert_true(circuit->bit_registers[0].counted && circuit->bit_registers[1].counted && circuit->bit_registers[3].counted);
    assert_false(circuit->bit_registers[2].counted);
    kt_circuit_free(circuit);
    circuit = circuit_of(QASM3 "qubit q; bit[2] a; output bit[3] b; bit d; output bit e;");
    static const bool counted[] = {false, true, false, true};
    for (size_t i = 0; i < 4; i++) assert_int_equal(circuit->bit_registers[i].counted, counted[i]);
    kt_circuit_free(circuit);
}

static void test_passed_over(void **state) {
    (void)state;
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit = circuit_with_messages(
        QASM3 "qubit q; @keep this\n@and this\nx q;\npragma p q r\ndefcalgrammar \"openpulse\"; cal { x { y } } defcal x $0 { }\nx q;",
        diag);
    assert_string_equal(operations_of(circuit), "x 0\nx 0\n");
    assert_int_equal(ketch_diag_count(diag), 2); /* one warning for calibrations, one note for the rest */
    assert_string_equal(ketch_diag_message(diag, 0)->code, "KQ1006");
    assert_string_equal(ketch_diag_message(diag, 1)->text, "3 pragmas or annotations kept, without effect");
    static const ketch_remark remarks[] = {{"@keep this", 3}, {"@and this", 4}, {"pragma p q r", 6}};
    assert_int_equal(circuit->remarks_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(circuit->remarks[i].text, remarks[i].text);
        assert_int_equal(circuit->remarks[i].line, remarks[i].line);
    }
    kt_circuit_free(circuit);
    ketch_diag_free(&diag);
}

static void check_dialect(const char *text, int version) {
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit = circuit_with_messages(text, diag);
    if (circuit->version != version) fail_msg("%s is read as OpenQASM %d", text, circuit->version);
    kt_circuit_free(circuit);
    ketch_diag_free(&diag);
}

static void test_dialects(void **state) {
    (void)state;
    check_dialect("OPENQASM 2.0; qreg q[1];", 2);
    check_dialect("OPENQASM 2; qreg q[1];", 2);
    check_dialect("OPENQASM 3; qubit q;", 3);
    check_dialect("OPENQASM 3.0; qubit q;", 3);
    check_dialect("OPENQASM 3.1; qubit q;", 3);
    check_dialect("include \"qelib1.inc\"; qreg q[1];", 2);
    check_dialect("// a comment\nqreg q[1]; creg c[1];", 2);
    check_dialect("gate g(angle) q { U(angle,0,0) q; } qreg q[1]; g(1) q[0];", 2);
    check_dialect("opaque o q; qreg q[1];", 2);
    check_dialect("include \"stdgates.inc\"; qreg q[1]; x q[0];", 3);
    check_dialect("qubit q; include \"stdgates.inc\"; x q;", 3);
    check_dialect("const int n = 1; qreg q[n];", 3);
    check_dialect("U(0,0,0) $0;", 3);
    check_dialect("\xef\xbb\xbfOPENQASM 2.0;\r\n\tinclude \"qelib1.inc\";\r\nqreg q[1];\r\n/* x */ h q[0];", 2);
}

/* Names that are words of the other dialect. */
static void test_names(void **state) {
    (void)state;
    check_operations(QASM2 "qreg bit[1]; qreg end[1]; creg float[1]; gate ctrl(angle) let { rz(angle) let; } ctrl(1) bit[0]; x end; "
                           "measure bit -> float; qreg x[1]; x x;",
                     "rz(1) 0\nx 1\nmeasure 0 -> 0\nx 2\n");
    check_operations(QASM3 "qubit opaque; qubit \u03b8; qubit x; x x; h opaque; h \u03b8;", "x 2\nh 0\nh 1\n");
    check_operations(QASM2 "qreg q[1]; qreg Q[2]; x Q[1]; x q[0];", "x 2\nx 0\n");
}

static void test_prelude(void **state) {
    (void)state;
    ketch_load_options options = ordinary_options();
    ketch_circuit *circuit;
    ketch_diag *diag = ketch_diag_create();
    options.prelude = "stdgates.inc";
    const char *text = "OPENQASM 3.0; qubit[2] q; cx q[0], q[1];";
    assert_int_equal(kt_qasm_parse(&circuit, text, strlen(text), &options, diag), KETCH_OK);
    kt_circuit_free(circuit);
    options.prelude = "qelib1.inc";
    text = "qreg q[2]; cx q[0], q[1];";
    assert_int_equal(kt_qasm_parse(&circuit, text, strlen(text), &options, diag), KETCH_OK);
    assert_int_equal(circuit->version, 2);
    kt_circuit_free(circuit);
    options.prelude = "other.inc";
    assert_int_equal(kt_qasm_parse(&circuit, text, strlen(text), &options, diag), KETCH_ERROR_USAGE);
    assert_null(circuit);
    ketch_diag_free(&diag);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialect2),     cmocka_unit_test(test_broadcast),       cmocka_unit_test(test_definitions),
        cmocka_unit_test(test_definitions3), cmocka_unit_test(test_arities),         cmocka_unit_test(test_conditions2),
        cmocka_unit_test(test_conditions3),  cmocka_unit_test(test_branches),        cmocka_unit_test(test_bits),
        cmocka_unit_test(test_aliases),      cmocka_unit_test(test_physical_qubits), cmocka_unit_test(test_timing),
        cmocka_unit_test(test_inputs),       cmocka_unit_test(test_counted),         cmocka_unit_test(test_passed_over),
        cmocka_unit_test(test_dialects),     cmocka_unit_test(test_names),           cmocka_unit_test(test_prelude),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
