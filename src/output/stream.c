/* SPDX-License-Identifier: Apache-2.0
 *
 * Text on its way to a sink. See stream.h.
 */
#include "output/stream.h"

#include <math.h>
#include <string.h>

bool kt_stream_pump(kt_stream *stream) {
    if (stream->status == KETCH_OK && (stream->out.size >= KT_PIECE || stream->out.failed))
        stream->status = kt_buffer_flush(&stream->out, stream->sink, stream->diag);
    return stream->status == KETCH_OK;
}

ketch_status kt_stream_end(kt_stream *stream) {
    if (stream->status == KETCH_OK) stream->status = kt_buffer_flush(&stream->out, stream->sink, stream->diag);
    kt_buffer_free(&stream->out);
    return stream->status;
}

void kt_stream_fail(kt_stream *stream, ketch_status status) {
    if (stream->status == KETCH_OK) stream->status = status;
}

void kt_text_fixed(kt_buffer *out, double value, int decimals) {
    double scale = 1;
    for (int i = 0; i < decimals; i++) scale *= 10;
    double scaled = round(fabs(value) * scale);
    if (!(scaled < 9e15)) { /* too large for this form, or no number */
        kt_buffer_number(out, value);
        return;
    }
    uint64_t digits = (uint64_t)scaled, unit = (uint64_t)scale;
    kt_buffer_format(out, "%s%llu", value < 0 && digits ? "-" : "", (unsigned long long)(digits / unit));
    if (decimals) kt_buffer_format(out, ".%0*llu", decimals, (unsigned long long)(digits % unit));
}

size_t kt_text_columns(const char *text) {
    size_t columns = 0;
    for (; *text; text++) columns += ((unsigned char)*text & 0xc0) != 0x80;
    return columns;
}

void kt_text_left(kt_buffer *out, const char *text, size_t width) {
    size_t columns = kt_text_columns(text);
    kt_buffer_text(out, text);
    if (columns < width) kt_buffer_repeat(out, " ", width - columns);
}

void kt_text_right(kt_buffer *out, const char *text, size_t width) {
    size_t columns = kt_text_columns(text);
    if (columns < width) kt_buffer_repeat(out, " ", width - columns);
    kt_buffer_text(out, text);
}

void kt_text_heading(kt_buffer *out, const char *name) {
    kt_buffer_text(out, "==> ");
    for (size_t left = strlen(name), size, written; left; name += size, left -= size) {
        char shown[4];
        size = kt_utf8_show(shown, &written, name, left);
        kt_buffer_add(out, shown, written);
    }
    kt_buffer_text(out, " <==\n");
}
