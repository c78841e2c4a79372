/* SPDX-License-Identifier: Apache-2.0
 *
 * Kernels of the planned engine: they work on a tile, a copy of 2^bits amplitudes in scratch memory that fits the second-level cache.
 *
 *   state in memory    re im re im re im ...                       interleaved, 2^wires amplitudes
 *                      |--run--|        |--run--|                  a tile gathers runs of 2^run_bits neighbours
 *   tile in scratch    re re re re im im im im | re re ...         by vector: the real parts of V neighbours, then their imaginary parts
 *                      |----- one vector -----|                    V = 2^lane_bits
 *   address in a tile  bit 0 ... lane_bits - 1: the lane; the bits above: which vector
 *
 * Local bit i < run_bits of a tile is bit i of the memory index; the others are bits of the index that the stage chose, in ascending order.
 * A kernel is told nothing of the bits outside: what depends on them arrives as an argument, tile by tile.
 *
 * Each instruction set fills one kt_tile_kernels record; bodies are written once (tile_*.h) in a small vocabulary of vector words
 * (vector_*.h). Records are complete: the one of plain C is correct on any machine and is what the others are checked against. A kernel
 * never threads, allocates or fails; same arguments, same bytes.
 */
#ifndef KETCH_KERNEL_TILE_H
#define KETCH_KERNEL_TILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KT_TILE_LEAST 7  /* fewest bits of a tile: smaller states are padded with zeros */
#define KT_TILE_MOST  18 /* most */
#define KT_TILE_ALIGN 64 /* bytes: of tiles in scratch, and of the state's memory */

typedef enum kt_isa { KT_ISA_PLAIN, KT_ISA_AVX2, KT_ISA_AVX512, KT_ISA_COUNT } kt_isa;

/* Where a tile's amplitudes are: run r is [offset[r], offset[r] + 2^run_bits) behind the tile's base, in amplitudes. What is left of the
 * tile behind the last run (a padded one) is zero. Offsets ascend. */
typedef struct kt_gather {
    uint32_t bits, run_bits;
    uint64_t run_count; /* at most 2^(bits - run_bits) */
    const uint64_t *offset;
} kt_gather;

/* Multiplies by ((1, -t), (t, 1)) on a bit, or by ((1, -it), (-it, 1)): rotations about Y and X, without the factor cos(theta/2), which the
 * caller defers. t = tan(theta/2), |t| <= 1. */
typedef struct kt_rotation {
    double tangent;
    uint8_t bit;
    uint8_t imaginary;
} kt_rotation;

/* A quadratic form of local bits, as phases: prepared once a stage by `prepare_diagonal`, read by all threads. The content is
 * tile_diagonal.h's business; `data` has KT_DIAGONAL_BYTES, aligned to KT_TILE_ALIGN. */
#define KT_DIAGONAL_BYTES (20u << 10)
typedef struct kt_diagonal kt_diagonal;

/* A linear map of addresses over GF(2), prepared by `prepare_linear`; the content is tile_linear.h's business. */
#define KT_LINEAR_BYTES (10u << 10)
typedef struct kt_linear kt_linear;

typedef struct kt_tile_precision {
    uint32_t lane_bits; /* at most 4 */

    /* Memory to tile. `base` is the tile's first amplitude; `next`, or NULL, is that of the tile that will be loaded after this one with
     * the same gather: it may be prefetched. */
    void (*load)(void *tile, const void *base, const kt_gather *gather, const void *next);
    /* Tile to memory, times a complex factor. `sums`, or NULL, gets for each run the sum of |a|^2 of what was written, in double, in an
     * order that depends on the run alone. `fresh`: these lines were not read, so that they need not be fetched. */
    void (*store)(void *base, const void *tile, const kt_gather *gather, const double factor[2], double *sums, bool fresh);
    /* A product state: amplitude l is `factor` times the product over bits i of the complex number at wires[4 i], or at wires[4 i + 2]
     * where the bit is 1. */
    void (*start)(void *tile, uint32_t bits, const double *wires, const double factor[2]);

    /* Rotations on distinct bits, in any number; how many at once go through registers, and in what blocks, is the kernel's business. */
    void (*rotate)(void *tile, uint32_t bits, const kt_rotation *rotations, uint32_t count);

    /* Amplitude l times single[bits] times the product over set bits i of single[i] times the product over pairs of set bits of their pair
     * factor; single: bits + 1 complex numbers of modulus 1, which may differ from tile to tile. To prepare: angle[i * bits + j], i < j, in
     * radians. */
    void (*prepare_diagonal)(kt_diagonal *out, uint32_t bits, const double *angle);
    void (*diagonal)(void *tile, uint32_t bits, const kt_diagonal *diagonal, const double *single);

    /* Amplitude l goes to M l xor offset, out of place; to prepare: columns[i] = M e_i, invertible. Quickest where `out` and `tile` differ
     * by half of 4096 bytes modulo 4096: otherwise lines of both compete for the same sets of the cache. */
    void (*prepare_linear)(kt_linear *out, uint32_t bits, const uint32_t *columns);
    void (*linear)(void *out, const void *tile, uint32_t bits, const kt_linear *map, uint32_t offset);

    /* On the amplitudes l with (l & mask) == value: exchange those that differ in `target`; multiply by a complex factor; multiply by a
     * complex matrix (2^count x 2^count, row by row, re im, first target = bit 0) on distinct targets, 1 <= count <= 6. Targets are not in
     * the mask. */
    void (*exchange)(void *tile, uint32_t bits, uint32_t target, uint32_t mask, uint32_t value);
    void (*scale)(void *tile, uint32_t bits, uint32_t mask, uint32_t value, const double factor[2]);
    void (*dense)(void *tile, uint32_t bits, const uint8_t *targets, uint32_t count, uint32_t mask, uint32_t value, const double *matrix);
} kt_tile_precision;

typedef struct kt_tile_kernels {
    const char *name;                      /* "plain", "avx2", "avx512" */
    const kt_tile_precision *precision[2]; /* double, float */
} kt_tile_kernels;

/* The best that this processor and its system run. */
kt_isa kt_isa_best(void);
/* NULL where it was not compiled in (another architecture). */
const kt_tile_kernels *kt_tile_kernels_of(kt_isa isa);

#endif
