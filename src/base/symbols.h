/* SPDX-License-Identifier: Apache-2.0
 *
 * Names to small integers: the n-th distinct name gets n. Open addressing on XXH3 with a seed, so that chosen names cannot be made to
 * collide.
 */
#ifndef KETCH_BASE_SYMBOLS_H
#define KETCH_BASE_SYMBOLS_H

#include "base/memory.h"

#include <stdint.h>

typedef struct kt_symbol {
    const char *name; /* NUL-terminated, in the arena */
    uint32_t size;
    uint32_t hash;
} kt_symbol;

typedef struct kt_symbols {
    kt_symbol *items; /* by number */
    size_t count, capacity;
    uint32_t *slots; /* number + 1, or 0; a power of two of them */
    size_t slot_count;
    uint64_t seed;
    kt_arena arena;
} kt_symbols; /* zero-initialise; seed as you like */

#define KT_NO_SYMBOL UINT32_MAX
uint32_t kt_symbols_add(kt_symbols *symbols, const char *name, size_t size);        /* KT_NO_SYMBOL when out of memory */
void kt_symbols_free(kt_symbols *symbols);

/* XXH3, 128 bits, low word first. */
void kt_hash128(uint64_t out[2], const void *bytes, size_t size);

#endif
