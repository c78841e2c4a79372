/* SPDX-License-Identifier: Apache-2.0
 *
 * Tiles from memory and back: load, store, start.
 *
 *   memory   re im re im ... | re im re im ...       two vectors hold the amplitudes of ...
 *   tile     re re re re ... | im im im im ...       ... these two
 *
 * A pass is bound by memory. Runs of a few KiB end before the processor's own prefetching has got into its stride, so the lines AHEAD of
 * those in work are asked for by name, across the ends of runs; at the end of a tile they are those of the next one.
 */
#ifndef KETCH_KERNEL_TILE_MEMORY_H
#define KETCH_KERNEL_TILE_MEMORY_H

#include "kernel/tile.h"
#include "kernel/vector.h"

#define AHEAD  8192        /* bytes between what is worked on and what is asked for */
#define LINE   64          /* bytes of a line of the caches */
#define STRIDE (2 * LANES) /* reals of a vector of amplitudes */

/* What to ask for, run by run. */
typedef struct kt_ahead {
    const char *base, *next;
    const kt_gather *gather;
    uint64_t run;
    size_t at, length; /* bytes in the run */
} kt_ahead;

KT_INLINE kt_ahead ahead_of(const void *base, const kt_gather *gather, const void *next) {
    size_t length = 2 * sizeof(real) << gather->run_bits;
    return (kt_ahead){base, next, gather, AHEAD / length, AHEAD % length, length};
}

/* Asks for the lines of one vector of amplitudes. */
KT_INLINE void ask(kt_ahead *ahead) {
    if (ahead->run >= ahead->gather->run_count) {
        if (!ahead->next) return;
        ahead->base = ahead->next;
        ahead->next = NULL;
        ahead->run = 0;
    }
    const char *p = ahead->base + ahead->gather->offset[ahead->run] * (2 * sizeof(real)) + ahead->at;
    for (size_t i = 0; i < STRIDE * sizeof(real); i += LINE) v_prefetch(p + i);
    ahead->at += STRIDE * sizeof(real);
    if (ahead->at == ahead->length) {
        ahead->at = 0;
        ahead->run++;
    }
}

/* Runs shorter than a vector, amplitude by amplitude. */
static void load_short(real *tile, const real *base, const kt_gather *gather) {
    uint32_t length = 1u << gather->run_bits, l = 0;
    for (uint64_t r = 0; r < gather->run_count; r++) {
        const real *in = base + 2 * gather->offset[r];
        for (uint32_t i = 0; i < length; i++, l++) {
            real *a = amplitude(tile, l);
            a[0] = in[2 * i];
            a[LANES] = in[2 * i + 1];
        }
    }
}

static void load(void *tile, const void *base, const kt_gather *gather, const void *next) {
    real *out = tile, *end = out + ((size_t)2 << gather->bits);
    size_t length = (size_t)2 << gather->run_bits;
    if (gather->run_bits < LANE_BITS) {
        load_short(out, base, gather);
        for (uint32_t l = (uint32_t)gather->run_count << gather->run_bits; l < 1u << gather->bits; l++)
            amplitude(out, l)[0] = amplitude(out, l)[LANES] = 0;
        return;
    }
    kt_ahead ahead = ahead_of(base, gather, next);
    for (uint64_t r = 0; r < gather->run_count; r++) {
        const real *in = (const real *)base + 2 * gather->offset[r];
        for (size_t i = 0; i < length; i += STRIDE, out += STRIDE) {
            vector re, im;
            ask(&ahead);
            v_deinterleave(v_load(in + i), v_load(in + i + LANES), &re, &im);
            v_store(out, re);
            v_store(out + LANES, im);
        }
    }
    for (; out < end; out += LANES) v_store(out, v_zero());
}

/* One run, times a factor: complex, real, or 1. Returns the sum of |a|^2. */
typedef enum kt_factor { KT_FACTOR_ONE, KT_FACTOR_REAL, KT_FACTOR_COMPLEX } kt_factor;

KT_INLINE double store_run(real *out, const real *in, size_t length, const double factor[2], kt_factor kind, bool sum, bool fresh) {
    const vector fr = v_broadcast((real)factor[0]), fi = v_broadcast((real)factor[1]);
    v_sum sums[2] = {v_sum_zero(), v_sum_zero()};
    for (size_t i = 0; i < length; i += STRIDE) {
        vector re = v_load(in + i), im = v_load(in + i + LANES), low, high;
        if (kind == KT_FACTOR_REAL) {
            re = v_mul(re, fr);
            im = v_mul(im, fr);
        } else if (kind == KT_FACTOR_COMPLEX)
            v_times(&re, &im, fr, fi);
        if (sum) {
            v_sum_square(&sums[0], re);
            v_sum_square(&sums[1], im);
        }
        v_interleave(re, im, &low, &high);
        if (fresh) {
            v_stream(out + i, low);
            v_stream(out + i + LANES, high);
        } else {
            v_store(out + i, low);
            v_store(out + i + LANES, high);
        }
    }
    return sum ? v_sum_total(sums[0]) + v_sum_total(sums[1]) : 0;
}

KT_INLINE void store_runs(real *base, const real *tile, const kt_gather *gather, const double factor[2], kt_factor kind, double *sums,
                          bool fresh) {
    size_t length = (size_t)2 << gather->run_bits;
    for (uint64_t r = 0; r < gather->run_count; r++, tile += length) {
        real *out = base + 2 * gather->offset[r];
        if (sums)
            sums[r] = store_run(out, tile, length, factor, kind, true, fresh);
        else
            store_run(out, tile, length, factor, kind, false, fresh);
    }
    if (fresh) v_stream_end();
}

static void store_short(real *base, const real *tile, const kt_gather *gather, const double factor[2], double *sums) {
    real fr = (real)factor[0], fi = (real)factor[1];
    uint32_t length = 1u << gather->run_bits, l = 0;
    for (uint64_t r = 0; r < gather->run_count; r++) {
        real *out = base + 2 * gather->offset[r];
        double sum = 0;
        for (uint32_t i = 0; i < length; i++, l++) {
            const real *a = amplitude_of(tile, l);
            out[2 * i] = fr * a[0] - fi * a[LANES];
            out[2 * i + 1] = fr * a[LANES] + fi * a[0];
            sum += (double)out[2 * i] * (double)out[2 * i] + (double)out[2 * i + 1] * (double)out[2 * i + 1];
        }
        if (sums) sums[r] = sum;
    }
}

static void store(void *base, const void *tile, const kt_gather *gather, const double factor[2], double *sums, bool fresh) {
    if (gather->run_bits < LANE_BITS)
        store_short(base, tile, gather, factor, sums);
    else if (fresh)
        store_runs(base, tile, gather, factor, KT_FACTOR_COMPLEX, sums, true);
    else if ((real)factor[1] != 0)
        store_runs(base, tile, gather, factor, KT_FACTOR_COMPLEX, sums, false);
    else if ((real)factor[0] != 1)
        store_runs(base, tile, gather, factor, KT_FACTOR_REAL, sums, false);
    else
        store_runs(base, tile, gather, factor, KT_FACTOR_ONE, sums, false);
}

/* The product over the lanes' bits; then each bit above doubles what is there: the upper half is the lower half times wire 1, before the
 * lower half is multiplied by wire 0. */
static void start(void *tile, uint32_t bits, const double *wires, const double factor[2]) {
    real *out = tile;
    for (uint32_t l = 0; l < LANES; l++) {
        double re = factor[0], im = factor[1];
        for (uint32_t i = 0; i < LANE_BITS; i++) {
            const double *w = wires + 4 * i + 2 * (l >> i & 1);
            double x = re * w[0] - im * w[1];
            im = re * w[1] + im * w[0];
            re = x;
        }
        out[l] = (real)re;
        out[l + LANES] = (real)im;
    }
    for (uint32_t i = LANE_BITS; i < bits; i++) {
        const size_t half = (size_t)2 << i;
        vector w[4];
        for (int j = 0; j < 4; j++) w[j] = v_broadcast((real)wires[4 * i + (size_t)j]);
        for (size_t v = 0; v < half; v += STRIDE) {
            vector re0 = v_load(out + v), im0 = v_load(out + v + LANES), re1 = re0, im1 = im0;
            v_times(&re0, &im0, w[0], w[1]);
            v_times(&re1, &im1, w[2], w[3]);
            v_store(out + v, re0);
            v_store(out + v + LANES, im0);
            v_store(out + half + v, re1);
            v_store(out + half + v + LANES, im1);
        }
    }
}

#endif
