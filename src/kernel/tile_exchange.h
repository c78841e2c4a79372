/* SPDX-License-Identifier: Apache-2.0
 *
 * What touches only the amplitudes that meet a condition: exchange, scale.
 *
 * A condition on address bits is two: one on the bits of the vector's number, which decides what is visited at all, and one on the lanes,
 * the same in every vector. The next number that meets the former comes from letting a carry run through the bits that are fixed:
 *
 *   number      0 1 [0] 1        bit 1 is fixed at 0
 *   filled      0 1 [1] 1        | fixed
 *   + 1         1 0 [0] 0        then fixed bits take their values again
 */
#ifndef KETCH_KERNEL_TILE_EXCHANGE_H
#define KETCH_KERNEL_TILE_EXCHANGE_H

#include "kernel/tile.h"
#include "kernel/vector.h"

typedef struct condition {
    uint32_t fixed, value; /* of the vector's number */
    uint32_t end;          /* how many vectors there are */
    bool all_lanes;
    v_mask lanes;
} condition;

static condition condition_of(uint32_t bits, uint32_t mask, uint32_t value) {
    uint32_t lanes = 0;
    for (uint32_t i = 0; i < LANES; i++) lanes |= (uint32_t)((i & mask) == (value & (LANES - 1))) << i;
    return (condition){mask >> LANE_BITS, value >> LANE_BITS, 1u << (bits - LANE_BITS), (mask & (LANES - 1)) == 0, v_mask_of(lanes)};
}

/* The vector's number after v. */
KT_INLINE uint32_t next_vector(const condition *c, uint32_t v) { return (((v | c->fixed) + 1) & ~c->fixed) | c->value; }

/* The real parts of a vector; the imaginary ones are LANES behind them. */
KT_INLINE real *vector_at(real *tile, uint32_t v) { return tile + ((size_t)v << (LANE_BITS + 1)); }

/* ── exchange ── */

KT_INLINE void exchange_lanes(real *tile, const condition *c, uint32_t target) {
    for (uint32_t v = c->value; v < c->end; v = next_vector(c, v)) {
        real *a = vector_at(tile, v);
        vector re = v_load(a), im = v_load(a + LANES);
        v_store(a, v_select(c->lanes, v_xor_lanes(re, target), re));
        v_store(a + LANES, v_select(c->lanes, v_xor_lanes(im, target), im));
    }
}

KT_INLINE void exchange_vectors(real *tile, const condition *c, uint32_t target, bool all_lanes) {
    condition without = *c; /* the vectors whose target bit is 0 */
    without.fixed |= target;
    for (uint32_t v = without.value; v < without.end; v = next_vector(&without, v)) {
        real *a = vector_at(tile, v), *b = vector_at(tile, v | target);
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
    for (uint32_t v = c->value; v < c->end; v = next_vector(c, v)) {
        real *a = vector_at(tile, v);
        vector x = v_load(a), y = v_load(a + LANES);
        vector new_x = v_fnma(im, y, v_mul(re, x)), new_y = v_fma(im, x, v_mul(re, y));
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
