/* SPDX-License-Identifier: Apache-2.0
 *
 * Allocation. See memory.h.
 */
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void *kt_alloc(size_t size) { return malloc(size ? size : 1); }

void *kt_zalloc(size_t size) { return calloc(1, size ? size : 1); }

void *kt_array(size_t count, size_t item_size) {
    size_t size;
    return __builtin_mul_overflow(count, item_size, &size) ? NULL : kt_alloc(size);
}

void *kt_resize(void *block, size_t count, size_t item_size) {
    size_t size;
    if (__builtin_mul_overflow(count, item_size, &size)) return NULL;
    return realloc(block, size ? size : 1);
}

void kt_free(void *block) { free(block); }

char *kt_strndup(const char *text, size_t size) {
    char *copy = kt_alloc(size + 1);
    if (!copy) return NULL;
    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

char *kt_strdup(const char *text) { return kt_strndup(text, strlen(text)); }

bool kt_grow(void *items, size_t *capacity, size_t needed, size_t item_size) {
    size_t larger = *capacity < 8 ? 8 : *capacity;
    while (larger < needed) {
        if (__builtin_mul_overflow(larger, 2, &larger)) return false;
    }
    void *old;
    memcpy(&old, items, sizeof old);
    void *grown = kt_resize(old, larger, item_size);
    if (!grown) return false;
    memcpy(items, &grown, sizeof grown);
    *capacity = larger;
    return true;
}

/* Blocks double from 4 KiB to 1 MiB, so that small arenas stay small and large ones take few calls. */
struct kt_arena_block {
    kt_arena_block *older;
    char *end;
    size_t size;
};
enum { ARENA_ALIGN = 16, ARENA_FIRST = 4096, ARENA_LARGEST = 1 << 20 };

static bool arena_grow(kt_arena *arena, size_t needed) {
    size_t header = (sizeof(kt_arena_block) + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    size_t size = arena->block ? arena->block->size * 2 : ARENA_FIRST;
    if (size > ARENA_LARGEST) size = ARENA_LARGEST;
    if (__builtin_add_overflow(needed, header, &needed)) return false;
    if (size < needed) size = needed;
    kt_arena_block *block = kt_alloc(size);
    if (!block) return false;
    *block = (kt_arena_block){.older = arena->block, .end = (char *)block + size, .size = size};
    arena->block = block;
    arena->next = (char *)block + header;
    arena->end = block->end;
    return true;
}

void *kt_arena_alloc_block(kt_arena *arena, size_t size) {
    if (size > SIZE_MAX - ARENA_ALIGN) return NULL;
    size = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    if (arena->budget && (size > arena->budget || arena->used > arena->budget - size)) return NULL;
    if ((size_t)(arena->end - arena->next) < size && !arena_grow(arena, size)) return NULL;
    void *item = arena->next;
    arena->next += size;
    arena->used += size;
    return item;
}

char *kt_arena_copy(kt_arena *arena, const char *text, size_t size) {
    char *copy = kt_arena_alloc(arena, size + 1);
    if (!copy) return NULL;
    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

void kt_arena_drop_blocks(kt_arena *arena, kt_arena_block *kept) {
    while (arena->block != kept) {
        kt_arena_block *older = arena->block->older;
        kt_free(arena->block);
        arena->block = older;
    }
    arena->end = arena->block ? arena->block->end : NULL;
}

void kt_arena_free(kt_arena *arena) { kt_arena_restore(arena, (kt_arena_mark){0}); }

/* ── Amplitudes ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

#define SMALL     ((size_t)1024 << 10) /* below it, new pages of the system, zeroed when first touched, take longer than a pass of work */
#define HUGE_PAGE ((size_t)2 << 20)
#define ALIGNED   64

/* From the heap, with where it really begins kept in front. */
static void *small_alloc(size_t bytes) {
    char *block = kt_alloc(bytes + ALIGNED + sizeof block);
    if (!block) return NULL;
    char *aligned = block + sizeof block;
    aligned += (ALIGNED - (uintptr_t)aligned % ALIGNED) % ALIGNED;
    memcpy(aligned - sizeof block, &block, sizeof block);
    return aligned;
}

static void small_free(void *aligned) {
    char *block;
    memcpy(&block, (char *)aligned - sizeof block, sizeof block);
    kt_free(block);
}

static void *map(size_t bytes) {
    void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

/* From the start of a huge page on: more is asked for, and what lies before and behind is given back. */
static void *map_aligned(size_t bytes) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE), end = (bytes + page - 1) / page * page;
    char *pages = bytes <= SIZE_MAX - 2 * HUGE_PAGE ? map(end + HUGE_PAGE) : NULL;
    if (!pages) return map(bytes);
    size_t before = (HUGE_PAGE - (uintptr_t)pages % HUGE_PAGE) % HUGE_PAGE;
    if (before) munmap(pages, before);
    if (before < HUGE_PAGE) munmap(pages + before + end, HUGE_PAGE - before);
    return pages + before;
}

void *kt_pages_alloc(size_t bytes, bool huge) {
    if (!bytes) return NULL;
    if (bytes < SMALL) return small_alloc(bytes);
    void *pages = huge && bytes >= HUGE_PAGE ? map_aligned(bytes) : map(bytes);
#ifdef MADV_HUGEPAGE
    if (pages) madvise(pages, bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE); /* a wish: it is only slower without */
#endif
    return pages;
}

void kt_pages_free(void *pages, size_t bytes) {
    if (!pages) return;
    if (bytes < SMALL)
        small_free(pages);
    else
        munmap(pages, bytes);
}
