/* SPDX-License-Identifier: Apache-2.0
 *
 * What the benchmarks share: a clock, statistics of repeated measurements, and giving up with the library's own words.
 */
#ifndef KETCH_BENCH_H
#define KETCH_BENCH_H

#include <ketch/ketch.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static inline double bench_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static inline int bench_order(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts the measurements: [0] is the best, [count / 2] the median. */
static inline void bench_sort(double *seconds, size_t count) { qsort(seconds, count, sizeof *seconds, bench_order); }

/* Ends the program unless the call went well. */
static inline void bench_ok(ketch_status status, ketch_diag *diag) {
    if (status == KETCH_OK) return;
    fprintf(stderr, "%s\n%s", ketch_status_name(status), diag ? ketch_diag_text(diag) : "");
    exit(1);
}

/* The argument `index` as a whole number, or `otherwise`. */
static inline unsigned long bench_argument(int count, char **arguments, int index, unsigned long otherwise) {
    return index < count ? strtoul(arguments[index], NULL, 0) : otherwise;
}

#endif
