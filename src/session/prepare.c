/* SPDX-License-Identifier: Apache-2.0
 *
 * Plans and predictions. See prepare.h.
 */
#include "session/prepare.h"

#include <math.h>

#define EACH_RUN    4e-6 /* seconds: what a run of nothing takes, */
#define EACH_ACTION 5e-8 /* binding an action's numbers, */
#define EACH_SHOT   6e-8 /* drawing and counting, */
#define REFERENCE   2e-9 /* and the reference engine an amplitude */
#define WIDE_LEAST  1e-3 /* less is not worth waking threads for */
#define WIDE_WIRES  16   /* smaller states are one tile */
#define WIDE_SHOTS  (1 << 20)
#define MANY_PATHS  20

static uint32_t measurements(const kt_plan *plan) {
    uint32_t count = 0;
    for (size_t i = 0; i < plan->step_count && count < MANY_PATHS; i++) {
        uint8_t code = plan->steps[i].code;
        count += code == KT_STEP_MEASURE || code == KT_STEP_RESET || code == KT_STEP_MEASURE_AT || code == KT_STEP_RESET_AT;
    }
    return count;
}

/* How often the steps are carried out at most: shots that measured the same share a state. */
static double paths(const kt_plan *plan, uint64_t shots) {
    if (!plan->branches) return 1;
    double most = plan->counter_count ? (double)shots : ldexp(1, (int)measurements(plan));
    return most < (double)shots ? most : (double)shots;
}

static void predict(kt_prepared *out, const kt_plan *plan, const ketch_run_options *options) {
    uint64_t shots = kt_plan_shots(plan, options);
    double once = plan->planned ? 2 * plan->totals.seconds + EACH_ACTION * (double)plan->action_count /* costs are those of two threads */
                                : REFERENCE * plan->totals.amplitudes;
    out->seconds = EACH_RUN + once * paths(plan, shots) + EACH_SHOT * (double)(shots * plan->outcome_words);
    out->wide = out->seconds >= WIDE_LEAST && !options->trace && (plan->wires >= WIDE_WIRES || plan->branches || shots >= WIDE_SHOTS);
}

static ketch_status make(kt_kept_plan **out, kt_plan_cache *cache, const uint64_t key[2], const ketch_circuit *circuit,
                         const ketch_run_options *options, kt_watch *watch, ketch_diag *diag) {
    kt_plan *plan = NULL;
    ketch_status status = kt_plan_make(&plan, circuit, options, watch, diag);
    if (status) return status;
    *out = options->without & KETCH_WITHOUT_CACHE ? kt_plan_alone(plan) : kt_cache_keep(cache, key, plan);
    if (*out) return KETCH_OK;
    kt_plan_free(plan);
    return kt_no_memory(diag);
}

ketch_status kt_prepare(kt_prepared *out, kt_plan_cache *cache, const ketch_circuit *circuit, const ketch_run_options *options,
                        bool cached_only, kt_watch *watch, ketch_diag *diag) {
    double began = kt_seconds();
    *out = (kt_prepared){0};
    uint64_t key[2] = {0, 0};
    ketch_status status = KETCH_OK;
    if (!(options->without & KETCH_WITHOUT_CACHE)) {
        kt_plan_key(key, circuit, options);
        out->plan = kt_cache_find(cache, key);
    }
    out->reused = out->plan;
    if (!out->plan && cached_only) return KETCH_OK;
    if (!out->plan) status = make(&out->plan, cache, key, circuit, options, watch, diag);
    if (status) return status;
    predict(out, out->plan->plan, options);
    out->plan_seconds = kt_seconds() - began;
    return KETCH_OK;
}
