/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernels take: the best of many short runs on one thread, on a tile of the size that the engine prefers (512 KB), in nanoseconds
 * and, where the processor counts them, cycles of its time stamp an amplitude that is touched. A rotation of several at once is timed as a
 * whole.
 *
 *   variant                    plain double   avx2 double   avx512 double   plain float   ...
 *   rotate y 0                  0.41 ( 1.0)     ...
 */
#include "checkkernel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Everything a variant needs. */
typedef struct setting {
    const kt_tile_precision *kernels;
    uint32_t bits;
    void *tile, *out;
    unsigned char *state; /* STATE_TILES tiles, interleaved run by run */
    uint64_t *offsets;
    kt_gather gather; /* with these offsets */
    size_t next_tile;
    void *base, *next; /* of the tile in work, and of the one after it */
    double *sums;
    kt_diagonal *diagonal;
    kt_linear *map;
    double single[2 * (KT_TILE_MOST + 1)], wires[4 * KT_TILE_MOST];
    size_t bytes; /* of an amplitude */
} setting;

#define STATE_TILES 128 /* 64 MB: more than the caches hold */

typedef struct variant {
    const char *name;
    void (*run)(setting *s, const struct variant *v);
    uint32_t a, b, c; /* the variant's business */
    uint32_t touched; /* bits of the tile that a condition takes away */
} variant;

static const double factor[2] = {0.6, 0.8};

/* Tile after tile of the state, as a pass does: a tile's runs lie STATE_TILES runs apart, those of the other tiles between them. */
static void advance(setting *s, uint32_t run_bits) {
    size_t runs = (size_t)1 << (s->bits - run_bits), number_of_tile = s->next_tile++ % STATE_TILES;
    s->gather.run_bits = run_bits;
    s->gather.run_count = runs;
    for (size_t r = 0; r < runs; r++) s->offsets[r] = r * STATE_TILES << run_bits;
    s->base = s->state + (number_of_tile * s->bytes << run_bits);
    s->next = s->state + (s->next_tile % STATE_TILES * s->bytes << run_bits);
}

static void run_load(setting *s, const variant *v) {
    advance(s, v->a);
    s->kernels->load(s->tile, s->base, &s->gather, s->next);
}

static void run_store(setting *s, const variant *v) {
    advance(s, v->a);
    s->kernels->store(s->base, s->tile, &s->gather, (const double[2]){1, 0}, v->b ? s->sums : NULL, v->c);
}

static void run_pass(setting *s, const variant *v) {
    run_load(s, v);
    s->kernels->store(s->base, s->tile, &s->gather, (const double[2]){1, 0}, NULL, false);
}

static void run_start(setting *s, const variant *v) {
    (void)v;
    s->kernels->start(s->tile, s->bits, s->wires, factor);
}

/* Rotations on v->b bits from v->a on. The tangent is so small that nothing grows out of bounds. */
static void run_rotate(setting *s, const variant *v) {
    kt_rotation rotations[KT_TILE_MOST];
    uint32_t count = v->b ? v->b : s->bits;
    for (uint32_t i = 0; i < count; i++) rotations[i] = (kt_rotation){1e-6, (uint8_t)(v->a + i), (uint8_t)(v->c == 2 ? i & 1 : v->c)};
    s->kernels->rotate(s->tile, s->bits, rotations, count);
}

static void run_diagonal(setting *s, const variant *v) {
    (void)v;
    s->kernels->diagonal(s->tile, s->bits, s->diagonal, s->single);
}

static void run_linear(setting *s, const variant *v) {
    uint32_t columns[KT_TILE_MOST];
    for (uint32_t i = 0; i < s->bits; i++) {
        columns[i] = 1u << i;
        if (v->a <= i && i + 1 < s->bits) columns[i] |= 1u << (i + 1); /* a chain of CX from bit v->a on */
    }
    if (v->b) columns[0] |= 1u << v->b;
    s->kernels->prepare_linear(s->map, s->bits, columns);
    s->kernels->linear(s->out, s->tile, s->bits, s->map, 0);
}

static void run_exchange(setting *s, const variant *v) { s->kernels->exchange(s->tile, s->bits, v->a, v->b, v->b); }
static void run_scale(setting *s, const variant *v) { s->kernels->scale(s->tile, s->bits, v->a, v->a, factor); }

/* A Fourier transform: unitary, no zeros. Targets: v->b is how many, v->a has one in four bits each. v->c: the mask. */
static void run_dense(setting *s, const variant *v) {
    static double matrix[7][2 * 64 * 64];
    uint32_t rows = 1u << v->b;
    if (matrix[v->b][0] == 0)
        for (uint32_t i = 0; i < rows * rows; i++) {
            double angle = 6.283185307179586 * (i / rows) * (i % rows) / rows;
            matrix[v->b][2 * i] = cos(angle) / sqrt(rows);
            matrix[v->b][2 * i + 1] = v->b > 1 ? sin(angle) / sqrt(rows) : 0;
        }
    uint8_t targets[6];
    for (uint32_t t = 0; t < v->b; t++) targets[t] = (uint8_t)(v->a >> 4 * t & 15);
    s->kernels->dense(s->tile, s->bits, targets, v->b, v->c, v->c, matrix[v->b]);
}

static const variant variants[] = {
    {"load runs of 2^8", run_load, 8, 0, 0, 0},
    {"load runs of 2^6", run_load, 6, 0, 0, 0},
    {"store runs of 2^8", run_store, 8, 0, 0, 0},
    {"store runs of 2^6", run_store, 6, 0, 0, 0},
    {"store 2^8, sums", run_store, 8, 1, 0, 0},
    {"store 2^8, fresh", run_store, 8, 0, 1, 0},
    {"load, store 2^8", run_pass, 8, 0, 0, 0},
    {"load, store 2^6", run_pass, 6, 0, 0, 0},
    {"start", run_start, 0, 0, 0, 0},
    {"rotate y 0", run_rotate, 0, 1, 0, 0},
    {"rotate y 6", run_rotate, 6, 1, 0, 0},
    {"rotate y 14", run_rotate, 14, 1, 0, 0},
    {"rotate y 0-2", run_rotate, 0, 3, 0, 0},
    {"rotate y 3-5", run_rotate, 3, 3, 0, 0},
    {"rotate x 6-8", run_rotate, 6, 3, 1, 0},
    {"rotate y 12-14", run_rotate, 12, 3, 0, 0},
    {"rotate y all", run_rotate, 0, 0, 0, 0},
    {"rotate x all", run_rotate, 0, 0, 1, 0},
    {"rotate y and x all", run_rotate, 0, 0, 2, 0},
    {"diagonal", run_diagonal, 0, 0, 0, 0},
    {"linear, CX chain", run_linear, 0, 0, 0, 0},
    {"linear, CX high", run_linear, 5, 0, 0, 0},
    {"linear, one CX", run_linear, 31, 9, 0, 0},
    {"exchange 0", run_exchange, 0, 0, 0, 0},
    {"exchange 3", run_exchange, 3, 0, 0, 0},
    {"exchange 9", run_exchange, 9, 0, 0, 0},
    {"exchange 14", run_exchange, 14, 0, 0, 0},
    {"exchange 9 if 1", run_exchange, 9, 1 << 1, 0, 1},
    {"exchange 9 if 5", run_exchange, 9, 1 << 5, 0, 1},
    {"exchange 9 if 7, 11", run_exchange, 9, 1 << 7 | 1 << 11, 0, 2},
    {"exchange 1 if 7", run_exchange, 1, 1 << 7, 0, 1},
    {"scale", run_scale, 0, 0, 0, 0},
    {"scale if 1", run_scale, 1 << 1, 0, 0, 1},
    {"scale if 7", run_scale, 1 << 7, 0, 0, 1},
    {"scale if 7, 11", run_scale, 1 << 7 | 1 << 11, 0, 0, 2},
    {"dense 0", run_dense, 0x0, 1, 0, 0},
    {"dense 7", run_dense, 0x7, 1, 0, 0},
    {"dense 14", run_dense, 0xe, 1, 0, 0},
    {"dense 7 if 5", run_dense, 0x7, 1, 1 << 5, 1},
    {"dense 7 if 1", run_dense, 0x7, 1, 1 << 1, 1},
    {"dense 0 if 9", run_dense, 0x0, 1, 1 << 9, 1},
    {"dense 0, 1", run_dense, 0x10, 2, 0, 0},
    {"dense 1, 8", run_dense, 0x81, 2, 0, 0},
    {"dense 5, 6", run_dense, 0x65, 2, 0, 0},
    {"dense 9, 14", run_dense, 0xe9, 2, 0, 0},
    {"dense 13, 14", run_dense, 0xed, 2, 0, 0},
    {"dense 0, 1, 2", run_dense, 0x210, 3, 0, 0},
    {"dense 6, 8, 12", run_dense, 0xc86, 3, 0, 0},
    {"dense 0, 5, 7, 9", run_dense, 0x9750, 4, 0, 0},
    {"dense 5, 7, 9, 11, 13", run_dense, 0xdb975, 5, 0, 0},
    {"dense 4, 5, 7, 9, 11, 13", run_dense, 0xdb9754, 6, 0, 0},
};

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double cycles(void) {
#if defined __x86_64__ || defined __i386__
    return (double)__builtin_ia32_rdtsc();
#else
    return 0;
#endif
}

/* Best of `samples` runs of at least a millisecond, an amplitude. */
static void time_variant(setting *s, const variant *v, double *nanoseconds, double *ticks) {
    uint32_t repeat = 1;
    double touched = (double)((size_t)1 << (s->bits - v->touched));
    *nanoseconds = *ticks = INFINITY;
    v->run(s, v);
    for (uint32_t sample = 0; sample < 30;) {
        double start = seconds(), start_ticks = cycles();
        for (uint32_t i = 0; i < repeat; i++) v->run(s, v);
        double ticked = cycles() - start_ticks, took = seconds() - start;
        if (took < 1e-3) {
            repeat *= 2;
            continue;
        }
        sample++;
        *nanoseconds = fmin(*nanoseconds, 1e9 * took / (repeat * touched));
        *ticks = fmin(*ticks, ticked / (repeat * touched));
    }
}

static void *room(size_t size) {
    void *piece = aligned_alloc(4096, (size + 4095) & ~(size_t)4095);
    if (!piece) {
        fprintf(stderr, "checkkernel: out of memory\n");
        exit(1);
    }
    memset(piece, 0, size);
    return piece;
}

static void prepare(setting *s, const subject *which) {
    s->kernels = which->kernels;
    s->bits = which->single ? 16 : 15;
    s->bytes = amplitude_size(which);
    size_t size = s->bytes << s->bits;
    for (size_t i = 0; i < 2 * size * STATE_TILES / s->bytes; i++) {
        if (which->single)
            ((float *)s->state)[i] = (float)random_number();
        else
            ((double *)s->state)[i] = random_number();
    }
    memcpy(s->tile, s->state, size);
    memcpy(s->out, s->state, size);
    double angle[KT_TILE_MOST * KT_TILE_MOST];
    for (uint32_t i = 0; i < s->bits * s->bits; i++) angle[i] = random_number();
    for (uint32_t i = 0; i <= s->bits; i++) {
        number one = random_phase();
        s->single[2 * i] = (double)creall(one);
        s->single[2 * i + 1] = (double)cimagl(one);
        for (int j = 0; j < 4 && i < s->bits; j++) s->wires[4 * i + (uint32_t)j] = 0.7;
    }
    s->kernels->prepare_diagonal(s->diagonal, s->bits, angle);
}

void bench(const subject *subjects, uint32_t count, const char *name) {
    setting s = {.tile = room((size_t)8 << 16), .out = room((size_t)8 << 16), .state = room(((size_t)8 << 16) * STATE_TILES)};
    s.gather.offset = s.offsets = room(sizeof(uint64_t) << KT_TILE_MOST);
    s.sums = room(sizeof(double) << KT_TILE_MOST);
    s.diagonal = room(KT_DIAGONAL_BYTES);
    s.map = room(KT_LINEAR_BYTES);
    const uint32_t variant_count = sizeof variants / sizeof *variants;
    double(*results)[2] = room(sizeof(double[2]) * variant_count * count);
    for (uint32_t i = 0; i < count; i++) {
        prepare(&s, &subjects[i]);
        s.gather.bits = s.bits;
        for (uint32_t v = 0; v < variant_count; v++)
            if (strstr(variants[v].name, name)) time_variant(&s, &variants[v], &results[v * count + i][0], &results[v * count + i][1]);
    }
    printf("Nanoseconds (cycles) an amplitude touched, tiles of 512 KB, one thread.\n%-26s", "");
    for (uint32_t i = 0; i < count; i++) printf("  %6s %-8s", subjects[i].isa, subjects[i].precision);
    for (uint32_t v = 0; v < variant_count; v++) {
        if (!strstr(variants[v].name, name)) continue;
        printf("\n%-26s", variants[v].name);
        for (uint32_t i = 0; i < count; i++) printf("  %6.3f (%5.2f) ", results[v * count + i][0], results[v * count + i][1]);
    }
    printf("\n");
    void *rooms[] = {s.tile, s.out, s.state, s.offsets, s.sums, s.diagonal, s.map, results};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) free(rooms[i]);
}
