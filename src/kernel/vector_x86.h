/* SPDX-License-Identifier: Apache-2.0
 *
 * Vector words (vector.h) that AVX2 and AVX-512 spell alike, but for the width of their registers: WORD(add) is _mm256_add_pd or
 * _mm512_add_ps or what else the includer has chosen.
 */
#ifndef KETCH_KERNEL_VECTOR_X86_H
#define KETCH_KERNEL_VECTOR_X86_H

KT_INLINE vector v_load(const real *a) { return WORD(load)(a); }
KT_INLINE void v_store(real *a, vector x) { WORD(store)(a, x); }
KT_INLINE void v_stream(real *a, vector x) { WORD(stream)(a, x); }
KT_INLINE void v_stream_end(void) { _mm_sfence(); }
KT_INLINE vector v_zero(void) { return WORD(setzero)(); }
KT_INLINE vector v_broadcast(real x) { return WORD(set1)(x); }
KT_INLINE vector v_add(vector a, vector b) { return WORD(add)(a, b); }
KT_INLINE vector v_sub(vector a, vector b) { return WORD(sub)(a, b); }
KT_INLINE vector v_mul(vector a, vector b) { return WORD(mul)(a, b); }
KT_INLINE vector v_fma(vector a, vector b, vector c) { return WORD(fmadd)(a, b, c); }
KT_INLINE vector v_fnma(vector a, vector b, vector c) { return WORD(fnmadd)(a, b, c); }

#endif
