/* SPDX-License-Identifier: Apache-2.0
 *
 * Times that are not known yet. A stretch is an unknown that is not negative; a time computed from stretches is linear in them, and stands
 * in the circuit's expression graph (KT_NODE_STRETCH) until the whole program is read:
 *
 *   stretch.c    linear forms; stretches and what takes them; at the end their values, put in for good
 *   timeline.c   a clock for each qubit: how long operations take, and which equations and inequalities boxes and barriers ask for
 *   simplex.c    the least solution of those
 */
#ifndef KETCH_QASM_TIMING_H
#define KETCH_QASM_TIMING_H

#include "qasm/message.h"

typedef struct kt_term {
    uint32_t unknown;
    double coefficient;
} kt_term;

/* constant + sum of the terms, in ascending order of the unknowns. Stretches come first, in the order of their declarations. */
typedef struct kt_linear {
    double constant;
    uint32_t count;
    const kt_term *terms;
} kt_linear;

/* value >= 0, or value = 0 */
typedef struct kt_constraint {
    kt_linear value;
    bool equal;
    bool wish;    /* where those before it leave no room it is dropped, */
    bool dropped; /* and was */
    kt_span span; /* what asks for it */
} kt_constraint;

typedef struct kt_constraints {
    KT_POOL(kt_constraint, items);
    uint32_t unknowns;
} kt_constraints;

/* Where a time with stretches is asked for: in a delay, a box or a gate, of which the first operation is not before `op`. */
typedef struct kt_stretchy {
    uint32_t op, node;
    kt_span span;
} kt_stretchy;

typedef struct kt_box {
    uint32_t first, end; /* operations */
    uint32_t nops, nops_end;
    uint32_t depth;
    bool timed, symbolic; /* a time was given; it is a node */
    bool computed;        /* by the run */
    double seconds;
    uint32_t node;
    uint32_t stretchy, stretchy_end; /* stretchy times asked for in it; its own is the one before */
    kt_span span;                    /* of the time, or of the statement */
} kt_box;

typedef struct kt_clock { /* of a qubit, in a walk along the operations: timeline.c */
    kt_linear time;
    uint32_t age;     /* of another: it is 0, with no stretch on its way */
    uint32_t stretch; /* the latest of the stretchy times on its way, + 1; 0: none */
    uint32_t shared;  /* the latest of those that it shares with other qubits */
    bool gates;       /* there are some on its way */
} kt_clock;

typedef struct kt_timing {  /* of a program */
    bool stretches;         /* there are some */
    uint32_t depth;         /* of boxes */
    KT_POOL(kt_box, boxes); /* by their first operation, the outer ones first */
    KT_POOL(kt_stretchy, stretchy);
    KT_POOL(uint32_t, nops);          /* qubits that `nop` names in boxes */
    KT_POOL(kt_linear, forms);        /* of nodes */
    KT_POOL(uint32_t, stretch_nodes); /* of the stretches among those */
    KT_POOL(kt_clock, clocks);        /* by qubit */
    KT_POOL(uint32_t, stamps);        /* by qubit */
    uint32_t age, stamp;
} kt_timing;

/* The solution that is least: first in the first unknown, then in the second, and so on; none is negative. `false`: *contradiction is the
 * first constraint that those before it leave no room for, or `count`: no memory, or `work`, which is counted down, is used up. */
bool kt_least_solution(double *values, uint32_t unknowns, kt_constraint *constraints, size_t count, size_t *contradiction, uint64_t *work);

#endif
