/* SPDX-License-Identifier: Apache-2.0
 *
 * Layouts, spans and the catalogue of kernels; the kernels themselves are in body.h.
 */
#include "kernel/kernel.h"

#include <stddef.h>
#include <string.h>

static uint64_t lowest_bit(uint64_t mask) { return mask & (~mask + 1); }

void kt_layout_make(kt_layout *out, const uint8_t *targets, uint32_t target_count, uint64_t controls, uint64_t values) {
    out->fixed = controls;
    out->value = values;
    out->target_count = target_count;
    out->exchange_count = 0;
    out->offset[0] = 0;
    for (uint32_t t = 0; t < target_count; t++) {
        uint64_t bit = UINT64_C(1) << targets[t];
        out->fixed |= bit;
        for (uint32_t j = 0; j < 1u << t; j++) out->offset[(1u << t) + j] = out->offset[j] | bit;
    }
}

/* Each cycle j0 -> j1 -> j2 ... of the permutation is undone by exchanges at its first place: what belongs to j1 sits at j0 and is
 * exchanged with j1's, then that with j2's. */
void kt_layout_permute(kt_layout *layout, const uint8_t *image) {
    uint64_t done = 0; /* one bit a place */
    layout->exchange_count = 0;
    for (uint32_t start = 0; start < 1u << layout->target_count; start++) {
        for (uint32_t j = image[start]; j != start && !(done >> j & 1); j = image[j]) {
            layout->exchange[layout->exchange_count][0] = (uint8_t)start;
            layout->exchange[layout->exchange_count][1] = (uint8_t)j;
            layout->exchange_count++;
            done |= UINT64_C(1) << j;
        }
        done |= UINT64_C(1) << start;
    }
}

uint64_t kt_layout_groups(const kt_layout *layout, uint32_t wires) {
    uint64_t groups = UINT64_C(1) << wires;
    for (uint64_t mask = layout->fixed; mask; mask ^= lowest_bit(mask)) groups >>= 1;
    return groups;
}

/* Bit insertion: each fixed bit, the lowest first, moves what is at its place and above up by one. */
uint64_t kt_layout_index(const kt_layout *layout, uint64_t group) {
    for (uint64_t mask = layout->fixed; mask; mask ^= lowest_bit(mask)) {
        uint64_t below = lowest_bit(mask) - 1;
        group = (group & ~below) << 1 | (group & below);
    }
    return group | layout->value;
}

/* A stretch of groups whose amplitudes are neighbours. */
typedef struct kt_stretch {
    uint64_t base, length;
    uint64_t left; /* groups of the range from this span on */
    uint64_t fixed, value;
} kt_stretch;

static uint64_t smaller(uint64_t a, uint64_t b) { return a < b ? a : b; }

static inline kt_stretch kt_stretch_first(const kt_layout *layout, uint64_t first, uint64_t last) {
    kt_stretch span = {kt_layout_index(layout, first), last - first, last - first, layout->fixed, layout->value};
    uint64_t most = lowest_bit(layout->fixed); /* 0 where nothing is fixed: all is one span */
    if (most) span.length = smaller(span.left, most - (first & (most - 1)));
    return span;
}

/* Setting the fixed bits lets the carry run through them to the next free bit. */
static inline void kt_stretch_next(kt_stretch *span) {
    span->left -= span->length;
    span->base = (((span->base + span->length - 1) | span->fixed) + 1) & ~span->fixed;
    span->base |= span->value;
    span->length = smaller(span->left, lowest_bit(span->fixed));
}

#define REAL       double
#define NAME(name) name##_double
#include "kernel/body.h"
#undef REAL
#undef NAME
#define REAL       float
#define NAME(name) name##_float
#include "kernel/body.h"
#undef REAL
#undef NAME

#define BOTH(name) \
    { name##_double, name##_float }
const kt_kernel kt_kernels[KT_KERNEL_COUNT] = {
    [KT_KERNEL_PHASE] = {"phase", 4, 1, BOTH(phase)},       [KT_KERNEL_DIAGONAL] = {"diagonal", 4, 1, BOTH(diagonal)},
    [KT_KERNEL_PERMUTE] = {"permute", 0, 1, BOTH(permute)}, [KT_KERNEL_REAL1] = {"real1", 2, 2, BOTH(real1)},
    [KT_KERNEL_REAL2] = {"real2", 2, 2, BOTH(real2)},       [KT_KERNEL_DENSE1] = {"dense1", 4, 2, BOTH(dense1)},
    [KT_KERNEL_DENSE2] = {"dense2", 4, 2, BOTH(dense2)},    [KT_KERNEL_DENSE] = {"dense", 4, 2, BOTH(dense)},
};
kt_kernel_sum *const kt_sum_kernels[2] = BOTH(sum);
kt_kernel_pick *const kt_pick_kernels[2] = BOTH(pick);
kt_kernel_running *const kt_running_kernels[2] = BOTH(running);
kt_kernel_settle *const kt_settle_kernels[2] = BOTH(settle);
kt_kernel_mark *const kt_mark_kernels[2] = BOTH(mark);
kt_kernel_same *const kt_same_kernels[2] = BOTH(same);
kt_kernel_halves *const kt_halves_kernels[2] = BOTH(halves);
kt_kernel_collapse *const kt_collapse_kernels[2] = BOTH(collapse);
