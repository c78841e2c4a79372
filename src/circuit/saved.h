/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room circuit: a circuit as bytes, what save.c writes and restore.c reads; docs/formats.md describes it. All numbers are
 * little-endian, whatever the machine's are; a text is its size and its bytes.
 *
 *   "KETCHCIR" | version | 0 | size of all | XXH3 of the rest | kind | ...
 *
 * kind 0, operations   a circuit without instructions: its pools one after the other, each a count and its records, gates by name
 * kind 1, program      a circuit with instructions: the sources that it was read from and how, and the inputs that are bound
 */
#ifndef KETCH_CIRCUIT_SAVED_H
#define KETCH_CIRCUIT_SAVED_H

#include "circuit/circuit.h"

#define KT_SAVED_MAGIC   "KETCHCIR"
#define KT_SAVED_VERSION 1
#define KT_SAVED_HEAD    32 /* bytes in front of the rest */

typedef enum kt_saved_kind { KT_SAVED_OPERATIONS, KT_SAVED_PROGRAM } kt_saved_kind;

/* ── Writing ── */

void kt_saved_put(kt_buffer *out, uint64_t number, size_t bytes);
void kt_saved_put_double(kt_buffer *out, double number);
void kt_saved_put_text(kt_buffer *out, const char *text);

/* ── Reading ── */

typedef struct kt_saved_reader {
    const char *kind; /* of what is read: "circuit", "result" */
    const unsigned char *first, *at, *end;
    ketch_status status; /* of the first thing that was wrong: from then on all reads give 0 */
    ketch_diag *diag;
} kt_saved_reader;

typedef struct kt_saved_text {
    const char *bytes; /* in the bytes that are read: not terminated */
    size_t size;
} kt_saved_text;

void kt_saved_wrong(kt_saved_reader *reader, const char *what); /* what is wrong here */
uint64_t kt_saved_number(kt_saved_reader *reader, size_t bytes);
double kt_saved_double(kt_saved_reader *reader);
kt_saved_text kt_saved_text_of(kt_saved_reader *reader, bool name); /* without NUL; a name: of characters that names have */
/* How many records of at least `least` bytes follow: they are there. */
size_t kt_saved_count(kt_saved_reader *reader, size_t least);

/* restore_program.c: a program, by reading it again. */
void kt_saved_program(ketch_circuit **out, kt_saved_reader *reader, const ketch_load_options *options, kt_read_sources *read);

/* restore_check.c: operations and conditions against each other, once all pools are there. */
void kt_saved_check(kt_saved_reader *reader, ketch_circuit *circuit, const ketch_load_options *options);

#endif
