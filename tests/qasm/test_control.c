/* SPDX-License-Identifier: Apache-2.0
 *
 * Control flow: what becomes of loops, conditions and calls while a program is read, and what is refused. What such programs compute is
 * looked at in tests/qasm3.
 */
#include "helper.h"

#define QASM31 "OPENQASM 3.1;\ninclude \"stdgates.inc\";\n"

/* ── Carried out while reading ── */

static void test_unrolled(void **state) {
    (void)state;
    check_operations(QASM3 "qubit[3] q; for int i in [0:2] x q[i];", "x 0\nx 1\nx 2\n");
    check_operations(QASM3 "qubit[3] q; for int i in [2:-2:0] x q[i];", "x 2\nx 0\n");
    check_operations(QASM3 "qubit[3] q; for int i in {2, 0} x q[i];", "x 2\nx 0\n");
    check_operations(QASM3 "qubit[3] q; for int i in [0:9] { if (i == 1) continue; if (i == 3) break; x q[i]; }", "x 0\nx 2\n");
    check_operations(QASM3 "qubit[3] q; int i = 0; while (i < 3) { x q[i]; i += 2; }", "x 0\nx 2\n");
    check_operations(QASM3 "qubit[3] q; array[int[8], 2] a = {2, 1}; for int[8] i in a x q[i];", "x 2\nx 1\n");
    check_operations(QASM31 "qubit[3] q; for int i in [0:2] switch (i) { case 0 { x q[i]; } case 2, 3 { y q[i]; } default { z q[i]; } }",
                     "x 0\nz 1\ny 2\n");
    check_operations(QASM3 "qubit q; float t; for int i in [1:3] { t += 0.5; rx(t) q; }", "rx(0.5) 0\nrx(1) 0\nrx(1.5) 0\n");
    check_operations(QASM3 "qubit q; for int i in [3:2] x q;", "");
}

static void test_inlined(void **state) {
    (void)state;
    check_operations(QASM3 "def f(qubit a, float t) { rx(t * 2) a; } qubit[2] q; f(q[1], 0.5);", "rx(1) 1\n");
    check_operations(QASM3 "def f(int n, qubit[3] a) { if (n < 0) return; x a[n]; f(n - 1, a); } qubit[3] q; f(2, q);", "x 2\nx 1\nx 0\n");
    check_operations(QASM3 "def f(int n) -> int { for int i in [0:9] { if (i * i >= n) return i; } return 10; } qubit[4] q; x q[f(5)];",
                     "x 3\n");
    check_operations(QASM3 "const int k = 1; def f(qubit[2] a) { x a[k]; } qubit[2] q; f(q);", "x 1\n");
}

/* A condition on bits stays one jump over plain operations. */
static void test_regions(void **state) {
    (void)state;
    check_operations(QASM3 "qubit[2] q; bit c; int i = 1; c = measure q[0]; if (c) { x q[i]; }",
                     "measure 0 -> 0\nunless c0 goto 3\n? x 1\n");
    ketch_circuit *circuit = circuit_of(QASM3 "qubit[2] q; bit c; c = measure q[0]; if (c) { x q[1]; }");
    assert_false(circuit->dynamic);
    kt_circuit_free(circuit);
    circuit = circuit_of(QASM3 "qubit q; bit c = 1; while (c) { h q; c = measure q; }");
    assert_true(circuit->dynamic && circuit->unbounded);
    kt_circuit_free(circuit);
    circuit = circuit_of(QASM3 "qubit q; int[32] x; for int i in [1:100000] { x = x * 3 + 1; }");
    assert_true(circuit->dynamic && !circuit->unbounded);
    assert_true(circuit->ops_count < 20);
    kt_circuit_free(circuit);
}

/* Every jump leads to an operation, or behind the last. */
static void test_jumps_land(void **state) {
    (void)state;
    static const char *const programs[] = {
        QASM3
        "qubit q; bit c; for int i in [0:3] { c = measure q; if (c) break; if (i == 2) continue; c = measure q; if (c) continue; x q; }",
        QASM3 "def f(qubit a) -> int { bit c; for int i in [0:3] { c = measure a; if (c) return i; } return 9; } qubit q; int n = f(q);",
        QASM3 "qubit q; bit c; while (true) { c = measure q; if (c) break; else continue; }",
        QASM31 "qubit q; bit[2] c; c[0] = measure q; switch (int(c)) { case 1 { x q; } case 2 { end; } default { y q; } } h q;",
        QASM3 "def f(int n) -> int { if (n < 2) return n; return f(n - 1) + f(n - 2); } qubit q; bit c = measure q; int n = f(int(c) + 5);",
    };
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        ketch_load_options options = ordinary_options();
        for (options.max_unroll = 1; options.max_unroll < 1u << 20; options.max_unroll <<= 6) {
            ketch_circuit *circuit = NULL;
            assert_int_equal(kt_qasm_parse(&circuit, programs[i], strlen(programs[i]), &options, NULL), KETCH_OK);
            for (size_t k = 0; k < circuit->ops_count; k++) {
                const kt_op *op = &circuit->ops[k];
                bool jumps = op->code == KT_OP_JUMP || op->code == KT_OP_JUMP_UNLESS || op->code == KT_DO_JUMP_IF ||
                             op->code == KT_DO_JUMP_IF_NOT || op->code == KT_DO_LOOP || op->code == KT_DO_CALL;
                if (jumps) assert_true(op->data <= circuit->ops_count);
                if (op->code == KT_OP_JUMP || op->code == KT_DO_LOOP) assert_int_not_equal(op->data, k);
                if (op->code == KT_DO_CALL) assert_int_equal(circuit->ops[op->data].code, KT_DO_LABEL);
            }
            assert_int_equal(circuit->condition_depth, 0);
            kt_circuit_free(circuit);
        }
    }
}

/* ── Refused ── */

#define BAD(text, code, column, words) check_refused("OPENQASM 3.1;\nqubit[2] q;\n" text, code, 3, column, words)

static void test_refused(void **state) {
    (void)state;
    BAD("break;", "KQ0340", 1, "no loop");
    BAD("def f() { continue; } f();", "KQ0340", 11, "no loop");
    BAD("while (true) { reset q; }", "KQ0341", 1, "never ends");
    BAD("while (1 < 2) { for int i in [0:1] { break; } }", "KQ0341", 1, NULL);
    BAD("for int i in [1:1000000000000] { reset q; }", "KQ0410", 1, "50000000");
    BAD("int x; for int i in [1:100000] for int j in [1:100000] x += 1;", "KQ0410", 8, NULL);
    BAD("for int i in [0:0:3] { }", "KQ0306", 17, "not 0");
    BAD("for int i in [0.5:3] { }", "KQ0311", 15, "integer");
    BAD("for int i in 5 { }", "KQ0311", 14, "over");
    BAD("switch (1) { default { } }", "KQ0342", 1, "case");
    BAD("switch (1) { case 1, 2 { } case 2 { } }", "KQ0342", 33, "2");
    BAD("switch (1) { case 1.5 { } }", "KQ0342", 19, "integer");
    BAD("switch (1) { default { } case 1 { } }", "KQ0342", 26, "last");
    BAD("bit[2] c; switch (c) { case 1 { } }", "KQ0311", 19, "integer");
    BAD("return;", "KQ0343", 1, "no subroutine");
    BAD("def f() { return 1; } f();", "KQ0343", 18, "no value");
    BAD("def f() -> int { return; } f();", "KQ0343", 18, "a value");
    BAD("def f(int a) { } f();", "KQ0325", 18, "1 argument");
    BAD("def f(qubit[3] a) { } f(q);", "KQ0308", 25, "3 are expected");
    BAD("def f(qubit a, qubit b) { } f(q[0], q[0]);", "KQ0307", 37, "already");
    BAD("def f(mutable array[int[8], 2] a) { } def g(readonly array[int[8], 2] b) { f(b); }", "KQ0325", 78, "changed");
    BAD("def f(readonly array[int[8], 2] a) { } array[int[8], 3] c; f(c);", "KQ0308", 62, "lengths 3");
    BAD("def f(readonly array[int[8], 2] a) { } array[int[16], 2] c; f(c);", "KQ0325", 63, "int[16]");
    BAD("def f() { } int x = f();", "KQ0325", 21, "no value");
    BAD("int k; def f() -> int { return k; } int x = f();", "KQ0302", 32, "hand over");
    BAD("def f() { undeclared q; } ", "KQ0301", 11, NULL); /* never called */
    BAD("def f() { if (true) { def g() { } } } f();", "KQ0317", 23, NULL);
    check_refused("OPENQASM 3.0;\nqubit q;\nswitch (1) { case 1 { } }", "KQ0206", 3, 1, "3.1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unrolled),   cmocka_unit_test(test_inlined), cmocka_unit_test(test_regions),
        cmocka_unit_test(test_jumps_land), cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
