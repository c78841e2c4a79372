/* SPDX-License-Identifier: Apache-2.0
 *
 * What touches only the amplitudes that meet a condition: exchange, scale.
 *
 * A condition on address bits is two: one on the bits of the vector's number, which decides what is visited at all, and one on the lanes,
 * the same in every vector. Numbers that meet the former are counted with all fixed bits set, so that a carry runs through them; those
 * whose value is 0 are then turned over:
 *
 *   counter     0 1 [1] 1   ->   + 1: 1 0 [0] 0, filled: 1 0 [1] 0        bit 1 is fixed at 0
 *   number      0 1 [0] 1                                1 0 [0] 0
 */
#ifndef KETCH_KERNEL_TILE_EXCHANGE_H
#define KETCH_KERNEL_TILE_EXCHANGE_H

#include "kernel/tile.h"
#include "kernel/vector.h"

typedef struct condition {
    uint32_t fixed, zero; /* bits of the vector's number: those that are fixed, and those of them that are fixed at 0 */
    uint32_t end;         /* how many vectors there are */
    bool all_lanes;
    v_mask lanes;
} condition;

static condition condition_of(uint32_t bits, uint32_t mask, uint32_t value) {
    uint32_t lanes = 0;
    for (uint32_t i = 0; i < LANES; i++) lanes |= (uint32_t)((i & mask) == (value & (LANES - 1))) << i;
    return (condition){mask >> LANE_BITS, (mask & ~value) >> LANE_BITS, 1u << (bits - LANE_BITS), (mask & (LANES - 1)) == 0,
                       v_mask_of(lanes)};
}

/* One more bit of the vector's number, fixed at 0. */
KT_INLINE void condition_fix(condition *c, uint32_t bit) {
    c->fixed |= bit;
    c->zero |= bit;
}

/* `counter ^ c->zero` is the number. */
#define FOR_EACH_VECTOR(counter, c) for (uint32_t counter = (c)->fixed; counter < (c)->end; counter = (counter + 1) | (c)->fixed)

/* The real parts of a vector; the imaginary ones are LANES behind them. */
KT_INLINE real *vector_at(real *tile, uint32_t v) { return tile + ((size_t)v << (LANE_BITS + 1)); }

/* ── exchange ── */

KT_INLINE void exchange_lanes(real *tile, const condition *c, uint32_t target) {
    FOR_EACH_VECTOR(v, c) {
        real *a = vector_at(tile, v ^ c->zero);
        vector re = v_load(a), im = v_load(a + LANES);
        v_store(a, v_select(c->lanes, v_xor_lanes(re, target), re));
        v_store(a + LANES, v_select(c->lanes, v_xor_lanes(im, target), im));
    }
}

KT_INLINE void exchange_vectors(real *tile, const condition *c, uint32_t target, bool all_lanes) {
    condition without = *c; /* the vectors whose target bit is 0 */
    condition_fix(&without, target);
    FOR_EACH_VECTOR(v, &without) {
        real *a = vector_at(tile, v ^ without.zero), *b = vector_at(tile, (v ^ without.zero) | target);
        for (uint32_t part = 0; part < 2 * LANES; part += LANES) {
            vector x = v_load(a + part), y = v_load(b + part);
            v_store(a + part, all_lanes ? y : v_select(c->lanes, y, x));
            v_store(b + part, all_lanes ? x : v_select(c->lanes, x, y));
        }
    }
}

static void exchange(void *tile, uint32_t bits, uint32_t target, uint32_t mask, uint32_t value) {
    const condition c = condition_of(bits, mask, value);
    if (target >= LANE_BITS) {
        if (c.all_lanes)
            exchange_vectors(tile, &c, 1u << (target - LANE_BITS), true);
        else
            exchange_vectors(tile, &c, 1u << (target - LANE_BITS), false);
        return;
    }
    switch (target) { /* so that each loop has a permutation of its own */
    case 0: exchange_lanes(tile, &c, 0); break;
#if LANE_BITS > 1
    case 1: exchange_lanes(tile, &c, 1); break;
#endif
#if LANE_BITS > 2
    case 2: exchange_lanes(tile, &c, 2); break;
#endif
#if LANE_BITS > 3
    case 3: exchange_lanes(tile, &c, 3); break;
#endif
    }
}

/* ── scale ── */

KT_INLINE void scale_vectors(real *tile, const condition *c, const double factor[2], bool all_lanes) {
    const vector re = v_broadcast((real)factor[0]), im = v_broadcast((real)factor[1]);
    FOR_EACH_VECTOR(v, c) {
        real *a = vector_at(tile, v ^ c->zero);
        vector x = v_load(a), y = v_load(a + LANES), new_x = x, new_y = y;
        v_times(&new_x, &new_y, re, im);
        v_store(a, all_lanes ? new_x : v_select(c->lanes, new_x, x));
        v_store(a + LANES, all_lanes ? new_y : v_select(c->lanes, new_y, y));
    }
}

static void scale(void *tile, uint32_t bits, uint32_t mask, uint32_t value, const double factor[2]) {
    const condition c = condition_of(bits, mask, value);
    if (c.all_lanes)
        scale_vectors(tile, &c, factor, true);
    else
        scale_vectors(tile, &c, factor, false);
}

#endif
