/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room session: plans kept for circuits of the same structure (kt_plan_key), so that binding other angles, or building or
 * parsing the same circuit again, plans nothing. Plans do not change once made, and a session runs one circuit at a time.
 */
#ifndef KETCH_SESSION_CACHE_H
#define KETCH_SESSION_CACHE_H

#include "plan/plan.h"

#define KT_CACHE_PLANS 8
#define KT_CACHE_BYTES (UINT64_C(64) << 20) /* of all plans kept; a larger one is not */

typedef struct kt_cached_plan {
    uint64_t key[2];
    kt_plan *plan; /* NULL: free */
    uint64_t bytes;
    uint64_t used; /* when last, by the cache's clock */
} kt_cached_plan;

typedef struct kt_plan_cache {
    kt_cached_plan plans[KT_CACHE_PLANS];
    uint64_t clock;
} kt_plan_cache; /* zero-initialise */

/* The plan of this key, or NULL. */
const kt_plan *kt_cache_find(kt_plan_cache *cache, const uint64_t key[2]);
/* Takes a plan over, in the place of those that were not used for longest; false where it is too large to be kept. */
bool kt_cache_keep(kt_plan_cache *cache, const uint64_t key[2], kt_plan *plan);
void kt_cache_free(kt_plan_cache *cache);

#endif
