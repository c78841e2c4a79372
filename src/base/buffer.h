/* SPDX-License-Identifier: Apache-2.0
 *
 * A growing run of bytes, and numbers as text without any locale. A buffer remembers a failed allocation (`failed`), so that a writer
 * checks once at its end.
 */
#ifndef KETCH_BASE_BUFFER_H
#define KETCH_BASE_BUFFER_H

#include "base/diag.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct kt_buffer {
    char *bytes; /* NUL-terminated once anything was added */
    size_t size, capacity;
    bool failed;
} kt_buffer; /* zero-initialise */

void kt_buffer_add(kt_buffer *buffer, const void *bytes, size_t size);
void kt_buffer_text(kt_buffer *buffer, const char *text);
void kt_buffer_format(kt_buffer *buffer, const char *format, ...) KT_PRINTF(2, 3); /* no %f, %g: they know a locale */
void kt_buffer_repeat(kt_buffer *buffer, const char *text, size_t count);
void kt_buffer_number(kt_buffer *buffer, double value); /* kt_number_text */
void kt_buffer_clear(kt_buffer *buffer);                /* keeps its memory, and whether it failed */
void kt_buffer_free(kt_buffer *buffer);

/* The fewest decimal digits, 15 at least where needed, that read back as the same double ("0.1", "1e-300", "nan"), with a point in every locale. */
#define KT_NUMBER_TEXT 32
size_t kt_number_text(char out[KT_NUMBER_TEXT], double value);

/* The value rounded to `digits` significant digits, trailing zeros dropped. */
size_t kt_number_round(char out[KT_NUMBER_TEXT], double value, int digits);

/* Bytes for people: "16.0 TiB", "512 B". */
size_t kt_bytes_text(char out[KT_NUMBER_TEXT], double bytes);

/* Reads a decimal number of `size` bytes ([0-9.eE+-] only; underscores are not taken), correctly rounded, in no locale.
 * False if it is not a number or the memory for a long one is missing; out of range gives infinity or 0. */
bool kt_number_read(double *out, const char *text, size_t size);

/* A sink that fills a buffer. */
ketch_sink kt_buffer_sink(kt_buffer *buffer);

/* Sends all of a buffer to a sink and empties it: KETCH_ERROR_IO where the sink refuses, KETCH_ERROR_MEMORY where the buffer had failed. */
ketch_status kt_buffer_flush(kt_buffer *buffer, ketch_sink sink, ketch_diag *diag);

#endif
