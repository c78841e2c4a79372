/* SPDX-License-Identifier: Apache-2.0
 *
 * Door of the room qasm: OpenQASM 2 and 3 text to a flat circuit, one statement at a time (tokens -> a statement's tree -> operations), so
 * that memory follows the circuit and not the text.
 */
#ifndef KETCH_QASM_QASM_H
#define KETCH_QASM_QASM_H

#include "circuit/circuit.h"

/* `options` is complete (the front door has put in the defaults). On failure `diag` holds up to options->max_errors errors. */
ketch_status kt_qasm_load(ketch_circuit **out, const char *path, const ketch_load_options *options, ketch_diag *diag);
ketch_status kt_qasm_parse(ketch_circuit **out, const char *text, size_t size, const ketch_load_options *options, ketch_diag *diag);
/* A program that was read before, from its kept sources (one at least): includes are the following ones in turn, no file is opened. */
ketch_status kt_qasm_read_again(ketch_circuit **out, const kt_kept_source *sources, size_t count, const ketch_load_options *options,
                                ketch_diag *diag);

/* The text laid out anew: 4 blanks a block, a statement a line, its comments kept. Nothing is written where its grammar is wrong. */
ketch_status kt_qasm_format(const char *text, size_t size, const ketch_load_options *options, ketch_sink sink, ketch_diag *diag);

/* The program of a circuit that keeps its sources (one at least) as one text, laid out: includes stand in their places, bound inputs are
 * declared with their values. */
ketch_status kt_qasm_write_whole(const ketch_circuit *circuit, const ketch_load_options *options, ketch_sink sink, ketch_diag *diag);

#endif
