/* SPDX-License-Identifier: Apache-2.0
 *
 * Vector words (vector.h) for AVX-512 (F, DQ, VL, BW): 8 doubles or 16 floats.
 */
#ifndef KETCH_KERNEL_VECTOR_AVX512_H
#define KETCH_KERNEL_VECTOR_AVX512_H

#include <immintrin.h>

typedef struct v_index {
    __m512i lane;
} v_index;

#if KT_SINGLE
#define LANE_BITS      4
#define WORD(name)     _mm512_##name##_ps
#define V_WIDEN(lanes) _mm512_cvtepu8_epi32(_mm_loadu_si128(lanes))
typedef __m512 vector;
typedef __mmask16 v_mask;
#else
#define LANE_BITS      3
#define WORD(name)     _mm512_##name##_pd
#define V_WIDEN(lanes) _mm512_cvtepu8_epi64(_mm_loadl_epi64(lanes))
typedef __m512d vector;
typedef __mmask8 v_mask;
#endif

KT_INLINE v_mask v_mask_of(uint32_t lanes) { return (v_mask)lanes; }
KT_INLINE v_index v_index_of(const uint8_t *lanes) { return (v_index){V_WIDEN((const __m128i *)(const void *)lanes)}; }

#include "kernel/vector_x86.h"

KT_INLINE vector v_select(v_mask m, vector a, vector b) { return WORD(mask_blend)(m, b, a); }
KT_INLINE vector v_negate(vector a, v_mask m) { return WORD(mask_xor)(a, m, a, WORD(set1)((real)-0.0)); }
KT_INLINE vector v_permute(vector a, v_index x) { return WORD(permutexvar)(x.lane, a); }

typedef struct v_sum {
    __m512d lanes;
} v_sum;
KT_INLINE v_sum v_sum_zero(void) { return (v_sum){_mm512_setzero_pd()}; }
KT_INLINE double v_sum_total(v_sum sum) {
    __m256d four = _mm256_add_pd(_mm512_castpd512_pd256(sum.lanes), _mm512_extractf64x4_pd(sum.lanes, 1));
    __m128d pair = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd(four, 1));
    return _mm_cvtsd_f64(pair) + _mm_cvtsd_f64(_mm_unpackhi_pd(pair, pair));
}

#if KT_SINGLE
/* Lanes 0-15 are a's, 16-31 b's. */
#define V_PICK(a, b, ...) _mm512_permutex2var_ps(a, _mm512_setr_epi32(__VA_ARGS__), b)

KT_INLINE vector v_xor_lanes(vector a, uint32_t j) {
    switch (j) {
    case 0: return _mm512_permute_ps(a, 0xB1);
    case 1: return _mm512_permute_ps(a, 0x4E);
    case 2: return _mm512_shuffle_f32x4(a, a, 0xB1);
    default: return _mm512_shuffle_f32x4(a, a, 0x4E);
    }
}
KT_INLINE void v_interleave(vector re, vector im, vector *low, vector *high) {
    *low = V_PICK(re, im, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    *high = V_PICK(re, im, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
KT_INLINE void v_deinterleave(vector low, vector high, vector *re, vector *im) {
    *re = V_PICK(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    *im = V_PICK(low, high, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}
KT_INLINE void v_sum_square(v_sum *sum, vector a) {
    __m512d low = _mm512_cvtps_pd(_mm512_castps512_ps256(a)), high = _mm512_cvtps_pd(_mm512_extractf32x8_ps(a, 1));
    sum->lanes = _mm512_fmadd_pd(high, high, _mm512_fmadd_pd(low, low, sum->lanes));
}
#else
/* Lanes 0-7 are a's, 8-15 b's. */
#define V_PICK(a, b, ...) _mm512_permutex2var_pd(a, _mm512_setr_epi64(__VA_ARGS__), b)

KT_INLINE vector v_xor_lanes(vector a, uint32_t j) {
    switch (j) {
    case 0: return _mm512_permute_pd(a, 0x55);
    case 1: return _mm512_permutex_pd(a, 0x4E);
    default: return _mm512_shuffle_f64x2(a, a, 0x4E);
    }
}
KT_INLINE void v_interleave(vector re, vector im, vector *low, vector *high) {
    *low = V_PICK(re, im, 0, 8, 1, 9, 2, 10, 3, 11);
    *high = V_PICK(re, im, 4, 12, 5, 13, 6, 14, 7, 15);
}
KT_INLINE void v_deinterleave(vector low, vector high, vector *re, vector *im) {
    *re = V_PICK(low, high, 0, 2, 4, 6, 8, 10, 12, 14);
    *im = V_PICK(low, high, 1, 3, 5, 7, 9, 11, 13, 15);
}
KT_INLINE void v_sum_square(v_sum *sum, vector a) { sum->lanes = _mm512_fmadd_pd(a, a, sum->lanes); }
#endif

#endif
