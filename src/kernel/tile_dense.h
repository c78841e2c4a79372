/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense matrices on one to six bits.
 */
#ifndef KETCH_KERNEL_TILE_DENSE_H
#define KETCH_KERNEL_TILE_DENSE_H

#include "kernel/tile.h"
#include "kernel/vector.h"

static void dense(void *tile, uint32_t bits, const uint8_t *targets, uint32_t count, uint32_t mask, uint32_t value, const double *matrix) {
    uint32_t offset[64] = {0}, size = 1u << count;
    for (uint32_t t = 0; t < count; t++)
        for (uint32_t j = 0; j < 1u << t; j++) offset[(1u << t) + j] = offset[j] | 1u << targets[t];
    for (uint32_t l = 0; l < 1u << bits; l++) {
        if ((l & mask) != value || l & offset[size - 1]) continue;
        real re[64], im[64];
        for (uint32_t j = 0; j < size; j++) {
            const real *a = amplitude(tile, l | offset[j]);
            re[j] = a[0];
            im[j] = a[LANES];
        }
        for (uint32_t row = 0; row < size; row++) {
            real x = 0, y = 0;
            for (uint32_t j = 0; j < size; j++) {
                real mr = (real)matrix[2 * (row * size + j)], mi = (real)matrix[2 * (row * size + j) + 1];
                x += mr * re[j] - mi * im[j];
                y += mr * im[j] + mi * re[j];
            }
            real *a = amplitude(tile, l | offset[row]);
            a[0] = x;
            a[LANES] = y;
        }
    }
}

#endif
