/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the formatter: one line of output while it is put together. A line is a run of pieces, each a token, a comment or text that is
 * taken as it is; blanks stand before a piece or not. A line that is too long is broken, at the outermost brackets first:
 *
 *     ctrl @ rx ( pi / 4 ) q[0], ancilla[12];
 *                  |           ^ here: behind a comma outside all brackets
 *                  only if there is no better place
 */
#ifndef KETCH_QASM_FORMAT_H
#define KETCH_QASM_FORMAT_H

#include "qasm/token.h"

enum { KT_LINE_WIDTH = 100, KT_INDENT = 4, KT_CONTINUATION = 8 };

typedef struct kt_piece {
    kt_span text;
    uint16_t depth; /* brackets open around the place before it */
    bool blank;     /* a blank before it */
    bool breaks;    /* the line may be broken before it */
    bool newline;   /* it begins a line in any case */
    bool comment;
} kt_piece;

typedef struct kt_line {
    kt_buffer out;
    ketch_sink sink;
    ketch_diag *diag;
    ketch_status status; /* of the first write that went wrong, or of memory that ran out */
    kt_piece *pieces;
    size_t count, capacity;
    uint32_t indent; /* blanks before the first */
} kt_line;

void kt_line_add(kt_line *line, kt_piece piece);
/* Writes the line, broken where it is too long, and empties it. Nothing happens where it is empty. */
void kt_line_end(kt_line *line);
void kt_line_blank(kt_line *line); /* an empty line */
/* Sends what is left and frees everything. */
ketch_status kt_line_finish(kt_line *line);

#endif
