/* SPDX-License-Identifier: Apache-2.0
 *
 * Linear maps of addresses over GF(2): prepare_linear, linear.
 *
 * An address is (lane a, vector v). Every invertible map is a product of three, of which the kernel does all in one sweep, on groups of
 * vectors that it holds in registers, each loaded once and stored once:
 *
 *   lanes of a vector      (a, v) -> (A a + Q v, B v)     loaded from v; a fixed permutation of the lanes, then lane xor Q v
 *   within groups          (a, y) -> (a, y + K a)         vectors of a group exchange lanes: `rank` selections a vector
 *   lanes of a vector      (a, y) -> (a + C y, y)         lane xor C y; stored at y
 *
 * A group is a coset of the image of K, 2^rank vectors; rank <= LANE_BITS. C is there for maps that keep some lane bits nowhere among the
 * lanes (a lane bit that changes places with a vector bit, say): it is chosen such that the lanes' block of C times the map has an inverse,
 * by elimination with the lanes' rows first. The rest is block elimination: with (A Q; R S) for C times the map, K = R A^-1 and
 * B = S + K Q.
 *
 * What belongs to a vector is packed in a word: its place in the tile and its lanes' xor. Words are linear in y, so that a group's is the
 * sum of two from tables, and its members' are that one plus fixed ones.
 */
#ifndef KETCH_KERNEL_TILE_LINEAR_H
#define KETCH_KERNEL_TILE_LINEAR_H

#include <assert.h>

#include "kernel/tile.h"
#include "kernel/vector.h"

#define WORD_LANES 24 /* in a word: bits [0, 24) are a place in reals, the bits above are lanes */
#define WORD_PLACE ((UINT32_C(1) << WORD_LANES) - 1)
#define TABLE_BITS 9

/* Words of one vector: where it comes from, where it goes to. */
typedef struct linear_words {
    uint32_t from, to;
} linear_words;

struct kt_linear {
    uint8_t rank, low_bits, high_bits;
    bool lanes_before, lanes_after; /* whether A and Q, and C, do anything */
    linear_words low[1 << TABLE_BITS], high[1 << TABLE_BITS];
    linear_words member[LANES];   /* of a group */
    uint32_t exchange[LANE_BITS]; /* lanes in which members differing in this bit exchange */
    uint32_t kick[LANES];         /* K a, as a place */
    uint8_t source[LANES];        /* A^-1 a */
};
static_assert(sizeof(kt_linear) <= KT_LINEAR_BYTES, "a linear map must fit");
static_assert(KT_TILE_MOST - LANE_BITS <= 2 * TABLE_BITS, "vectors must be numbered by two tables");

/* ── preparing ──────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The sum of the columns in the set. */
static uint32_t linear_sum(const uint32_t *columns, uint32_t set) {
    uint32_t sum = 0;
    for (; set; set &= set - 1) sum ^= columns[__builtin_ctz(set)];
    return sum;
}

/* Elimination by columns, lowest rows first. Column i stands alone in row pivot[i] then, the lowest row that it has; columns without any
 * come to 0. `also`, or NULL: undergoes the same. Gives the rows that are pivots. */
static uint32_t linear_eliminate(uint32_t *columns, uint32_t count, uint32_t *also) {
    uint32_t pivots = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t best = i;
        for (uint32_t j = i + 1; j < count; j++)
            if (columns[j] && (!columns[best] || __builtin_ctz(columns[j]) < __builtin_ctz(columns[best]))) best = j;
        if (!columns[best]) break;
        uint32_t column = columns[best], other = also ? also[best] : 0;
        columns[best] = columns[i], columns[i] = column;
        if (also) also[best] = also[i], also[i] = other;
        uint32_t row = column & (0 - column);
        pivots |= row;
        for (uint32_t j = 0; j < count; j++)
            if (j != i && (columns[j] & row)) {
                columns[j] ^= column;
                if (also) also[j] ^= other;
            }
    }
    return pivots;
}

/* table[c] = the sum of unit[k] over set bits k of c. */
static void linear_expand(linear_words *table, const linear_words *unit, uint32_t bits) {
    table[0] = (linear_words){0, 0};
    for (uint32_t c = 1; c < 1u << bits; c++) {
        const linear_words *rest = &table[c & (c - 1)], *k = &unit[__builtin_ctz(c)];
        table[c] = (linear_words){rest->from ^ k->from, rest->to ^ k->to};
    }
}

/* Adds C to all columns; gives in lane_of[p] what C makes of row p. */
static void linear_free_lanes(uint32_t *map, uint32_t bits, uint32_t *lane_of) {
    uint32_t reduced[LANE_BITS];
    for (uint32_t i = 0; i < LANE_BITS; i++) reduced[i] = map[i];
    uint32_t pivots = linear_eliminate(reduced, LANE_BITS, NULL), missing = (LANES - 1) & ~pivots;
    for (uint32_t p = 0; p < bits; p++) lane_of[p] = 0;
    for (uint32_t rows = pivots & ~(LANES - 1); rows; rows &= rows - 1, missing &= missing - 1)
        lane_of[__builtin_ctz(rows)] = missing & (0 - missing);
    for (uint32_t i = 0; i < bits; i++) map[i] ^= linear_sum(lane_of, map[i]);
}

static void prepare_linear(kt_linear *out, uint32_t bits, const uint32_t *columns) {
    uint32_t map[KT_TILE_MOST] = {0}, lane_of[KT_TILE_MOST];
    for (uint32_t i = 0; i < bits; i++) map[i] = columns[i];
    linear_free_lanes(map, bits, lane_of);

    for (uint32_t a = 0; a < LANES; a++) {
        uint32_t image = linear_sum(map, a);
        out->source[image & (LANES - 1)] = (uint8_t)a;
        out->kick[image & (LANES - 1)] = image >> LANE_BITS << (LANE_BITS + 1);
    }

    /* from[p]: the vector v, and Q v, that B takes to y = 2^p */
    uint32_t vectors = bits - LANE_BITS, b[KT_TILE_MOST], from[KT_TILE_MOST];
    for (uint32_t j = 0; j < vectors; j++) {
        uint32_t image = map[LANE_BITS + j], lanes = image & (LANES - 1);
        b[j] = image >> LANE_BITS ^ out->kick[lanes] >> (LANE_BITS + 1);
        from[j] = 2u << (LANE_BITS + j) | lanes << WORD_LANES;
    }
    linear_eliminate(b, vectors, from);
    linear_words unit[KT_TILE_MOST], chosen[KT_TILE_MOST];
    out->lanes_before = out->lanes_after = false;
    for (uint32_t a = 0; a < LANES; a++) out->lanes_before |= out->source[a] != a;
    for (uint32_t p = 0; p < vectors; p++) {
        unit[p] = (linear_words){from[p], 2u << (LANE_BITS + p) | lane_of[LANE_BITS + p] << WORD_LANES};
        out->lanes_before |= from[p] >> WORD_LANES != 0;
        out->lanes_after |= lane_of[LANE_BITS + p] != 0;
    }

    /* K: a basis of its image, each alone in a row, and how much of it each lane has */
    uint32_t image[LANE_BITS], rank = 0;
    for (uint32_t i = 0; i < LANE_BITS; i++) image[i] = out->kick[1u << i] >> (LANE_BITS + 1);
    uint32_t pivots = linear_eliminate(image, LANE_BITS, NULL);
    for (; rank < LANE_BITS && image[rank]; rank++) {
        uint32_t row = 2u << (LANE_BITS + (uint32_t)__builtin_ctz(image[rank]));
        out->exchange[rank] = 0;
        for (uint32_t a = 0; a < LANES; a++) out->exchange[rank] |= (out->kick[a] & row ? 1u : 0u) << a;
        chosen[rank] = (linear_words){0, 0};
        for (uint32_t set = image[rank]; set; set &= set - 1) {
            chosen[rank].from ^= unit[__builtin_ctz(set)].from;
            chosen[rank].to ^= unit[__builtin_ctz(set)].to;
        }
    }
    linear_expand(out->member, chosen, rank);

    uint32_t count = 0;
    for (uint32_t p = 0; p < vectors; p++)
        if (!(pivots >> p & 1)) chosen[count++] = unit[p];
    out->rank = (uint8_t)rank;
    out->low_bits = (uint8_t)(count / 2);
    out->high_bits = (uint8_t)(count - count / 2);
    linear_expand(out->low, chosen, out->low_bits);
    linear_expand(out->high, chosen + out->low_bits, out->high_bits);
}

/* ── at work ────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The vectors of a group, real or imaginary parts. */
KT_INLINE void linear_group(real *out, const real *tile, linear_words at, const linear_words *member, const v_index *before,
                            const v_index *after, const v_mask *exchange, uint32_t rank, bool lanes_before, bool lanes_after) {
    vector x[LANES];
    KT_UNROLL for (uint32_t i = 0; i < 1u << rank; i++) {
        uint32_t from = at.from ^ member[i].from;
        x[i] = v_load(tile + (from & WORD_PLACE));
        if (lanes_before) x[i] = v_permute(x[i], before[from >> WORD_LANES]);
    }
    KT_UNROLL for (uint32_t j = 0; j < rank; j++) {
        KT_UNROLL for (uint32_t i = 0; i < 1u << rank; i++) {
            if (i >> j & 1) continue;
            vector a = x[i], b = x[i | 1u << j];
            x[i] = v_select(exchange[j], b, a);
            x[i | 1u << j] = v_select(exchange[j], a, b);
        }
    }
    KT_UNROLL for (uint32_t i = 0; i < 1u << rank; i++) {
        uint32_t to = at.to ^ member[i].to;
        if (lanes_after) x[i] = v_permute(x[i], after[to >> WORD_LANES]);
        v_store(out + (to & WORD_PLACE), x[i]);
    }
}

KT_INLINE void linear_run(real *out, const real *tile, const kt_linear *map, linear_words first, uint32_t rank, bool lanes_before,
                          bool lanes_after) {
    v_index before[LANES], after[LANES];
    v_mask exchange[LANE_BITS];
    linear_words member[LANES];
    for (uint32_t k = 0; k < LANES; k++) {
        uint8_t lane[LANES];
        for (uint32_t i = 0; i < LANES; i++) lane[i] = map->source[i ^ k];
        if (lanes_before) before[k] = v_index_of(lane);
        if (lanes_after) after[k] = v_index_xor(k);
    }
    for (uint32_t j = 0; j < rank; j++) exchange[j] = v_mask_of(map->exchange[j]);
    for (uint32_t i = 0; i < 1u << rank; i++) member[i] = map->member[i];
    for (uint32_t h = 0; h < 1u << map->high_bits; h++)
        for (uint32_t l = 0; l < 1u << map->low_bits; l++) {
            linear_words at = {first.from ^ map->high[h].from ^ map->low[l].from, first.to ^ map->high[h].to ^ map->low[l].to};
            linear_group(out, tile, at, member, before, after, exchange, rank, lanes_before, lanes_after);
            linear_group(out + LANES, tile + LANES, at, member, before, after, exchange, rank, lanes_before, lanes_after);
        }
}

/* The lanes of the offset are added before or after, where lanes are permuted anyway; if before, K makes something of them, too. */
static void linear(void *out, const void *tile, uint32_t bits, const kt_linear *map, uint32_t offset) {
    (void)bits;
    uint32_t lanes = offset & (LANES - 1), place = offset >> LANE_BITS << (LANE_BITS + 1);
    linear_words first = {0, place | lanes << WORD_LANES};
    if (!map->lanes_after) first = (linear_words){lanes << WORD_LANES, place ^ map->kick[lanes]};
    bool lanes_before = map->lanes_before || first.from;
#define RUN(rank)                                                                          \
    case rank:                                                                             \
        if (rank > LANE_BITS) break;                                                       \
        if (map->lanes_after)                                                              \
            linear_run(out, tile, map, first, rank <= LANE_BITS ? rank : 0, true, true);   \
        else if (lanes_before)                                                             \
            linear_run(out, tile, map, first, rank <= LANE_BITS ? rank : 0, true, false);  \
        else                                                                               \
            linear_run(out, tile, map, first, rank <= LANE_BITS ? rank : 0, false, false); \
        break
    switch (map->rank) {
        RUN(0);
        RUN(1);
        RUN(2);
        RUN(3);
        RUN(4);
    }
#undef RUN
}

#undef WORD_LANES
#undef WORD_PLACE
#undef TABLE_BITS

#endif
