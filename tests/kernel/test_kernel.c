/* SPDX-License-Identifier: Apache-2.0
 *
 * Every kernel against the definition, element by element: amplitude x becomes the sum over y of matrix[bits of x at the targets][bits of y
 * there] times amplitude y, for y equal to x elsewhere, if x satisfies the controls, and keeps its bits if not. All placements of targets
 * and controls, positive and negative, on up to 6 wires; both precisions; any partition of the groups. Matrices are random: not unitary,
 * and without a zero that could hide a mistake. With KETCH_TEST_QUICK set, up to 4 wires.
 */
#include "kernel/kernel.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MOST_WIRES 14
#define GUARD      16 /* amplitudes before and behind, which must not change */

static uint64_t random_state;

static double random_number(void) { /* uniform in [-1, 1); splitmix64 */
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (double)((z ^ z >> 31) >> 11) * 0x1p-52 - 1;
}

static uint64_t random_below(uint64_t n) { return (uint64_t)((random_number() + 1) / 2 * (double)n); }

/* ── Amplitudes in either precision ── */

typedef struct state {
    double numbers[2 * ((1 << MOST_WIRES) + 2 * GUARD)]; /* floats where single */
    int single;
    uint32_t wires;
} state;

static void *amplitudes(state *s) { return (char *)s->numbers + GUARD * (s->single ? 8 : 16); }
static size_t state_size(const state *s) { return ((1u << s->wires) + 2 * GUARD) * (s->single ? 8u : 16u); }

static double get(const state *s, size_t number) {
    return s->single ? (double)((const float *)s->numbers)[2 * GUARD + number] : s->numbers[2 * GUARD + number];
}

static void fill_random(state *s, uint32_t wires, int single) {
    s->wires = wires;
    s->single = single;
    for (size_t i = 0; i < 2 * ((1u << wires) + 2 * GUARD); i++) {
        if (single)
            ((float *)s->numbers)[i] = (float)random_number();
        else
            s->numbers[i] = random_number();
    }
}

/* ── The definition ── */

typedef struct placement {
    uint32_t wires, target_count;
    uint8_t targets[KT_MAX_TARGETS];
    uint64_t controls, values;
} placement;

static uint32_t row_of(const placement *p, uint64_t x) {
    uint32_t row = 0;
    for (uint32_t t = 0; t < p->target_count; t++) row |= (uint32_t)(x >> p->targets[t] & 1) << t;
    return row;
}

static uint64_t with_row(const placement *p, uint64_t x, uint32_t row) {
    for (uint32_t t = 0; t < p->target_count; t++) x = (x & ~(UINT64_C(1) << p->targets[t])) | (uint64_t)(row >> t & 1) << p->targets[t];
    return x;
}

/* Is `after` what the whole matrix makes of `before`, and everything outside of the controls and the array untouched? */
static void check_definition(const placement *p, const double *matrix, const state *before, const state *after) {
    size_t size = (size_t)1 << p->target_count, amplitude = before->single ? 8 : 16;
    double tolerance = (before->single ? 1e-6 : 1e-15) * 4 * (double)size;
    const char *old = (const char *)before->numbers, *new = (const char *)after->numbers;
    assert_memory_equal(old, new, GUARD * amplitude);
    assert_memory_equal(old + (GUARD + (1u << p->wires)) * amplitude, new + (GUARD + (1u << p->wires)) * amplitude, GUARD * amplitude);
    for (uint64_t x = 0; x < UINT64_C(1) << p->wires; x++) {
        if ((x & p->controls) != p->values) {
            assert_memory_equal(old + (GUARD + x) * amplitude, new + (GUARD + x) * amplitude, amplitude);
            continue;
        }
        const double *row = matrix + 2 * size * row_of(p, x);
        double re = 0, im = 0;
        for (uint32_t column = 0; column < size; column++) {
            uint64_t y = with_row(p, x, column);
            re += row[2 * column] * get(before, 2 * y) - row[2 * column + 1] * get(before, 2 * y + 1);
            im += row[2 * column] * get(before, 2 * y + 1) + row[2 * column + 1] * get(before, 2 * y);
        }
        if (!(fabs(re - get(after, 2 * x)) <= tolerance) || !(fabs(im - get(after, 2 * x + 1)) <= tolerance))
            fail_msg("amplitude %llu of %u wires, %u targets, controls %llx: %g %g instead of %g %g", (unsigned long long)x, p->wires,
                     p->target_count, (unsigned long long)p->controls, get(after, 2 * x), get(after, 2 * x + 1), re, im);
    }
}

/* ── Matrices of each kernel's kind: what the kernel reads, and the whole matrix that it stands for ── */

static void whole_matrix(kt_kernel_id kernel, uint32_t target_count, double *packed, double *whole, uint8_t *image) {
    size_t size = (size_t)1 << target_count;
    memset(whole, 0, 2 * size * size * sizeof *whole);
    if (kernel == KT_KERNEL_PERMUTE) {
        for (size_t j = 0; j < size; j++) image[j] = (uint8_t)j;
        for (size_t j = size; j-- > 1;) {
            size_t k = random_below(j + 1);
            uint8_t swap = image[j];
            image[j] = image[k];
            image[k] = swap;
        }
        for (size_t j = 0; j < size; j++) whole[2 * (image[j] * size + j)] = 1;
    } else if (kernel == KT_KERNEL_PHASE || kernel == KT_KERNEL_DIAGONAL) {
        for (size_t j = 0; j < size; j++) {
            whole[2 * (j * size + j)] = packed[2 * j] = random_number();
            whole[2 * (j * size + j) + 1] = packed[2 * j + 1] = random_number();
        }
    } else {
        int real = kernel == KT_KERNEL_REAL1 || kernel == KT_KERNEL_REAL2;
        for (size_t i = 0; i < size * size; i++) {
            whole[2 * i] = packed[2 * i] = random_number();
            whole[2 * i + 1] = real ? 0 : random_number();
            packed[2 * i + 1] = real ? NAN : whole[2 * i + 1]; /* not to be read */
        }
    }
}

static int takes(kt_kernel_id kernel, uint32_t targets) {
    switch (kernel) {
    case KT_KERNEL_PHASE: return targets == 0;
    case KT_KERNEL_REAL1:
    case KT_KERNEL_DENSE1: return targets == 1;
    case KT_KERNEL_REAL2:
    case KT_KERNEL_DENSE2: return targets == 2;
    default: return 1;
    }
}

static state before, after, again;
static double packed[2 * KT_MAX_GROUP * KT_MAX_GROUP], whole[2 * KT_MAX_GROUP * KT_MAX_GROUP];

/* One kernel at one placement: by definition, and the same bytes when the groups are done in three parts from the last to the first. */
static void check_kernel(const placement *p, kt_kernel_id kernel, int single) {
    kt_layout layout;
    uint8_t image[KT_MAX_GROUP];
    whole_matrix(kernel, p->target_count, packed, whole, image);
    kt_layout_make(&layout, p->targets, p->target_count, p->controls, p->values);
    if (kernel == KT_KERNEL_PERMUTE) kt_layout_permute(&layout, image);
    fill_random(&before, p->wires, single);
    memcpy(&after, &before, sizeof before);
    memcpy(&again, &before, sizeof before);
    uint64_t groups = kt_layout_groups(&layout, p->wires);
    kt_kernel_apply *apply = kt_kernels[kernel].apply[single];
    apply(amplitudes(&after), 0, groups, &layout, packed);
    check_definition(p, whole, &before, &after);
    uint64_t a = random_below(groups + 1), b = a + random_below(groups - a + 1);
    apply(amplitudes(&again), b, groups, &layout, packed);
    apply(amplitudes(&again), a, b, &layout, packed);
    apply(amplitudes(&again), 0, a, &layout, packed);
    assert_memory_equal(after.numbers, again.numbers, state_size(&after));
}

static uint64_t placements;

static void check_placement(const placement *p) {
    placements++;
    for (int kernel = 0; kernel < KT_KERNEL_COUNT; kernel++) {
        if (!takes((kt_kernel_id)kernel, p->target_count)) continue;
        check_kernel(p, (kt_kernel_id)kernel, 0);
        check_kernel(p, (kt_kernel_id)kernel, 1);
    }
}

/* Each wire that is no target: no control, active at 1, active at 0. */
static void place_controls(placement *p, uint32_t wire) {
    while (wire < p->wires && memchr(p->targets, (int)wire, p->target_count)) wire++;
    if (wire == p->wires) {
        check_placement(p);
        return;
    }
    uint64_t bit = UINT64_C(1) << wire;
    place_controls(p, wire + 1);
    p->controls |= bit;
    place_controls(p, wire + 1);
    p->values |= bit;
    place_controls(p, wire + 1);
    p->controls &= ~bit;
    p->values &= ~bit;
}

static void place_targets(placement *p, uint32_t more) {
    if (!more) {
        place_controls(p, 0);
        return;
    }
    for (uint8_t wire = 0; wire < p->wires; wire++) {
        if (memchr(p->targets, wire, p->target_count)) continue;
        p->targets[p->target_count++] = wire;
        place_targets(p, more - 1);
        p->target_count--;
    }
}

static uint32_t most_wires(void) { return getenv("KETCH_TEST_QUICK") ? 4 : 6; }

static void all_placements(void **unused) {
    (void)unused;
    uint64_t expected = 0;
    for (uint32_t wires = 0; wires <= most_wires(); wires++) {
        uint64_t ordered = 1; /* targets in order, times 3 for each other wire */
        for (uint32_t targets = 0; targets <= wires; ordered *= wires - targets, targets++) {
            placement p = {.wires = wires};
            place_targets(&p, targets);
            expected += ordered * (uint64_t)pow(3, wires - targets);
        }
    }
    assert_int_equal(placements, expected);
}

/* Spans long enough for vector code, cut at odd places. */
static void long_spans(void **unused) {
    (void)unused;
    for (int round = 0; round < 200; round++) {
        placement p = {.wires = MOST_WIRES - (uint32_t)random_below(4)};
        uint32_t targets = (uint32_t)random_below(4);
        while (p.target_count < targets) {
            uint8_t wire = (uint8_t)random_below(p.wires);
            if (!memchr(p.targets, wire, p.target_count)) p.targets[p.target_count++] = wire;
        }
        for (int control = 0; control < round % 3; control++) {
            uint64_t bit = UINT64_C(1) << random_below(p.wires);
            if (with_row(&p, 0, KT_MAX_GROUP - 1) & bit) continue;
            p.controls |= bit;
            if (random_below(2)) p.values |= bit;
        }
        p.values &= p.controls;
        check_placement(&p);
    }
}

/* ── Layouts beyond 32 bits ── */

static void wide_indices(void **unused) {
    (void)unused;
    kt_layout layout;
    kt_layout_make(&layout, (const uint8_t[]){62, 40}, 2, UINT64_C(1) << 33 | 2, 2);
    assert_int_equal(kt_layout_groups(&layout, 63), UINT64_C(1) << 59);
    assert_int_equal(layout.offset[1], UINT64_C(1) << 62);
    assert_int_equal(layout.offset[3], UINT64_C(1) << 62 | UINT64_C(1) << 40);
    uint64_t free_bits = ~layout.fixed & ((UINT64_C(1) << 63) - 1);
    assert_int_equal(kt_layout_index(&layout, 0), 2);
    assert_int_equal(kt_layout_index(&layout, (UINT64_C(1) << 59) - 1), free_bits | 2);
    assert_int_equal(kt_layout_index(&layout, UINT64_C(1) << 32), UINT64_C(1) << 34 | 2); /* one fixed bit below, and bit 33 stepped over */
}

/* ── Sums and picks ── */

static double probability(const state *s, uint64_t x) { return get(s, 2 * x) * get(s, 2 * x) + get(s, 2 * x + 1) * get(s, 2 * x + 1); }

static void sums(void **unused) {
    (void)unused;
    for (int round = 0; round < 400; round++) {
        int single = round & 1;
        fill_random(&before, (uint32_t)random_below(MOST_WIRES + 1), single);
        uint64_t bit = before.wires && round % 4 < 2 ? UINT64_C(1) << random_below(before.wires) : 0, value = round % 8 < 4 ? bit : 0;
        kt_layout layout;
        kt_layout_make(&layout, NULL, 0, bit, value);
        uint64_t groups = kt_layout_groups(&layout, before.wires), first = random_below(groups),
                 last = first + 1 + random_below(groups - first);
        long double sum = 0;
        for (uint64_t g = first; g < last; g++) sum += (long double)probability(&before, kt_layout_index(&layout, g));
        double found = kt_sum_kernels[single](amplitudes(&before), first, last, &layout);
        assert_true(fabs(found - (double)sum) <= 1e-13 * (double)(sum + 1));
        assert_true(found == kt_sum_kernels[single](amplitudes(&before), first, last, &layout));
    }
}

static void set_zero(state *s, uint64_t x) {
    if (s->single)
        memset((float *)s->numbers + 2 * (GUARD + x), 0, 8);
    else
        memset(s->numbers + 2 * (GUARD + x), 0, 16);
}

/* Each pick lands where the running sum first exceeds it, never on a zero, and those beyond the sum on the last that is not zero. */
static void picks(void **unused) {
    (void)unused;
    enum { COUNT = 1000 };
    static kt_pick list[COUNT];
    static uint64_t outcomes[COUNT];
    static double sums[1 << 10];
    for (int round = 0; round < 300; round++) {
        int single = round & 1;
        fill_random(&before, 1 + (uint32_t)random_below(10), single);
        uint64_t size = UINT64_C(1) << before.wires, first = round % 2 ? random_below(size) : 0,
                 last = first + 1 + random_below(size - first);
        for (uint64_t x = first; x < last; x++) {
            if (random_below(3)) set_zero(&before, x);
        }
        double start = round % 3 ? 0.25 : 0, sum = start;
        uint64_t last_not_zero = size;
        for (uint64_t x = first; x < last; x++) {
            sum += probability(&before, x);
            if (probability(&before, x) > 0) last_not_zero = x;
        }
        if (last_not_zero == size) continue;
        for (uint64_t i = 0; i < COUNT; i++) list[i] = (kt_pick){start + (sum - start) * (double)i / (COUNT - 5), COUNT - 1 - i};
        memset(outcomes, 0xff, sizeof outcomes);
        kt_pick_kernels[single](amplitudes(&before), first, last, start, list, COUNT, 0, outcomes);
        double running = start + probability(&before, first);
        uint64_t x = first;
        for (uint64_t i = 0; i < COUNT; i++) {
            while (x + 1 < last && !(running > list[i].threshold)) running += probability(&before, ++x);
            assert_int_equal(outcomes[list[i].slot], running > list[i].threshold ? x : last_not_zero);
            assert_true(probability(&before, outcomes[list[i].slot]) > 0);
        }
        if (first) continue;
        assert_int_equal(kt_running_kernels[single](sums, amplitudes(&before), last, start, 0), last_not_zero);
        for (uint64_t i = 0; i < COUNT; i++) { /* looked up in all sums at once */
            uint64_t at = 0;
            while (at < last && !(sums[at] > list[i].threshold)) at++;
            assert_int_equal(outcomes[list[i].slot], at < last ? at : last_not_zero);
        }
    }
}

/* Any part of a state, any bit: the sums of the halves; one of them left, times a factor, in place and elsewhere; nothing else touched. */
static void halves(void **unused) {
    (void)unused;
    static state other;
    for (int round = 0; round < 600; round++) {
        int single = round & 1;
        fill_random(&before, 1 + (uint32_t)random_below(MOST_WIRES - 1), single);
        fill_random(&other, before.wires, single);
        uint64_t size = UINT64_C(1) << before.wires, first = random_below(size), last = first + 1 + random_below(size - first);
        uint64_t bit = UINT64_C(1) << random_below(before.wires), value = random_below(2) ? bit : 0;
        double sums[2], wanted[2] = {0, 0}, factor = single ? (double)(float)random_number() : random_number();
        for (uint64_t x = first / 8 * 8; x < last; x++) wanted[(x & bit) != 0] += probability(&before, x);
        kt_halves_kernels[single](amplitudes(&before), first / 8 * 8, last, bit, sums);
        for (int half = 0; half < 2; half++) assert_true(fabs(sums[half] - wanted[half]) <= 1e-12 * (1 + wanted[half]));
        after = before;
        kt_collapse_kernels[single](amplitudes(&after), amplitudes(&after), first, last, bit, value, factor);
        kt_collapse_kernels[single](amplitudes(&other), amplitudes(&before), first, last, bit, value, factor);
        for (size_t i = 0; i < 2 * size; i++) {
            uint64_t x = i / 2;
            double number = get(&before, i), left = (x & bit) != value ? 0
                                                    : single           ? (double)((float)number * (float)factor)
                                                                       : number * factor;
            if (x < first || x >= last) {
                assert_true(get(&after, i) == number);
                continue;
            }
            assert_true(get(&after, i) == left);
            assert_true(get(&other, i) == left);
        }
    }
}

/* The same state under another frame and a phase is the same; one amplitude that differs is found. Marks agree, or do not. */
static void same_states(void **unused) {
    (void)unused;
    static state other;
    for (int round = 0; round < 200; round++) {
        int single = round & 1;
        fill_random(&before, 1 + (uint32_t)random_below(8), single);
        fill_random(&other, before.wires, single);
        uint64_t size = UINT64_C(1) << before.wires, flips = random_below(size), signs = random_below(size);
        double phase = 3 * random_number(), factor[2] = {cos(phase), sin(phase)}, tolerance = single ? 1e-6 : 1e-14;
        for (uint64_t x = 0; x < size; x++) { /* other (x xor flips) = the conjugate factor, the sign, and this one's */
            double sign = __builtin_parityll(signs & x) ? -1 : 1, re = get(&before, 2 * x), im = get(&before, 2 * x + 1);
            double number[2] = {sign * (factor[0] * re + factor[1] * im), sign * (factor[0] * im - factor[1] * re)};
            for (size_t k = 0; k < 2; k++) {
                size_t place = 2 * (GUARD + (x ^ flips)) + k;
                if (single)
                    ((float *)other.numbers)[place] = (float)number[k];
                else
                    other.numbers[place] = number[k];
            }
        }
        const void *a = amplitudes(&before), *b = amplitudes(&other);
        assert_true(kt_same_kernels[single](a, b, 0, size, flips, signs, factor, tolerance));
        double marks[2] = {kt_mark_kernels[single](a, 0, size, 0), kt_mark_kernels[single](b, 0, size, flips)};
        assert_true(fabs(marks[0] - marks[1]) < (single ? 1e-4 : 1e-12) * (1 + marks[0]));
        set_zero(&other, random_below(size));
        assert_false(kt_same_kernels[single](a, b, 0, size, flips, signs, factor, tolerance));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_placements), cmocka_unit_test(long_spans), cmocka_unit_test(wide_indices), cmocka_unit_test(sums),
        cmocka_unit_test(picks),          cmocka_unit_test(halves),     cmocka_unit_test(same_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
