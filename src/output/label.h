/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room output: operations in words, for descriptions and drawings.
 */
#ifndef KETCH_OUTPUT_LABEL_H
#define KETCH_OUTPUT_LABEL_H

#include "output/stream.h"

/* The name of a gate operation as OpenQASM says it: "cx", "ctrl(2) @ rx", "matrix". */
void kt_label_name(kt_buffer *out, const kt_op *op);

/* What stands in a gate's box: symbol and parameters, "Rx(π/2)", "P(2*theta)". */
void kt_label_symbol(kt_buffer *out, const ketch_circuit *circuit, const kt_op *op, bool ascii);

/* An angle as people write it: a simple multiple of pi, else four digits. */
void kt_label_angle(kt_buffer *out, double value, bool ascii);

/* The register that holds a bit (or qubit): registers stand by their first one. */
size_t kt_label_register(const kt_register_info *registers, size_t count, uint32_t bit);

/* The bit's register and its place in it, "c[3]"; its name alone where it is a register of one. */
void kt_label_bit(kt_buffer *out, const kt_register_info *registers, size_t count, uint32_t bit);

/* A condition: "c == 3", "!(c[0] && d[1])"; cut with "..." where it is long. */
void kt_label_condition(kt_buffer *out, const ketch_circuit *circuit, const kt_op *jump);

#endif
