/* SPDX-License-Identifier: Apache-2.0
 *
 * Door of the room engine: plan and circuit to result. The only OpenMP in the tree.
 */
#ifndef KETCH_ENGINE_ENGINE_H
#define KETCH_ENGINE_ENGINE_H

#include "plan/plan.h"

#include <stdatomic.h>

/* What a run works with and under; owned by the session. */
typedef struct kt_engine {
    uint32_t threads;
    atomic_bool *cancelled; /* set from outside */
    kt_state spare;         /* a state of an earlier run to reuse, or amplitudes NULL; the engine takes it and leaves one here */
} kt_engine;

/* `options` is complete: seed chosen, shots set. The caller has checked that memory suffices. */
ketch_status kt_engine_run(ketch_result **out, kt_engine *engine, const kt_plan *plan, const ketch_circuit *circuit,
                           const ketch_run_options *options, ketch_diag *diag);

#endif
