/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room plan: what is found out about a circuit before and while its steps are made.
 */
#ifndef KETCH_PLAN_ANALYSIS_H
#define KETCH_PLAN_ANALYSIS_H

#include "plan/plan.h"

/* finals.c: what the circuit measures and when. */
typedef struct kt_finals {
    size_t op_end;   /* operations from here on are behind an unconditional end */
    uint64_t *final; /* one bit an operation: a measurement that can wait until all steps are done */
    bool measures_nothing;
} kt_finals;

ketch_status kt_finals_find(kt_finals *out, const ketch_circuit *circuit, kt_watch *watch, ketch_diag *diag);
void kt_finals_free(kt_finals *finals);
static inline bool kt_is_final(const kt_finals *finals, size_t op) { return finals->final[op / 64] >> (op % 64) & 1; }

/* outcome.c: where the bits of an outcome come from; fills the plan's fields from outcome_bits to sampled. */
ketch_status kt_plan_outcome(kt_plan *plan, const ketch_circuit *circuit, const kt_finals *finals, kt_watch *watch, ketch_diag *diag);

/* shape.c: what a gate's structure allows, whatever its angles. */
typedef enum kt_form {
    KT_FORM_FAMILY, /* none: as the gate's family says */
    KT_FORM_IDENTITY,
    KT_FORM_X, /* on the one target, as are those that follow, under any controls */
    KT_FORM_Y,
    KT_FORM_Z,
    KT_FORM_ABOUT_X, /* a function of X: a rotation about X up to phase */
    KT_FORM_REAL,    /* with one target: a rotation about Y, perhaps after a Z */
    KT_FORM_DIAGONAL,
    KT_FORM_SWAP,
    KT_FORM_DOUBLE_CX, /* cx a,b then cx b,a */
    KT_FORM_GENERAL
} kt_form;

typedef struct kt_shape {
    bool identity;
    bool targets_held; /* only the amplitude with all targets 1 changes: the targets are controls */
    uint8_t form;      /* kt_form */
    uint8_t kernel;
    uint8_t touched; /* amplitudes of a group that change; 64 is the most */
} kt_shape;
kt_form kt_gate_form(uint16_t gate);
kt_shape kt_gate_shape(uint16_t gate, uint32_t target_count);

#endif
