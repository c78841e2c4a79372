/* SPDX-License-Identifier: Apache-2.0
 *
 * What the fuzz targets share.
 */
#ifndef KETCH_TESTS_FUZZ_H
#define KETCH_TESTS_FUZZ_H

#include <ketch/ketch.h>

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A broken promise ends the program: the fuzzer keeps the input. */
#define fuzz_require(truth)                                                       \
    do {                                                                          \
        if (!(truth)) {                                                           \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #truth); \
            abort();                                                              \
        }                                                                         \
    } while (0)

/* Statuses that a sound program may meet when it writes: a sink may refuse, a limit may be met. */
static inline int fuzz_fine(ketch_status status) {
    return status == KETCH_OK || status == KETCH_ERROR_IO || status == KETCH_ERROR_LIMIT || status == KETCH_ERROR_MEMORY;
}

#endif
