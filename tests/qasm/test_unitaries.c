/* SPDX-License-Identifier: Apache-2.0
 *
 * Programs against programs, as whole unitaries with their global phase: the gates of stdgates.inc against that file's own definitions,
 * modifiers against their definitions in the specification, user gates against their bodies. The matrices are multiplied here, one
 * operation at a time; U is checked against its formula.
 */
#include "helper.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>

enum { MOST = 6 };

/* out, 2^n x 2^n: the product of the circuit's gates, the first qubit being bit 0 */
static void unitary_of(double complex *out, const ketch_circuit *circuit) {
    size_t size = (size_t)1 << circuit->qubit_count;
    assert_true(circuit->qubit_count <= MOST);
    for (size_t i = 0; i < size * size; i++) out[i] = i % (size + 1) == 0;
    for (size_t i = 0; i < circuit->ops_count; i++) {
        const kt_op *op = &circuit->ops[i];
        if (op->code == KT_OP_BARRIER) continue;
        assert_int_equal(op->code, KT_OP_GATE);
        double matrix[KT_MATRIX_ROOM];
        kt_op_matrix(matrix, circuit, op);
        const uint32_t *operands = kt_op_operands(circuit, op);
        uint32_t targets = kt_op_target_count(op);
        for (size_t column = 0; column < size; column++) {
            double complex next[1 << MOST] = {0};
            for (size_t row = 0; row < size; row++) {
                bool active = true;
                size_t input = 0, rest = row;
                for (uint32_t k = 0; k < op->control_count; k++)
                    active = active && ((row >> (operands[k] & ~KT_NEGATED) & 1) == !(operands[k] & KT_NEGATED));
                for (uint32_t k = 0; k < targets; k++) {
                    uint32_t qubit = operands[op->control_count + k];
                    input |= (row >> qubit & 1) << k;
                    rest &= ~((size_t)1 << qubit);
                }
                if (!active) {
                    next[row] += out[row * size + column];
                    continue;
                }
                for (size_t output = 0; output < (size_t)1 << targets; output++) {
                    size_t to = rest;
                    for (uint32_t k = 0; k < targets; k++) to |= (output >> k & 1) << operands[op->control_count + k];
                    const double *entry = matrix + 2 * ((output << targets) + input);
                    next[to] += (entry[0] + I * entry[1]) * out[row * size + column];
                }
            }
            for (size_t row = 0; row < size; row++) out[row * size + column] = next[row];
        }
    }
}

static void check_same(const char *first, const char *second) {
    static double complex a[1 << (2 * MOST)], b[1 << (2 * MOST)];
    ketch_circuit *left = circuit_of(first), *right = circuit_of(second);
    assert_int_equal(left->qubit_count, right->qubit_count);
    unitary_of(a, left);
    unitary_of(b, right);
    double worst = 0;
    for (size_t i = 0; i < (size_t)1 << (2 * left->qubit_count); i++) worst = fmax(worst, cabs(a[i] - b[i]));
    if (!(worst < 1e-12)) fail_msg("%s\nand\n%s\ndiffer by %g", first, second, worst);
    kt_circuit_free(left);
    kt_circuit_free(right);
}

static void compare(const char *qubits, const char *first, const char *second) {
    char a[4096], b[4096];
    snprintf(a, sizeof a, QASM3 "%s%s", qubits, first);
    snprintf(b, sizeof b, QASM3 "%s%s", qubits, second);
    check_same(a, b);
}

/* The definitions of the specification's stdgates.inc, under other names. */
static const char own_gates[] = "OPENQASM 3.0;\n"
                                "gate my_p(l) a { ctrl @ gphase(l) a; }\n"
                                "gate my_x a { U(pi, 0, pi) a; gphase(-pi/2); }\n"
                                "gate my_y a { U(pi, pi/2, pi/2) a; gphase(-pi/2); }\n"
                                "gate my_z a { my_p(pi) a; }\n"
                                "gate my_h a { U(pi/2, 0, pi) a; gphase(-pi/4); }\n"
                                "gate my_s a { pow(0.5) @ my_z a; }\n"
                                "gate my_sdg a { inv @ pow(0.5) @ my_z a; }\n"
                                "gate my_t a { pow(0.5) @ my_s a; }\n"
                                "gate my_tdg a { inv @ pow(0.5) @ my_s a; }\n"
                                "gate my_sx a { pow(0.5) @ my_x a; }\n"
                                "gate my_rx(t) a { U(t, -pi/2, pi/2) a; gphase(-t/2); }\n"
                                "gate my_ry(t) a { U(t, 0, 0) a; gphase(-t/2); }\n"
                                "gate my_rz(l) a { gphase(-l/2); U(0, 0, l) a; }\n"
                                "gate my_cx a, b { ctrl @ my_x a, b; }\n"
                                "gate my_cy a, b { ctrl @ my_y a, b; }\n"
                                "gate my_cz a, b { ctrl @ my_z a, b; }\n"
                                "gate my_cp(l) a, b { ctrl @ my_p(l) a, b; }\n"
                                "gate my_crx(t) a, b { ctrl @ my_rx(t) a, b; }\n"
                                "gate my_cry(t) a, b { ctrl @ my_ry(t) a, b; }\n"
                                "gate my_crz(t) a, b { ctrl @ my_rz(t) a, b; }\n"
                                "gate my_ch a, b { ctrl @ my_h a, b; }\n"
                                "gate my_swap a, b { my_cx a, b; my_cx b, a; my_cx a, b; }\n"
                                "gate my_ccx a, b, c { ctrl @ ctrl @ my_x a, b, c; }\n"
                                "gate my_cswap a, b, c { ctrl @ my_swap a, b, c; }\n"
                                "gate my_cu(t, p, l, g) a, b { my_p(g-t/2) a; ctrl @ U(t, p, l) a, b; }\n"
                                "gate my_phase(l) q { U(0, 0, l) q; }\n"
                                "gate my_cphase(l) a, b { ctrl @ my_phase(l) a, b; }\n"
                                "gate my_id a { U(0, 0, 0) a; }\n"
                                "gate my_u1(l) q { U(0, 0, l) q; }\n"
                                "gate my_u2(p, l) q { gphase(-(p+l+pi/2)/2); U(pi/2, p, l) q; }\n"
                                "gate my_u3(t, p, l) q { gphase(-(p+l+t)/2); U(t, p, l) q; }\n";

/* Each gate of stdgates.inc is what that file says, also under a control and inverted. */
static void test_stdgates(void **state) {
    (void)state;
    static const struct {
        const char *name, *angles;
        int qubits;
    } gates[] = {
        {"p", "(0.7)", 1},
        {"x", "", 1},
        {"y", "", 1},
        {"z", "", 1},
        {"h", "", 1},
        {"s", "", 1},
        {"sdg", "", 1},
        {"t", "", 1},
        {"tdg", "", 1},
        {"sx", "", 1},
        {"rx", "(0.7)", 1},
        {"ry", "(-1.9)", 1},
        {"rz", "(4.1)", 1},
        {"cx", "", 2},
        {"cy", "", 2},
        {"cz", "", 2},
        {"cp", "(0.3)", 2},
        {"crx", "(5)", 2},
        {"cry", "(0.2)", 2},
        {"crz", "(2.2)", 2},
        {"ch", "", 2},
        {"swap", "", 2},
        {"ccx", "", 3},
        {"cswap", "", 3},
        {"cu", "(0.4,1.1,-2.3,0.9)", 2},
        {"phase", "(0.6)", 1},
        {"cphase", "(1.2)", 2},
        {"id", "", 1},
        {"u1", "(2)", 1},
        {"u2", "(0.4,3)", 1},
        {"u3", "(2.1,0.5,1.4)", 1},
    };
    static const char *const forms[] = {"%s%s%s %s;", "inv @ %s%s%s %s;", "ctrl @ %s%s%s q[4],%s;",
                                        "negctrl @ inv @ pow(3) @ %s%s%s q[4],%s;"};
    static const char *const operands[] = {"", "q[1]", "q[2],q[0]", "q[1],q[3],q[0]"};
    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++)
        for (size_t form = 0; form < sizeof forms / sizeof *forms; form++) {
            char a[8192], b[8192], tail[256];
            snprintf(tail, sizeof tail, forms[form], "", gates[i].name, gates[i].angles, operands[gates[i].qubits]);
            snprintf(a, sizeof a, QASM3 "qubit[5] q;%s", tail);
            snprintf(tail, sizeof tail, forms[form], "my_", gates[i].name, gates[i].angles, operands[gates[i].qubits]);
            snprintf(b, sizeof b, "%squbit[5] q;%s", own_gates, tail);
            check_same(a, b);
        }
}

/* CX of OpenQASM 2 compatibility is X with a control, whatever U's phase is. */
static void test_u(void **state) {
    (void)state;
    static const double angles[][3] = {{0.3, 1.2, -0.7}, {2.9, -3.3, 0.1}, {5.5, 0, 4}};
    for (size_t i = 0; i < 3; i++) {
        double t = angles[i][0], p = angles[i][1], l = angles[i][2];
        for (int dialect = 2; dialect <= 3; dialect++) {
            char text[256];
            snprintf(text, sizeof text, "OPENQASM %d.0; qreg q[1]; U(%.17g,%.17g,%.17g) q[0];", dialect, t, p, l);
            ketch_circuit *circuit = circuit_of(text);
            double complex u[4], expected[4];
            unitary_of(u, circuit);
            /* The specification's matrix; OpenQASM 2's is Rz(phi) Ry(theta) Rz(lambda), of determinant 1. */
            if (dialect == 3) {
                expected[0] = (1 + cexp(I * t)) / 2, expected[1] = -I * cexp(I * l) * (1 - cexp(I * t)) / 2;
                expected[2] = I * cexp(I * p) * (1 - cexp(I * t)) / 2, expected[3] = cexp(I * (p + l)) * (1 + cexp(I * t)) / 2;
            } else {
                expected[0] = cexp(-I * (p + l) / 2) * cos(t / 2), expected[1] = -cexp(-I * (p - l) / 2) * sin(t / 2);
                expected[2] = cexp(I * (p - l) / 2) * sin(t / 2), expected[3] = cexp(I * (p + l) / 2) * cos(t / 2);
            }
            for (size_t k = 0; k < 4; k++) assert_true(cabs(u[k] - expected[k]) < 1e-14);
            kt_circuit_free(circuit);
        }
    }
}

static void test_modifiers(void **state) {
    (void)state;
    const char *q = "qubit[5] q; gate g(a,b) x,y { rx(a) x; barrier x,y; cx x,y; p(b) y; gphase(a*b); h x; sx y; }"
                    "gate g_inv(a,b) x,y { inv @ sx y; h x; gphase(-a*b); p(-b) y; cx x,y; rx(-a) x; }";
    compare(q, "ctrl(2) @ x q[0],q[1],q[2];", "ccx q[0],q[1],q[2];");
    compare(q, "ctrl @ cx q[0],q[1],q[2];", "ccx q[0],q[1],q[2];");
    compare(q, "negctrl @ x q[0],q[1];", "x q[0]; cx q[0],q[1]; x q[0];");
    compare(q, "negctrl @ ctrl @ z q[0],q[1],q[2];", "x q[0]; ctrl(2) @ z q[0],q[1],q[2]; x q[0];");
    compare(q, "ctrl @ negctrl(2) @ h q[3],q[0],q[1],q[2];", "x q[0:1]; ctrl(3) @ h q[0],q[1],q[3],q[2]; x q[0:1];");
    compare(q, "inv @ g(0.3,0.9) q[1],q[4];", "g_inv(0.3,0.9) q[1],q[4];");
    compare(q, "inv @ inv @ g(0.3,0.9) q[1],q[4];", "g(0.3,0.9) q[1],q[4];");
    compare(q, "ctrl @ g(0.3,0.9) q[2],q[1],q[4];",
            "ctrl @ rx(0.3) q[2],q[1]; ccx q[2],q[1],q[4]; cp(0.9) q[2],q[4]; p(0.27) q[2]; ch q[2],q[1]; ctrl @ sx q[2],q[4];");
    compare(q, "ctrl @ inv @ g(0.3,0.9) q[2],q[1],q[4];", "inv @ ctrl @ g(0.3,0.9) q[2],q[1],q[4];");
    compare(q, "pow(3) @ g(0.3,0.9) q[2],q[1];", "g(0.3,0.9) q[2],q[1]; g(0.3,0.9) q[2],q[1]; g(0.3,0.9) q[2],q[1];");
    compare(q, "pow(-2) @ g(0.3,0.9) q[2],q[1];", "g_inv(0.3,0.9) q[2],q[1]; g_inv(0.3,0.9) q[2],q[1];");
    compare(q, "pow(0) @ g(0.3,0.9) q[2],q[1];", "");
    compare(q, "pow(1) @ inv @ pow(1) @ g(0.3,0.9) q[2],q[1];", "g_inv(0.3,0.9) q[2],q[1];");
    compare(q, "pow(20) @ g(0.3,0.9) q[2],q[1];", "pow(4) @ pow(5) @ g(0.3,0.9) q[2],q[1];"); /* a matrix against repetition */
    compare(q, "ctrl @ pow(2) @ negctrl @ inv @ s q[0],q[1],q[2];", "ctrl @ negctrl @ z q[0],q[1],q[2];");
    compare(q, "inv @ rz(0.5) q[0]; inv @ u3(0.1,0.2,0.3) q[1]; inv @ U(0.1,0.2,0.3) q[2];",
            "rz(-0.5) q[0]; u3(-0.1,-0.3,-0.2) q[1]; U(-0.1,-0.3,-0.2) q[2];");
    compare(q, "inv @ cu(0.1,0.2,0.3,0.4) q[0],q[1];", "cu(-0.1,-0.3,-0.2,-0.4) q[0],q[1];");
    compare(q, "gphase(0.4); ctrl @ gphase(0.7) q[0]; negctrl @ gphase(0.2) q[1]; inv @ gphase(0.1);",
            "p(0.7) q[0]; x q[1]; p(0.2) q[1]; x q[1]; gphase(0.3);");
    compare(q, "ctrl(2) @ gphase(0.7) q[0],q[2];", "cp(0.7) q[0],q[2];");
}

/* Real powers: eigenphases in (-pi, pi]. */
static void test_real_powers(void **state) {
    (void)state;
    const char *q = "qubit[5] q; gate two a,b { h a; cx a,b; t b; } gate both a,b,c { two a,b; rx(0.4) c; }";
    compare(q, "pow(0.5) @ x q[0];", "sx q[0];");
    compare(q, "pow(1/4.) @ z q[0];", "t q[0];");
    compare(q, "pow(0.5) @ z q[0]; inv @ pow(0.5) @ z q[1]; pow(0.5) @ inv @ z q[2];",
            "s q[0]; sdg q[1]; s q[2];"); /* z is its own inverse */
    compare(q, "pow(-0.5) @ z q[0];", "sdg q[0];");
    compare(q, "pow(0.3) @ rz(1) q[0]; pow(1.5) @ p(-0.8) q[1];", "rz(0.3) q[0]; p(-1.2) q[1];");
    compare(q, "pow(0.5) @ pow(2) @ s q[0]; pow(0.5) @ pow(2) @ t q[1];", "s q[0]; t q[1];");
    compare(q, "pow(0.5) @ pow(2) @ x q[0];", "");                        /* the identity's root is the identity */
    compare(q, "pow(0.5) @ ctrl @ x q[3],q[1];", "ctrl @ sx q[3],q[1];"); /* controls come out of a power */
    compare(q, "pow(0.5) @ cx q[3],q[1];", "ctrl @ sx q[3],q[1];");
    compare(q, "ctrl @ pow(0.5) @ negctrl @ x q[3],q[1],q[0];", "ctrl @ negctrl @ sx q[3],q[1],q[0];");
    compare(q, "pow(0.5) @ two q[0],q[1]; pow(0.5) @ two q[0],q[1];", "two q[0],q[1];");
    compare(q, "pow(0.25) @ pow(0.5) @ two q[0],q[1];", "pow(0.125) @ two q[0],q[1];");
    compare(q, "inv @ pow(0.7) @ both q[4],q[1],q[2]; pow(0.7) @ both q[4],q[1],q[2];", "");
    compare(q, "pow(0.5) @ x q[0:1];", "sx q[0]; sx q[1];"); /* one matrix for all of a broadcast */
    compare(q, "gate half(e) a { pow(e) @ x a; } half(0.5) q[0]; half(3) q[1]; half(0) q[2]; inv @ half(0.5) q[3];",
            "sx q[0]; x q[1]; inv @ sx q[3];");
}

/* What OpenQASM 3 can invert has its inverse in the table: the front end relies on it. */
static void test_inverses(void **state) {
    (void)state;
    size_t count = 0;
    for (size_t gate = 0; gate < KT_GATE_COUNT; gate++) {
        if (!(kt_gates[gate].provided_by & (KT_IN_STDGATES | KT_IN_LANGUAGE3))) continue;
        if (kt_gates[gate].inverse.adjoint) fail_msg("%s", kt_gates[gate].name);
        count++;
    }
    assert_true(count >= 29);
}

/* Named parameters reach through bodies, powers and inverses. */
static void test_inputs(void **state) {
    (void)state;
    const char *body = "qubit[3] q; gate g(a) x,y { rx(2*a) x; cx x,y; ctrl @ rz(sin(a)/3) x,y; } g(t) q[0],q[1]; inv @ g(-t+s) q[2],q[0];"
                       "pow(s) @ x q[1]; pow(0.5) @ g(t*s) q[1],q[2]; u3(t,s,t**2) q[0]; inv @ u2(t,s) q[1];";
    char symbolic[2048], numeric[2048];
    static double complex a[64], b[64];
    snprintf(symbolic, sizeof symbolic, QASM3 "input float t; input float[64] s; %s", body);
    ketch_circuit *circuit = circuit_of(symbolic);
    assert_int_equal(circuit->inputs_count, 2);
    static const double values[][2] = {{0.3, 0.7}, {-1.1, 2}, {0, 0.25}};
    for (size_t i = 0; i < 3; i++) {
        snprintf(numeric, sizeof numeric, QASM3 "const float t = %.17g; const float s = %.17g; %s", values[i][0], values[i][1], body);
        assert_int_equal(ketch_circuit_bind(circuit, "t", values[i][0], NULL), KETCH_OK);
        assert_int_equal(ketch_circuit_bind(circuit, "s", values[i][1], NULL), KETCH_OK);
        ketch_circuit *expected = circuit_of(numeric);
        unitary_of(a, circuit);
        unitary_of(b, expected);
        for (size_t k = 0; k < 64; k++) assert_true(cabs(a[k] - b[k]) < 1e-12);
        kt_circuit_free(expected);
    }
    kt_circuit_free(circuit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stdgates),    cmocka_unit_test(test_u),        cmocka_unit_test(test_modifiers),
        cmocka_unit_test(test_real_powers), cmocka_unit_test(test_inverses), cmocka_unit_test(test_inputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
