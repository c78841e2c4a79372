/* SPDX-License-Identifier: Apache-2.0
 *
 * Door of the room engine: plan and circuit to result. The only OpenMP in the tree.
 */
#ifndef KETCH_ENGINE_ENGINE_H
#define KETCH_ENGINE_ENGINE_H

#include "plan/plan.h"

#include <pthread.h>
#include <stdatomic.h>

/* What a run works with and under; owned by the session. */
struct kt_workshop;
typedef void kt_listener(void *listening, double fraction, const char *stage, uint64_t shots_done);
typedef struct kt_engine {
    uint32_t threads;           /* asked for */
    uint32_t team;              /* the engine's: those that could be started, by... */
    pthread_t leader;           /* ... this one; where `team` is 0 it is not known yet */
    atomic_bool *cancelled;     /* set from outside */
    const atomic_uint *recalls; /* cancelled, too, once this is not... */
    unsigned recall;            /* ... this any more; NULL: never */
    kt_listener *listener;      /* told now and then how far the run has come, on a thread of the run, with `listening`; NULL: nobody */
    void *listening;
    double deadline;              /* of this run, by kt_seconds; 0: none */
    kt_state spare;               /* a state of an earlier run to reuse, or amplitudes NULL; the engine takes it and leaves one here */
    struct kt_workshop *workshop; /* the planned engine's scratch, kept between runs; NULL: none yet */
    uint64_t memory_limit;        /* bytes that the run may take; what kt_plan_memory leaves of it goes to copies at branches */
    uint32_t grain; /* amplitudes between two looks whether to stop; 0: 2^16. Tests choose few, so that small states meet all threads */
} kt_engine;

/* `options` is complete: seed chosen, shots set. The caller has checked that memory suffices. */
ketch_status kt_engine_run(ketch_result **out, kt_engine *engine, const kt_plan *plan, const ketch_circuit *circuit,
                           const ketch_run_options *options, ketch_diag *diag);

/* Gives back what an engine keeps between runs. */
void kt_engine_close(kt_engine *engine);

/* |1 - norm²| beyond which a run fails unless its options say otherwise: 64 units in the last place a gate, for at least 64 gates, and 1e-7
 * for each matrix of the circuit's own, which need be unitary within 1e-9 only; never more than 0.1. */
double kt_norm_tolerance(const kt_plan *plan, double gates);

#endif
