/* SPDX-License-Identifier: Apache-2.0
 *
 * "Did you mean": the nearest of many names to one that is wrong.
 */
#ifndef KETCH_BASE_NEAREST_H
#define KETCH_BASE_NEAREST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters of a text; not terminated. */
typedef struct kt_span {
    const char *at;
    uint32_t size;
} kt_span;

/* The number of single-character edits between two names, at most `limit` + 1. */
unsigned kt_edit_distance(const char *a, size_t a_size, const char *b, size_t b_size, unsigned limit);

/* Equal but for case, else with the fewest edits, else with the same first letter. */
typedef struct kt_nearest {
    kt_span wanted, best; /* best.size 0: none is near */
    unsigned limit;       /* edits */
    unsigned rank;        /* of the best so far: lower is better, 0 the best */
} kt_nearest;
kt_nearest kt_nearest_to(kt_span wanted);
void kt_nearest_try(kt_nearest *nearest, const char *name, size_t size);

#endif
