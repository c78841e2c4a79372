/* SPDX-License-Identifier: Apache-2.0
 *
 * Diagnostics: the lowest layer that knows the reason says it, nothing above overwrites it. A message has a code from the table
 * in codes.def, and the code decides the status that the call returns.
 */
#ifndef KETCH_BASE_DIAG_H
#define KETCH_BASE_DIAG_H

#include <ketch/ketch.h>

#include <stddef.h>
#include <stdint.h>

/* KT_UNKNOWN_GATE ... : one enumerator a line of codes.def. */
typedef enum kt_code {
#define KT_CODE(name, number, status, summary, help) KT_##name,
#include "base/codes.def"
#undef KT_CODE
    KT_CODE_COUNT
} kt_code;

/* Where in a source something is. `source_line` points at the first byte of the line and need not be terminated. */
typedef struct kt_place {
    const char *file;
    uint32_t line, column; /* from 1; the column in bytes: it is turned into characters when the message is kept */
    uint32_t length;       /* bytes to underline */
    const char *source_line;
    size_t source_size; /* bytes of the line, without its end */
    int system_error;   /* errno of a file that could not be read or written */
} kt_place;

#define KT_PRINTF(text, first) __attribute__((format(printf, text, first)))

/* Records an error and returns the status of its code. `place` may be NULL, `diag` too. */
ketch_status kt_fail(ketch_diag *diag, kt_code code, const char *format, ...) KT_PRINTF(3, 4);
ketch_status kt_fail_at(ketch_diag *diag, kt_code code, const kt_place *place, const char *format, ...) KT_PRINTF(4, 5);

/* A warning: a code too, but the call goes on. A note has none. */
void kt_warn_at(ketch_diag *diag, kt_code code, const kt_place *place, const char *format, ...) KT_PRINTF(4, 5);
void kt_note(ketch_diag *diag, const char *format, ...) KT_PRINTF(2, 3);

/* Adds a hint to the message recorded last (nothing if that one found no room). */
void kt_hint(ketch_diag *diag, const char *format, ...) KT_PRINTF(2, 3);

/* "out of memory" as an error; always returns KETCH_ERROR_MEMORY. */
ketch_status kt_no_memory(ketch_diag *diag);

/* Errors recorded since the diagnostic was cleared, those without room included; 0 for NULL. */
size_t kt_error_count(const ketch_diag *diag);

/* `to` says what `from` says. Either may be NULL. */
void kt_diag_copy(ketch_diag *to, const ketch_diag *from);

ketch_status kt_code_status(kt_code code);

#endif
