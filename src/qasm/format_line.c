/* SPDX-License-Identifier: Apache-2.0
 *
 * A line of formatted text: written, and broken where it is too long. See format.h.
 */
#include "qasm/format.h"

#include <string.h>

enum { GATHERED = 64 << 10 };

void kt_line_add(kt_line *line, kt_piece piece) {
    if (line->status != KETCH_OK) return;
    if (!kt_reserve(&line->pieces, &line->capacity, line->count + 1, sizeof *line->pieces)) {
        line->status = kt_no_memory(line->diag);
        return;
    }
    line->pieces[line->count++] = piece;
}

/* Columns up to the end of the text or of its last line; *broken: it has several. */
static uint32_t columns_of(kt_span text, bool *broken) {
    uint32_t columns = 0;
    for (uint32_t i = 0; i < text.size; i++) {
        if (text.at[i] == '\n') {
            columns = 0;
            *broken = true;
        } else if (((unsigned char)text.at[i] & 0xc0) != 0x80 && text.at[i] != '\r') {
            columns++;
        }
    }
    return columns;
}

/* Every line ends in a line feed, wherever the text comes from. */
static void write_text(kt_buffer *out, kt_span text) {
    const char *next = text.at, *end = text.at + text.size;
    while (next < end) {
        const char *stop = memchr(next, '\r', (size_t)(end - next));
        if (!stop) stop = end;
        kt_buffer_add(out, next, (size_t)(stop - next));
        if (stop < end && !(end - stop > 1 && stop[1] == '\n')) kt_buffer_add(out, "\n", 1);
        next = stop + (stop < end);
    }
}

static void write_pieces(kt_line *line, size_t first, size_t stop) {
    for (size_t i = first; i < stop; i++) {
        if (i > first && line->pieces[i].blank) kt_buffer_add(&line->out, " ", 1);
        write_text(&line->out, line->pieces[i].text);
    }
}

/* The best place to break between `first` and `last`: the fewest brackets around it, then the last; 0 for none. */
static size_t best_break(const kt_line *line, size_t first, size_t last) {
    size_t best = 0;
    for (size_t i = first + 1; i <= last; i++)
        if (line->pieces[i].breaks && (!best || line->pieces[i].depth <= line->pieces[best].depth)) best = i;
    return best;
}

void kt_line_end(kt_line *line) {
    if (!line->count) return;
    uint32_t column = line->indent;
    size_t first = 0; /* of the pieces not written yet */
    kt_buffer_repeat(&line->out, " ", line->indent);
    for (size_t i = 0; i < line->count; i++) {
        const kt_piece *piece = &line->pieces[i];
        bool broken = false;
        uint32_t width = columns_of(piece->text, &broken);
        if (i > first) width += piece->blank;
        size_t stop = piece->newline ? i : 0;
        if (!stop && !broken && !piece->comment && column + width > KT_LINE_WIDTH) stop = best_break(line, first, i);
        if (stop) {
            write_pieces(line, first, stop);
            kt_buffer_text(&line->out, "\n");
            kt_buffer_repeat(&line->out, " ", line->indent + KT_CONTINUATION);
            column = line->indent + KT_CONTINUATION;
            first = stop;
            i = stop - 1; /* those behind the break are measured again */
            line->pieces[stop].breaks = line->pieces[stop].newline = false;
            continue;
        }
        column = broken ? width : column + width;
    }
    write_pieces(line, first, line->count);
    kt_buffer_text(&line->out, "\n");
    line->count = 0;
    if (line->status == KETCH_OK && line->out.size >= GATHERED) line->status = kt_buffer_flush(&line->out, line->sink, line->diag);
}

void kt_line_blank(kt_line *line) { kt_buffer_text(&line->out, "\n"); }

ketch_status kt_line_finish(kt_line *line) {
    if (line->status == KETCH_OK) line->status = kt_buffer_flush(&line->out, line->sink, line->diag);
    kt_buffer_free(&line->out);
    kt_free(line->pieces);
    return line->status;
}
