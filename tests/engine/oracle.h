/* SPDX-License-Identifier: Apache-2.0
 *
 * The oracle: what a circuit does, computed the slow way, from the definition. Each operation becomes its whole 2^n x 2^n matrix, and
 * OpenBLAS multiplies it with the state. It knows the gate table and the circuit's records, and nothing of kernels, plans or the engine.
 */
#ifndef KETCH_TESTS_ORACLE_H
#define KETCH_TESTS_ORACLE_H

#include "circuit/circuit.h"

#define ORACLE_QUBITS 8
#define ORACLE_SIZE   (1u << ORACLE_QUBITS)

/* All of a gate operation's matrix on n qubits: 4^n complex numbers, row by row. With P the projection on the controls being active and M
 * the table's matrix on the targets, it is (1 - P) + P M. */
void oracle_matrix(double *out, const ketch_circuit *circuit, const kt_op *op, uint32_t qubits);

/* state = matrix state; 2^n complex numbers. */
void oracle_multiply(double *state, const double *matrix, uint32_t qubits);

/* All gates of the circuit from |0...0>; measurements, barriers and delays are passed over. */
void oracle_run(double *state, const ketch_circuit *circuit);

#endif
