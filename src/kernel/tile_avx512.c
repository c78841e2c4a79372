/* SPDX-License-Identifier: Apache-2.0
 *
 * Tile kernels for AVX-512 (F, DQ, VL, BW); compiled once a precision (KT_SINGLE).
 */
#define KT_VECTOR KT_VECTOR_AVX512
#include "kernel/tile_body.h"

KT_TILE_RECORD(avx512) = KT_TILE_KERNELS;
