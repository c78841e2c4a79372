/* SPDX-License-Identifier: Apache-2.0
 *
 * The record of each translation unit of tile kernels: instruction set by precision.
 */
#ifndef KETCH_KERNEL_TILE_RECORDS_H
#define KETCH_KERNEL_TILE_RECORDS_H

#include "kernel/tile.h"

extern const kt_tile_precision kt_tile_plain_double, kt_tile_plain_float;
extern const kt_tile_precision kt_tile_avx2_double, kt_tile_avx2_float;
extern const kt_tile_precision kt_tile_avx512_double, kt_tile_avx512_float;

#endif
