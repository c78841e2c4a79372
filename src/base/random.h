/* SPDX-License-Identifier: Apache-2.0
 *
 * Draws. Nothing is streamed: a draw is a function of what it is for, so that threads, order and dropped work change nothing.
 * Philox4x64-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11) from Random123.
 */
#ifndef KETCH_BASE_RANDOM_H
#define KETCH_BASE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* What a draw is for. */
typedef struct kt_draw {
    uint64_t seed;
    uint32_t circuit; /* in a batch */
    uint32_t row;     /* of the parameter table */
    uint64_t shot;
    uint64_t measurement; /* its static number in the source, or KT_DRAW_SAMPLE */
    uint64_t execution;   /* how often this shot has executed it before */
} kt_draw;

#define KT_DRAW_SAMPLE UINT64_MAX /* the joint sample of all final measurements */

uint64_t kt_draw_bits(const kt_draw *draw);  /* 64 uniform bits */
double kt_draw_uniform(const kt_draw *draw); /* uniform on [0, 1), a multiple of 2^-53 */

/* A seed from the system's entropy; false if it gives none. */
bool kt_system_seed(uint64_t *out);

#endif
