/* SPDX-License-Identifier: Apache-2.0
 *
 * Door of the room output: circuits and results to bytes. Everything goes through a sink; a refused write is KT_SINK_FAILED. `options` are
 * complete (the front door has put in the defaults).
 */
#ifndef KETCH_OUTPUT_OUTPUT_H
#define KETCH_OUTPUT_OUTPUT_H

#include "circuit/circuit.h"

ketch_status kt_output_result(ketch_result *result, const ketch_write_options *options, ketch_sink sink, ketch_diag *diag);
/* The state as a NumPy .npy array: to a sink, or to a file that appears whole or not at all. */
ketch_status kt_output_state(const ketch_result *result, ketch_sink sink, ketch_diag *diag);
ketch_status kt_output_state_npy(const ketch_result *result, const char *path, ketch_diag *diag);
ketch_status kt_output_circuit(const ketch_circuit *circuit, const ketch_write_options *options, ketch_sink sink, ketch_diag *diag);
ketch_status kt_output_drawing(const ketch_circuit *circuit, const ketch_write_options *options, ketch_sink sink, ketch_diag *diag);
/* The circuit as a program of another language; refused before anything is written where that cannot say it. */
ketch_status kt_output_converted(const ketch_circuit *circuit, ketch_language language, ketch_sink sink, ketch_diag *diag);

#endif
