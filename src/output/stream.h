/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room output: text on its way to a sink. Writers fill the buffer and pump after every line; what has gathered is sent on
 * in pieces of about 64 KiB, so that no output is ever held whole.
 */
#ifndef KETCH_OUTPUT_STREAM_H
#define KETCH_OUTPUT_STREAM_H

#include "output/output.h"

#define KT_PIECE (64u << 10)

typedef struct kt_stream {
    kt_buffer out;
    ketch_sink sink;
    ketch_diag *diag;
    ketch_status status; /* of the first thing that went wrong; what follows is dropped */
} kt_stream;

/* Sends on what has gathered if it is a piece. False once something went wrong: the writer may stop. */
bool kt_stream_pump(kt_stream *stream);

/* Sends the rest, frees the buffer, says how it went. */
ketch_status kt_stream_end(kt_stream *stream);

/* Makes the stream fail with this status (unless it failed before). */
void kt_stream_fail(kt_stream *stream, ketch_status status);

/* A number with exactly `decimals` (at most 15) digits behind the point: columns of them line up. */
void kt_text_fixed(kt_buffer *out, double value, int decimals);

/* `text`, then blanks up to `width` columns, or the blanks first. */
void kt_text_left(kt_buffer *out, const char *text, size_t width);
void kt_text_heading(kt_buffer *out, const char *name); /* above what belongs to one of several inputs */
void kt_text_right(kt_buffer *out, const char *text, size_t width);

/* Columns that UTF-8 text takes (all characters that Ketch writes take one). */
size_t kt_text_columns(const char *text);

#endif
