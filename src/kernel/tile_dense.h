/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense matrices on one to six targets, anywhere in the address, under a condition.
 *
 * A group is 2^count vectors that differ in `count` bits of the vector's number, its slots. A target among those bits is a slot itself. A
 * target j among the lanes gets a free bit p as its slot: vectors come in pairs that differ in p, and j and p change places in registers,
 * before the matrix and after it.
 *
 *   lanes         0 1 2 3                      0 1 2 3
 *   vector p = 0  a b c d    exchange 0 and p  a A c C      now all with j = 0 are in one vector, and with j = 1 in the other:
 *   vector p = 1  A B C D    --------------->  b B d D      they are multiplied like any other two
 *
 * Conditions on lanes select between old and new before the way back: their bits are no targets, and stay where they are.
 */
#ifndef KETCH_KERNEL_TILE_DENSE_H
#define KETCH_KERNEL_TILE_DENSE_H

#include "kernel/tile.h"
#include "kernel/tile_exchange.h"
#include "kernel/vector.h"

#define DENSE_TARGETS 6
#define DENSE_SIZE    (1u << DENSE_TARGETS)

/* Rows worked on at a time: as many sums as there are registers for. */
#if KT_VECTOR == KT_VECTOR_AVX512
#define DENSE_ROWS 4
#else
#define DENSE_ROWS 2
#endif

/* Loops over a group, whole where it is small: its vectors then are registers. */
#define UNROLL       KT_UNROLL_BY(8)
#define UNROLL_TWICE KT_UNROLL_BY(2)

typedef struct dense_layout {
    condition condition;          /* slots are fixed at 0, too */
    uint8_t order[DENSE_TARGETS]; /* targets by ascending bit: which one each slot is for */
    uint32_t lane_count;          /* of them are lane bits */
    v_index other[LANE_BITS];     /* for such a one: of each lane, the one that differs in the target */
    v_mask low[LANE_BITS];        /* lanes in which the target is 0 */
    size_t offset[DENSE_SIZE];    /* of a group's vectors, in reals */
} dense_layout;

/* False where there are not enough free bits. */
static bool dense_layout_make(dense_layout *out, uint32_t bits, const uint8_t *targets, uint32_t count, uint32_t mask, uint32_t value) {
    uint32_t taken = mask >> LANE_BITS, slots = 0;
    for (uint32_t t = 0; t < count; t++) {
        uint32_t i = t;
        for (; i && targets[out->order[i - 1]] > targets[t]; i--) out->order[i] = out->order[i - 1];
        out->order[i] = (uint8_t)t;
        taken |= 1u << targets[t] >> LANE_BITS;
    }
    out->condition = condition_of(bits, mask, value);
    out->lane_count = 0;
    out->offset[0] = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t bit = targets[out->order[i]], slot = bit - LANE_BITS;
        if (bit < LANE_BITS) {
            slot = (uint32_t)__builtin_ctz(~taken);
            if (slot >= bits - LANE_BITS) return false;
            taken |= 1u << slot;
            out->other[i] = v_index_xor(1u << bit);
            out->low[i] = v_mask_of(~v_lanes_with_bit(bit));
            out->lane_count++;
        }
        slots |= 1u << slot;
        for (uint32_t j = 0; j < 1u << i; j++) out->offset[(1u << i) + j] = out->offset[j] + ((size_t)2 * LANES << slot);
    }
    condition_fix(&out->condition, slots);
    return true;
}

/* The matrix as it is read: slots for targets, and by DENSE_ROWS rows (all, if there are fewer), column by column. */
static void dense_matrix(real *out, const dense_layout *layout, uint32_t count, const double *matrix) {
    uint32_t size = 1u << count, rows = size < DENSE_ROWS ? size : DENSE_ROWS, place[DENSE_SIZE] = {0};
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < 1u << i; j++) place[(1u << i) + j] = place[j] | 1u << layout->order[i];
    for (uint32_t row = 0; row < size; row += rows)
        for (uint32_t column = 0; column < size; column++)
            for (uint32_t r = row; r < row + rows; r++) {
                const double *entry = matrix + 2 * (place[r] * size + place[column]);
                *out++ = (real)entry[0];
                *out++ = (real)entry[1];
            }
}

/* The lane of slot i and the slot change places; the same once more changes them back. */
KT_INLINE void dense_exchange(const dense_layout *layout, uint32_t count, vector *re, vector *im) {
    const uint32_t most = count < LANE_BITS ? count : LANE_BITS;
    UNROLL for (uint32_t i = 0; i < most; i++) {
        if (i >= layout->lane_count) break;
        const v_index other = layout->other[i];
        const v_mask low = layout->low[i];
        UNROLL for (uint32_t j = 0; j < 1u << count; j++) {
            if (j >> i & 1) continue;
            vector *parts[2] = {re, im};
            UNROLL for (uint32_t part = 0; part < 2; part++) {
                vector *x = parts[part] + j, *y = x + (1u << i), old = *x;
                *x = v_select(low, old, v_permute(*y, other));
                *y = v_select(low, v_permute(old, other), *y);
            }
        }
    }
}

/* re, im: a group; out_re, out_im: room for one. */
KT_INLINE void dense_group(const dense_layout *layout, const real *matrix, uint32_t size, bool all_lanes, const vector *re,
                           const vector *im, vector *out_re, vector *out_im) {
    const uint32_t rows = size < DENSE_ROWS ? size : DENSE_ROWS;
    UNROLL_TWICE for (uint32_t row = 0; row < size; row += rows) {
        vector x[DENSE_ROWS], y[DENSE_ROWS];
        UNROLL for (uint32_t column = 0; column < size; column++) {
            const vector a = re[column], b = im[column];
            UNROLL for (uint32_t r = 0; r < rows; r++) {
                const real *entry = matrix + 2 * ((row * size) + column * rows + r);
                const vector m = v_broadcast(entry[0]), n = v_broadcast(entry[1]);
                x[r] = v_fnma(n, b, column ? v_fma(m, a, x[r]) : v_mul(m, a));
                y[r] = v_fma(n, a, column ? v_fma(m, b, y[r]) : v_mul(m, b));
            }
        }
        UNROLL for (uint32_t r = 0; r < rows; r++) {
            out_re[row + r] = all_lanes ? x[r] : v_select(layout->condition.lanes, x[r], re[row + r]);
            out_im[row + r] = all_lanes ? y[r] : v_select(layout->condition.lanes, y[r], im[row + r]);
        }
    }
}

KT_INLINE void dense_groups(real *tile, const dense_layout *layout, const real *matrix, uint32_t count, bool all_lanes, vector *re,
                            vector *im, vector *out_re, vector *out_im) {
    const condition c = layout->condition; /* here nothing stored can change it */
    const uint32_t size = 1u << count;
    FOR_EACH_VECTOR(v, &c) {
        real *group = vector_at(tile, v ^ c.zero);
        UNROLL for (uint32_t j = 0; j < size; j++) {
            re[j] = v_load(group + layout->offset[j]);
            im[j] = v_load(group + layout->offset[j] + LANES);
        }
        dense_exchange(layout, count, re, im);
        dense_group(layout, matrix, size, all_lanes, re, im, out_re, out_im);
        dense_exchange(layout, count, out_re, out_im);
        UNROLL for (uint32_t j = 0; j < size; j++) {
            v_store(group + layout->offset[j], out_re[j]);
            v_store(group + layout->offset[j] + LANES, out_im[j]);
        }
    }
}

#define DENSE(count)                                                                        \
    static void dense##count(real *tile, const dense_layout *layout, const double *given) { \
        vector re[1 << count], im[1 << count], out_re[1 << count], out_im[1 << count];      \
        real matrix[2 << 2 * count];                                                        \
        dense_matrix(matrix, layout, count, given);                                         \
        if (layout->condition.all_lanes)                                                    \
            dense_groups(tile, layout, matrix, count, true, re, im, out_re, out_im);        \
        else                                                                                \
            dense_groups(tile, layout, matrix, count, false, re, im, out_re, out_im);       \
    }
DENSE(1)
DENSE(2)
DENSE(3)
DENSE(4)
DENSE(5)
DENSE(6)
#undef DENSE

/* Amplitude by amplitude, for what is left: fewer than LANES groups. */
static void dense_few(real *tile, uint32_t bits, const uint8_t *targets, uint32_t count, uint32_t mask, uint32_t value,
                      const double *matrix) {
    uint32_t size = 1u << count, place[DENSE_SIZE] = {0};
    for (uint32_t t = 0; t < count; t++)
        for (uint32_t j = 0; j < 1u << t; j++) place[(1u << t) + j] = place[j] | 1u << targets[t];
    const uint32_t fixed = mask | place[size - 1];
    for (uint32_t counter = fixed; counter < 1u << bits; counter = (counter + 1) | fixed) {
        const uint32_t l = counter ^ (fixed & ~value);
        real re[DENSE_SIZE], im[DENSE_SIZE];
        for (uint32_t j = 0; j < size; j++) {
            const real *a = amplitude(tile, l | place[j]);
            re[j] = a[0];
            im[j] = a[LANES];
        }
        for (uint32_t row = 0; row < size; row++) {
            real x = 0, y = 0, *a = amplitude(tile, l | place[row]);
            for (uint32_t j = 0; j < size; j++, matrix += 2) {
                x += (real)matrix[0] * re[j] - (real)matrix[1] * im[j];
                y += (real)matrix[0] * im[j] + (real)matrix[1] * re[j];
            }
            a[0] = x;
            a[LANES] = y;
        }
        matrix -= 2 * size * size;
    }
}

static void dense(void *tile, uint32_t bits, const uint8_t *targets, uint32_t count, uint32_t mask, uint32_t value, const double *matrix) {
    static void (*const by_count[])(real *, const dense_layout *, const double *) = {NULL, dense1, dense2, dense3, dense4, dense5, dense6};
    dense_layout layout;
    if (dense_layout_make(&layout, bits, targets, count, mask, value))
        by_count[count](tile, &layout, matrix);
    else
        dense_few(tile, bits, targets, count, mask, value, matrix);
}

#endif
