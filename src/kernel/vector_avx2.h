/* SPDX-License-Identifier: Apache-2.0
 *
 * Vector words (vector.h) for AVX2 with FMA: 4 doubles or 8 floats.
 */
#ifndef KETCH_KERNEL_VECTOR_AVX2_H
#define KETCH_KERNEL_VECTOR_AVX2_H

#include <immintrin.h>

/* Lanes are permuted in 32-bit halves, since AVX2 has no permutation of doubles by a variable. */
typedef struct v_index {
    __m256i words;
} v_index;

#if KT_SINGLE
#define LANE_BITS   3
#define WORD(name)  _mm256_##name##_ps
#define V_BITS(x)   _mm256_castps_si256(x)
#define V_FROM(x)   _mm256_castsi256_ps(x)
#define V_LANE_WORD 1
typedef __m256 vector;
typedef __m256 v_mask;
#else
#define LANE_BITS   2
#define WORD(name)  _mm256_##name##_pd
#define V_BITS(x)   _mm256_castpd_si256(x)
#define V_FROM(x)   _mm256_castsi256_pd(x)
#define V_LANE_WORD 2
typedef __m256d vector;
typedef __m256d v_mask;
#endif

KT_INLINE v_mask v_mask_of(uint32_t lanes) {
    uint32_t word[8];
    for (uint32_t i = 0; i < 8; i++) word[i] = 0 - (lanes >> i / V_LANE_WORD & 1);
    return V_FROM(_mm256_loadu_si256((const __m256i *)(const void *)word));
}
KT_INLINE v_index v_index_of(const uint8_t *lanes) {
    uint32_t word[8];
    for (uint32_t i = 0; i < 8; i++) word[i] = lanes[i / V_LANE_WORD] * (uint32_t)V_LANE_WORD + i % V_LANE_WORD;
    return (v_index){_mm256_loadu_si256((const __m256i *)(const void *)word)};
}

#include "kernel/vector_x86.h"

KT_INLINE vector v_select(v_mask m, vector a, vector b) { return WORD(blendv)(b, a, m); }
KT_INLINE vector v_negate(vector a, v_mask m) { return WORD(xor)(a, WORD(and)(m, WORD(set1)((real)-0.0))); }
KT_INLINE vector v_permute(vector a, v_index x) { return V_FROM(_mm256_permutevar8x32_epi32(V_BITS(a), x.words)); }

typedef struct v_sum {
    __m256d lanes;
} v_sum;
KT_INLINE v_sum v_sum_zero(void) { return (v_sum){_mm256_setzero_pd()}; }
KT_INLINE double v_sum_total(v_sum sum) {
    __m128d pair = _mm_add_pd(_mm256_castpd256_pd128(sum.lanes), _mm256_extractf128_pd(sum.lanes, 1));
    return _mm_cvtsd_f64(pair) + _mm_cvtsd_f64(_mm_unpackhi_pd(pair, pair));
}

#if KT_SINGLE
KT_INLINE vector v_xor_lanes(vector a, uint32_t j) {
    switch (j) {
    case 0: return _mm256_permute_ps(a, 0xB1);
    case 1: return _mm256_permute_ps(a, 0x4E);
    default: return _mm256_permute2f128_ps(a, a, 1);
    }
}
KT_INLINE void v_interleave(vector re, vector im, vector *low, vector *high) {
    vector even = _mm256_unpacklo_ps(re, im), odd = _mm256_unpackhi_ps(re, im);
    *low = _mm256_permute2f128_ps(even, odd, 0x20);
    *high = _mm256_permute2f128_ps(even, odd, 0x31);
}
KT_INLINE void v_deinterleave(vector low, vector high, vector *re, vector *im) {
    vector even = _mm256_permute2f128_ps(low, high, 0x20), odd = _mm256_permute2f128_ps(low, high, 0x31);
    *re = _mm256_shuffle_ps(even, odd, 0x88);
    *im = _mm256_shuffle_ps(even, odd, 0xDD);
}
KT_INLINE void v_sum_square(v_sum *sum, vector a) {
    __m256d low = _mm256_cvtps_pd(_mm256_castps256_ps128(a)), high = _mm256_cvtps_pd(_mm256_extractf128_ps(a, 1));
    sum->lanes = _mm256_fmadd_pd(high, high, _mm256_fmadd_pd(low, low, sum->lanes));
}
#else
KT_INLINE vector v_xor_lanes(vector a, uint32_t j) { return j == 0 ? _mm256_permute_pd(a, 0x5) : _mm256_permute4x64_pd(a, 0x4E); }
KT_INLINE void v_interleave(vector re, vector im, vector *low, vector *high) {
    vector even = _mm256_unpacklo_pd(re, im), odd = _mm256_unpackhi_pd(re, im);
    *low = _mm256_permute2f128_pd(even, odd, 0x20);
    *high = _mm256_permute2f128_pd(even, odd, 0x31);
}
KT_INLINE void v_deinterleave(vector low, vector high, vector *re, vector *im) {
    vector even = _mm256_permute2f128_pd(low, high, 0x20), odd = _mm256_permute2f128_pd(low, high, 0x31);
    *re = _mm256_unpacklo_pd(even, odd);
    *im = _mm256_unpackhi_pd(even, odd);
}
KT_INLINE void v_sum_square(v_sum *sum, vector a) { sum->lanes = _mm256_fmadd_pd(a, a, sum->lanes); }
#endif

#endif
