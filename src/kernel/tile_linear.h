/* SPDX-License-Identifier: Apache-2.0
 *
 * Linear maps of addresses: prepare_linear, linear.
 */
#ifndef KETCH_KERNEL_TILE_LINEAR_H
#define KETCH_KERNEL_TILE_LINEAR_H

#include "kernel/tile.h"
#include "kernel/vector.h"

struct kt_linear {
    uint32_t columns[KT_TILE_MOST];
};

static void prepare_linear(kt_linear *out, uint32_t bits, const uint32_t *columns) {
    for (uint32_t i = 0; i < bits; i++) out->columns[i] = columns[i];
}

static void linear(void *out, const void *tile, uint32_t bits, const kt_linear *map, uint32_t offset) {
    for (uint32_t l = 0; l < 1u << bits; l++) {
        uint32_t to = offset;
        for (uint32_t i = 0; i < bits; i++)
            if (l >> i & 1) to ^= map->columns[i];
        const real *a = amplitude_of(tile, l);
        real *b = amplitude(out, to);
        b[0] = a[0];
        b[LANES] = a[LANES];
    }
}

#endif
