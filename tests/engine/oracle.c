/* SPDX-License-Identifier: Apache-2.0
 *
 * See oracle.h.
 */
#include "oracle.h"

#include <cblas.h>
#include <string.h>

static double table_matrix[KT_MATRIX_ROOM];
static double whole[2 * ORACLE_SIZE * ORACLE_SIZE];

/* By the record itself, or, for a matrix of the circuit's own, as it was given. */
static const double *matrix_of(const ketch_circuit *circuit, const kt_op *op) {
    if (op->gate == KT_GATE_MATRIX) return circuit->matrices + circuit->blocks[op->data].matrix;
    kt_gates[op->gate].matrix(table_matrix, circuit->params + op->data);
    return table_matrix;
}

static bool controls_active(const ketch_circuit *circuit, const kt_op *op, size_t index) {
    const uint32_t *operands = circuit->operands + op->operands;
    for (uint32_t k = 0; k < op->control_count; k++) {
        size_t wanted = operands[k] & KT_NEGATED ? 0 : 1;
        if ((index >> (operands[k] & ~KT_NEGATED) & 1) != wanted) return false;
    }
    return true;
}

void oracle_matrix(double *out, const ketch_circuit *circuit, const kt_op *op, uint32_t qubits) {
    const uint32_t *targets = circuit->operands + op->operands + op->control_count;
    uint32_t target_count = op->operand_count - op->control_count;
    size_t size = (size_t)1 << qubits, small = (size_t)1 << target_count, target_mask = 0;
    for (uint32_t t = 0; t < target_count; t++) target_mask |= (size_t)1 << targets[t];
    const double *matrix = matrix_of(circuit, op);
    memset(out, 0, 2 * size * size * sizeof *out);
    for (size_t row = 0; row < size; row++)
        for (size_t column = 0; column < size; column++) {
            if ((row ^ column) & ~target_mask) continue; /* other qubits are left alone */
            if (!controls_active(circuit, op, row)) {
                out[2 * (row * size + column)] = row == column;
                continue;
            }
            size_t i = 0, j = 0;
            for (uint32_t t = 0; t < target_count; t++) {
                i |= (row >> targets[t] & 1) << t;
                j |= (column >> targets[t] & 1) << t;
            }
            memcpy(out + 2 * (row * size + column), matrix + 2 * (i * small + j), 2 * sizeof *out);
        }
}

void oracle_multiply(double *state, const double *matrix, uint32_t qubits) {
    static double product[2 * ORACLE_SIZE];
    const double one[2] = {1, 0}, zero[2] = {0, 0};
    int size = 1 << qubits;
    cblas_zgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, size, 1, size, one, matrix, size, state, 1, zero, product, 1);
    memcpy(state, product, 2 * (size_t)size * sizeof *state);
}

void oracle_run(double *state, const ketch_circuit *circuit) {
    memset(state, 0, (2 * sizeof *state) << circuit->qubit_count);
    state[0] = 1;
    for (size_t i = 0; i < circuit->ops_count; i++) {
        if (circuit->ops[i].code != KT_OP_GATE) continue;
        oracle_matrix(whole, circuit, &circuit->ops[i], circuit->qubit_count);
        oracle_multiply(state, whole, circuit->qubit_count);
    }
}
