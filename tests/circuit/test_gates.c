/* SPDX-License-Identifier: Apache-2.0
 *
 * The gate table against definitions that do not come from it: exponentials of Pauli matrices, the bodies of qelib1.inc and stdgates.inc
 * multiplied out, and the laws that each record promises (unitary, inverse, family, texts).
 */
#include "check.h"
#include "circuit/circuit.h"

#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef double complex number;
enum { ROOM = 32 * 32 };

static const double angles[][KT_GATE_PARAMS] = {{0.3, -1.1, 2.7, 0.9}, {M_PI, M_PI_2, -M_PI_4, 0}, {-5.1, 7.3, 0.01, -2.2}, {0, 0, 0, 0}};
enum { ANGLES = sizeof angles / sizeof *angles };

static void close_to(const number *a, const number *b, size_t entries) {
    for (size_t i = 0; i < entries; i++) assert_true(cabs(a[i] - b[i]) < 1e-14);
}

static void multiply(number *out, const number *a, const number *b, size_t n) {
    for (size_t i = 0; i < n * n; i++) {
        out[i] = 0;
        for (size_t k = 0; k < n; k++) out[i] += a[i / n * n + k] * b[k * n + i % n];
    }
}

static size_t record_matrix(number *out, const kt_gate *gate, const double *params) {
    gate->matrix((double *)out, params);
    return (size_t)1 << gate->target_count;
}

static void every_record_is_unitary(void **state) {
    (void)state;
    for (size_t g = 0; g < KT_GATE_COUNT; g++) {
        for (size_t a = 0; a < ANGLES; a++) {
            number m[ROOM];
            size_t n = record_matrix(m, &kt_gates[g], angles[a]);
            assert_true(kt_matrix_unitarity((double *)m, n) < 1e-14);
        }
        number large[ROOM]; /* whose sums have fewer digits than they have */
        size_t n = record_matrix(large, &kt_gates[g], (const double[KT_GATE_PARAMS]){1e15, -3e15, 0.3, 1e7});
        assert_true(kt_matrix_unitarity((double *)large, n) < 1e-14);
    }
}

static void every_inverse_undoes(void **state) {
    (void)state;
    for (size_t g = 0; g < KT_GATE_COUNT; g++) {
        const kt_gate *gate = &kt_gates[g], *inverse = &kt_gates[gate->inverse.gate];
        assert_int_equal(gate->target_count, inverse->target_count);
        assert_true(inverse->control_count == 0 || inverse->control_count == gate->control_count);
        for (size_t a = 0; a < ANGLES; a++) {
            double params[KT_GATE_PARAMS] = {0};
            for (size_t p = 0; p < inverse->parameter_count; p++) {
                int source = gate->inverse.params[p].source;
                assert_true(source < gate->parameter_count);
                params[p] = gate->inverse.params[p].offset + (source < 0 ? 0 : gate->inverse.params[p].sign * angles[a][source]);
            }
            number m[ROOM], i[ROOM], product[ROOM], one[ROOM];
            size_t n = record_matrix(m, gate, angles[a]);
            record_matrix(i, inverse, params);
            if (gate->inverse.adjoint) kt_matrix_adjoint((double *)i, n);
            multiply(product, i, m, n);
            kt_matrix_identity((double *)one, n);
            close_to(product, one, n * n);
        }
    }
}

/* The inverse in words, made from the inverse in numbers. */
static void the_words_for_an_inverse_are_right(void **state) {
    (void)state;
    for (size_t g = 0; g < KT_GATE_COUNT; g++) {
        const kt_gate *gate = &kt_gates[g], *inverse = &kt_gates[gate->inverse.gate];
        char words[128], names[4][16] = {{0}};
        sscanf(gate->parameters, "%15s %15s %15s %15s", names[0], names[1], names[2], names[3]);
        int used = 0;
        if (gate->inverse.adjoint) used += snprintf(words, sizeof words, "inv @ ");
        if (inverse->control_count != gate->control_count) used += snprintf(words, sizeof words, "ctrl(%d) @ ", gate->control_count);
        used += snprintf(words + used, sizeof words - (size_t)used, "%s", inverse->name);
        for (size_t p = 0; p < inverse->parameter_count; p++) {
            int source = gate->inverse.params[p].source;
            used += snprintf(words + used, sizeof words - (size_t)used, "%s%s%s", p ? ", " : "(",
                             source < 0 || gate->inverse.params[p].sign < 0 ? "-" : "", source < 0 ? "pi/2" : names[source]);
        }
        if (inverse->parameter_count) snprintf(words + used, sizeof words - (size_t)used, ")");
        assert_string_equal(words, kt_gate_info(g)->inverse);
    }
}

static void families_hold(void **state) {
    (void)state;
    for (size_t g = 0; g < KT_GATE_COUNT; g++) {
        number m[ROOM];
        size_t n = record_matrix(m, &kt_gates[g], angles[0]), ones = 0;
        bool diagonal = true, real = true;
        for (size_t i = 0; i < n * n; i++) {
            diagonal = diagonal && (i % (n + 1) == 0 || m[i] == 0);
            real = real && cimag(m[i]) == 0;
            ones += m[i] == 1;
        }
        kt_family family = diagonal ? KT_FAMILY_DIAGONAL : ones == n ? KT_FAMILY_PERMUTATION : real ? KT_FAMILY_REAL : KT_FAMILY_DENSE;
        assert_int_equal(kt_gates[g].family, family);
    }
}

static void count_name(void *user, const char *name, size_t size, kt_gate_id gate) {
    (void)name, (void)size, (void)gate;
    ++*(size_t *)user;
}

static void names_are_found_and_unique(void **state) {
    (void)state;
    const unsigned scopes[] = {KT_IN_PAPER | KT_IN_LANGUAGE2, KT_IN_QELIB1 | KT_IN_PAPER | KT_IN_LANGUAGE2,
                               KT_IN_STDGATES | KT_IN_LANGUAGE3, KT_IN_CALLS};
    size_t count = 0;
    kt_gate_names(scopes[0], count_name, &count);
    assert_int_equal(count, 25); /* the 23 gates of the paper's qelib1.inc, U and CX */
    for (size_t s = 0; s < 4; s++) {
        for (size_t g = 0; g < KT_GATE_COUNT; g++) {
            if (!(kt_gates[g].provided_by & scopes[s])) continue;
            assert_int_equal(kt_gate_find(kt_gates[g].name, strlen(kt_gates[g].name), scopes[s]), g);
        }
    }
    assert_int_equal(kt_gate_find("u3", 2, KT_IN_STDGATES), KT_GATE_U3_STDGATES);
    assert_int_equal(kt_gate_find("u3", 2, KT_IN_QELIB1), KT_GATE_U);
    assert_int_equal(kt_gate_find("U", 1, KT_IN_LANGUAGE2), KT_GATE_U_OPENQASM2);
    assert_int_equal(kt_gate_find("U", 1, KT_IN_LANGUAGE3), KT_GATE_U_OPENQASM3);
    assert_int_equal(kt_gate_find("cxx", 2, KT_IN_PAPER), KT_GATE_CX); /* only `size` bytes count */
    assert_int_equal(kt_gate_find("cxx", 3, KT_IN_PAPER), KT_GATE_NONE);
    assert_int_equal(kt_gate_find("swap", 4, KT_IN_PAPER), KT_GATE_NONE);
    assert_int_equal(kt_gate_find("cphase", 6, KT_IN_QELIB1), KT_GATE_NONE);
}

/* exp(-i theta/2 P) = cos(theta/2) - i sin(theta/2) P, for a product P of Pauli matrices; the first letter acts on bit 0. */
static void pauli_rotation(number *out, const char *paulis, double theta) {
    static const number single[4][4] = {{1, 0, 0, 1}, {0, 1, 1, 0}, {0, -I, I, 0}, {1, 0, 0, -1}};
    size_t k = strlen(paulis), n = (size_t)1 << k;
    for (size_t r = 0; r < n; r++) {
        for (size_t c = 0; c < n; c++) {
            number entry = 1;
            for (size_t q = 0; q < k; q++)
                entry *= single[paulis[q] == 'X' ? 1 : paulis[q] == 'Y' ? 2 : 3][(r >> q & 1) * 2 + (c >> q & 1)];
            out[r * n + c] = (r == c) * cos(theta / 2) - I * sin(theta / 2) * entry;
        }
    }
}

static void rotations_are_exponentials(void **state) {
    (void)state;
    const struct {
        kt_gate_id gate;
        const char *paulis;
    } cases[] = {{KT_GATE_RX, "X"},   {KT_GATE_RY, "Y"},   {KT_GATE_RZ, "Z"},  {KT_GATE_RXX, "XX"},
                 {KT_GATE_RYY, "YY"}, {KT_GATE_RZZ, "ZZ"}, {KT_GATE_RZX, "ZX"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t a = 0; a < ANGLES; a++) {
            number m[ROOM], expected[ROOM];
            size_t n = record_matrix(m, &kt_gates[cases[i].gate], angles[a]);
            pauli_rotation(expected, cases[i].paulis, angles[a][0]);
            close_to(m, expected, n * n);
        }
    }
}

/* The current specification's formula for U, letter by letter, and what the others are in terms of it. */
static void u_and_its_relatives(void **state) {
    (void)state;
    for (size_t a = 0; a < ANGLES; a++) {
        double t = angles[a][0], p = angles[a][1], l = angles[a][2];
        number e = cexp(I * t), m[4],
               expected[4] = {(1 + e) / 2, -I * cexp(I * l) * (1 - e) / 2, I * cexp(I * p) * (1 - e) / 2, cexp(I * (p + l)) * (1 + e) / 2};
        record_matrix(m, &kt_gates[KT_GATE_U_OPENQASM3], angles[a]);
        close_to(m, expected, 4);
        record_matrix(m, &kt_gates[KT_GATE_U3_STDGATES], angles[a]); /* gphase(-(phi+lambda+theta)/2); U(theta, phi, lambda) */
        for (size_t i = 0; i < 4; i++) m[i] *= cexp(I * (p + l + t) / 2);
        close_to(m, expected, 4);
        record_matrix(m, &kt_gates[KT_GATE_CU], angles[a]); /* the e^(i gamma) comes from p(gamma - theta/2) on the control */
        for (size_t i = 0; i < 4; i++) m[i] *= cexp(I * (t / 2 - angles[a][3]));
        close_to(m, expected, 4);
        number rz1[4], ry[4], rz2[4], half[4];
        pauli_rotation(rz1, "Z", p), pauli_rotation(ry, "Y", t), pauli_rotation(rz2, "Z", l);
        multiply(half, rz1, ry, 2), multiply(expected, half, rz2, 2); /* OpenQASM 2: Rz(phi) Ry(theta) Rz(lambda) */
        record_matrix(m, &kt_gates[KT_GATE_U_OPENQASM2], angles[a]);
        close_to(m, expected, 4);
        record_matrix(m, &kt_gates[KT_GATE_U], angles[a]);
        for (size_t i = 0; i < 4; i++) m[i] *= cexp(-I * (p + l) / 2);
        close_to(m, expected, 4);
        record_matrix(expected, &kt_gates[KT_GATE_U], (const double[]){M_PI_2, t, p}); /* u2(t, p) = u(pi/2, t, p) */
        record_matrix(m, &kt_gates[KT_GATE_U2], angles[a]);
        close_to(m, expected, 4);
        record_matrix(m, &kt_gates[KT_GATE_U2_STDGATES], angles[a]);
        for (size_t i = 0; i < 4; i++) m[i] *= cexp(I * (t + p) / 2);
        close_to(m, expected, 4);
        pauli_rotation(rz1, "Z", p), pauli_rotation(ry, "X", t), pauli_rotation(rz2, "Z", -p); /* r(t, p) = Rz(p) Rx(t) Rz(-p) */
        multiply(half, rz1, ry, 2), multiply(expected, half, rz2, 2);
        record_matrix(m, &kt_gates[KT_GATE_R], angles[a]);
        close_to(m, expected, 4);
    }
}

/* A sequence of gates by name, multiplied out as a block of a circuit, against a record with its controls. */
typedef struct step {
    const char *name;
    double params[3];
    uint32_t operands[3];
} step;

static void check_sequence(const char *name, const step *steps, size_t count, uint32_t qubits) {
    ketch_circuit *circuit;
    assert_int_equal(kt_circuit_new(&circuit, NULL), KETCH_OK);
    assert_int_equal(kt_circuit_add_register(circuit, true, "q", 1, qubits, false, NULL), KETCH_OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(ketch_circuit_append(circuit, steps[i].name, 1, steps[i].operands, steps[i].params, NULL), KETCH_OK);
    assert_true(kt_reserve(&circuit->block_ops, &circuit->block_ops_capacity, count, sizeof *circuit->block_ops));
    memcpy(circuit->block_ops, circuit->ops, count * sizeof *circuit->ops);
    assert_true(kt_reserve(&circuit->params, &circuit->params_capacity, circuit->params_count + 1, sizeof *circuit->params));
    circuit->params[circuit->params_count++] = 1;
    uint32_t index;
    kt_block block = {.qubit_count = qubits, .count = (uint32_t)count, .exponent = (uint32_t)circuit->params_count - 1};
    assert_int_equal(kt_circuit_add_block(&index, circuit, block, NULL, NULL), KETCH_OK);
    assert_int_equal(kt_circuit_resolve(circuit, NULL), KETCH_OK);
    number expected[ROOM];
    assert_int_equal(ketch_gate_matrix((double *)expected, name, NULL, NULL), KETCH_OK);
    close_to((const number *)circuit->matrices, expected, (size_t)1 << (2 * qubits));
    kt_circuit_free(circuit);
}
#define CHECK_SEQUENCE(name, qubits, ...) \
    check_sequence(name, (const step[]){__VA_ARGS__}, sizeof((const step[]){__VA_ARGS__}) / sizeof(step), qubits)

static void composed_gates_are_their_definitions(void **state) {
    (void)state;
    const double q = M_PI_4;
    CHECK_SEQUENCE("swap", 2, {"cx", {0}, {0, 1}}, {"cx", {0}, {1, 0}}, {"cx", {0}, {0, 1}});
    CHECK_SEQUENCE("dcx", 2, {"cx", {0}, {0, 1}}, {"cx", {0}, {1, 0}});
    CHECK_SEQUENCE("cz", 2, {"h", {0}, {1}}, {"cx", {0}, {0, 1}}, {"h", {0}, {1}});
    CHECK_SEQUENCE("cy", 2, {"sdg", {0}, {1}}, {"cx", {0}, {0, 1}}, {"s", {0}, {1}});
    CHECK_SEQUENCE("iswap", 2, {"s", {0}, {0}}, {"s", {0}, {1}}, {"h", {0}, {0}}, {"cx", {0}, {0, 1}}, {"cx", {0}, {1, 0}},
                   {"h", {0}, {1}});
    CHECK_SEQUENCE("ecr", 2, {"rzx", {q}, {0, 1}}, {"x", {0}, {0}}, {"rzx", {-q}, {0, 1}});
    CHECK_SEQUENCE("ch", 2, {"ry", {-q}, {1}}, {"cz", {0}, {0, 1}}, {"ry", {q}, {1}});
    CHECK_SEQUENCE("csx", 2, {"h", {0}, {1}}, {"cu1", {M_PI_2}, {0, 1}}, {"h", {0}, {1}});
    CHECK_SEQUENCE("ccx", 3, {"h", {0}, {2}}, {"cx", {0}, {1, 2}}, {"tdg", {0}, {2}}, {"cx", {0}, {0, 2}}, {"t", {0}, {2}},
                   {"cx", {0}, {1, 2}}, {"tdg", {0}, {2}}, {"cx", {0}, {0, 2}}, {"t", {0}, {1}}, {"t", {0}, {2}}, {"h", {0}, {2}},
                   {"cx", {0}, {0, 1}}, {"t", {0}, {0}}, {"tdg", {0}, {1}}, {"cx", {0}, {0, 1}});
    CHECK_SEQUENCE("cswap", 3, {"cx", {0}, {2, 1}}, {"ccx", {0}, {0, 1, 2}}, {"cx", {0}, {2, 1}});
    CHECK_SEQUENCE("rccx", 3, {"u2", {0, M_PI}, {2}}, {"u1", {q}, {2}}, {"cx", {0}, {1, 2}}, {"u1", {-q}, {2}}, {"cx", {0}, {0, 2}},
                   {"u1", {q}, {2}}, {"cx", {0}, {1, 2}}, {"u1", {-q}, {2}}, {"u2", {0, M_PI}, {2}});
    CHECK_SEQUENCE("rc3x", 4, {"u2", {0, M_PI}, {3}}, {"u1", {q}, {3}}, {"cx", {0}, {2, 3}}, {"u1", {-q}, {3}}, {"u2", {0, M_PI}, {3}},
                   {"cx", {0}, {0, 3}}, {"u1", {q}, {3}}, {"cx", {0}, {1, 3}}, {"u1", {-q}, {3}}, {"cx", {0}, {0, 3}}, {"u1", {q}, {3}},
                   {"cx", {0}, {1, 3}}, {"u1", {-q}, {3}}, {"u2", {0, M_PI}, {3}}, {"u1", {q}, {3}}, {"cx", {0}, {2, 3}}, {"u1", {-q}, {3}},
                   {"u2", {0, M_PI}, {3}});
    CHECK_SEQUENCE("c3sx", 4, {"h", {0}, {3}}, {"cu1", {q / 2}, {0, 3}}, {"cx", {0}, {0, 1}}, {"cu1", {-q / 2}, {1, 3}},
                   {"cx", {0}, {0, 1}}, {"cu1", {q / 2}, {1, 3}}, {"cx", {0}, {1, 2}}, {"cu1", {-q / 2}, {2, 3}}, {"cx", {0}, {0, 2}},
                   {"cu1", {q / 2}, {2, 3}}, {"cx", {0}, {1, 2}}, {"cu1", {-q / 2}, {2, 3}}, {"cx", {0}, {0, 2}}, {"cu1", {q / 2}, {2, 3}},
                   {"h", {0}, {3}});
    CHECK_SEQUENCE("x", 1, {"sx", {0}, {0}}, {"sx", {0}, {0}});
    CHECK_SEQUENCE("z", 1, {"s", {0}, {0}}, {"s", {0}, {0}});
    CHECK_SEQUENCE("s", 1, {"t", {0}, {0}}, {"t", {0}, {0}});
    CHECK_SEQUENCE("y", 1, {"sdg", {0}, {0}}, {"x", {0}, {0}}, {"s", {0}, {0}});
    CHECK_SEQUENCE("h", 1, {"u2", {0, M_PI}, {0}});
}

/* Controls are the low bits of the whole matrix. */
static void whole_matrices_hold_the_controls(void **state) {
    (void)state;
    number m[ROOM], expected[ROOM];
    for (size_t g = 0; g < KT_GATE_COUNT; g++) {
        const kt_gate *gate = &kt_gates[g];
        if (!(gate->provided_by & KT_IN_CALLS)) continue;
        size_t n = (size_t)1 << (gate->control_count + gate->target_count), all = ((size_t)1 << gate->control_count) - 1;
        assert_int_equal(ketch_gate_matrix((double *)m, gate->name, angles[0], NULL), KETCH_OK);
        number targets[ROOM];
        size_t size = record_matrix(targets, gate, angles[0]);
        for (size_t i = 0; i < n * n; i++) {
            size_t r = i / n, c = i % n;
            bool acts = (r & all) == all && (c & all) == all;
            expected[i] = acts ? targets[(r >> gate->control_count) * size + (c >> gate->control_count)] : r == c;
        }
        close_to(m, expected, n * n);
    }
    assert_int_equal(ketch_gate_matrix((double *)m, "nope", NULL, NULL), KETCH_ERROR_SEMANTICS);
    assert_int_equal(ketch_gate_matrix((double *)m, "rx", NULL, NULL), KETCH_ERROR_USAGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_record_is_unitary),
        cmocka_unit_test(every_inverse_undoes),
        cmocka_unit_test(the_words_for_an_inverse_are_right),
        cmocka_unit_test(families_hold),
        cmocka_unit_test(names_are_found_and_unique),
        cmocka_unit_test(rotations_are_exponentials),
        cmocka_unit_test(u_and_its_relatives),
        cmocka_unit_test(composed_gates_are_their_definitions),
        cmocka_unit_test(whole_matrices_hold_the_controls),
    };
    return cmocka_run_group_tests_name("gates", tests, NULL, NULL);
}
