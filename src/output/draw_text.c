/* SPDX-License-Identifier: Apache-2.0
 *
 * A drawing as text. Columns are dealt out to bands that fit the width. A band is a grid of cells; rows of the drawing are its odd lines,
 * and the lines between are shared by the box above and the box below. A cell is a character, or a set of strokes from its middle to its
 * sides: strokes are drawn over one another, and the character that shows them all is looked up at the end:
 *
 *    bottom of the upper box   right | left,          at its corner   up | right      └──┘
 *    top of the lower box      right | left,          at its corner   down | right    ┌──┐
 *    both together                                                    up | down | right   ├──┤
 */
#include "output/draw.h"

#include <string.h>

enum { /* strokes of a cell; DOUBLE ones lead to classical registers */
       UP = 1,
       DOWN = 2,
       LEFT = 4,
       RIGHT = 8,
       DOUBLE_UP = 16,
       DOUBLE_DOWN = 32,
       DOUBLE_LEFT = 64,
       DOUBLE_RIGHT = 128,
       WIRE = LEFT | RIGHT,
       DOUBLE_WIRE = DOUBLE_LEFT | DOUBLE_RIGHT
};

#define STROKES 0x80000000u /* in a cell: the rest is a set of strokes */

typedef struct grid {
    uint32_t *cells;
    size_t width, lines;
    bool ascii;
} grid;

static uint32_t *cell_at(const grid *band, size_t line, size_t x) { return &band->cells[line * band->width + x]; }

static void add_strokes(const grid *band, size_t line, size_t x, uint32_t strokes) {
    uint32_t *cell = cell_at(band, line, x);
    *cell = (*cell & STROKES ? *cell : STROKES) | strokes;
}

static void set_strokes(const grid *band, size_t line, size_t x, uint32_t strokes) { *cell_at(band, line, x) = STROKES | strokes; }

/* Decodes one character of (valid) UTF-8. */
static uint32_t next_character(const char **text) {
    const unsigned char *c = (const unsigned char *)*text;
    uint32_t value = *c < 0x80 ? *c : *c < 0xe0 ? *c & 0x1fu : *c < 0xf0 ? *c & 0x0fu : *c & 0x07u;
    size_t size = 1;
    for (; (c[size] & 0xc0) == 0x80; size++) value = value << 6 | (c[size] & 0x3fu);
    *text += size;
    return value;
}

static void put_text(const grid *band, size_t line, size_t x, const char *text) {
    while (*text && x < band->width) *cell_at(band, line, x++) = next_character(&text);
}

/* A line from the middle of one line to the middle of another below it; doubled towards classical registers. */
static void put_vertical(const grid *band, size_t x, size_t from, size_t to, bool doubled) {
    for (size_t line = from; line <= to; line++) {
        uint32_t strokes = (line > from ? UP : 0) | (line < to ? DOWN : 0);
        add_strokes(band, line, x, doubled ? strokes * DOUBLE_UP : strokes);
    }
}

/* A box over rows top..bottom, columns x..x + width - 1, with its inside blank. */
static void put_box(const grid *band, size_t x, size_t width, uint32_t top, uint32_t bottom, uint32_t first_classical) {
    size_t first = 2 * (size_t)top, last = 2 * (size_t)bottom + 2, right = x + width - 1;
    for (size_t line = first + 1; line < last; line++) {
        for (size_t inside = x + 1; inside < right; inside++) *cell_at(band, line, inside) = ' ';
        bool row = line % 2, classical = line / 2 >= first_classical;
        set_strokes(band, line, x, UP | DOWN | (row ? classical ? DOUBLE_LEFT : LEFT : 0));
        set_strokes(band, line, right, UP | DOWN | (row ? classical ? DOUBLE_RIGHT : RIGHT : 0));
    }
    for (size_t inside = x + 1; inside < right; inside++) {
        add_strokes(band, first, inside, WIRE);
        add_strokes(band, last, inside, WIRE);
    }
    add_strokes(band, first, x, DOWN | RIGHT);
    add_strokes(band, first, right, DOWN | LEFT);
    add_strokes(band, last, x, UP | RIGHT);
    add_strokes(band, last, right, UP | LEFT);
}

static size_t row_line(uint32_t row) { return 2 * (size_t)row + 1; }

/* The double line to a classical row, and what stands below it; before the controls, which stand upon it. */
static void put_link(const grid *band, const kt_drawing *drawing, const kt_mark *mark, size_t left, size_t width) {
    if (mark->link == KT_NO_ROW) return;
    size_t middle = left + width / 2;
    const char *text = kt_drawing_label(drawing, mark->note);
    uint32_t lowest = kt_drawing_lowest(drawing, mark);
    bool from_box = mark->kind == KT_MARK_BOX && lowest == mark->box_bottom; /* else from the control or cross that comes lowest */
    put_vertical(band, middle, row_line(lowest) + from_box, row_line(mark->link), true);
    put_text(band, row_line(mark->link) + 1, middle - kt_text_columns(text) / 2, text);
}

/* Numbers of targets, and controls, at the left inside a box over several rows. */
static void put_numbers(const grid *band, const kt_drawing *drawing, const kt_mark *mark, size_t x) {
    const kt_op *op = &drawing->circuit->ops[mark->op];
    const uint32_t *operands = kt_op_operands(drawing->circuit, op);
    for (uint32_t i = 0; i < op->operand_count; i++) {
        uint32_t row = kt_drawing_row(drawing, operands[i]), number = i - op->control_count;
        if (row < mark->box_top || row > mark->box_bottom || i < op->control_count) continue;
        char text[12], *end = text + sizeof text - 1;
        *end = '\0';
        do *--end = (char)('0' + number % 10);
        while (number /= 10);
        put_text(band, row_line(row), x, end);
    }
}

static void put_controls(const grid *band, const kt_drawing *drawing, const kt_mark *mark, size_t middle, size_t number_x) {
    const kt_op *op = &drawing->circuit->ops[mark->op];
    const uint32_t *operands = kt_op_operands(drawing->circuit, op);
    uint32_t top = mark->box_top, bottom = mark->box_bottom;
    uint32_t count = op->code == KT_OP_GATE ? op->control_count : 0;
    if (count && !kt_op_target_count(op)) count--; /* the last one carries the box */
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = kt_drawing_row(drawing, operands[i]);
        if (row < top) top = row;
        if (row > bottom) bottom = row;
    }
    bool box = mark->kind == KT_MARK_BOX;
    if (top < mark->box_top) put_vertical(band, middle, row_line(top), row_line(mark->box_top) - box, false);
    if (bottom > mark->box_bottom) put_vertical(band, middle, row_line(mark->box_bottom) + box, row_line(bottom), false);
    for (uint32_t i = 0; i < count; i++) {
        bool negated = operands[i] & KT_NEGATED;
        uint32_t row = kt_drawing_row(drawing, operands[i]);
        bool inside = box && row >= mark->box_top && row <= mark->box_bottom;
        put_text(band, row_line(row), inside ? number_x : middle, band->ascii ? negated ? "o" : "*" : negated ? "○" : "●");
    }
}

static void put_barrier(const grid *band, const kt_drawing *drawing, const kt_mark *mark, size_t middle) {
    const kt_op *op = &drawing->circuit->ops[mark->op];
    const uint32_t *operands = kt_op_operands(drawing->circuit, op);
    for (uint32_t i = 0; i < op->operand_count; i++) {
        size_t line = row_line(kt_drawing_row(drawing, operands[i]));
        for (size_t y = line - 1; y <= line + 1; y++) put_text(band, y, middle, band->ascii ? ":" : "░");
    }
}

/* One mark in its column, which begins at `x` and is `room` wide. */
static void put_mark(const grid *band, const kt_drawing *drawing, const kt_mark *mark, size_t x, size_t room) {
    const kt_op *op = &drawing->circuit->ops[mark->op];
    const char *label = kt_drawing_label(drawing, mark->label);
    size_t columns = kt_text_columns(label), digits = kt_drawing_digits(drawing, mark), width = columns + 4 + digits;
    if (mark->kind == KT_MARK_BOX && (op->code == KT_OP_MEASURE || op->code == KT_OP_RESET)) width -= 2;
    if (mark->kind == KT_MARK_SWAP || mark->kind == KT_MARK_BARRIER) width = 1;
    size_t left = x + (room - width) / 2, middle = left + width / 2;
    switch ((kt_mark_kind)mark->kind) {
    case KT_MARK_BARRIER: put_barrier(band, drawing, mark, middle); break;
    case KT_MARK_SWAP:
        put_link(band, drawing, mark, left, width);
        put_vertical(band, middle, row_line(mark->box_top), row_line(mark->box_bottom), false);
        put_controls(band, drawing, mark, middle, 0);
        put_text(band, row_line(mark->box_top), middle, band->ascii ? "x" : "×");
        put_text(band, row_line(mark->box_bottom), middle, band->ascii ? "x" : "×");
        break;
    default:
        put_box(band, left, width, mark->box_top, mark->box_bottom, drawing->qubit_rows);
        put_text(band, mark->box_top + (size_t)mark->box_bottom + 1, left + digits + (width - digits - columns) / 2, label);
        if (mark->kind == KT_MARK_BLOCK) break;
        put_link(band, drawing, mark, left, width);
        put_controls(band, drawing, mark, middle, left + 1);
        if (digits) put_numbers(band, drawing, mark, left + 1);
    }
}

/* ── From cells to bytes ── */

static const char *character_of(uint32_t strokes, bool ascii) {
    static const struct {
        uint8_t strokes;
        const char *character, *plain;
    } table[] = {
        {WIRE, "─", "-"},
        {UP | DOWN, "│", "|"},
        {DOWN | RIGHT, "┌", "+"},
        {DOWN | LEFT, "┐", "+"},
        {UP | RIGHT, "└", "+"},
        {UP | LEFT, "┘", "+"},
        {UP | DOWN | RIGHT, "├", "|"},
        {UP | DOWN | LEFT, "┤", "|"},
        {WIRE | DOWN, "┬", "+"},
        {WIRE | UP, "┴", "+"},
        {WIRE | UP | DOWN, "┼", "+"},
        {DOUBLE_WIRE, "═", "="},
        {DOUBLE_UP | DOUBLE_DOWN, "║", "H"},
        {WIRE | DOUBLE_DOWN, "╥", "+"},
        {WIRE | DOUBLE_UP, "╨", "+"},
        {WIRE | DOUBLE_UP | DOUBLE_DOWN, "╫", "H"},
        {DOUBLE_WIRE | DOUBLE_UP, "╩", "+"},
        {DOUBLE_WIRE | DOUBLE_DOWN, "╦", "+"},
        {DOUBLE_WIRE | DOUBLE_UP | DOUBLE_DOWN, "╬", "H"},
        {DOUBLE_WIRE | UP | DOWN, "╪", "+"},
        {UP | DOWN | DOUBLE_LEFT, "╡", "|"},
        {UP | DOWN | DOUBLE_RIGHT, "╞", "|"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (table[i].strokes == strokes) return ascii ? table[i].plain : table[i].character;
    }
    return ascii ? "+" : "┼";
}

static void add_character(kt_buffer *out, uint32_t value) {
    static const struct {
        uint32_t below;
        unsigned char lead, size;
    } forms[] = {{0x80, 0, 1}, {0x800, 0xc0, 2}, {0x10000, 0xe0, 3}, {0x110000, 0xf0, 4}};
    size_t form = 0;
    while (value >= forms[form].below) form++;
    char bytes[4];
    for (size_t i = forms[form].size; i-- > 1; value >>= 6) bytes[i] = (char)(0x80 | (value & 0x3f));
    bytes[0] = (char)(forms[form].lead | value);
    kt_buffer_add(out, bytes, forms[form].size);
}

static void write_grid(kt_stream *stream, const grid *band) {
    for (size_t line = 0; line < band->lines && kt_stream_pump(stream); line++) {
        const uint32_t *cells = &band->cells[line * band->width];
        size_t end = band->width;
        while (end && cells[end - 1] == ' ') end--;
        if (!end && (line == 0 || line + 1 == band->lines)) continue; /* nothing above or below the wires */
        for (size_t x = 0; x < end; x++) {
            if (cells[x] & STROKES)
                kt_buffer_text(&stream->out, character_of(cells[x] & ~STROKES, band->ascii));
            else
                add_character(&stream->out, cells[x]);
        }
        kt_buffer_text(&stream->out, "\n");
    }
}

/* ── Bands ── */

/* Row names, right-aligned before the wires, and the wires. */
static bool put_wires(const grid *band, const kt_drawing *drawing, size_t margin, bool goes_on) {
    kt_buffer name = {0};
    for (size_t i = 0; i < band->width * band->lines; i++) band->cells[i] = ' ';
    for (uint32_t row = 0; row < drawing->rows; row++) {
        kt_buffer_clear(&name);
        kt_drawing_row_name(&name, drawing, row);
        kt_buffer_text(&name, ": ");
        if (name.failed) break;
        put_text(band, row_line(row), margin - kt_text_columns(name.bytes), name.bytes);
        for (size_t x = margin; x < band->width; x++) set_strokes(band, row_line(row), x, row < drawing->qubit_rows ? WIRE : DOUBLE_WIRE);
        if (goes_on) put_text(band, row_line(row), band->width - 1, band->ascii ? ">" : "»");
    }
    bool fine = !name.failed;
    kt_buffer_free(&name);
    return fine;
}

static size_t find_margin(const kt_drawing *drawing, bool *failed) {
    size_t margin = 0;
    kt_buffer name = {0};
    for (uint32_t row = 0; row < drawing->rows; row++) {
        kt_buffer_clear(&name);
        kt_drawing_row_name(&name, drawing, row);
        size_t columns = name.bytes ? kt_text_columns(name.bytes) + 2 : 0;
        if (columns > margin) margin = columns;
        *failed |= name.failed;
    }
    kt_buffer_free(&name);
    return margin;
}

/* Marks by column: starts[c] .. starts[c + 1] are the places in `order` of those in column c. */
static bool sort_by_column(const kt_drawing *drawing, size_t **starts, size_t **order) {
    *starts = kt_zalloc((drawing->column_count + 2) * sizeof **starts);
    *order = kt_array(drawing->mark_count + 1, sizeof **order);
    if (!*starts || !*order) return false;
    for (size_t i = 0; i < drawing->mark_count; i++) (*starts)[drawing->marks[i].column + 2]++;
    for (size_t c = 2; c < drawing->column_count + 2; c++) (*starts)[c] += (*starts)[c - 1];
    for (size_t i = 0; i < drawing->mark_count; i++) (*order)[(*starts)[drawing->marks[i].column + 1]++] = i;
    return true;
}

static bool write_band(kt_stream *stream, const kt_drawing *drawing, grid *band, size_t margin, size_t first, size_t last,
                       const size_t *starts, const size_t *order) {
    band->width = margin + 1;
    for (size_t c = first; c < last; c++) band->width += drawing->widths[c] + 1;
    bool goes_on = last < drawing->column_count;
    band->width += goes_on;
    band->cells = kt_array(band->lines * band->width, sizeof *band->cells);
    if (!band->cells) return false;
    bool fine = put_wires(band, drawing, margin, goes_on);
    size_t x = margin + 1;
    for (size_t c = first; c < last; c++) {
        for (size_t i = starts[c]; i < starts[c + 1]; i++) put_mark(band, drawing, &drawing->marks[order[i]], x, drawing->widths[c]);
        x += drawing->widths[c] + 1;
    }
    write_grid(stream, band);
    kt_free(band->cells);
    return fine;
}

static void write_remarks(kt_stream *stream, const kt_drawing *drawing) {
    const char *dots = drawing->ascii ? "..." : "…";
    if (drawing->wires_left_out)
        kt_buffer_format(&stream->out, "%s %llu more wires, not in use here\n", dots, (unsigned long long)drawing->wires_left_out);
    if (drawing->operations_left_out)
        kt_buffer_format(&stream->out, "%s %llu more operations\n", dots, (unsigned long long)drawing->operations_left_out);
}

void kt_drawing_as_text(kt_stream *stream, const kt_drawing *drawing, uint32_t width) {
    size_t *starts = NULL, *order = NULL;
    bool failed = false;
    size_t margin = find_margin(drawing, &failed), first = 0;
    grid band = {.lines = 2 * (size_t)drawing->rows + 1, .ascii = drawing->ascii};
    failed |= !sort_by_column(drawing, &starts, &order);
    if (drawing->phase.size) kt_buffer_format(&stream->out, "global phase: %s\n", drawing->phase.bytes);
    while (!failed && drawing->rows && kt_stream_pump(stream)) {
        size_t last = first, taken = margin + 2;
        while (last < drawing->column_count && (last == first || taken + drawing->widths[last] + 1 <= width))
            taken += drawing->widths[last++] + 1;
        if (first) kt_buffer_text(&stream->out, "\n");
        failed = !write_band(stream, drawing, &band, margin, first, last, starts, order);
        first = last;
        if (first == drawing->column_count) break;
    }
    if (!drawing->rows) kt_buffer_text(&stream->out, "(no qubits)\n");
    write_remarks(stream, drawing);
    if (failed) kt_stream_fail(stream, kt_no_memory(stream->diag));
    kt_free(starts);
    kt_free(order);
}
