/* SPDX-License-Identifier: Apache-2.0
 *
 * The number of threads that threadpoolctl asks for. It is one for the process, so it lives in the extension, not in the library, which
 * has no global state; Python hands it on with each run. threadpoolctl finds the functions by their names in the extension's file.
 */
#include "helpers.h"

#include <stdatomic.h>

static atomic_int wanted;

#define EXPORT __attribute__((visibility("default")))

EXPORT int ketch_get_num_threads(void) { return atomic_load_explicit(&wanted, memory_order_relaxed); }
EXPORT void ketch_set_num_threads(int threads) { atomic_store_explicit(&wanted, threads > 0 ? threads : 0, memory_order_relaxed); }
