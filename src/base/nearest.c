/* SPDX-License-Identifier: Apache-2.0
 *
 * "Did you mean": see nearest.h.
 */
#include "base/nearest.h"

#include <limits.h>

/* Optimal string alignment: insert, delete, replace, or exchange two neighbours, each one edit. Three rows of the usual table. */
unsigned kt_edit_distance(const char *a, size_t a_size, const char *b, size_t b_size, unsigned limit) {
    enum { LONGEST = 63 };
    if (a_size > LONGEST || b_size > LONGEST) return limit + 1;
    unsigned rows[3][LONGEST + 1];
    for (size_t j = 0; j <= b_size; j++) rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_size; i++) {
        unsigned *now = rows[i % 3], *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b_size; j++) {
            unsigned best = before[j - 1] + (a[i - 1] != b[j - 1]);
            if (before[j] + 1 < best) best = before[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && earlier[j - 2] + 1 < best) best = earlier[j - 2] + 1;
            now[j] = best;
        }
    }
    unsigned distance = rows[a_size % 3][b_size];
    return distance > limit ? limit + 1 : distance;
}

kt_nearest kt_nearest_to(kt_span wanted) {
    return (kt_nearest){.wanted = wanted, .limit = wanted.size < 4 ? 1 : wanted.size < 6 ? 2 : 3, .rank = UINT_MAX};
}

static bool equal_but_for_case(kt_span wanted, const char *name, size_t size) {
    size_t i = 0;
    while (i < size && i < wanted.size && (wanted.at[i] | 0x20) == (name[i] | 0x20)) i++;
    return size == wanted.size && i == size;
}

void kt_nearest_try(kt_nearest *nearest, const char *name, size_t size) {
    kt_span wanted = nearest->wanted;
    unsigned rank = 0;
    if (nearest->rank == 0) return;
    if (!equal_but_for_case(wanted, name, size)) {
        unsigned distance = kt_edit_distance(wanted.at, wanted.size, name, size, nearest->limit);
        if (distance > nearest->limit || distance >= wanted.size) return; /* nothing of the name would be left */
        rank = 2 * distance + (*wanted.at != *name);
    }
    if (rank >= nearest->rank) return;
    nearest->rank = rank;
    nearest->best = (kt_span){name, (uint32_t)size};
}
