/* SPDX-License-Identifier: Apache-2.0
 *
 * What the machine offers: processors, memory, time and rounding to nearest, with the limits of all cgroups (v1 and v2, every ancestor)
 * around this process.
 */
#ifndef KETCH_BASE_MACHINE_H
#define KETCH_BASE_MACHINE_H

#include <stdint.h>

uint32_t kt_processors(void);       /* min(affinity, cgroup quota rounded up), at least 1 */
uint64_t kt_memory_available(void); /* bytes that can be taken without swapping: min(MemAvailable, limit - use of each cgroup, RLIMIT_AS) */
uint32_t kt_process(void);          /* which process this is; never 0 */
double kt_seconds(void);            /* a clock that only goes forward */
const char *kt_instruction_set(void); /* what the kernels compiled in will use: "x86-64", "generic" */

/* Rounds to nearest until the mode that was before, given back, is restored: the same numbers, in binary and as text, for every caller. */
int kt_rounding_enter(void);
void kt_rounding_leave(int before);

/* Processors and memory with the file system's root elsewhere, for tests. */
uint64_t kt_memory_available_at(const char *root);
uint32_t kt_processors_at(const char *root);

#endif
