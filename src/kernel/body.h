/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernels of kernel.h, written once: kernel.c includes this for REAL double and float, NAME(x) giving each function its own name. No
 * include guard, for that reason. Loops over a span are over neighbouring amplitudes, so that compilers can vectorise them; nothing is
 * reassociated or contracted, so vector and scalar code give the same bits.
 */
typedef struct NAME(complex) {
    REAL re, im;
} NAME(complex);

static inline void NAME(scale)(NAME(complex) *restrict a, uint64_t count, REAL re, REAL im) {
    for (uint64_t i = 0; i < count; i++) {
        NAME(complex) x = a[i];
        a[i].re = re * x.re - im * x.im;
        a[i].im = re * x.im + im * x.re;
    }
}

static void NAME(phase)(void *amplitudes, uint64_t first, uint64_t last, const kt_layout *layout, const double *matrix) {
    NAME(complex) *a = amplitudes;
    REAL re = (REAL)matrix[0], im = (REAL)matrix[1];
    for (kt_stretch span = kt_stretch_first(layout, first, last); span.length; kt_stretch_next(&span))
        NAME(scale)(a + span.base, span.length, re, im);
}

static void NAME(diagonal)(void *amplitudes, uint64_t first, uint64_t last, const kt_layout *layout, const double *matrix) {
    NAME(complex) *a = amplitudes;
    uint32_t size = 1u << layout->target_count;
    for (kt_stretch span = kt_stretch_first(layout, first, last); span.length; kt_stretch_next(&span))
        for (uint32_t j = 0; j < size; j++)
            NAME(scale)(a + span.base + layout->offset[j], span.length, (REAL)matrix[2 * j], (REAL)matrix[2 * j + 1]);
}

static inline void NAME(exchange)(NAME(complex) *restrict a, NAME(complex) *restrict b, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        NAME(complex) x = a[i];
        a[i] = b[i];
        b[i] = x;
    }
}

static void NAME(permute)(void *amplitudes, uint64_t first, uint64_t last, const kt_layout *layout, const double *matrix) {
    (void)matrix;
    NAME(complex) *a = amplitudes;
    for (kt_stretch span = kt_stretch_first(layout, first, last); span.length; kt_stretch_next(&span))
        for (uint32_t e = 0; e < layout->exchange_count; e++) {
            const uint8_t *pair = layout->exchange[e];
            NAME(exchange)(a + span.base + layout->offset[pair[0]], a + span.base + layout->offset[pair[1]], span.length);
        }
}

/* out = matrix · in for each group, column by column: out += column c · in[c]. `re` and `im` are room for the matrix, transposed and in the
 * kernel's precision; in and out are room for a group. With `size` and `real` known to the compiler everything is unrolled. */
static inline __attribute__((always_inline)) void NAME(multiply)(NAME(complex) * a, uint64_t first, uint64_t last, const kt_layout *layout,
                                                                 const double *matrix, uint32_t size, int real, REAL *restrict re,
                                                                 REAL *restrict im, NAME(complex) *restrict in,
                                                                 NAME(complex) *restrict out) {
    for (uint32_t row = 0; row < size; row++)
        for (uint32_t column = 0; column < size; column++) {
            re[column * size + row] = (REAL)matrix[2 * (row * size + column)];
            im[column * size + row] = (REAL)matrix[2 * (row * size + column) + 1];
        }
    for (kt_stretch span = kt_stretch_first(layout, first, last); span.length; kt_stretch_next(&span))
        for (uint64_t i = span.base; i < span.base + span.length; i++) {
            for (uint32_t j = 0; j < size; j++) {
                in[j] = a[i + layout->offset[j]];
                out[j] = (NAME(complex)){0, 0};
            }
            for (uint32_t column = 0; column < size; column++)
                for (uint32_t row = 0; row < size; row++) {
                    REAL x = re[column * size + row], y = real ? 0 : im[column * size + row];
                    out[row].re += real ? x * in[column].re : x * in[column].re - y * in[column].im;
                    out[row].im += real ? x * in[column].im : x * in[column].im + y * in[column].re;
                }
            for (uint32_t j = 0; j < size; j++) a[i + layout->offset[j]] = out[j];
        }
}

#define MATRIX_KERNEL(name, room, size, real)                                                                                \
    static void NAME(name)(void *amplitudes, uint64_t first, uint64_t last, const kt_layout *layout, const double *matrix) { \
        REAL re[(room) * (room)], im[(room) * (room)];                                                                       \
        NAME(complex) in[room], out[room];                                                                                   \
        NAME(multiply)(amplitudes, first, last, layout, matrix, size, real, re, im, in, out);                                \
    }
MATRIX_KERNEL(real1, 2, 2, 1)
MATRIX_KERNEL(real2, 4, 4, 1)
MATRIX_KERNEL(dense1, 2, 2, 0)
MATRIX_KERNEL(dense2, 4, 4, 0)
MATRIX_KERNEL(dense, KT_MAX_GROUP, 1u << layout->target_count, 0)
#undef MATRIX_KERNEL

static inline double NAME(probability)(NAME(complex) x) { return (double)x.re * x.re + (double)x.im * x.im; }

/* Four running sums, so that one addition need not wait for the one before. */
static double NAME(sum)(const void *amplitudes, uint64_t first, uint64_t last, const kt_layout *layout) {
    const NAME(complex) *a = amplitudes;
    double sums[4] = {0, 0, 0, 0};
    for (kt_stretch span = kt_stretch_first(layout, first, last); span.length; kt_stretch_next(&span)) {
        const NAME(complex) *x = a + span.base;
        uint64_t i = 0;
        for (; i + 4 <= span.length; i += 4)
            for (int lane = 0; lane < 4; lane++) sums[lane] += NAME(probability)(x[i + (uint64_t)lane]);
        for (; i < span.length; i++) sums[i & 3] += NAME(probability)(x[i]);
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

static void NAME(settle)(void *amplitudes, uint64_t first, uint64_t last, uint64_t flips, uint64_t signs, const double *factor) {
    NAME(complex) *a = amplitudes;
    uint64_t below = flips ? (UINT64_C(1) << (63 - __builtin_clzll(flips))) - 1 : UINT64_MAX;
    for (uint64_t group = first; group < last; group++) {
        uint64_t i = flips ? (group & ~below) << 1 | (group & below) : group, j = i ^ flips;
        NAME(complex) x = a[i], y = a[j]; /* y belongs at i, with the sign that it has at j; and x at j */
        REAL u = __builtin_parityll(signs & j) ? -1 : 1, v = __builtin_parityll(signs & i) ? -1 : 1;
        REAL re = (REAL)factor[0], im = (REAL)factor[1];
        a[i] = (NAME(complex)){u * (re * y.re - im * y.im), u * (re * y.im + im * y.re)};
        if (flips) a[j] = (NAME(complex)){v * (re * x.re - im * x.im), v * (re * x.im + im * x.re)};
    }
}

/* Sixteen running sums, of eight amplitudes in a row and their two parts: a bit below 8 tells some of the amplitudes from the others. */
static void NAME(add_run)(double *sums, const REAL *x, uint64_t count) {
    double lanes[16];
    uint64_t i = 0;
    memcpy(lanes, sums, sizeof lanes);
    for (; i + 16 <= count; i += 16)
        for (uint64_t lane = 0; lane < 16; lane++) lanes[lane] += (double)x[i + lane] * x[i + lane];
    for (; i < count; i++) lanes[i % 16] += (double)x[i] * x[i];
    memcpy(sums, lanes, sizeof lanes);
}

static void NAME(halves)(const void *amplitudes, uint64_t first, uint64_t last, uint64_t bit, double *sums) {
    double lanes[2][16] = {{0}};
    for (uint64_t i = first, end; i < last; i = end) { /* runs in which the bit is the same, or does not matter yet */
        end = bit < 8 ? last : (i | (bit - 1)) + 1;
        if (end > last) end = last;
        NAME(add_run)(lanes[bit >= 8 && i & bit], (const REAL *)amplitudes + 2 * i, 2 * (end - i));
    }
    sums[0] = sums[1] = 0;
    for (uint64_t lane = 0; lane < 16; lane++) {
        sums[(lane / 2 & bit) != 0] += lanes[0][lane];
        sums[1] += lanes[1][lane];
    }
}

static void NAME(collapse)(void *to, const void *from, uint64_t first, uint64_t last, uint64_t bit, uint64_t value, double factor) {
    const REAL *x = (const REAL *)from + 2 * first;
    REAL *y = (REAL *)to + 2 * first, by[16];
    uint64_t count = 2 * (last - first), run = bit < 8 ? count : 2 * bit, i = 0;
    for (uint64_t lane = 0; lane < 16; lane++) by[lane] = ((first + lane / 2) & bit) == value ? (REAL)factor : 0;
    if (bit < 8) { /* eight amplitudes in a row and their two parts */
        for (; i + 16 <= count; i += 16)
            for (uint64_t lane = 0; lane < 16; lane++) y[i + lane] = x[i + lane] * by[lane];
        for (; i < count; i++) y[i] = x[i] * by[i % 16];
        return;
    }
    for (uint64_t end; i < count; i = end) { /* runs in which the bit is the same */
        end = i + run - ((2 * first + i) & (run - 1));
        if (end > count) end = count;
        if (((first + i / 2) & bit) == value)
            for (uint64_t k = i; k < end; k++) y[k] = x[k] * (REAL)factor;
        else
            memset(y + i, 0, (end - i) * sizeof *y);
    }
}

/* A weight of its own for each index, in [0, 1). */
static double NAME(mark)(const void *amplitudes, uint64_t first, uint64_t last, uint64_t flips) {
    const NAME(complex) *a = amplitudes;
    double sum = 0;
    for (uint64_t i = first; i < last; i++) {
        uint32_t weight = (uint32_t)(i ^ flips) * UINT32_C(2654435769);
        sum += NAME(probability)(a[i]) * (double)(int32_t)(weight >> 1);
    }
    return sum * 0x1p-31;
}

static bool NAME(same)(const void *one, const void *other, uint64_t first, uint64_t last, uint64_t flips, uint64_t signs,
                       const double *factor, double tolerance) {
    const NAME(complex) *a = one, *b = other;
    for (uint64_t i = first; i < last; i++) {
        NAME(complex) y = b[i ^ flips];
        double sign = __builtin_parityll(signs & i) ? -1 : 1;
        double re = sign * (factor[0] * y.re - factor[1] * y.im) - a[i].re, im = sign * (factor[0] * y.im + factor[1] * y.re) - a[i].im;
        if (!(re * re + im * im <= tolerance * tolerance)) return false;
    }
    return true;
}

static uint64_t NAME(running)(double *sums, const void *amplitudes, uint64_t count, double before, uint64_t flips) {
    const NAME(complex) *a = amplitudes;
    uint64_t last = 0;
    double sum = before;
    for (uint64_t i = 0; i < count; i++) {
        double p = NAME(probability)(a[i ^ flips]);
        sums[i] = sum += p;
        if (p > 0) last = i;
    }
    return last;
}

static void NAME(pick)(const void *amplitudes, uint64_t first, uint64_t last, double before, const kt_pick *picks, uint64_t pick_count,
                       uint64_t flips, uint64_t *outcomes) {
    const NAME(complex) *a = amplitudes;
    uint64_t next = 0;
    double sum = before;
    for (uint64_t i = first; i < last && next < pick_count; i++) {
        double p = NAME(probability)(a[i ^ flips]);
        sum += p;
        while (next < pick_count && p > 0 && sum > picks[next].threshold) outcomes[picks[next++].slot] = i;
    }
    uint64_t end = last;
    while (next < pick_count && end > first + 1 && !(NAME(probability)(a[(end - 1) ^ flips]) > 0)) end--;
    for (; next < pick_count; next++) outcomes[picks[next].slot] = end - 1;
}
