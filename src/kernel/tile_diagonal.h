/* SPDX-License-Identifier: Apache-2.0
 *
 * Quadratic forms of local bits as phases: prepare_diagonal, diagonal.
 */
#ifndef KETCH_KERNEL_TILE_DIAGONAL_H
#define KETCH_KERNEL_TILE_DIAGONAL_H

#include <math.h>

#include "kernel/tile.h"
#include "kernel/vector.h"

struct kt_diagonal {
    double pair[KT_TILE_MOST][KT_TILE_MOST][2];
};

static void prepare_diagonal(kt_diagonal *out, uint32_t bits, const double *angle) {
    for (uint32_t i = 0; i < bits; i++)
        for (uint32_t j = i + 1; j < bits; j++) {
            out->pair[i][j][0] = cos(angle[i * bits + j]);
            out->pair[i][j][1] = sin(angle[i * bits + j]);
        }
}

static void multiply_phase(double *re, double *im, const double *factor) {
    double x = *re * factor[0] - *im * factor[1];
    *im = *re * factor[1] + *im * factor[0];
    *re = x;
}

static void diagonal(void *tile, uint32_t bits, const kt_diagonal *diagonal, const double *single) {
    for (uint32_t l = 0; l < 1u << bits; l++) {
        double re = single[2 * bits], im = single[2 * bits + 1];
        for (uint32_t i = 0; i < bits; i++) {
            if (!(l >> i & 1)) continue;
            multiply_phase(&re, &im, single + 2 * i);
            for (uint32_t j = i + 1; j < bits; j++)
                if (l >> j & 1) multiply_phase(&re, &im, diagonal->pair[i][j]);
        }
        real *a = amplitude(tile, l);
        double x = (double)a[0], y = (double)a[LANES];
        a[0] = (real)(x * re - y * im);
        a[LANES] = (real)(x * im + y * re);
    }
}

#endif
