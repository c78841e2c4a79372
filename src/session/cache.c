/* SPDX-License-Identifier: Apache-2.0
 *
 * The cache of plans: a table of chains, and a list from the plan used last to the one that goes first. See cache.h.
 */
#include "session/cache.h"

#include <string.h>

kt_kept_plan *kt_plan_alone(kt_plan *plan) {
    kt_kept_plan *kept = kt_zalloc(sizeof *kept);
    if (!kept) return NULL;
    kept->plan = plan;
    atomic_init(&kept->references, 1);
    return kept;
}

void kt_kept_release(kt_kept_plan *kept) {
    if (!kept || atomic_fetch_sub(&kept->references, 1) != 1) return;
    kt_plan_free(kept->plan);
    kt_free(kept);
}

static kt_kept_plan **bucket_of(kt_plan_cache *cache, const uint64_t key[2]) { return &cache->buckets[key[0] % KT_CACHE_BUCKETS]; }

static void take_from_list(kt_plan_cache *cache, kt_kept_plan *kept) {
    *(kept->newer ? &kept->newer->older : &cache->newest) = kept->older;
    *(kept->older ? &kept->older->newer : &cache->oldest) = kept->newer;
}

static void put_in_front(kt_plan_cache *cache, kt_kept_plan *kept) {
    kept->newer = NULL;
    kept->older = cache->newest;
    *(cache->newest ? &cache->newest->newer : &cache->oldest) = kept;
    cache->newest = kept;
}

static void drop(kt_plan_cache *cache, kt_kept_plan *kept) {
    kt_kept_plan **link = bucket_of(cache, kept->key);
    while (*link != kept) link = &(*link)->next;
    *link = kept->next;
    take_from_list(cache, kept);
    cache->bytes -= kept->bytes;
    kt_kept_release(kept);
}

/* Under the lock. */
static kt_kept_plan *find(kt_plan_cache *cache, const uint64_t key[2]) {
    kt_kept_plan *kept = *bucket_of(cache, key);
    while (kept && memcmp(kept->key, key, sizeof kept->key) != 0) kept = kept->next;
    if (!kept) return NULL;
    if (kept != cache->newest) {
        take_from_list(cache, kept);
        put_in_front(cache, kept);
    }
    atomic_fetch_add(&kept->references, 1);
    return kept;
}

kt_kept_plan *kt_cache_find(kt_plan_cache *cache, const uint64_t key[2]) {
    pthread_mutex_lock(&cache->lock);
    kt_kept_plan *kept = find(cache, key);
    pthread_mutex_unlock(&cache->lock);
    return kept;
}

kt_kept_plan *kt_cache_keep(kt_plan_cache *cache, const uint64_t key[2], kt_plan *plan) {
    kt_kept_plan *kept = kt_plan_alone(plan);
    if (!kept) return NULL;
    kept->bytes = kt_plan_bytes(plan) + sizeof *kept;
    memcpy(kept->key, key, sizeof kept->key);
    if (kept->bytes > KT_CACHE_BYTES) return kept;
    pthread_mutex_lock(&cache->lock);
    kt_kept_plan *other = find(cache, key);
    if (!other) {
        while (cache->bytes > KT_CACHE_BYTES - kept->bytes) drop(cache, cache->oldest);
        kt_kept_plan **bucket = bucket_of(cache, key);
        kept->next = *bucket;
        *bucket = kept;
        put_in_front(cache, kept);
        cache->bytes += kept->bytes;
        atomic_fetch_add(&kept->references, 1);
    }
    pthread_mutex_unlock(&cache->lock);
    if (!other) return kept;
    kt_kept_release(kept);
    return other;
}

void kt_cache_free(kt_plan_cache *cache) {
    while (cache->oldest) drop(cache, cache->oldest);
}
