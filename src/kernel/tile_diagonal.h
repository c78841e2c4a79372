/* SPDX-License-Identifier: Apache-2.0
 *
 * Quadratic forms of local bits as phases: prepare_diagonal, diagonal.
 *
 * The vector bits of a tile's address (those above the lanes) are split in three, in an order that the pairs decide:
 *
 *   outer    0 to 8 bits   a block for each setting: its pair factors go into the linear terms of the other bits
 *   middle   0 to 4 bits   a row for each setting: one vector c of factors, in registers
 *   row      3 to 5 bits   a vector of factors for each setting, made in one of four ways:
 *
 *     pairs of row bits with row or middle bits    none                          some
 *     pairs of row bits with lanes        none     c u, u a number               c s, s a number
 *                                         some     c u, u a vector               (c u) s, u a vector and s a number
 *
 * s comes from a table of all pairs within row and middle, times the linear terms of the row. u is odd in the row's bits: turning all of
 * them over conjugates it (c has the root of its factors' product, which would be in the way), so that c u and c u* share their four
 * products. A vector takes 6 multiply-adds in the first column, 4 of which multiply the amplitudes; 7 and 9 in the second, whatever the
 * pairs. What depends on the tile alone is computed in double; a factor is rounded to the tile's precision some five times.
 */
#ifndef KETCH_KERNEL_TILE_DIAGONAL_H
#define KETCH_KERNEL_TILE_DIAGONAL_H

#include <assert.h>
#include <math.h>
#include <string.h>

#include "kernel/tile.h"
#include "kernel/vector.h"

#define ROW_BITS    5
#define MIDDLE_BITS 4
#define OUTER_BITS  (KT_TILE_MOST - LANE_BITS - ROW_BITS - MIDDLE_BITS)
#define ROW         (1u << ROW_BITS)
#define MIDDLE      (1u << MIDDLE_BITS)
#define TERMS       24 /* KT_TILE_MOST + 1 and room behind, in full vectors */

/* Linear terms: a number for each bit, in the order lanes, row, middle, outer, and then one for all amplitudes. */
typedef struct diagonal_terms {
    _Alignas(KT_TILE_ALIGN) double re[TERMS];
    double im[TERMS];
} diagonal_terms;

typedef struct diagonal_table {
    _Alignas(KT_TILE_ALIGN) double re[ROW];
    double im[ROW];
} diagonal_table;

struct kt_diagonal {
    uint8_t row, middle, outer;             /* bits */
    bool lanes_vary, pairs_vary;            /* along a row: which of the four ways */
    uint8_t order[KT_TILE_MOST];            /* bit of the tile, by position; ascending within lanes, row and middle */
    uint32_t row_mask, middle_mask;         /* their bits, of places in reals: the next place is (place - mask) & mask */
    diagonal_terms outer_pairs[OUTER_BITS]; /* pair factors of an outer bit */
    diagonal_table lane;                    /* pairs within the lanes, and what odd_lane lacks */
    diagonal_table among_middle;            /* pairs within middle, where pairs_vary is not set */
    _Alignas(KT_TILE_ALIGN) real middle_lane[MIDDLE][2][LANES]; /* pairs of middle and lanes; re, im */
    real odd_lane[ROW / 2][2][LANES];                           /* pairs of row and lanes */
    real pairs[MIDDLE][2][ROW];                                 /* pairs within row and middle, where pairs_vary is set */
};
static_assert(sizeof(kt_diagonal) <= KT_DIAGONAL_BYTES, "a diagonal must fit");

/* table[x] = table[0] times the product over set bits k of x of factor k. */
static inline void diagonal_expand(double *restrict re, double *restrict im, uint32_t bits, const double *factor_re,
                                   const double *factor_im) {
    for (uint32_t k = 0; k < bits; k++) {
        double fr = factor_re[k], fi = factor_im[k];
        for (uint32_t x = 0; x < 1u << k; x++) {
            re[x + (1u << k)] = re[x] * fr - im[x] * fi;
            im[x + (1u << k)] = re[x] * fi + im[x] * fr;
        }
    }
}

static inline void diagonal_multiply(double *restrict re, double *restrict im, const double *other_re, const double *other_im,
                                     uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        double x = re[i] * other_re[i] - im[i] * other_im[i];
        im[i] = re[i] * other_im[i] + im[i] * other_re[i];
        re[i] = x;
    }
}

/* ── preparing ──────────────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct diagonal_form {
    uint32_t bits;
    const double *angle;
    uint32_t partners[KT_TILE_MOST]; /* by bit: mask */
} diagonal_form;

static double diagonal_angle(const diagonal_form *form, uint32_t a, uint32_t b) {
    return form->angle[a < b ? a * form->bits + b : b * form->bits + a];
}

/* Of the bits in `rest`, one with most partners, weighted by where the partners are; the highest of several. */
static uint32_t diagonal_take(const diagonal_form *form, uint32_t rest, int vector_weight, int lane_weight) {
    uint32_t best = 0;
    int most = -1;
    for (uint32_t k = LANE_BITS; k < form->bits; k++) {
        int weight = vector_weight * __builtin_popcount(form->partners[k] & rest) +
                     lane_weight * __builtin_popcount(form->partners[k] & (LANES - 1));
        if ((rest >> k & 1) && weight >= most) best = k, most = weight;
    }
    return best;
}

/* Outer bits take as many pairs with them as they can. If enough bits without pairs are left then, the row is made of those; otherwise, if
 * possible, of bits without partners among the lanes. */
static void diagonal_choose(kt_diagonal *out, const diagonal_form *form) {
    uint32_t vectors = form->bits - LANE_BITS, rest = (1u << form->bits) - LANES, place = form->bits;
    out->row = (uint8_t)(vectors < ROW_BITS ? vectors : ROW_BITS);
    out->middle = (uint8_t)(vectors - out->row < MIDDLE_BITS ? vectors - out->row : MIDDLE_BITS);
    out->outer = (uint8_t)(vectors - out->row - out->middle);
    for (uint32_t i = 0; i < out->outer; i++) {
        out->order[--place] = (uint8_t)diagonal_take(form, rest, 1, 1);
        rest ^= 1u << out->order[place];
    }
    uint32_t alone = 0, inside = rest;
    for (uint32_t k = LANE_BITS; k < form->bits; k++) alone += (rest >> k & 1) && !(form->partners[k] & rest);
    for (uint32_t i = 0; i < out->middle; i++) rest ^= 1u << diagonal_take(form, rest, alone >= out->row ? 16 : 0, 1);
    out->row_mask = 2 * rest;
    out->middle_mask = 2 * (inside ^ rest);
    place = 0;
    for (uint32_t set = LANES - 1; set; set &= set - 1) out->order[place++] = (uint8_t)__builtin_ctz(set);
    for (uint32_t set = rest; set; set &= set - 1) out->order[place++] = (uint8_t)__builtin_ctz(set);
    for (uint32_t set = inside ^ rest; set; set &= set - 1) out->order[place++] = (uint8_t)__builtin_ctz(set);
    out->lanes_vary = out->pairs_vary = false;
    for (uint32_t k = LANE_BITS; k < form->bits; k++) {
        if (!(rest >> k & 1)) continue;
        if (form->partners[k] & (LANES - 1)) out->lanes_vary = true;
        if (form->partners[k] & inside) out->pairs_vary = true;
    }
}

static void diagonal_phase(double *re, double *im, double angle) {
    *re = 1, *im = 0;
    if (angle != 0) *re = cos(angle), *im = sin(angle); /* most pairs have none */
}

/* table[x] = the product over pairs of set bits of x of their factors; the bits of x are at positions [first, first + bits). */
static void diagonal_quadratic(double *re, double *im, const kt_diagonal *out, const diagonal_form *form, uint32_t first, uint32_t bits) {
    double fr[ROW_BITS + MIDDLE_BITS], fi[ROW_BITS + MIDDLE_BITS], gr[ROW * MIDDLE], gi[ROW * MIDDLE];
    re[0] = 1, im[0] = 0;
    for (uint32_t k = 0; k < bits; k++) {
        for (uint32_t j = 0; j < k; j++) diagonal_phase(&fr[j], &fi[j], diagonal_angle(form, out->order[first + j], out->order[first + k]));
        gr[0] = 1, gi[0] = 0;
        diagonal_expand(gr, gi, k, fr, fi);
        for (uint32_t x = 0; x < 1u << k; x++) re[x + (1u << k)] = re[x], im[x + (1u << k)] = im[x];
        diagonal_multiply(re + (1u << k), im + (1u << k), gr, gi, 1u << k);
    }
}

/* By lane: the product over its set bits j of e^(i times the sum over bits k, from position `first` on, of weight k times the pair's
 * angle). */
static void diagonal_lanes(double *re, double *im, const kt_diagonal *out, const diagonal_form *form, uint32_t first, uint32_t bits,
                           const double *weight) {
    double fr[LANE_BITS], fi[LANE_BITS];
    for (uint32_t j = 0; j < LANE_BITS; j++) {
        double angle = 0;
        for (uint32_t k = 0; k < bits; k++) angle += weight[k] * diagonal_angle(form, j, out->order[first + k]);
        diagonal_phase(&fr[j], &fi[j], angle);
    }
    re[0] = 1, im[0] = 0;
    diagonal_expand(re, im, LANE_BITS, fr, fi);
}

static void diagonal_round(real *re, real *im, const double *from_re, const double *from_im, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) re[i] = (real)from_re[i], im[i] = (real)from_im[i];
}

static void prepare_diagonal(kt_diagonal *out, uint32_t bits, const double *angle) {
    diagonal_form form = {.bits = bits, .angle = angle};
    out->lane = out->among_middle = (diagonal_table){.re = {0}}; /* what is beyond the bits is computed with, too */
    for (uint32_t i = 0; i < bits; i++)
        for (uint32_t j = i + 1; j < bits; j++)
            if (angle[i * bits + j] != 0) form.partners[i] |= 1u << j, form.partners[j] |= 1u << i;
    diagonal_choose(out, &form);
    uint32_t row = LANE_BITS, middle = row + out->row, outer = middle + out->middle;
    for (uint32_t k = 0; k < out->outer; k++)
        for (uint32_t i = 0; i < TERMS; i++) {
            double pair = i < bits && i != outer + k ? diagonal_angle(&form, out->order[i], out->order[outer + k]) : 0;
            diagonal_phase(&out->outer_pairs[k].re[i], &out->outer_pairs[k].im[i], pair);
        }

    double re[ROW * MIDDLE], im[ROW * MIDDLE], weight[ROW_BITS] = {.5, .5, .5, .5, .5};
    diagonal_quadratic(out->lane.re, out->lane.im, out, &form, 0, LANE_BITS);
    if (out->lanes_vary) {
        diagonal_lanes(re, im, out, &form, row, out->row, weight);
        diagonal_multiply(out->lane.re, out->lane.im, re, im, LANES);
        for (uint32_t x = 0; x < 1u << (out->row - 1); x++) {
            for (uint32_t k = 0; k < out->row; k++) weight[k] = x >> k & 1 ? .5 : -.5;
            diagonal_lanes(re, im, out, &form, row, out->row, weight);
            diagonal_round(out->odd_lane[x][0], out->odd_lane[x][1], re, im, LANES);
        }
    }
    for (uint32_t y = 0; y < 1u << out->middle; y++) {
        for (uint32_t k = 0; k < out->middle; k++) weight[k] = y >> k & 1;
        diagonal_lanes(re, im, out, &form, middle, out->middle, weight);
        diagonal_round(out->middle_lane[y][0], out->middle_lane[y][1], re, im, LANES);
    }
    if (!out->pairs_vary) {
        diagonal_quadratic(out->among_middle.re, out->among_middle.im, out, &form, middle, out->middle);
    } else {
        diagonal_quadratic(re, im, out, &form, row, out->row + out->middle);
        for (uint32_t y = 0; y < 1u << out->middle; y++) {
            out->among_middle.re[y] = 1, out->among_middle.im[y] = 0;
            for (uint32_t x = 0; x < ROW; x++) out->pairs[y][0][x] = out->pairs[y][1][x] = 0;
            diagonal_round(out->pairs[y][0], out->pairs[y][1], re + (y << out->row), im + (y << out->row), 1u << out->row);
        }
    }
}

/* ── at work ────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Eight doubles, whatever the instruction set: in registers, where loops over small tables would wait for their own stores. */
typedef double diagonal_reals __attribute__((vector_size(64)));
typedef int64_t diagonal_bits __attribute__((vector_size(64)));

typedef struct diagonal_eight {
    diagonal_reals re, im;
} diagonal_eight;

KT_INLINE void diagonal_load(diagonal_eight *a, const double *re, const double *im) {
    memcpy(&a->re, re, sizeof a->re);
    memcpy(&a->im, im, sizeof a->im);
}
KT_INLINE void diagonal_store(double *re, double *im, const diagonal_eight *a) {
    memcpy(re, &a->re, sizeof a->re);
    memcpy(im, &a->im, sizeof a->im);
}
KT_INLINE void diagonal_times(diagonal_eight *out, const diagonal_eight *a, const diagonal_eight *b) {
    diagonal_eight x = *a, y = *b;
    out->re = x.re * y.re - x.im * y.im;
    out->im = x.re * y.im + x.im * y.re;
}
KT_INLINE void diagonal_broadcast(diagonal_eight *out, double re, double im) {
    out->re = re - (diagonal_reals){0};
    out->im = im - (diagonal_reals){0};
}
/* A number where the mask is set, else 1. */
KT_INLINE void diagonal_where(diagonal_eight *out, const diagonal_bits *mask, double re, double im) {
    diagonal_eight x;
    diagonal_broadcast(&x, re, im);
    out->re = (diagonal_reals)((*mask & (diagonal_bits)x.re) | (~*mask & (diagonal_bits)(1 - (diagonal_reals){0})));
    out->im = (diagonal_reals)(*mask & (diagonal_bits)x.im);
}

/* As diagonal_expand: of `bits` factors, 3 to 5, from `first`. Factors that are beyond the bits meant do no harm: nor are their entries. */
KT_INLINE void diagonal_products(diagonal_eight *table, uint32_t bits, double first_re, double first_im, const double *re,
                                 const double *im) {
    static const diagonal_bits with_bit[3] = {{0, -1, 0, -1, 0, -1, 0, -1}, {0, 0, -1, -1, 0, 0, -1, -1}, {0, 0, 0, 0, -1, -1, -1, -1}};
    diagonal_eight first, factor[3];
    diagonal_broadcast(&first, first_re, first_im);
    for (uint32_t k = 0; k < 3; k++) diagonal_where(&factor[k], &with_bit[k], re[k], im[k]);
    diagonal_times(&factor[0], &factor[0], &factor[1]);
    diagonal_times(&factor[2], &factor[2], &first);
    diagonal_times(&table[0], &factor[0], &factor[2]);
    for (uint32_t k = 3; k < bits; k++) {
        diagonal_broadcast(&factor[0], re[k], im[k]);
        for (uint32_t x = 0; x < 1u << (k - 3); x++) diagonal_times(&table[x + (1u << (k - 3))], &table[x], &factor[0]);
    }
}

/* What changes along a row. */
typedef struct diagonal_row {
    _Alignas(KT_TILE_ALIGN) real linear[2][ROW]; /* the row's linear terms, s without pairs; or half as many u */
    real s[3][ROW];                              /* re, im, their sum */
    real u[ROW / 2][2][LANES];
} diagonal_row;

KT_INLINE void diagonal_apply(real *at, vector fr, vector fi) {
    vector re = v_load(at), im = v_load(at + LANES);
    v_times(&re, &im, fr, fi);
    v_store(at, re);
    v_store(at + LANES, im);
}

/* Times f s, in three multiplications instead of four: the product is fr (sr + si) - (fr + fi) si + i (fr (sr + si) + (fi - fr) sr). The
 * sum and the difference of f's parts are given; s is the row's number x. */
KT_INLINE void diagonal_apply_times(real *at, vector fr, vector sum, vector difference, const diagonal_row *row, uint32_t x) {
    vector common = v_mul(fr, v_broadcast(row->s[2][x]));
    diagonal_apply(at, v_fnma(sum, v_broadcast(row->s[1][x]), common), v_fma(difference, v_broadcast(row->s[0][x]), common));
}

KT_INLINE void diagonal_run(real *at, const kt_diagonal *form, const diagonal_row *row, vector cr, vector ci, bool lanes_vary,
                            bool pairs_vary) {
    const size_t mask = form->row_mask;
    const uint32_t last = (1u << form->row) - 1;
    size_t place = 0;
    if (!lanes_vary && pairs_vary) {
        vector sum = v_add(cr, ci), difference = v_sub(ci, cr);
        for (uint32_t x = 0; x <= last; x++, place = (place - mask) & mask) diagonal_apply_times(at + place, cr, sum, difference, row, x);
        return;
    }
    for (uint32_t x = 0; x <= last / 2; x++, place = (place - mask) & mask) {
        vector ur, ui;
        if (!lanes_vary)
            ur = v_broadcast(row->linear[0][x]), ui = v_broadcast(row->linear[1][x]);
        else if (pairs_vary)
            ur = v_load(form->odd_lane[x][0]), ui = v_load(form->odd_lane[x][1]);
        else
            ur = v_load(row->u[x][0]), ui = v_load(row->u[x][1]);
        vector rr = v_mul(cr, ur), ii = v_mul(ci, ui), ri = v_mul(cr, ui), ir = v_mul(ci, ur);
        if (pairs_vary) {
            vector re = v_sub(rr, ii), im = v_add(ir, ri), odd_re = v_add(rr, ii), odd_im = v_sub(ir, ri);
            diagonal_apply_times(at + place, re, v_add(re, im), v_sub(im, re), row, x);
            diagonal_apply_times(at + (mask - place), odd_re, v_add(odd_re, odd_im), v_sub(odd_im, odd_re), row, last - x);
        } else {
            diagonal_apply(at + place, v_sub(rr, ii), v_add(ir, ri));
            diagonal_apply(at + (mask - place), v_add(rr, ii), v_sub(ir, ri));
        }
    }
}

/* The square root of a number of modulus 1. */
static void diagonal_root(double *re, double *im) {
    double root = sqrt(.5 + .5 * fabs(*re)), other = *im / (2 * root);
    *im = *re >= 0 ? other : root;
    *re = *re >= 0 ? root : other;
}

/* All rows of a block; specialised for each of the four ways. */
KT_INLINE void diagonal_rows(real *tile, const kt_diagonal *form, const diagonal_terms *terms, uint32_t bits, bool lanes_vary,
                             bool pairs_vary) {
    const uint32_t first = LANE_BITS, middle_first = LANE_BITS + form->row, size = 1u << form->row;
    double scalar_re = terms->re[bits], scalar_im = terms->im[bits];
    diagonal_eight table[ROW / 8], root;
    diagonal_table middle, numbers;
    diagonal_row row;

    diagonal_products(table, ROW_BITS, 1, 0, terms->re + first, terms->im + first);
    if (!pairs_vary) { /* u, by the root of the last product */
        for (uint32_t x = 0; x < ROW / 8; x++) diagonal_store(numbers.re + 8 * x, numbers.im + 8 * x, &table[x]);
        double root_re = numbers.re[size - 1], root_im = numbers.im[size - 1];
        diagonal_root(&root_re, &root_im);
        diagonal_broadcast(&root, root_re, -root_im);
        for (uint32_t x = 0; x < ROW / 16; x++) diagonal_times(&table[x], &table[x], &root);
        diagonal_multiply(&scalar_re, &scalar_im, &root_re, &root_im, 1);
    }
    for (uint32_t x = 0; x < (pairs_vary ? ROW / 8 : ROW / 16); x++) diagonal_store(numbers.re + 8 * x, numbers.im + 8 * x, &table[x]);
    diagonal_round(row.linear[0], row.linear[1], numbers.re, numbers.im, pairs_vary ? ROW : ROW / 2);
    for (uint32_t x = 0; lanes_vary && !pairs_vary && x < size / 2; x++) {
        vector ur = v_load(form->odd_lane[x][0]), ui = v_load(form->odd_lane[x][1]);
        v_times(&ur, &ui, v_broadcast(row.linear[0][x]), v_broadcast(row.linear[1][x]));
        v_store(row.u[x][0], ur);
        v_store(row.u[x][1], ui);
    }

    /* c: what it is by lane, and by row */
    _Alignas(KT_TILE_ALIGN) real lane[2][16];
    diagonal_products(table, 4, scalar_re, scalar_im, terms->re, terms->im);
    for (uint32_t x = 0; x < 2; x++) {
        diagonal_load(&root, form->lane.re + 8 * x, form->lane.im + 8 * x);
        diagonal_times(&table[x], &table[x], &root);
        diagonal_store(numbers.re + 8 * x, numbers.im + 8 * x, &table[x]);
    }
    diagonal_round(lane[0], lane[1], numbers.re, numbers.im, 16);
    vector lane_re = v_load(lane[0]), lane_im = v_load(lane[1]);
    diagonal_products(table, MIDDLE_BITS, 1, 0, terms->re + middle_first, terms->im + middle_first);
    for (uint32_t x = 0; x < MIDDLE / 8; x++) {
        diagonal_load(&root, form->among_middle.re + 8 * x, form->among_middle.im + 8 * x);
        diagonal_times(&table[x], &table[x], &root);
        diagonal_store(middle.re + 8 * x, middle.im + 8 * x, &table[x]);
    }

    const size_t mask = form->middle_mask;
    size_t place = 0;
    for (uint32_t y = 0; y < 1u << form->middle; y++, place = (place - mask) & mask) {
        vector cr = v_load(form->middle_lane[y][0]), ci = v_load(form->middle_lane[y][1]);
        v_times(&cr, &ci, lane_re, lane_im);
        v_times(&cr, &ci, v_broadcast((real)middle.re[y]), v_broadcast((real)middle.im[y]));
        for (uint32_t x = 0; pairs_vary && x < ROW; x += LANES) {
            vector sr = v_load(form->pairs[y][0] + x), si = v_load(form->pairs[y][1] + x);
            v_times(&sr, &si, v_load(row.linear[0] + x), v_load(row.linear[1] + x));
            v_store(row.s[0] + x, sr);
            v_store(row.s[1] + x, si);
            v_store(row.s[2] + x, v_add(sr, si));
        }
        diagonal_run(tile + place, form, &row, cr, ci, lanes_vary, pairs_vary);
    }
}

static void diagonal_block(real *tile, const kt_diagonal *form, const diagonal_terms *terms, uint32_t bits) {
    if (form->pairs_vary)
        form->lanes_vary ? diagonal_rows(tile, form, terms, bits, true, true) : diagonal_rows(tile, form, terms, bits, false, true);
    else
        form->lanes_vary ? diagonal_rows(tile, form, terms, bits, true, false) : diagonal_rows(tile, form, terms, bits, false, false);
}

/* Blocks in ascending order of the outer bits. The terms of a block are those of the block without its lowest outer bit, times that bit's
 * pair factors: terms[k] belong to the last block whose lowest outer bit was k. */
static void diagonal(void *tile, uint32_t bits, const kt_diagonal *form, const double *single) {
    diagonal_terms terms[OUTER_BITS + 1];
    real *at[OUTER_BITS + 1];
    const uint32_t first = LANE_BITS + form->row + form->middle, whole = form->outer;
    for (uint32_t i = 0; i < TERMS; i++) {
        uint32_t from = i < bits ? form->order[i] : bits;
        terms[whole].re[i] = single[2 * from];
        terms[whole].im[i] = single[2 * from + 1];
    }
    at[whole] = tile;
    diagonal_block(tile, form, &terms[whole], bits);
    for (uint32_t x = 1; x < 1u << whole; x++) {
        uint32_t k = (uint32_t)__builtin_ctz(x), from = x & (x - 1) ? (uint32_t)__builtin_ctz(x & (x - 1)) : whole;
        at[k] = at[from] + ((size_t)2 << form->order[first + k]);
        terms[k] = terms[from];
        diagonal_multiply(terms[k].re, terms[k].im, form->outer_pairs[k].re, form->outer_pairs[k].im, TERMS);
        diagonal_multiply(&terms[k].re[bits], &terms[k].im[bits], &terms[k].re[first + k], &terms[k].im[first + k], 1);
        diagonal_block(at[k], form, &terms[k], bits);
    }
}

#undef ROW_BITS
#undef MIDDLE_BITS
#undef OUTER_BITS
#undef ROW
#undef MIDDLE
#undef TERMS

#endif
