/* SPDX-License-Identifier: Apache-2.0
 *
 * Rotations about X and Y, several at once in registers.
 *
 * With k rotations on bits of the vector index, the 2^k vectors that differ in them have 2^(k+1) parts (re, im), which fall into two halves
 * that never meet: a rotation about Y joins equal parts, one about X joins re with im.
 *
 *   half h, vector x:  part h xor parity(x & imaginary)          two of k = 3, both imaginary:   x     00 01 10 11
 *   a half costs 2^k registers, k 2^k multiply-adds, and 2^k loads and stores                    h = 0 re im im re
 *                                                                                                h = 1 im re re im
 * So 4 at once where there are 32 registers, 3 where there are 16: bound by the multiply-adds, not by loads and stores. One about X has
 * the sign of its tangent changed where the lower of the two parts is real. Rotations on bits of the lane are a permutation and a
 * multiply-add with a tangent signed lane by lane; they ride along, on both halves.
 *
 *   sweep   up to AT_ONCE rotations, over a whole tile or a block                     one load and store of each vector
 *   block   2^BLOCK_BITS amplitudes, half the first-level cache:                      all sweeps of a pass, block by block
 *           the lowest STRIP_BITS bits, and up to ROWS bits above those ("rows")
 *   pass    rotations on up to ROWS rows; rotations on low bits fill up its sweeps    one trip to the second-level cache
 *
 * More than 2^ROWS rows, a multiple of 4 KiB apart, do not stay in a first-level cache of 8 ways.
 *
 * On Zen 4 stores of 512 bits that follow one another hold up the multiply-adds, each for more than a cycle: 1.3 times what the
 * multiply-adds take by themselves. Storing halves, three rotations at once, would save a tenth there; it is an instruction more for each
 * vector everywhere.
 */
#ifndef KETCH_KERNEL_TILE_ROTATE_H
#define KETCH_KERNEL_TILE_ROTATE_H

#include "kernel/tile.h"
#include "kernel/vector.h"

#if KT_VECTOR == KT_VECTOR_AVX512
#define AT_ONCE       4
#define AT_ONCE_LANES 3 /* beside those on lanes */
#else
#define AT_ONCE       3
#define AT_ONCE_LANES 2
#endif
#define ROWS       3
#define BLOCK_BITS (KT_SINGLE ? 11 : 10)
#define STRIP_BITS (BLOCK_BITS - ROWS)

typedef struct kt_sweep {
    uint32_t count, imaginary; /* the first `imaginary` are about X */
    uint32_t bit[AT_ONCE];     /* of the vector index */
    real tangent[AT_ONCE];
    uint32_t lanes, lanes_imaginary; /* sets of lane bits */
    real lane_tangent[LANE_BITS];
} kt_sweep;

KT_INLINE uint32_t parity(uint32_t x) {
    x ^= x >> 2;
    return (x ^ x >> 1) & 1;
}

/* The rotations of a sweep on one half of 2^k vectors. */
KT_INLINE void turn(vector *a, const vector *t, uint32_t k, uint32_t imaginary, uint32_t half) {
    KT_UNROLL for (uint32_t j = 0; j < k; j++) {
        KT_UNROLL for (uint32_t x = 0; x < 1u << k; x++) {
            if (x >> j & 1) continue;
            vector low = a[x], high = a[x | 1u << j], copy = high;
            V_OPAQUE(copy);
            if (j < imaginary && (half ^ parity(x & ((1u << imaginary) - 1))) == 0) {
                a[x] = v_fma(t[j], copy, low);
                a[x | 1u << j] = v_fnma(t[j], low, high);
            } else {
                a[x] = v_fnma(t[j], copy, low);
                a[x | 1u << j] = v_fma(t[j], low, high);
            }
        }
    }
}

/* Those on lane bits, on 2^k vectors, both parts. */
KT_INLINE void turn_lanes(vector *re, vector *im, const vector *t, const kt_sweep *sweep, uint32_t k) {
    KT_UNROLL for (uint32_t j = 0; j < LANE_BITS; j++) {
        if (sweep->lanes >> j & 1) {
            KT_UNROLL for (uint32_t x = 0; x < 1u << k; x++) {
                re[x] = v_fma(t[j], v_xor_lanes(re[x], j), re[x]);
                im[x] = v_fma(t[j], v_xor_lanes(im[x], j), im[x]);
            }
        } else if (sweep->lanes_imaginary >> j & 1) {
            KT_UNROLL for (uint32_t x = 0; x < 1u << k; x++) {
                vector old = re[x];
                re[x] = v_fma(t[j], v_xor_lanes(im[x], j), re[x]);
                im[x] = v_fnma(t[j], v_xor_lanes(old, j), im[x]);
            }
        }
    }
}

KT_INLINE void forget_rows(real **row) { KT_UNROLL for (int i = 0; i < 4; i++) KT_OPAQUE(row[i]); }

/* A sweep over the vectors whose index, behind that of `block`, has no bits but those of `free` and of the sweep. Vector x is at
 * row[x >> 2] + step[x & 3]: few enough addresses for registers. */
KT_INLINE void sweep_block(real *block, uint32_t free, const kt_sweep *sweep, uint32_t k, uint32_t imaginary, bool lanes) {
    const uint32_t size = 1u << k, about_x = (1u << imaginary) - 1;
    size_t distance[4] = {0}, column = 0, columns = free;
    vector t[AT_ONCE], lane_t[LANE_BITS];
    KT_UNROLL for (uint32_t j = 0; j < k; j++) {
        t[j] = v_broadcast(sweep->tangent[j]);
        distance[j] = (size_t)2 * LANES << sweep->bit[j];
    }
    const size_t step[4] = {0, distance[0], distance[1], distance[0] + distance[1]};
    if (lanes) {
        KT_UNROLL for (uint32_t j = 0; j < LANE_BITS; j++) {
            vector x = v_broadcast(sweep->lane_tangent[j]);
            lane_t[j] = sweep->lanes >> j & 1 ? v_negate(x, v_mask_of(~v_lanes_with_bit(j))) : x;
        }
    }
    do {
        real *row[4];
        row[0] = block + column * (2 * LANES);
        row[1] = row[0] + distance[2];
        row[2] = row[0] + distance[3];
        row[3] = row[1] + distance[3];
        vector a[2][1 << AT_ONCE];
        KT_UNROLL for (uint32_t h = 0; h < 2; h++) {
            forget_rows(row);
            KT_UNROLL for (uint32_t x = 0; x < size; x++) {
                a[h][x] = v_load(row[x >> 2] + step[x & 3] + (h ^ parity(x & about_x)) * LANES);
                V_OPAQUE(a[h][x]);
            }
            turn(a[h], t, k, imaginary, h);
            if (lanes) continue;
            forget_rows(row);
            KT_UNROLL for (uint32_t x = 0; x < size; x++) v_store(row[x >> 2] + step[x & 3] + (h ^ parity(x & about_x)) * LANES, a[h][x]);
        }
        if (lanes) {
            vector re[1 << AT_ONCE], im[1 << AT_ONCE];
            KT_UNROLL for (uint32_t x = 0; x < size; x++) {
                re[x] = a[parity(x & about_x)][x];
                im[x] = a[!parity(x & about_x)][x];
            }
            turn_lanes(re, im, lane_t, sweep, k);
            KT_UNROLL for (uint32_t x = 0; x < size; x++) {
                v_store(row[x >> 2] + step[x & 3], re[x]);
                v_store(row[x >> 2] + step[x & 3] + LANES, im[x]);
            }
        }
        column = (column - columns) & columns; /* the next subset */
    } while (column);
}

typedef void kt_sweep_function(real *block, uint32_t free, const kt_sweep *sweep);

/* By count and how many of them are about X. */
#define SWEEPS_1(X) X(1, 0) X(1, 1)
#define SWEEPS_2(X) SWEEPS_1(X) X(2, 0) X(2, 1) X(2, 2)
#define SWEEPS_3(X) SWEEPS_2(X) X(3, 0) X(3, 1) X(3, 2) X(3, 3)
#if AT_ONCE == 4
#define SWEEPS(X)       SWEEPS_3(X) X(4, 0) X(4, 1) X(4, 2) X(4, 3) X(4, 4)
#define SWEEPS_LANES(X) X(0, 0) SWEEPS_3(X)
#else
#define SWEEPS(X)       SWEEPS_3(X)
#define SWEEPS_LANES(X) X(0, 0) SWEEPS_2(X)
#endif
#define SWEEP(k, i) \
    static void sweep_##k##_##i(real *block, uint32_t free, const kt_sweep *sweep) { sweep_block(block, free, sweep, k, i, false); }
#define SWEEP_LANES(k, i) \
    static void sweep_lanes_##k##_##i(real *block, uint32_t free, const kt_sweep *sweep) { sweep_block(block, free, sweep, k, i, true); }
#define ENTRY(k, i)       [k][i] = sweep_##k##_##i,
#define ENTRY_LANES(k, i) [k][i] = sweep_lanes_##k##_##i,
SWEEPS(SWEEP)
SWEEPS_LANES(SWEEP_LANES)
static kt_sweep_function *const sweep_functions[AT_ONCE + 1][AT_ONCE + 1] = {SWEEPS(ENTRY)};
static kt_sweep_function *const sweep_lanes_functions[AT_ONCE_LANES + 1][AT_ONCE_LANES + 1] = {SWEEPS_LANES(ENTRY_LANES)};

/* What a pass does: sweeps, and the bits of the vector index that a block has. */
typedef struct kt_sweeps {
    uint32_t sweep_count, block;
    kt_sweep sweep[KT_TILE_MOST];
} kt_sweeps;

/* Rotations on vector bits, those about X first. */
static void add_sweep(kt_sweeps *pass, const kt_rotation *const *rotations, uint32_t count) {
    kt_sweep *sweep = &pass->sweep[pass->sweep_count++];
    *sweep = (kt_sweep){0};
    for (int imaginary = 1; imaginary >= 0; imaginary--)
        for (uint32_t j = 0; j < count; j++) {
            if ((rotations[j]->imaginary != 0) != imaginary) continue;
            sweep->bit[sweep->count] = rotations[j]->bit - LANE_BITS;
            sweep->tangent[sweep->count++] = (real)rotations[j]->tangent;
            sweep->imaginary += (uint32_t)imaginary;
        }
}

static void add_lanes(kt_sweeps *pass, const kt_rotation *const *rotations, uint32_t count) {
    if (pass->sweep_count == 0 || pass->sweep[pass->sweep_count - 1].count > AT_ONCE_LANES) add_sweep(pass, NULL, 0);
    kt_sweep *sweep = &pass->sweep[pass->sweep_count - 1];
    for (uint32_t j = 0; j < count; j++) {
        uint32_t bit = rotations[j]->bit;
        *(rotations[j]->imaginary ? &sweep->lanes_imaginary : &sweep->lanes) |= 1u << bit;
        sweep->lane_tangent[bit] = (real)rotations[j]->tangent;
    }
}

static void run_pass(real *tile, uint32_t bits, const kt_sweeps *pass) {
    uint32_t all = (1u << (bits - LANE_BITS)) - 1, inside = pass->sweep_count > 1 ? pass->block & all : all, base = 0;
    do {
        for (uint32_t s = 0; s < pass->sweep_count; s++) {
            const kt_sweep *sweep = &pass->sweep[s];
            uint32_t free = inside;
            for (uint32_t j = 0; j < sweep->count; j++) free &= ~(1u << sweep->bit[j]);
            bool lanes = sweep->lanes | sweep->lanes_imaginary;
            kt_sweep_function *function = (lanes ? sweep_lanes_functions[sweep->count] : sweep_functions[sweep->count])[sweep->imaginary];
            function(tile + (size_t)base * (2 * LANES), free, sweep);
        }
        base = (base - (all & ~inside)) & (all & ~inside);
    } while (base);
}

/* Rotations by where their bit is: in the lane, in the strip, a row. */
static void rotate(void *tile, uint32_t bits, const kt_rotation *rotations, uint32_t count) {
    enum { LANE, STRIP, ROW };
    const kt_rotation *sorted[3][KT_TILE_MOST];
    uint32_t counts[3] = {0};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t kind = rotations[i].bit < LANE_BITS ? LANE : rotations[i].bit < STRIP_BITS ? STRIP : ROW;
        sorted[kind][counts[kind]++] = &rotations[i];
    }
    uint32_t rows_done = 0, strips_done = 0;
    do {
        kt_sweeps pass = {.block = (1u << (STRIP_BITS - LANE_BITS)) - 1};
        const kt_rotation *chosen[KT_TILE_MOST];
        uint32_t chosen_count = 0, rows = counts[ROW] - rows_done < ROWS ? counts[ROW] - rows_done : ROWS;
        for (uint32_t i = 0; i < rows; i++) {
            chosen[chosen_count++] = sorted[ROW][rows_done++];
            pass.block |= 1u << (chosen[i]->bit - LANE_BITS);
        }
        if (rows == 0) pass.block = (1u << (BLOCK_BITS - LANE_BITS)) - 1;
        bool last = rows_done == counts[ROW];
        while (strips_done < counts[STRIP] && (last || chosen_count < AT_ONCE)) chosen[chosen_count++] = sorted[STRIP][strips_done++];
        for (uint32_t i = 0; i < chosen_count; i += AT_ONCE)
            add_sweep(&pass, chosen + i, chosen_count - i < AT_ONCE ? chosen_count - i : AT_ONCE);
        if (last && counts[LANE] > 0) add_lanes(&pass, sorted[LANE], counts[LANE]);
        run_pass(tile, bits, &pass);
    } while (rows_done < counts[ROW]);
}

#endif
