/* SPDX-License-Identifier: Apache-2.0
 *
 * The vector vocabulary: what kernel bodies are written in. A translation unit chooses an instruction set (KT_VECTOR) and a precision
 * (KT_SINGLE); each vector_*.h then defines the same words.
 *
 *   real              double or float
 *   vector            LANES = 2^LANE_BITS reals; lane i is address bit pattern i
 *   v_mask            a set of lanes                             v_mask_of(bits): lane i is in it where bit i of `bits` is 1
 *   v_index           a source for each lane                     v_index_of(lanes), v_index_xor(k)
 *
 *   v_load  v_store   aligned;  v_stream  as v_store, past the caches (v_stream_end when all are done)
 *   v_zero  v_broadcast(x)  v_add  v_sub  v_mul  v_fma(a, b, c) = a b + c  v_fnma(a, b, c) = c - a b
 *   v_negate(a, m)    -a in the lanes of m
 *   v_select(m, a, b) b, but a in the lanes of m
 *   v_xor_lanes(a, j) lane i gets lane i xor 2^j; j best a constant
 *   v_permute(a, x)   lane i gets lane x[i]
 *   v_interleave      (re, im) to re im re im ... in two vectors of memory; v_deinterleave back
 *   v_times           (re, im) times (fr, fi), complex
 *   v_sum             a sum in double, of squares: v_sum_zero, v_sum_square(&sum, a), v_sum_total in a fixed order
 *   v_prefetch        brings a line to the second-level cache
 */
#ifndef KETCH_KERNEL_VECTOR_H
#define KETCH_KERNEL_VECTOR_H

#include <stddef.h>
#include <stdint.h>

#define KT_VECTOR_PLAIN  0
#define KT_VECTOR_AVX2   1
#define KT_VECTOR_AVX512 2

#ifndef KT_VECTOR
#define KT_VECTOR KT_VECTOR_PLAIN
#endif
#ifndef KT_SINGLE
#define KT_SINGLE 0
#endif

#if KT_SINGLE
typedef float real;
#else
typedef double real;
#endif

/* Bodies are specialised by constant arguments, with loops over registers unrolled. KT_COMPACT leaves that to the compiler: a sanitizer
 * makes twenty instructions of one, and half a minute of compiling of what takes two seconds otherwise. */
#define KT_PRAGMA(text) _Pragma(#text)
#ifdef KT_COMPACT
#define KT_INLINE static inline
#define KT_UNROLL
#define KT_UNROLL_BY(count)
#else
#define KT_INLINE           static inline __attribute__((always_inline))
#define KT_UNROLL_BY(count) KT_PRAGMA(GCC unroll count)
#ifdef __clang__
#define KT_UNROLL _Pragma("unroll") /* early enough for arrays to become registers */
#else
#define KT_UNROLL KT_UNROLL_BY(64)
#endif
#endif

/* GCC forgets how it computed x, and keeps it in a register. */
#ifdef __clang__
#define KT_OPAQUE(x) (void)(x)
#else
#define KT_OPAQUE(x) __asm__("" : "+r"(x))
#endif

#if KT_VECTOR == KT_VECTOR_AVX512
#include "kernel/vector_avx512.h"
#elif KT_VECTOR == KT_VECTOR_AVX2
#include "kernel/vector_avx2.h"
#else
#include "kernel/vector_plain.h"
#endif

#define LANES (1u << LANE_BITS)

/* As KT_OPAQUE, of a vector: GCC neither loads it a second time nor copies another operand instead of it. */
#if defined(__clang__) || KT_VECTOR == KT_VECTOR_PLAIN
#define V_OPAQUE(x) (void)(x)
#elif KT_VECTOR == KT_VECTOR_AVX2
#define V_OPAQUE(x) __asm__("" : "+x"(x))
#else
#define V_OPAQUE(x) __asm__("" : "+v"(x))
#endif

KT_INLINE void v_prefetch(const void *a) { __builtin_prefetch(a, 0, 2); }

/* Lane i of the mask: whether bit j of i is set. */
KT_INLINE uint32_t v_lanes_with_bit(uint32_t j) {
    static const uint32_t lanes[4] = {0xAAAA, 0xCCCC, 0xF0F0, 0xFF00};
    return lanes[j] & ((1u << LANES) - 1);
}

KT_INLINE v_index v_index_xor(uint32_t k) {
    uint8_t lanes[LANES];
    for (uint32_t i = 0; i < LANES; i++) lanes[i] = (uint8_t)(i ^ k);
    return v_index_of(lanes);
}

KT_INLINE void v_times(vector *re, vector *im, vector fr, vector fi) {
    vector old = *re;
    *re = v_fnma(*im, fi, v_mul(*re, fr));
    *im = v_fma(old, fi, v_mul(*im, fr));
}

/* The real part of amplitude l of a tile; the imaginary part is LANES behind it. */
KT_INLINE real *amplitude(real *tile, uint32_t l) { return tile + (((size_t)(l >> LANE_BITS) << (LANE_BITS + 1)) | (l & (LANES - 1))); }
KT_INLINE const real *amplitude_of(const real *tile, uint32_t l) {
    return tile + (((size_t)(l >> LANE_BITS) << (LANE_BITS + 1)) | (l & (LANES - 1)));
}

#endif
