/* SPDX-License-Identifier: Apache-2.0
 *
 * Rotations about X and Y.
 */
#ifndef KETCH_KERNEL_TILE_ROTATE_H
#define KETCH_KERNEL_TILE_ROTATE_H

#include "kernel/tile.h"
#include "kernel/vector.h"

static void rotate(void *tile, uint32_t bits, const kt_rotation *rotations, uint32_t count) {
    for (uint32_t k = 0; k < count; k++) {
        real t = (real)rotations[k].tangent;
        for (uint32_t l = 0; l < 1u << bits; l++) {
            if (l >> rotations[k].bit & 1) continue;
            real *a = amplitude(tile, l), *b = amplitude(tile, l | 1u << rotations[k].bit);
            real ar = a[0], ai = a[LANES], br = b[0], bi = b[LANES];
            if (rotations[k].imaginary) { /* a - i t b, b - i t a */
                a[0] = ar + t * bi;
                a[LANES] = ai - t * br;
                b[0] = br + t * ai;
                b[LANES] = bi - t * ar;
            } else {
                a[0] = ar - t * br;
                a[LANES] = ai - t * bi;
                b[0] = br + t * ar;
                b[LANES] = bi + t * ai;
            }
        }
    }
}

#endif
