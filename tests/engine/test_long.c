/* SPDX-License-Identifier: Apache-2.0
 *
 * Long circuits in the planned engine: 10,000 operations, never renormalised. The norm stays 1, and amplitudes stay near those of an
 * independent simulation in long double, the definition written down; how near is printed.
 */
#include "differ.h"

#include <complex.h>
#include <math.h>

enum { QUBITS = 10, STATES = 1 << QUBITS };
typedef long double complex number;

static number state[STATES];

/* An operation on the state: matrix entries in double, arithmetic in long double. */
static void apply(const ketch_circuit *circuit, const kt_op *op) {
    static double matrix[KT_MATRIX_ROOM];
    const uint32_t *operands = kt_op_operands(circuit, op), *targets = operands + op->control_count;
    uint32_t count = kt_op_target_count(op);
    size_t size = (size_t)1 << count, controls = 0, values = 0, moved = 0;
    kt_op_matrix(matrix, circuit, op);
    for (uint32_t k = 0; k < op->control_count; k++) {
        size_t bit = (size_t)1 << (operands[k] & ~KT_NEGATED);
        controls |= bit;
        if (!(operands[k] & KT_NEGATED)) values |= bit;
    }
    for (uint32_t t = 0; t < count; t++) moved |= (size_t)1 << targets[t];
    for (size_t base = 0; base < STATES; base++) {
        if ((base & moved) || (base & controls) != values) continue;
        size_t at[1 << KT_BLOCK_QUBITS];
        number old[1 << KT_BLOCK_QUBITS];
        for (size_t i = 0; i < size; i++) {
            at[i] = base;
            for (uint32_t t = 0; t < count; t++) at[i] |= (i >> t & 1) << targets[t];
            old[i] = state[at[i]];
        }
        for (size_t i = 0; i < size; i++) {
            state[at[i]] = 0;
            for (size_t j = 0; j < size; j++) state[at[i]] += (matrix[2 * (i * size + j)] + matrix[2 * (i * size + j) + 1] * I) * old[j];
        }
    }
}

static void long_circuits(void **unused) {
    (void)unused;
    for (int kind = 0; kind < STYLE_COUNT; kind++) {
        if (quick() && kind % 3) continue;
        ketch_circuit *circuit = circuit_of(QUBITS, 0);
        styled_gates(circuit, (style)kind, 10000);
        memset(state, 0, sizeof state);
        state[0] = 1;
        for (size_t i = 0; i < circuit->ops_count; i++) apply(circuit, &circuit->ops[i]);
        double wanted[2 * STATES];
        for (size_t i = 0; i < STATES; i++) wanted[2 * i] = (double)creall(state[i]), wanted[2 * i + 1] = (double)cimagl(state[i]);
        double *reference = reference_state(circuit), off_reference = 0;
        for (size_t i = 0; i < 2 * STATES; i++) off_reference = fmax(off_reference, fabs(reference[i] - wanted[i]));
        for (int precision = 0; precision < 2; precision++) {
            bool single = precision == KETCH_PRECISION_FP32;
            for (uint32_t tile = 7; tile <= QUBITS; tile += 3) {
                setting how = {best_instructions(), (ketch_precision)precision, tile, 0, 1};
                lab_setup lab = lab_of(&how, 1, KETCH_OUTPUT_STATE | KETCH_OUTPUT_NO_SHOTS, 1);
                ketch_result *result = lab_run(&lab, circuit);
                double off = distance(result, wanted), norm = fabs(result->info.norm - 1);
                print_message("%-12s %s, tile %2u: |1 - norm| %.1e, amplitudes off by %.1e (reference engine in fp64: %.1e)\n",
                              style_names[kind], single ? "fp32" : "fp64", tile, norm, off, off_reference);
                assert_true(norm <= (single ? 2e-5 : 1e-12)); /* tables of phases in fp32 have moduli a little off 1 */
                assert_true(off <= (single ? 1e-4 : 1e-12));
                kt_result_free(result);
            }
        }
        free(reference);
        ketch_circuit_free(&circuit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(long_circuits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
