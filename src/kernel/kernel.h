/* SPDX-License-Identifier: Apache-2.0
 *
 * Door of the room kernel: arithmetic on raw arrays of amplitudes. Knows nothing but the C library.
 *
 *   kernel.h, kernel.c, body.h   a gate on the whole state, in plain C: what the reference engine runs; sums, draws, frames of both
 *   tile.h, tile_*.h             steps on a tile in the cache, of which the planned engine makes its passes
 *   vector.h, vector_*.h         the vectors that these are written in, for each instruction set
 *
 * A kernel works on groups. A group is the 2^k amplitudes whose indices differ only in the k target bits; controls are further bits of the
 * index that are fixed at a value, so that they shrink the number of groups. With target bit 1 and a control on bit 3, active at 1:
 *
 *   index bits        4 3 2 1 0          group g = c b a (its number in binary)
 *   of the group      c 1 b t a          its amplitudes: t = 0 and t = 1
 *                       |   |
 *                 fixed at 1  target
 *
 * Groups that follow one another while no fixed bit is crossed lie side by side in memory; such a stretch is called a span, and the index
 * is computed once a span.
 *
 * A kernel gets a base pointer, a half-open range of groups and constant arguments. It touches the amplitudes of its groups and no others,
 * so any partition of the groups, in any order, leaves the same bytes. It never threads, allocates or fails.
 */
#ifndef KETCH_KERNEL_KERNEL_H
#define KETCH_KERNEL_KERNEL_H

#include "kernel/tile.h"

#include <stdbool.h>
#include <stdint.h>

#define KT_MAX_TARGETS 6
#define KT_MAX_GROUP   (1u << KT_MAX_TARGETS)

/* Where the amplitudes of a group are. */
typedef struct kt_layout {
    uint64_t fixed; /* targets and controls: the bits of an index that a group's number has no say in */
    uint64_t value; /* the controls that are active at 1 */
    uint32_t target_count;
    uint32_t exchange_count;           /* of a permutation */
    uint64_t offset[KT_MAX_GROUP];     /* of amplitude j of a group: the targets' bits as j says, target 0 being bit 0 of j */
    uint8_t exchange[KT_MAX_GROUP][2]; /* a permutation as exchanges of two amplitudes of a group, one after the other */
} kt_layout;

/* `controls` is a mask of index bits, `values` the subset of them that is active at 1. Targets and controls are distinct. */
void kt_layout_make(kt_layout *out, const uint8_t *targets, uint32_t target_count, uint64_t controls, uint64_t values);

/* Makes it a permutation: amplitude j of a group goes to place `image[j]`. */
void kt_layout_permute(kt_layout *layout, const uint8_t *image);

/* Groups in a state of 2^wires amplitudes. */
uint64_t kt_layout_groups(const kt_layout *layout, uint32_t wires);

/* Index of the first amplitude of a group, all targets 0. */
uint64_t kt_layout_index(const kt_layout *layout, uint64_t group);

/* The kernels. `matrix` holds what the table says, as complex numbers, interleaved re im, in double whatever the precision. */
typedef enum kt_kernel_id {
    KT_KERNEL_PHASE,    /* one factor for the one amplitude of a group: no targets */
    KT_KERNEL_DIAGONAL, /* 2^k factors */
    KT_KERNEL_PERMUTE,  /* nothing: the layout's exchanges */
    KT_KERNEL_REAL1,    /* 2^k x 2^k, row by row, as are those that follow; imaginary parts are not read */
    KT_KERNEL_REAL2,
    KT_KERNEL_DENSE1,
    KT_KERNEL_DENSE2,
    KT_KERNEL_DENSE, /* up to KT_MAX_TARGETS targets */
    KT_KERNEL_COUNT
} kt_kernel_id;

typedef void kt_kernel_apply(void *amplitudes, uint64_t first, uint64_t last, const kt_layout *layout, const double *matrix);

typedef struct kt_kernel {
    const char *name;
    uint32_t multiply_adds; /* real ones an amplitude, times `growth` for each target */
    uint32_t growth;
    kt_kernel_apply *apply[2]; /* double, float */
} kt_kernel;

extern const kt_kernel kt_kernels[KT_KERNEL_COUNT];

/* The sum of |a|^2 over the first amplitude of each group of the range, in double, in an order that depends on the range alone: over chunks
 * of a fixed size, added in order, it is the same however the chunks were shared out. */
typedef double kt_kernel_sum(const void *amplitudes, uint64_t first, uint64_t last, const kt_layout *layout);
extern kt_kernel_sum *const kt_sum_kernels[2];

/* The sums of |a|^2 over the amplitudes [first, last) whose index lacks `bit`, and over those that have it; `first` is a multiple of 8. */
typedef void kt_kernel_halves(const void *amplitudes, uint64_t first, uint64_t last, uint64_t bit, double *sums);
extern kt_kernel_halves *const kt_halves_kernels[2];

/* Amplitudes [first, last) of `to`, which may be `from`: those whose bit has the value (0 or `bit`) are `from`'s times factor, others 0. */
typedef void kt_kernel_collapse(void *to, const void *from, uint64_t first, uint64_t last, uint64_t bit, uint64_t value, double factor);
extern kt_kernel_collapse *const kt_collapse_kernels[2];

/* Amplitude i becomes factor times (-1)^(signs . j) times amplitude j, j = i xor flips: in place, so in groups of i and j, numbered by the
 * index without the highest bit of `flips`; where there is none a group is one amplitude. */
typedef void kt_kernel_settle(void *amplitudes, uint64_t first, uint64_t last, uint64_t flips, uint64_t signs, const double *factor);
extern kt_kernel_settle *const kt_settle_kernels[2];

/* The sum of |a(y)|^2 times a weight that y xor flips has, in double, in an order that depends on the range alone. States that differ in
 * more than phases have different sums, but for a rare chance. */
typedef double kt_kernel_mark(const void *amplitudes, uint64_t first, uint64_t last, uint64_t flips);
extern kt_kernel_mark *const kt_mark_kernels[2];

/* Is amplitude i of the one factor times (-1)^(signs . i) times amplitude i xor flips of the other, each within `tolerance`? */
typedef bool kt_kernel_same(const void *one, const void *other, uint64_t first, uint64_t last, uint64_t flips, uint64_t signs,
                            const double *factor, double tolerance);
extern kt_kernel_same *const kt_same_kernels[2];

/* A draw to be turned into a basis state: the first one at which the running sum of |a|^2 exceeds `threshold`. */
typedef struct kt_pick {
    double threshold;
    uint64_t slot; /* outcomes[slot] receives the index */
} kt_pick;

/* Walks the amplitudes [first, last) of the order in which index i stands for amplitude i xor flips, which are not all zero, once; `picks` are sorted. What rounding leaves over goes to the last
 * amplitude that is not zero, so that an outcome of zero probability is never chosen. `before` is the running sum at `first`. */
typedef void kt_kernel_pick(const void *amplitudes, uint64_t first, uint64_t last, double before, const kt_pick *picks, uint64_t pick_count,
                            uint64_t flips, uint64_t *outcomes);
extern kt_kernel_pick *const kt_pick_kernels[2];

/* The same sums, each with its amplitude, of amplitudes [0, count); gives the last that is not zero. */
typedef uint64_t kt_kernel_running(double *sums, const void *amplitudes, uint64_t count, double before, uint64_t flips);
extern kt_kernel_running *const kt_running_kernels[2];

#endif
