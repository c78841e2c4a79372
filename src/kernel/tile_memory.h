/* SPDX-License-Identifier: Apache-2.0
 *
 * Tiles from memory and back: load, store, start.
 */
#ifndef KETCH_KERNEL_TILE_MEMORY_H
#define KETCH_KERNEL_TILE_MEMORY_H

#include "kernel/tile.h"
#include "kernel/vector.h"

static void load(void *tile, const void *base, const kt_gather *gather, const void *next) {
    real *out = tile;
    uint32_t length = 1u << gather->run_bits, l = 0;
    (void)next;
    for (uint64_t r = 0; r < gather->run_count; r++) {
        const real *in = (const real *)base + 2 * gather->offset[r];
        for (uint32_t i = 0; i < length; i++, l++) {
            real *a = amplitude(out, l);
            a[0] = in[2 * i];
            a[LANES] = in[2 * i + 1];
        }
    }
    for (; l < 1u << gather->bits; l++) amplitude(out, l)[0] = amplitude(out, l)[LANES] = 0;
}

static void store(void *base, const void *tile, const kt_gather *gather, const double factor[2], double *sums, bool fresh) {
    const real *in = tile;
    real fr = (real)factor[0], fi = (real)factor[1];
    uint32_t length = 1u << gather->run_bits, l = 0;
    (void)fresh;
    for (uint64_t r = 0; r < gather->run_count; r++) {
        real *out = (real *)base + 2 * gather->offset[r];
        double sum = 0;
        for (uint32_t i = 0; i < length; i++, l++) {
            const real *a = amplitude_of(in, l);
            out[2 * i] = fr * a[0] - fi * a[LANES];
            out[2 * i + 1] = fr * a[LANES] + fi * a[0];
            sum += (double)out[2 * i] * (double)out[2 * i] + (double)out[2 * i + 1] * (double)out[2 * i + 1];
        }
        if (sums) sums[r] = sum;
    }
}

static void start(void *tile, uint32_t bits, const double *wires, const double factor[2]) {
    real *out = tile;
    for (uint32_t l = 0; l < 1u << bits; l++) {
        double re = factor[0], im = factor[1];
        for (uint32_t i = 0; i < bits; i++) {
            const double *w = wires + 4 * i + 2 * (l >> i & 1);
            double x = re * w[0] - im * w[1];
            im = re * w[1] + im * w[0];
            re = x;
        }
        amplitude(out, l)[0] = (real)re;
        amplitude(out, l)[LANES] = (real)im;
    }
}

#endif
