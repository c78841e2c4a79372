/* SPDX-License-Identifier: Apache-2.0
 *
 * Door of the room plan: circuit to plan. A plan is a pure function of the circuit's structure, the outputs asked for and the precision, never
 * of angles, threads, free memory or time. Its contents are private to plan and engine's contract; see the structures below.
 */
#ifndef KETCH_PLAN_PLAN_H
#define KETCH_PLAN_PLAN_H

#include "circuit/circuit.h"

typedef struct kt_plan kt_plan;

ketch_status kt_plan_make(kt_plan **out, const ketch_circuit *circuit, const ketch_run_options *options, ketch_diag *diag);
/* Bytes that the run takes at most beyond the circuit and the plan; UINT64_MAX where that exceeds 64 bits. */
uint64_t kt_plan_memory(const kt_plan *plan, const ketch_run_options *options);
uint32_t kt_plan_wires(const kt_plan *plan);
ketch_status kt_plan_write(const kt_plan *plan, const ketch_circuit *circuit, const ketch_run_options *run, const ketch_write_options *options,
                           ketch_sink sink, ketch_diag *diag);
void kt_plan_free(kt_plan *plan);

#endif
