/* SPDX-License-Identifier: Apache-2.0
 *
 * Tile kernels in plain C, for any machine; compiled once a precision (KT_SINGLE).
 */
#define KT_VECTOR KT_VECTOR_PLAIN
#include "kernel/tile_body.h"

KT_TILE_RECORD(plain) = KT_TILE_KERNELS;
