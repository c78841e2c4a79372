/* SPDX-License-Identifier: Apache-2.0
 *
 * All tile kernels, for the instruction set and the precision of the translation unit (kernel/vector.h), and their record. The names of
 * records: kt_tile_plain_double, kt_tile_plain_float, kt_tile_avx2_double ...
 */
#ifndef KETCH_KERNEL_TILE_BODY_H
#define KETCH_KERNEL_TILE_BODY_H

#include "kernel/tile_dense.h"
#include "kernel/tile_diagonal.h"
#include "kernel/tile_exchange.h"
#include "kernel/tile_linear.h"
#include "kernel/tile_memory.h"
#include "kernel/tile_records.h"
#include "kernel/tile_rotate.h"

#if KT_SINGLE
#define KT_TILE_RECORD(isa) const kt_tile_precision kt_tile_##isa##_float
#else
#define KT_TILE_RECORD(isa) const kt_tile_precision kt_tile_##isa##_double
#endif

#define KT_TILE_KERNELS \
    { LANE_BITS, load, store, start, rotate, prepare_diagonal, diagonal, prepare_linear, linear, exchange, scale, dense }

#endif
