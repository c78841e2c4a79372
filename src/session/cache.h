/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room session: plans kept for circuits of the same structure (kt_plan_key), so that binding other angles, or building or
 * parsing the same circuit again, plans nothing. Plans do not change once made: any number of runs go by one at the same time, and each
 * holds a reference, so that a plan that has to make room goes when the last of them has ended.
 */
#ifndef KETCH_SESSION_CACHE_H
#define KETCH_SESSION_CACHE_H

#include "plan/plan.h"

#include <pthread.h>
#include <stdatomic.h>

#define KT_CACHE_BYTES   (UINT64_C(64) << 20) /* of all plans kept; a larger one is not */
#define KT_CACHE_BUCKETS 512                  /* a power of 2 */

typedef struct kt_kept_plan {
    kt_plan *plan;
    atomic_uint references;
    uint64_t key[2], bytes;
    struct kt_kept_plan *next;          /* in its bucket */
    struct kt_kept_plan *newer, *older; /* by when they were last used */
} kt_kept_plan;

typedef struct kt_plan_cache {
    pthread_mutex_t lock;
    kt_kept_plan *buckets[KT_CACHE_BUCKETS];
    kt_kept_plan *newest, *oldest;
    uint64_t bytes;
} kt_plan_cache; /* zero-initialise, but for the lock */

/* All give a reference, to be released. */
kt_kept_plan *kt_cache_find(kt_plan_cache *cache, const uint64_t key[2]); /* NULL: it has none */
/* Takes a plan over, or frees it and gives that of another thread that was faster. Never fails: NULL only where memory runs out, and the
 * plan is still the caller's. */
kt_kept_plan *kt_cache_keep(kt_plan_cache *cache, const uint64_t key[2], kt_plan *plan);
kt_kept_plan *kt_plan_alone(kt_plan *plan); /* in no cache */
void kt_kept_release(kt_kept_plan *kept);   /* NULL: nothing */
void kt_cache_free(kt_plan_cache *cache);

#endif
