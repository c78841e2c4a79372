/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room session: what is known of a run before it begins. Its plan, from the cache where there is one; how long it will take
 * on one thread, as the plan's costs say; and whether it is large enough for several. All of it decides who runs it and when, never what
 * comes out.
 */
#ifndef KETCH_SESSION_PREPARE_H
#define KETCH_SESSION_PREPARE_H

#include "session/cache.h"

typedef struct kt_prepared {
    kt_kept_plan *plan; /* NULL: not prepared */
    bool reused;
    bool wide;           /* several threads would help */
    double seconds;      /* predicted, on one thread */
    double plan_seconds; /* that planning took */
} kt_prepared;

/* Finds the plan or makes one; `cached_only` leaves out->plan NULL instead. `watch` may be NULL. */
ketch_status kt_prepare(kt_prepared *out, kt_plan_cache *cache, const ketch_circuit *circuit, const ketch_run_options *options,
                        bool cached_only, kt_watch *watch, ketch_diag *diag);

/* ── Memory ── */

#define KT_LITTLE_MEMORY (UINT64_C(16) << 20) /* runs that take less do not ask what is free: asking takes longer than they do */

/* May the run take more than a little? Of circuits that measure in the middle, copies of the state at branches count. */
bool kt_takes_much(const kt_plan *plan, const ketch_run_options *options, uint32_t threads);
void kt_measure_memory(ketch_memory *out, const kt_plan *plan, const ketch_run_options *options, uint32_t threads, uint64_t free_bytes);
/* Says that the run does not fit. */
ketch_status kt_refuse(const kt_plan *plan, const ketch_run_options *options, uint32_t threads, uint64_t free_bytes, ketch_diag *diag);
uint64_t kt_allowed_bytes(const ketch_run_options *options, uint64_t free_bytes);

#endif
