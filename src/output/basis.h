/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room output: the basis states that a result's state can be in, in order. Idle qubits are 0 and take no index bit, so a
 * circuit over a thousand qubits of which five are used has 32 states here, each with a label of a thousand characters:
 *
 *   state number   bit r = value of the r-th used qubit, by qubit index
 *   address        the same value, at the index bit that the engine gave that qubit (wire_of)
 */
#ifndef KETCH_OUTPUT_BASIS_H
#define KETCH_OUTPUT_BASIS_H

#include "output/stream.h"

typedef struct kt_basis {
    const ketch_result *result;
    uint64_t count;      /* 2^wires, or 0 where the result holds no state */
    uint32_t qubits[64]; /* by r: the qubit ... */
    uint8_t wires[64];   /* ... and its index bit */
    bool straight;       /* wires[r] == r: state number and address are the same */
    char *label;         /* qubit_count characters and a NUL */
    bool bit0_first;
} kt_basis;

ketch_status kt_basis_open(kt_basis *basis, const ketch_result *result, bool bit0_first, ketch_diag *diag);
void kt_basis_close(kt_basis *basis);

void kt_basis_amplitude(double out[2], const kt_basis *basis, uint64_t state);
double kt_basis_probability(const kt_basis *basis, uint64_t state);
/* The bitstring of a state; of any basis state of the first 64 declared qubits. Borrowed until the next call. */
const char *kt_basis_label(kt_basis *basis, uint64_t state);
const char *kt_basis_label_of_index(kt_basis *basis, uint64_t index);

/* The `top` most probable states, the likeliest first, equals by number: *count of them (kt_free). Nothing of the state's size is kept. */
ketch_status kt_basis_top(uint64_t **states, size_t *count, const kt_basis *basis, uint64_t top, ketch_diag *diag);

#endif
