/* SPDX-License-Identifier: Apache-2.0
 *
 * Names to numbers. See symbols.h.
 */
#include "base/symbols.h"

#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static uint32_t hash_name(const kt_symbols *symbols, const char *name, size_t size) {
    uint64_t hash = XXH3_64bits_withSeed(name, size, symbols->seed);
    return (uint32_t)(hash ^ hash >> 32);
}

/* The slot that holds the name, or the free one where it would go. */
static size_t find_slot(const kt_symbols *symbols, const char *name, size_t size, uint32_t hash) {
    size_t mask = symbols->slot_count - 1, slot = hash & mask;
    for (; symbols->slots[slot]; slot = (slot + 1) & mask) {
        const kt_symbol *symbol = &symbols->items[symbols->slots[slot] - 1];
        if (symbol->hash == hash && symbol->size == size && memcmp(symbol->name, name, size) == 0) break;
    }
    return slot;
}

static bool grow_slots(kt_symbols *symbols) {
    size_t slot_count = symbols->slot_count ? symbols->slot_count * 2 : 64;
    uint32_t *slots = kt_array(slot_count, sizeof *slots);
    if (!slots) return false;
    memset(slots, 0, slot_count * sizeof *slots);
    for (size_t i = 0; i < symbols->count; i++) {
        size_t slot = symbols->items[i].hash & (slot_count - 1);
        while (slots[slot]) slot = (slot + 1) & (slot_count - 1);
        slots[slot] = (uint32_t)i + 1;
    }
    kt_free(symbols->slots);
    symbols->slots = slots;
    symbols->slot_count = slot_count;
    return true;
}

uint32_t kt_symbols_add(kt_symbols *symbols, const char *name, size_t size) {
    if (symbols->count * 2 >= symbols->slot_count && !grow_slots(symbols)) return KT_NO_SYMBOL;
    uint32_t hash = hash_name(symbols, name, size);
    size_t slot = find_slot(symbols, name, size, hash);
    if (symbols->slots[slot]) return symbols->slots[slot] - 1;
    if (size >= UINT32_MAX || symbols->count >= UINT32_MAX - 1) return KT_NO_SYMBOL;
    if (!kt_reserve(&symbols->items, &symbols->capacity, symbols->count + 1, sizeof *symbols->items)) return KT_NO_SYMBOL;
    char *copy = kt_arena_copy(&symbols->arena, name, size);
    if (!copy) return KT_NO_SYMBOL;
    symbols->items[symbols->count++] = (kt_symbol){.name = copy, .size = (uint32_t)size, .hash = hash};
    symbols->slots[slot] = (uint32_t)symbols->count;
    return (uint32_t)symbols->count - 1;
}

void kt_symbols_free(kt_symbols *symbols) {
    kt_free(symbols->items);
    kt_free(symbols->slots);
    kt_arena_free(&symbols->arena);
    *symbols = (kt_symbols){.seed = symbols->seed};
}

void kt_hash128(uint64_t out[2], const void *bytes, size_t size) {
    XXH128_hash_t hash = XXH3_128bits(bytes, size);
    out[0] = hash.low64;
    out[1] = hash.high64;
}
