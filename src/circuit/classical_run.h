/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room circuit: parts of the machine. classical.h is what others see.
 */
#ifndef KETCH_CIRCUIT_CLASSICAL_RUN_H
#define KETCH_CIRCUIT_CLASSICAL_RUN_H

#include "circuit/circuit.h"

#define KT_STACK_WORDS ((size_t)1 << 24) /* of memory saved by calls */

/* Bits [first, first + count) of a memory, as a number from bit 0 on; the rest of its last word becomes 0. `out` may be `from`. */
void kt_take_bits(uint64_t *out, const uint64_t *from, uint64_t first, uint64_t count);
/* And back; other bits stay. */
void kt_put_bits(uint64_t *to, uint64_t first, const uint64_t *number, uint64_t count);

const char *kt_compute_wide(uint64_t *cells, const kt_op *op);    /* bits of numbers beyond 64; parts of numbers of any width */
const char *kt_compute_float(uint64_t *cells, const kt_op *op);   /* floats and angles */
const char *kt_compute_complex(uint64_t *cells, const kt_op *op); /* */

ketch_status kt_machine_extern(kt_machine *machine, const kt_op *op, uint32_t at);

#endif
