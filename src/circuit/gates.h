/* SPDX-License-Identifier: Apache-2.0
 *
 * One record per gate (gates.def): the parser, the planner, the printer, the docs and the tests all iterate over these records, and nobody
 * else knows a gate by name.
 */
#ifndef KETCH_CIRCUIT_GATES_H
#define KETCH_CIRCUIT_GATES_H

#include "base/base.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum kt_gate_id {
#define KT_GATE(id, ...) KT_GATE_##id,
#include "circuit/gates.def"
#undef KT_GATE
    KT_GATE_MATRIX, /* a matrix of the circuit's own (kt_block): has no record */
    KT_GATE_COUNT = KT_GATE_MATRIX
} kt_gate_id;
#define KT_GATE_NONE 0xffffu

/* What a matrix is made of; decides the kernel, never by value: rx(0.3) and rx(pi) are one family. */
typedef enum kt_family {
    KT_FAMILY_DIAGONAL,
    KT_FAMILY_PERMUTATION, /* one 1 in each row and column */
    KT_FAMILY_REAL,
    KT_FAMILY_DENSE
} kt_family;

/* Who defines the name. */
enum {
    KT_IN_PAPER = 1,      /* qelib1.inc of the OpenQASM 2 paper: may not be redefined */
    KT_IN_QELIB1 = 2,     /* qelib1.inc as exporters assume it (a superset) */
    KT_IN_STDGATES = 4,   /* stdgates.inc */
    KT_IN_LANGUAGE2 = 8,  /* built into OpenQASM 2 */
    KT_IN_LANGUAGE3 = 16, /* built into OpenQASM 3 */
    KT_IN_CALLS = 32      /* known to ketch_circuit_append */
};

#define KT_GATE_PARAMS  4
#define KT_GATE_TARGETS 4 /* the most that a record has */

/* The inverse: `gate` on the same controls and targets (a record without its own controls, or the same number of them), its parameter i
 * being sign[i] * params[source[i]] + offset[i], source -1 for none. */
typedef struct kt_inverse {
    uint16_t gate;
    bool adjoint; /* no gate of the table does it: a block with the conjugate transpose */
    struct {
        int8_t source, sign;
        double offset;
    } params[KT_GATE_PARAMS];
} kt_inverse;

typedef struct kt_gate {
    const char *name;
    const char *aliases;    /* separated by spaces */
    const char *parameters; /* names separated by spaces */
    uint8_t parameter_count, control_count, target_count;
    uint8_t family;                                    /* kt_family of the matrix on the targets */
    uint8_t provided_by;                               /* KT_IN_... */
    void (*matrix)(double *out, const double *params); /* 4^target_count complex numbers, row by row, of the targets alone */
    kt_inverse inverse;
    const char *symbol; /* of the targets, in drawings: "H", "Rx", "X" */
    const char *help;
} kt_gate;

extern const kt_gate kt_gates[KT_GATE_COUNT];

/* A one-qubit matrix as angles: e^(i global) diag(1, e^(i after)) . Ry(middle) . diag(1, e^(i before)). */
typedef struct kt_angles {
    double global, before, middle, after;
} kt_angles;

/* Those of a record with one target; false where there are none at hand, so that the matrix must be asked. A diagonal gate has no `middle`
 * and no `after`. */
bool kt_gate_angles(kt_angles *out, kt_gate_id gate, const double *params);

/* The gate called `name` among those provided by any of `provided_by`, or KT_GATE_NONE. Names are case-sensitive. */
kt_gate_id kt_gate_find(const char *name, size_t size, unsigned provided_by);

/* A name that any of `provided_by` has for the gate, or NULL. */
const char *kt_gate_name_in(kt_gate_id gate, unsigned provided_by);

/* Calls `visit` with every name and alias provided; for suggestions and for listing. */
void kt_gate_names(unsigned provided_by, void (*visit)(void *user, const char *name, size_t size, kt_gate_id gate), void *user);

/* What some frameworks call by this name, in any case; or NULL. */
const char *kt_gate_habit(kt_span name);

/* The angle modulo 4 pi, which no gate tells apart, where it is large: its sum with another would lose the digits that count. */
double kt_small_angle(double angle);

/* The record as the public header gives it; NULL beyond the end. */
const ketch_gate_info *kt_gate_info(size_t index);

/* The matrix with the controls in it, as ketch_gate_matrix promises. */
ketch_status kt_gate_whole_matrix(double *out, const char *name, const double *params, ketch_diag *diag);
ketch_status kt_gate_record_matrix(double *out, kt_gate_id gate, const double *params, ketch_diag *diag);

#endif
