/* SPDX-License-Identifier: Apache-2.0
 *
 * Binding: a segment's actions get their numbers, in their order, under the Pauli frame that each of them meets.
 */
#ifndef KETCH_ENGINE_BIND_H
#define KETCH_ENGINE_BIND_H

#include "engine/frame.h"
#include "plan/plan.h"

/* The numbers of an action, as memory is to see them. */
typedef struct kt_bound {
    uint64_t values; /* of the controls */
    union {
        double tangent;   /* rotation: of half the angle, rounded to the precision */
        double phases[3]; /* diagonal: angles on bits[0], on bits[1], and on both */
        double factor[2]; /* phase */
        size_t matrix;    /* dense: its place among the numbers */
        bool negative;    /* exchange: and the amplitudes change their sign */
    };
} kt_bound;

/* By number of the action within its segment; matrices in one pool. */
typedef struct kt_bounds {
    kt_bound *actions;
    size_t actions_capacity;
    double *numbers;
    size_t number_count, numbers_capacity;
    double modulus; /* what the circuit's own matrices on one qubit, which need be unitary nearly only, stretch the state by: angles
                       leave that out */
} kt_bounds;

/* Fills `out` from its start on. */
ketch_status kt_bind(kt_bounds *out, kt_frame *frame, const kt_plan *plan, const kt_segment *segment, const ketch_circuit *circuit,
                     kt_watch *watch, ketch_diag *diag);
void kt_bounds_free(kt_bounds *bounds);

#endif
