/* SPDX-License-Identifier: Apache-2.0
 *
 * What touches only the amplitudes that meet a condition: exchange, scale.
 */
#ifndef KETCH_KERNEL_TILE_EXCHANGE_H
#define KETCH_KERNEL_TILE_EXCHANGE_H

#include "kernel/tile.h"
#include "kernel/vector.h"

static void exchange(void *tile, uint32_t bits, uint32_t target, uint32_t mask, uint32_t value) {
    for (uint32_t l = 0; l < 1u << bits; l++) {
        if ((l & mask) != value || l >> target & 1) continue;
        real *a = amplitude(tile, l), *b = amplitude(tile, l | 1u << target), re = a[0], im = a[LANES];
        a[0] = b[0];
        a[LANES] = b[LANES];
        b[0] = re;
        b[LANES] = im;
    }
}

static void scale(void *tile, uint32_t bits, uint32_t mask, uint32_t value, const double factor[2]) {
    real fr = (real)factor[0], fi = (real)factor[1];
    for (uint32_t l = 0; l < 1u << bits; l++) {
        if ((l & mask) != value) continue;
        real *a = amplitude(tile, l), re = a[0], im = a[LANES];
        a[0] = fr * re - fi * im;
        a[LANES] = fr * im + fi * re;
    }
}

#endif
