/* SPDX-License-Identifier: Apache-2.0
 *
 * A drawing as SVG: one picture, as wide as it needs to be. Positions are whole pixels: a row every ROW, a character CHARACTER wide.
 */
#include "output/draw.h"

#include <string.h>

enum { CHARACTER = 9, ROW = 52, BOX = 32, GAP = 14, EDGE = 12, DOT = 5, CROSS = 6, LETTER_DROP = 5 };

typedef struct canvas {
    kt_stream *stream;
    const kt_drawing *drawing;
    uint64_t *lefts; /* by column, and the right end */
    uint64_t first_row;
} canvas;

static uint64_t row_y(const canvas *on, uint32_t row) { return on->first_row + (uint64_t)row * ROW; }

static void put_line(const canvas *on, uint64_t x1, uint64_t y1, uint64_t x2, uint64_t y2) {
    kt_buffer_format(&on->stream->out, "<path d=\"M%llu %lluL%llu %llu\"/>\n", (unsigned long long)x1, (unsigned long long)y1,
                     (unsigned long long)x2, (unsigned long long)y2);
}

/* Two lines side by side: classical. */
static void put_double_line(const canvas *on, uint64_t x1, uint64_t y1, uint64_t x2, uint64_t y2) {
    bool upright = x1 == x2;
    put_line(on, x1 - upright, y1 - !upright, x2 - upright, y2 - !upright);
    put_line(on, x1 + upright, y1 + !upright, x2 + upright, y2 + !upright);
}

static void put_text(const canvas *on, const char *anchor, uint64_t x, uint64_t y, const char *text) {
    kt_buffer *out = &on->stream->out;
    kt_buffer_format(out, "<text x=\"%llu\" y=\"%llu\"%s%s%s>", (unsigned long long)x, (unsigned long long)y + LETTER_DROP,
                     *anchor ? " text-anchor=\"" : "", anchor, *anchor ? "\"" : "");
    for (const char *c = text; *c; c++) {
        if (*c == '<')
            kt_buffer_text(out, "&lt;");
        else if (*c == '>')
            kt_buffer_text(out, "&gt;");
        else if (*c == '&')
            kt_buffer_text(out, "&amp;");
        else
            kt_buffer_add(out, c, 1);
    }
    kt_buffer_text(out, "</text>\n");
}

static void put_box(const canvas *on, uint64_t x, uint64_t width, uint32_t top, uint32_t bottom, const char *style) {
    kt_buffer_format(&on->stream->out, "<rect class=\"%s\" x=\"%llu\" y=\"%llu\" width=\"%llu\" height=\"%llu\" rx=\"3\"/>\n", style,
                     (unsigned long long)x, (unsigned long long)row_y(on, top) - BOX / 2, (unsigned long long)width,
                     (unsigned long long)(bottom - top) * ROW + BOX);
}

static void put_dot(const canvas *on, uint64_t x, uint64_t y, bool filled) {
    kt_buffer_format(&on->stream->out, "<circle class=\"%s\" cx=\"%llu\" cy=\"%llu\" r=\"%d\"/>\n", filled ? "on" : "off",
                     (unsigned long long)x, (unsigned long long)y, DOT);
}

static void put_controls(const canvas *on, const kt_mark *mark, uint64_t x, bool lines) {
    const kt_op *op = &on->drawing->circuit->ops[mark->op];
    const uint32_t *operands = kt_op_operands(on->drawing->circuit, op);
    uint32_t count = op->code == KT_OP_GATE ? op->control_count : 0;
    if (count && !kt_op_target_count(op)) count--; /* the last one carries the box */
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = kt_drawing_row(on->drawing, operands[i]);
        bool inside = row >= mark->box_top && row <= mark->box_bottom;
        if (lines && !inside) put_line(on, x, row_y(on, row), x, row_y(on, row < mark->box_top ? mark->box_top : mark->box_bottom));
        if (!lines) put_dot(on, x, row_y(on, row), !(operands[i] & KT_NEGATED));
    }
}

static void put_swap(const canvas *on, const kt_mark *mark, uint64_t x) {
    uint64_t ends[2] = {row_y(on, mark->box_top), row_y(on, mark->box_bottom)};
    put_line(on, x, ends[0], x, ends[1]);
    for (size_t i = 0; i < 2; i++) {
        put_line(on, x - CROSS, ends[i] - CROSS, x + CROSS, ends[i] + CROSS);
        put_line(on, x - CROSS, ends[i] + CROSS, x + CROSS, ends[i] - CROSS);
    }
}

static void put_barrier(const canvas *on, const kt_mark *mark, uint64_t x) {
    const kt_op *op = &on->drawing->circuit->ops[mark->op];
    const uint32_t *operands = kt_op_operands(on->drawing->circuit, op);
    for (uint32_t i = 0; i < op->operand_count; i++) {
        uint64_t y = row_y(on, kt_drawing_row(on->drawing, operands[i]));
        kt_buffer_format(&on->stream->out, "<path class=\"barrier\" d=\"M%llu %lluV%llu\"/>\n", (unsigned long long)x,
                         (unsigned long long)y - ROW / 2, (unsigned long long)y + ROW / 2);
    }
}

static void put_numbers(const canvas *on, const kt_mark *mark, uint64_t left) {
    const kt_op *op = &on->drawing->circuit->ops[mark->op];
    const uint32_t *operands = kt_op_operands(on->drawing->circuit, op);
    for (uint32_t i = op->control_count; i < op->operand_count; i++) {
        kt_buffer number = {0};
        kt_buffer_format(&number, "%u", i - op->control_count);
        if (number.bytes) put_text(on, "", left + 4, row_y(on, kt_drawing_row(on->drawing, operands[i])), number.bytes);
        on->stream->out.failed |= number.failed;
        kt_buffer_free(&number);
    }
}

static void put_link(const canvas *on, const kt_mark *mark, uint64_t x) {
    uint64_t y = row_y(on, mark->link);
    put_double_line(on, x, row_y(on, kt_drawing_lowest(on->drawing, mark)), x, y);
    put_dot(on, x, y, true);
    put_text(on, "middle", x, y + 16, kt_drawing_label(on->drawing, mark->note));
}

static void put_mark(const canvas *on, const kt_mark *mark) {
    const kt_drawing *drawing = on->drawing;
    const kt_op *op = &drawing->circuit->ops[mark->op];
    const char *label = kt_drawing_label(drawing, mark->label);
    uint64_t left = on->lefts[mark->column], room = on->lefts[mark->column + 1] - left - GAP, x = left + room / 2;
    uint64_t digits = kt_drawing_digits(drawing, mark), width = (kt_text_columns(label) + digits) * CHARACTER + (digits ? 20 : 14);
    if (width < BOX) width = BOX;
    if (mark->link != KT_NO_ROW) put_link(on, mark, x);
    if (mark->kind == KT_MARK_BARRIER) {
        put_barrier(on, mark, x);
        return;
    }
    if (mark->kind != KT_MARK_BLOCK) put_controls(on, mark, x, true);
    if (mark->kind == KT_MARK_SWAP) {
        put_swap(on, mark, x);
        put_controls(on, mark, x, false);
        return;
    }
    put_box(on, x - width / 2, width, mark->box_top, mark->box_bottom,
            mark->kind == KT_MARK_BLOCK ? "block"
            : op->code == KT_OP_GATE    ? "gate"
                                        : "other");
    uint64_t middle = (row_y(on, mark->box_top) + row_y(on, mark->box_bottom)) / 2;
    put_text(on, "middle", x + digits * CHARACTER / 2, middle, label);
    if (mark->kind == KT_MARK_BLOCK) return;
    if (digits) put_numbers(on, mark, x - width / 2);
    put_controls(on, mark, digits ? x - width / 2 : x, false);
}

/* Left ends of the columns, behind the names of the rows. */
static bool find_columns(canvas *on) {
    const kt_drawing *drawing = on->drawing;
    on->lefts = kt_array(drawing->column_count + 1, sizeof *on->lefts);
    if (!on->lefts) return false;
    size_t margin = 0;
    kt_buffer name = {0};
    for (uint32_t row = 0; row < drawing->rows; row++) {
        kt_buffer_clear(&name);
        kt_drawing_row_name(&name, drawing, row);
        size_t columns = name.bytes ? kt_text_columns(name.bytes) : 0;
        if (columns > margin) margin = columns;
    }
    bool fine = !name.failed;
    kt_buffer_free(&name);
    on->lefts[0] = EDGE + margin * CHARACTER + GAP;
    for (size_t c = 0; c < drawing->column_count; c++) {
        uint64_t width = (uint64_t)drawing->widths[c] * CHARACTER;
        on->lefts[c + 1] = on->lefts[c] + (width < BOX ? BOX : width) + GAP;
    }
    return fine;
}

static void put_wires(const canvas *on) {
    const kt_drawing *drawing = on->drawing;
    uint64_t left = on->lefts[0] - GAP / 2, right = on->lefts[drawing->column_count];
    kt_buffer name = {0};
    for (uint32_t row = 0; row < drawing->rows && kt_stream_pump(on->stream); row++) {
        kt_buffer_clear(&name);
        kt_drawing_row_name(&name, drawing, row);
        if (name.bytes) put_text(on, "end", left - 6, row_y(on, row), name.bytes);
        if (row < drawing->qubit_rows)
            put_line(on, left, row_y(on, row), right, row_y(on, row));
        else
            put_double_line(on, left, row_y(on, row), right, row_y(on, row));
    }
    on->stream->out.failed |= name.failed;
    kt_buffer_free(&name);
}

static void put_remarks(const canvas *on, uint64_t y) {
    const kt_drawing *drawing = on->drawing;
    kt_buffer text = {0};
    if (drawing->operations_left_out) kt_buffer_format(&text, "… %llu more operations ", (unsigned long long)drawing->operations_left_out);
    if (drawing->wires_left_out) kt_buffer_format(&text, "… %llu more wires, not in use here", (unsigned long long)drawing->wires_left_out);
    if (text.size) put_text(on, "", EDGE, y, text.bytes);
    if (drawing->phase.size) {
        kt_buffer_clear(&text);
        kt_buffer_format(&text, "global phase: %s", drawing->phase.bytes);
        if (text.size) put_text(on, "", EDGE, EDGE + 6, text.bytes);
    }
    on->stream->out.failed |= text.failed;
    kt_buffer_free(&text);
}

void kt_drawing_as_svg(kt_stream *stream, const kt_drawing *drawing) {
    canvas on = {.stream = stream, .drawing = drawing, .first_row = EDGE + BOX / 2 + (drawing->phase.size ? 24 : 0)};
    if (!find_columns(&on)) {
        kt_free(on.lefts);
        kt_stream_fail(stream, kt_no_memory(stream->diag));
        return;
    }
    unsigned long long width = on.lefts[drawing->column_count] + EDGE, bottom = row_y(&on, drawing->rows ? drawing->rows - 1 : 0) + BOX;
    unsigned long long height = bottom + (drawing->operations_left_out || drawing->wires_left_out ? 36 : EDGE);
    if (drawing->operations_left_out || drawing->wires_left_out || drawing->phase.size) width = width < 420 ? 420 : width;
    kt_buffer_format(&stream->out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%llu\" height=\"%llu\" viewBox=\"0 0 %llu %llu\">\n",
                     width, height, width, height);
    kt_buffer_text(&stream->out, "<style>\n"
                                 "text { font: 15px monospace; fill: #111 }\n"
                                 "path { stroke: #333; stroke-width: 1.2; fill: none }\n"
                                 ".barrier { stroke: #999; stroke-width: 5; stroke-dasharray: 2 3 }\n"
                                 "rect { stroke: #333; stroke-width: 1.2 }\n"
                                 ".gate { fill: #dbe9f9 } .other { fill: #eee } .block { fill: #fbeed3 }\n"
                                 ".on { fill: #333 } .off { fill: #fff; stroke: #333; stroke-width: 1.2 }\n"
                                 "</style>\n<rect width=\"100%\" height=\"100%\" style=\"fill: #fff; stroke: none\"/>\n");
    put_wires(&on);
    for (size_t i = 0; i < drawing->mark_count && kt_stream_pump(stream); i++) put_mark(&on, &drawing->marks[i]);
    put_remarks(&on, bottom + 8);
    kt_buffer_text(&stream->out, "</svg>\n");
    kt_free(on.lefts);
}
