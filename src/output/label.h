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

/* The member "remarks": annotations and pragmas, in words and with their lines. */
void kt_label_remarks(kt_json *json, const ketch_circuit *circuit);

#endif
