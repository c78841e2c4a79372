/* SPDX-License-Identifier: Apache-2.0
 *
 * See cache.h.
 */
#include "session/cache.h"

#include <string.h>

const kt_plan *kt_cache_find(kt_plan_cache *cache, const uint64_t key[2]) {
    for (int i = 0; i < KT_CACHE_PLANS; i++) {
        kt_cached_plan *cached = &cache->plans[i];
        if (!cached->plan || memcmp(cached->key, key, sizeof cached->key) != 0) continue;
        cached->used = ++cache->clock;
        return cached->plan;
    }
    return NULL;
}

static void drop(kt_cached_plan *cached) {
    kt_plan_free(cached->plan);
    *cached = (kt_cached_plan){0};
}

/* The place used longest ago; a free one was never used. */
static kt_cached_plan *oldest(kt_plan_cache *cache, bool taken) {
    kt_cached_plan *found = NULL;
    for (int i = 0; i < KT_CACHE_PLANS; i++) {
        kt_cached_plan *cached = &cache->plans[i];
        if (taken && !cached->plan) continue;
        if (!found || cached->used < found->used) found = cached;
    }
    return found;
}

static uint64_t bytes_kept(const kt_plan_cache *cache) {
    uint64_t total = 0;
    for (int i = 0; i < KT_CACHE_PLANS; i++) total += cache->plans[i].bytes;
    return total;
}

bool kt_cache_keep(kt_plan_cache *cache, const uint64_t key[2], kt_plan *plan) {
    uint64_t bytes = kt_plan_bytes(plan);
    if (bytes > KT_CACHE_BYTES) return false;
    while (bytes_kept(cache) > KT_CACHE_BYTES - bytes) drop(oldest(cache, true));
    kt_cached_plan *place = oldest(cache, false);
    drop(place);
    *place = (kt_cached_plan){.key = {key[0], key[1]}, .plan = plan, .bytes = bytes, .used = ++cache->clock};
    return true;
}

void kt_cache_free(kt_plan_cache *cache) {
    for (int i = 0; i < KT_CACHE_PLANS; i++) drop(&cache->plans[i]);
}
