/* SPDX-License-Identifier: Apache-2.0
 *
 * Every allocation of the library goes through here. All return NULL (or false) on failure, and sizes are checked for overflow.
 *
 *   kt_alloc ...   plain objects
 *   kt_reserve     arrays that double
 *   kt_arena       many small objects freed together, under a budget
 *   kt_pages       amplitudes: whole pages from the system, huge where it grants them
 */
#ifndef KETCH_BASE_MEMORY_H
#define KETCH_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *kt_alloc(size_t size);                    /* not cleared */
void *kt_zalloc(size_t size);                   /* cleared */
void *kt_array(size_t count, size_t item_size); /* not cleared; NULL where the product overflows */
void *kt_resize(void *block, size_t count, size_t item_size);
void kt_free(void *block);
char *kt_strdup(const char *text);
char *kt_strndup(const char *text, size_t size);

/* Makes room for `needed` items in *items, of which *capacity fit now. On failure nothing changes. */
bool kt_grow(void *items /* T ** */, size_t *capacity, size_t needed, size_t item_size);
static inline bool kt_reserve(void *items /* T ** */, size_t *capacity, size_t needed, size_t item_size) {
    return needed <= *capacity || kt_grow(items, capacity, needed, item_size);
}

/* An arena: allocation by advancing a pointer; all of it is freed, or taken back to a mark, at once. Zero-initialise; budget 0 is none. */
typedef struct kt_arena_block kt_arena_block;
typedef struct kt_arena {
    kt_arena_block *block; /* the newest; each knows the one before */
    char *next, *end;
    size_t budget, used; /* bytes */
} kt_arena;
typedef struct kt_arena_mark {
    kt_arena_block *block;
    char *next;
    size_t used;
} kt_arena_mark;

/* 16-byte aligned, not cleared; NULL beyond budget or memory. */
void *kt_arena_alloc_block(kt_arena *arena, size_t size); /* the same, where the newest block may be full */
static inline void *kt_arena_alloc(kt_arena *arena, size_t size) {
    size_t aligned = (size + 15) & ~(size_t)15;
    size_t room = (size_t)(arena->end - arena->next), left = arena->budget ? arena->budget - arena->used : SIZE_MAX;
    if (size > room || aligned > room || aligned > left) return kt_arena_alloc_block(arena, size);
    void *item = arena->next;
    arena->next += aligned;
    arena->used += aligned;
    return item;
}
char *kt_arena_copy(kt_arena *arena, const char *text, size_t size); /* NUL-terminated */
static inline kt_arena_mark kt_arena_save(const kt_arena *arena) {
    return (kt_arena_mark){.block = arena->block, .next = arena->next, .used = arena->used};
}
void kt_arena_drop_blocks(kt_arena *arena, kt_arena_block *kept); /* those newer than `kept` */
static inline void kt_arena_restore(kt_arena *arena, kt_arena_mark mark) {
    if (arena->block != mark.block) kt_arena_drop_blocks(arena, mark.block);
    arena->next = mark.next;
    arena->used = mark.used;
}
void kt_arena_free(kt_arena *arena);

/* For amplitudes, aligned to 64 bytes: whole pages from the system, not yet touched, or little from the heap. `huge`: pages of 2 MiB where
 * the system grants them. `bytes` must be given back unchanged. */
void *kt_pages_alloc(size_t bytes, bool huge);
void kt_pages_free(void *pages, size_t bytes);

#endif
