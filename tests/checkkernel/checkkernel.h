/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of checkkernel share: which kernels are looked at, numbers from a seed, memory between guard pages, and the comparison.
 *
 *   check_memory.c   load, store, start                                    bench.c   what every kernel takes
 *   check_steps.c    rotate, diagonal, linear, exchange, scale, dense
 *
 * Amplitudes are kept here in long double, one after the other, whatever a kernel's precision and layout: `wanted` is worked out from the
 * sentence in tile.h that says what the kernel does, and never by another kernel.
 */
#ifndef KETCH_TESTS_CHECKKERNEL_H
#define KETCH_TESTS_CHECKKERNEL_H

#include "kernel/tile.h"

#include <complex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef long double complex number;

/* One variant of the kernels. */
typedef struct subject {
    const char *isa, *precision;
    const kt_tile_precision *kernels;
    bool single;
    double epsilon; /* from 1 to the next number */
} subject;

/* ── Numbers from the seed ── */

uint64_t random_bits(void);
double random_number(void); /* uniform in [-1, 1) */
uint32_t random_below(uint32_t n);
number random_phase(void);                                           /* of modulus 1 */
void random_order(uint8_t *out, uint32_t count);                     /* 0 ... count - 1, shuffled */
uint32_t random_mask(uint32_t bits, uint32_t without);               /* none, one, some or all of the bits */
void random_amplitudes(const subject *s, number *out, size_t count); /* in [-1, 1) x [-1, 1), as the precision can hold them */

/* How often to draw, for tiles of this size. */
uint32_t rounds(uint32_t bits, uint32_t most);

/* ── Memory between guard pages ──
 *
 *        no access | low ...                                  ... high | no access
 *
 * A piece lies at one end of its arena. Each kernel runs with all its pieces at the low end, then at the high end, so that neither reading
 * nor writing outside of them goes unnoticed. Pieces are poisoned: all bytes 0xff, which makes each number a NaN. */
typedef enum arena { TILE, TILE_OUT, STATE, TABLE, ARGUMENT, ARGUMENT2, SUMS, ARENA_COUNT } arena;
enum { LOW, HIGH, END_COUNT };

void *place(arena where, size_t size, int end); /* aligned as much as its size is, up to KT_TILE_ALIGN */
void *place_copy(arena where, const void *from, size_t size, int end);
void read_only(arena where, bool yes);

/* ── Comparison ── */

/* What is being done, for the message about a failure or crash. */
void describe(const char *format, ...) __attribute__((format(printf, 1, 2)));
void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

size_t amplitude_size(const subject *s);
void *place_tile(const subject *s, arena where, const number *amplitudes, uint32_t bits, int end);
number tile_amplitude(const subject *s, const void *tile, size_t l);
/* An amplitude in memory's layout. */
number state_amplitude(const subject *s, const void *state, size_t i);
void put_state_amplitude(const subject *s, void *state, size_t i, number a);

/* Amplitudes l with (l & mask) == value may be off by the tolerance, the others by nothing. At the high end the bytes must be those of the
 * low end, too. */
void check_tile(const subject *s, const void *tile, uint32_t bits, const number *wanted, long double tolerance, uint32_t mask,
                uint32_t value, int end);

/* ── The parts ── */

extern number *tile_before, *tile_wanted; /* room for amplitudes: KT_TILE_MOST bits */

void check_load(const subject *s, uint32_t bits);
void check_store(const subject *s, uint32_t bits);
void check_far(const subject *s, uint32_t bits);
void check_start(const subject *s, uint32_t bits);
void check_rotate(const subject *s, uint32_t bits);
void check_diagonal(const subject *s, uint32_t bits);
void check_linear(const subject *s, uint32_t bits);
void check_exchange(const subject *s, uint32_t bits);
void check_scale(const subject *s, uint32_t bits);
void check_dense(const subject *s, uint32_t bits);

/* Times the kernels whose name contains `name`. */
void bench(const subject *subjects, uint32_t count, const char *name);

#endif
