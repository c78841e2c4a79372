/* SPDX-License-Identifier: Apache-2.0
 *
 * A state of the caller's: amplitudes that outlive runs, in the order of basis states whenever no run is at work on them. A run that did
 * not come to its end leaves them lost, and so does a fork for the child: it sees amplitudes that a thread of its parent was changing.
 *
 *   whole ──claim──> at work (by which process) ──release, the run went well──> whole
 *                          └── it failed, or the process that looks is another one ──> lost ──reset──> whole
 */
#ifndef KETCH_CIRCUIT_STATE_H
#define KETCH_CIRCUIT_STATE_H

#include "circuit/result.h"

#include <stdatomic.h>

struct ketch_state {
    kt_state memory;          /* wire q is qubit q */
    double drift;             /* how far the squared norm may have come from 1 by rounding, in the runs since it was |0...0> */
    _Atomic bool lost;        /* until it is reset; others may look while a run ends */
    _Atomic uint32_t at_work; /* the process in which a run changes it; 0: none */
};

/* For a run that begins to change it: fails where the state is lost, or another run is at work on it. */
ketch_status kt_state_claim(ketch_state *state, ketch_diag *diag);
/* The run is over; `whole`: it has left the state as it should be. */
void kt_state_release(ketch_state *state, bool whole);

/* The marginal distribution of qubits that are checked; `wire_of` as in a result, NULL: qubit q is wire q. */
void kt_state_marginal(double *out, const kt_state *state, const uint8_t *wire_of, const uint32_t *qubits, size_t count);
/* 1 to 30 different qubits below `qubit_count`. */
ketch_status kt_check_marginal(const uint32_t *qubits, size_t count, uint32_t qubit_count, ketch_diag *diag);

#endif
