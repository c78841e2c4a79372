/* SPDX-License-Identifier: Apache-2.0
 *
 * Vector words (vector.h) for any machine: 16 bytes, in the compiler's vectors, which become the registers of SSE2 or NEON. A multiply-add
 * rounds twice: there may be no instruction for it.
 */
#ifndef KETCH_KERNEL_VECTOR_PLAIN_H
#define KETCH_KERNEL_VECTOR_PLAIN_H

#include <string.h>

#if KT_SINGLE
#define LANE_BITS 2
typedef int32_t v_integer;
#else
#define LANE_BITS 1
typedef int64_t v_integer;
#endif

typedef real vector __attribute__((vector_size(16)));
typedef real v_memory __attribute__((vector_size(16), may_alias)); /* reals where they lie */
typedef v_integer v_mask __attribute__((vector_size(16)));
typedef struct v_index {
    uint8_t lane[1 << LANE_BITS];
} v_index;

#define V_EACH(i) for (int i = 0; i < 1 << LANE_BITS; i++)

KT_INLINE v_mask v_mask_of(uint32_t lanes) {
    v_mask out = {0};
    V_EACH(i) out[i] = -(v_integer)(lanes >> i & 1);
    return out;
}
KT_INLINE v_index v_index_of(const uint8_t *lanes) {
    v_index out;
    memcpy(out.lane, lanes, sizeof out.lane);
    return out;
}

KT_INLINE vector v_load(const real *a) { return (vector) * (const v_memory *)(const void *)a; }
KT_INLINE void v_store(real *a, vector x) { *(v_memory *)(void *)a = (v_memory)x; }
KT_INLINE void v_stream(real *a, vector x) { v_store(a, x); }
KT_INLINE void v_stream_end(void) {}
KT_INLINE vector v_zero(void) { return (vector){0}; }
KT_INLINE vector v_broadcast(real x) { return x - (vector){0}; }
KT_INLINE vector v_add(vector a, vector b) { return a + b; }
KT_INLINE vector v_sub(vector a, vector b) { return a - b; }
KT_INLINE vector v_mul(vector a, vector b) { return a * b; }
KT_INLINE vector v_fma(vector a, vector b, vector c) { return a * b + c; }
KT_INLINE vector v_fnma(vector a, vector b, vector c) { return c - a * b; }
KT_INLINE vector v_select(v_mask m, vector a, vector b) { return (vector)((m & (v_mask)a) | (~m & (v_mask)b)); }
KT_INLINE vector v_negate(vector a, v_mask m) { return v_select(m, -a, a); }
KT_INLINE vector v_xor_lanes(vector a, uint32_t j) {
    vector out = a;
    V_EACH(i) out[i] = a[i ^ 1 << j];
    return out;
}
KT_INLINE vector v_permute(vector a, v_index x) {
    vector out = a;
    V_EACH(i) out[i] = a[x.lane[i]];
    return out;
}
KT_INLINE void v_interleave(vector re, vector im, vector *low, vector *high) {
    const int half = 1 << (LANE_BITS - 1);
    V_EACH(i) {
        (*low)[i] = i & 1 ? im[i / 2] : re[i / 2];
        (*high)[i] = i & 1 ? im[half + i / 2] : re[half + i / 2];
    }
}
KT_INLINE void v_deinterleave(vector low, vector high, vector *re, vector *im) {
    const int half = 1 << (LANE_BITS - 1);
    V_EACH(i) {
        (*re)[i] = i < half ? low[2 * i] : high[2 * (i - half)];
        (*im)[i] = i < half ? low[2 * i + 1] : high[2 * (i - half) + 1];
    }
}
typedef struct v_sum {
    double lane[1 << LANE_BITS];
} v_sum;
KT_INLINE v_sum v_sum_zero(void) { return (v_sum){{0}}; }
KT_INLINE void v_sum_square(v_sum *sum, vector a) { V_EACH(i) sum->lane[i] += (double)a[i] * (double)a[i]; }
KT_INLINE double v_sum_total(v_sum sum) {
    double total = 0;
    V_EACH(i) total += sum.lane[i];
    return total;
}

#endif
