/* SPDX-License-Identifier: Apache-2.0
 *
 * Which tile kernels there are, and which this processor runs.
 */
#include "kernel/tile.h"

#include "kernel/tile_records.h"

static const kt_tile_kernels records[KT_ISA_COUNT] = {
    [KT_ISA_PLAIN] = {"plain", {&kt_tile_plain_double, &kt_tile_plain_float}},
#ifdef __x86_64__
    [KT_ISA_AVX2] = {"avx2", {&kt_tile_avx2_double, &kt_tile_avx2_float}},
    [KT_ISA_AVX512] = {"avx512", {&kt_tile_avx512_double, &kt_tile_avx512_float}},
#endif
};

/* The builtins ask the system, too, whether it saves the wide registers. */
kt_isa kt_isa_best(void) {
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw"))
        return KT_ISA_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return KT_ISA_AVX2;
#endif
    return KT_ISA_PLAIN;
}

const kt_tile_kernels *kt_tile_kernels_of(kt_isa isa) { return (uint32_t)isa < KT_ISA_COUNT && records[isa].name ? &records[isa] : NULL; }
