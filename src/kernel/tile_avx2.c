/* SPDX-License-Identifier: Apache-2.0
 *
 * Tile kernels for AVX2 with FMA; compiled once a precision (KT_SINGLE).
 */
#define KT_VECTOR KT_VECTOR_AVX2
#include "kernel/tile_body.h"

KT_TILE_RECORD(avx2) = KT_TILE_KERNELS;
