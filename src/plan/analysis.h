/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room plan: what is found out about a circuit before and while its steps are made.
 */
#ifndef KETCH_PLAN_ANALYSIS_H
#define KETCH_PLAN_ANALYSIS_H

#include "plan/plan.h"

/* flow.c: which ways a dynamic circuit can go. */
enum {
    KT_FLOW_LANDING = 1,  /* a jump or a call leads there */
    KT_FLOW_CALLED = 2,   /* a call */
    KT_FLOW_SKIPPED = 4,  /* it may happen never */
    KT_FLOW_REPEATED = 8, /* or more than once */
    KT_FLOW_COVERED = KT_FLOW_SKIPPED | KT_FLOW_REPEATED
};

typedef struct kt_flow {
    uint8_t *marks; /* KT_FLOW_... by operation, and behind the last one */
    bool calls, loops;
    bool chosen; /* there are qubits chosen at run time */
} kt_flow;

ketch_status kt_flow_find(kt_flow *out, const ketch_circuit *circuit, kt_watch *watch, ketch_diag *diag);
void kt_flow_free(kt_flow *flow);
bool kt_flow_leads(uint8_t code); /* does `data` of an operation say where to go on? */

/* finals.c: what the circuit measures and when. */
typedef struct kt_finals {
    size_t op_end;   /* operations from here on are behind an unconditional end */
    size_t tail;     /* of a dynamic circuit: from here on there are only instructions and final measurements */
    uint64_t *final; /* one bit an operation: a measurement that can wait until all steps are done */
    bool measures_nothing;
} kt_finals;

/* `flow`: of a dynamic circuit, else NULL. */
ketch_status kt_finals_find(kt_finals *out, const ketch_circuit *circuit, const kt_flow *flow, kt_watch *watch, ketch_diag *diag);
void kt_finals_none(kt_finals *finals); /* as if none were */
void kt_finals_free(kt_finals *finals);
static inline bool kt_is_final(const kt_finals *finals, size_t op) { return finals->final[op / 64] >> (op % 64) & 1; }

/* program.c: of a dynamic circuit, once its steps are made. With `each`, every operation of the circuit is a place of its own, in order,
 * for those who look on. */
ketch_status kt_program_make(kt_plan *plan, const ketch_circuit *circuit, const kt_finals *finals, const kt_flow *flow, bool each,
                             kt_watch *watch, ketch_diag *diag);
void kt_program_link(kt_plan *plan); /* to its steps; again where steps have been put together */

/* lives.c: what branches that wait may still read. */
ketch_status kt_find_lives(kt_plan *plan, const ketch_circuit *circuit, kt_watch *watch, ketch_diag *diag);

uint32_t kt_step_at(const kt_plan *plan, size_t op); /* the first step that comes from this operation or a later one */

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
kt_form kt_gate_form(uint16_t gate, uint32_t target_count);
kt_shape kt_gate_shape(uint16_t gate, uint32_t target_count);

#endif
