/* SPDX-License-Identifier: Apache-2.0
 *
 * For the tests of the room qasm: reading a text with small options, and looking at what came out.
 */
#ifndef KETCH_TESTS_QASM_HELPER_H
#define KETCH_TESTS_QASM_HELPER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "qasm/qasm.h"

#define QASM2 "OPENQASM 2.0;\ninclude \"qelib1.inc\";\n"
#define QASM3 "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n"

ketch_load_options ordinary_options(void); /* the defaults of the public header */

/* The circuit of a text that must be good; its messages are in *diag where asked for, and must be none otherwise (notes apart). */
ketch_circuit *circuit_of(const char *text);
ketch_circuit *circuit_with_messages(const char *text, ketch_diag *diag);

/* The operations as text, one a line: "cx 0 !1", "rz(0.5) 2", "measure 0 -> 1", "unless [c0] goto 7" ... */
const char *operations_of(const ketch_circuit *circuit);

void check_operations(const char *text, const char *expected);

/* The text must be refused, with this code first, there, and with `words` in its text or hint. */
void check_refused(const char *text, const char *code, unsigned line, unsigned column, const char *words);

#endif
