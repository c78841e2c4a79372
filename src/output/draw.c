/* SPDX-License-Identifier: Apache-2.0
 *
 * From a circuit to marks in rows and columns. See draw.h. A drawing has at most MAX_CELLS cells; what finds no room is counted and said.
 */
#include "output/draw.h"

#include "output/value.h"

#include <string.h>

enum {
    MAX_OPERATIONS = 100000,
    MAX_ROWS = 2000,
    MAX_CELLS = 1 << 18,
    MANY_WIRES = 100 /* beyond so many, only wires in use are drawn */
};

static uint32_t register_of(const ketch_circuit *circuit, uint32_t bit) {
    return (uint32_t)kt_circuit_register_of(circuit->bit_registers, circuit->bit_registers_count, bit);
}

/* ── Which wires an operation touches ── */

typedef void (*visit_wire)(void *user, bool quantum, uint32_t index);

static void visit_condition(const ketch_circuit *circuit, const kt_op *jump, visit_wire visit, void *user) {
    for (uint32_t i = 0; i < jump->operand_count; i++) {
        const kt_condition *condition = &circuit->conditions[jump->operands + i];
        if (condition->code == KT_CONDITION_BIT) visit(user, false, register_of(circuit, condition->first));
        if (condition->code != KT_CONDITION_COMPARE) continue;
        for (uint32_t b = 0; b < condition->count; b++) visit(user, false, register_of(circuit, circuit->operands[condition->first + b]));
    }
}

static void visit_operation(const ketch_circuit *circuit, const kt_op *op, visit_wire visit, void *user) {
    if (op->code >= KT_OP_GATE_AT) return; /* on no wire of its own */
    const uint32_t *operands = kt_op_operands(circuit, op);
    switch ((kt_op_code)op->code) {
    case KT_OP_JUMP_UNLESS: visit_condition(circuit, op, visit, user); break;
    case KT_OP_JUMP:
    case KT_OP_END: break;
    case KT_OP_SET_BIT: visit(user, false, register_of(circuit, operands[0])); break;
    case KT_OP_MEASURE:
        visit(user, true, operands[0]);
        if (operands[1] != KT_NO_BIT) visit(user, false, register_of(circuit, operands[1]));
        break;
    default:
        for (uint32_t i = 0; i < op->operand_count; i++) visit(user, true, operands[i] & ~KT_NEGATED);
    }
}

static bool is_shown(const kt_op *op) {
    return op->code != KT_OP_JUMP && op->code != KT_OP_JUMP_UNLESS && op->code != KT_OP_END && !kt_is_instruction(op);
}

/* ── Rows ── */

typedef struct touching {
    kt_drawing *drawing;
    uint32_t count;
} touching;

static void touch(void *user, bool quantum, uint32_t index) {
    touching *at = user;
    uint32_t *row = quantum ? &at->drawing->row_of_qubit[index] : &at->drawing->row_of_register[index];
    if (*row != KT_NO_ROW) return;
    *row = 0;
    at->count++;
}

/* Marks the wires that will have a row, and returns how many operations can be drawn on them. */
static size_t choose_wires(kt_drawing *drawing) {
    const ketch_circuit *circuit = drawing->circuit;
    size_t wires = (size_t)circuit->qubit_count + circuit->bit_registers_count;
    size_t most = circuit->ops_count < MAX_OPERATIONS ? circuit->ops_count : MAX_OPERATIONS;
    bool all = wires <= MANY_WIRES;
    memset(drawing->row_of_qubit, all ? 0 : 0xff, circuit->qubit_count * sizeof *drawing->row_of_qubit);
    memset(drawing->row_of_register, all ? 0 : 0xff, circuit->bit_registers_count * sizeof *drawing->row_of_register);
    if (all) return most;
    touching at = {drawing, 0};
    size_t fitting = 0;
    while (fitting < most && (kt_is_instruction(&circuit->ops[fitting]) || at.count + circuit->ops[fitting].operand_count <= MAX_ROWS))
        visit_operation(circuit, &circuit->ops[fitting++], touch, &at);
    drawing->wires_left_out = wires - at.count;
    return fitting;
}

static ketch_status make_rows(kt_drawing *drawing, size_t *fitting, ketch_diag *diag) {
    const ketch_circuit *circuit = drawing->circuit;
    drawing->row_of_qubit = kt_array((size_t)circuit->qubit_count + 1, sizeof *drawing->row_of_qubit);
    drawing->row_of_register = kt_array(circuit->bit_registers_count + 1, sizeof *drawing->row_of_register);
    if (!drawing->row_of_qubit || !drawing->row_of_register) return kt_no_memory(diag);
    *fitting = choose_wires(drawing);
    size_t wires = (size_t)circuit->qubit_count + circuit->bit_registers_count - drawing->wires_left_out;
    drawing->subject = kt_array(wires + 1, sizeof *drawing->subject);
    drawing->fronts = kt_zalloc((wires + 1) * sizeof *drawing->fronts);
    if (!drawing->subject || !drawing->fronts) return kt_no_memory(diag);
    for (uint32_t q = 0; q < circuit->qubit_count; q++) {
        if (drawing->row_of_qubit[q] == KT_NO_ROW) continue;
        drawing->subject[drawing->rows] = q;
        drawing->row_of_qubit[q] = drawing->rows++;
    }
    drawing->qubit_rows = drawing->rows;
    for (uint32_t r = 0; r < circuit->bit_registers_count; r++) {
        if (drawing->row_of_register[r] == KT_NO_ROW) continue;
        drawing->subject[drawing->rows] = r;
        drawing->row_of_register[r] = drawing->rows++;
    }
    return KETCH_OK;
}

/* ── Labels ── */

/* Ends the label begun at `start`, and gives its offset. */
static uint32_t end_label(kt_drawing *drawing, size_t start) {
    kt_buffer_add(&drawing->labels, "", 1);
    return (uint32_t)start;
}

uint32_t kt_drawing_add_label(kt_drawing *drawing, const char *text) {
    size_t start = drawing->labels.size;
    kt_buffer_text(&drawing->labels, text);
    return end_label(drawing, start);
}

const char *kt_drawing_label(const kt_drawing *drawing, uint32_t offset) { return drawing->labels.bytes + offset; }

static uint32_t label_width(const kt_drawing *drawing, uint32_t offset) {
    return drawing->labels.failed ? 0 : (uint32_t)kt_text_columns(kt_drawing_label(drawing, offset));
}

uint32_t kt_drawing_digits(const kt_drawing *drawing, const kt_mark *mark) {
    const kt_op *op = &drawing->circuit->ops[mark->op];
    if (mark->kind != KT_MARK_BOX || op->code != KT_OP_GATE || mark->box_top == mark->box_bottom) return 0;
    uint32_t targets = kt_op_target_count(op), digits = 1;
    for (; targets > 10; targets /= 10) digits++;
    return digits;
}

void kt_drawing_row_name(kt_buffer *out, const kt_drawing *drawing, uint32_t row) {
    const ketch_circuit *circuit = drawing->circuit;
    if (row < drawing->qubit_rows) {
        kt_circuit_bit_text(out, circuit->qubit_registers, circuit->qubit_registers_count, drawing->subject[row]);
    } else {
        const kt_register_info *named = &circuit->bit_registers[drawing->subject[row]];
        kt_buffer_text(out, named->name);
        if (named->size > 1) kt_buffer_format(out, "[%u]", named->size);
    }
}

uint32_t kt_drawing_row(const kt_drawing *drawing, uint32_t operand) { return drawing->row_of_qubit[operand & ~KT_NEGATED]; }

uint32_t kt_drawing_lowest(const kt_drawing *drawing, const kt_mark *mark) {
    const kt_op *op = &drawing->circuit->ops[mark->op];
    const uint32_t *operands = kt_op_operands(drawing->circuit, op);
    uint32_t lowest = mark->box_bottom;
    for (uint32_t i = 0; op->code == KT_OP_GATE && i < op->control_count; i++) {
        uint32_t row = kt_drawing_row(drawing, operands[i]);
        if (row > lowest) lowest = row;
    }
    return lowest;
}

/* ── Placing ── */

typedef struct span {
    const kt_drawing *drawing;
    uint32_t top, bottom; /* top > bottom: empty */
    uint32_t lowest_bit;  /* lowest classical row, or KT_NO_ROW */
} span;

static void widen(void *user, bool quantum, uint32_t index) {
    span *rows = user;
    uint32_t row = quantum ? rows->drawing->row_of_qubit[index] : rows->drawing->row_of_register[index];
    if (row == KT_NO_ROW) return; /* of an operation that is left out: the block around it is not */
    if (row < rows->top) rows->top = row;
    if (row > rows->bottom || rows->top > rows->bottom) rows->bottom = row;
    if (!quantum && (rows->lowest_bit == KT_NO_ROW || row > rows->lowest_bit)) rows->lowest_bit = row;
}

static span empty_span(const kt_drawing *drawing) { return (span){drawing, UINT32_MAX, 0, KT_NO_ROW}; }

/* Puts a mark into the first column that is free on all its rows; false where the drawing is full. */
static bool place(kt_drawing *drawing, kt_mark mark, uint32_t width) {
    uint32_t column = 0;
    for (uint32_t row = mark.top; row <= mark.bottom; row++) {
        if (drawing->fronts[row] > column) column = drawing->fronts[row];
    }
    if (column == drawing->column_count) {
        if ((column + 1) * (uint64_t)drawing->rows > MAX_CELLS && column > 0) return false;
        if (!kt_reserve(&drawing->widths, &drawing->width_capacity, drawing->column_count + 1, sizeof *drawing->widths))
            drawing->labels.failed = true;
        else
            drawing->widths[drawing->column_count++] = 0;
    }
    if (!kt_reserve(&drawing->marks, &drawing->mark_capacity, drawing->mark_count + 1, sizeof *drawing->marks))
        drawing->labels.failed = true;
    if (drawing->labels.failed) return false; /* out of memory: seen at the end */
    if (width > drawing->widths[column]) drawing->widths[column] = width;
    for (uint32_t row = mark.top; row <= mark.bottom; row++) drawing->fronts[row] = column + 1;
    mark.column = column;
    drawing->marks[drawing->mark_count++] = mark;
    return true;
}

/* The rows of a box: the targets, and for an operation without any the last control. */
static void find_box(const kt_drawing *drawing, kt_mark *mark, const kt_op *op) {
    const uint32_t *operands = kt_op_operands(drawing->circuit, op);
    uint32_t first = op->code == KT_OP_GATE ? op->control_count : 0, end = op->code == KT_OP_MEASURE ? 1 : op->operand_count;
    if (first == end && first) first--;
    mark->box_top = UINT32_MAX;
    mark->box_bottom = 0;
    for (uint32_t i = first; i < end; i++) {
        uint32_t row = kt_drawing_row(drawing, operands[i]);
        if (row < mark->box_top) mark->box_top = row;
        if (row > mark->box_bottom) mark->box_bottom = row;
    }
}

/* A value is set bit by bit; drawn, the first stands for all of them. */
static bool is_value(const ketch_circuit *circuit, const kt_op *op) {
    return op->code == KT_OP_SET_BIT && circuit->bit_registers[register_of(circuit, kt_op_operands(circuit, op)[0])].type != KT_SCALAR_BITS;
}

bool kt_drawing_goes_on(const ketch_circuit *circuit, size_t index) {
    if (!index) return false;
    const kt_op *op = &circuit->ops[index], *before = op - 1;
    if (!is_value(circuit, op) || !is_value(circuit, before) || op->line != before->line) return false;
    return register_of(circuit, kt_op_operands(circuit, op)[0]) == register_of(circuit, kt_op_operands(circuit, before)[0]);
}

/* "= 2.5"; an array is not written out. */
static void label_value(kt_buffer *labels, const ketch_circuit *circuit, const kt_op *op) {
    const kt_register_info *named = &circuit->bit_registers[register_of(circuit, kt_op_operands(circuit, op)[0])];
    uint64_t words[4] = {0};
    kt_buffer_text(labels, "=");
    if (named->width || named->size > 128) return;
    size_t index = (size_t)(op - circuit->ops);
    do {
        uint32_t bit = kt_op_operands(circuit, &circuit->ops[index])[0] - named->first;
        if (circuit->ops[index].data) words[bit / 64] |= UINT64_C(1) << bit % 64;
        index++;
    } while (index < circuit->ops_count && kt_drawing_goes_on(circuit, index));
    kt_buffer_text(labels, " ");
    kt_value_text(labels, kt_value_type_of((kt_scalar)named->type, named->type == KT_SCALAR_COMPLEX ? 128 : named->size), words);
}

static uint32_t make_label(kt_drawing *drawing, const kt_op *op) {
    kt_buffer *labels = &drawing->labels;
    const uint32_t *operands = kt_op_operands(drawing->circuit, op);
    size_t start = labels->size;
    switch ((kt_op_code)op->code) {
    case KT_OP_MEASURE: kt_buffer_text(labels, "M"); break;
    case KT_OP_RESET: kt_buffer_text(labels, "|0>"); break;
    case KT_OP_SET_BIT:
        if (is_value(drawing->circuit, op)) {
            label_value(labels, drawing->circuit, op);
            break;
        }
        kt_circuit_bit_text(labels, drawing->circuit->bit_registers, drawing->circuit->bit_registers_count, operands[0]);
        kt_buffer_format(labels, "=%u", op->data);
        break;
    case KT_OP_BARRIER: break;
    default:
        if (op->code == KT_OP_GATE && op->control_count && !kt_op_target_count(op)) { /* the box stands on the last control */
            bool negated = operands[op->control_count - 1] & KT_NEGATED;
            kt_buffer_text(labels, drawing->ascii ? negated ? "o " : "* " : negated ? "○ " : "● ");
        }
        kt_label_symbol(labels, drawing->circuit, op, drawing->ascii);
        if (kt_drawing_angle_is_set(drawing, op)) kt_drawing_hide_angles(drawing, start);
    }
    return end_label(drawing, start);
}

/* The note under a classical row: the bit of a measurement, the condition. */
static uint32_t make_note(kt_drawing *drawing, const kt_op *op, const kt_op *jump) {
    const ketch_circuit *circuit = drawing->circuit;
    kt_buffer *labels = &drawing->labels;
    size_t start = labels->size;
    const uint32_t *operands = kt_op_operands(circuit, op);
    if (op->code == KT_OP_MEASURE && operands[1] != KT_NO_BIT) {
        const kt_register_info *named = &circuit->bit_registers[register_of(circuit, operands[1])];
        if (named->size > 1 || jump) kt_buffer_format(labels, "%u%s", operands[1] - named->first, jump ? " if " : "");
    }
    if (jump) kt_circuit_condition_text(labels, circuit, jump);
    return end_label(drawing, start);
}

bool kt_drawing_place(kt_drawing *drawing, uint32_t index, const kt_op *jump) {
    const ketch_circuit *circuit = drawing->circuit;
    const kt_op *op = &circuit->ops[index];
    span rows = empty_span(drawing);
    visit_operation(circuit, op, widen, &rows);
    if (rows.top > rows.bottom) rows.top = rows.bottom = 0; /* a conditional global phase stands on the first row */
    kt_mark mark = {.op = index, .link = rows.lowest_bit};
    if (op->code == KT_OP_SET_BIT)
        mark.box_top = mark.box_bottom = rows.lowest_bit;
    else
        find_box(drawing, &mark, op);
    if (mark.box_top > mark.box_bottom) mark.box_top = mark.box_bottom = rows.top;
    if (jump) {
        visit_condition(circuit, jump, widen, &rows);
        mark.link = rows.lowest_bit;
    }
    mark.top = rows.top;
    mark.bottom = rows.bottom;
    mark.label = make_label(drawing, op);
    mark.note = make_note(drawing, op, jump);
    if (mark.link == mark.box_bottom) mark.link = KT_NO_ROW; /* a bit that is set: the box stands on its register */
    bool swap = op->code == KT_OP_GATE && op->gate != KT_GATE_MATRIX && !strcmp(kt_gates[op->gate].symbol, "×");
    mark.kind = op->code == KT_OP_BARRIER ? KT_MARK_BARRIER : swap ? KT_MARK_SWAP : KT_MARK_BOX;
    uint32_t digits = kt_drawing_digits(drawing, &mark), width = label_width(drawing, mark.label) + 4 + (digits ? digits : 0);
    if (op->code == KT_OP_MEASURE || op->code == KT_OP_RESET) width -= 2; /* no blanks inside these boxes */
    if (mark.kind != KT_MARK_BOX) width = 1;
    uint32_t note = label_width(drawing, mark.note);
    if (note) note++; /* a blank before the next one */
    return place(drawing, mark, width > note ? width : note);
}

/* ── Conditions over more than one operation: a block where they begin and where they end ── */

typedef struct block {
    size_t otherwise, end; /* operations at which "else" and "end" stand; otherwise == end: no else */
    uint32_t top, bottom;
} block;

bool kt_drawing_place_block(kt_drawing *drawing, uint32_t op, uint32_t top, uint32_t bottom, uint32_t label) {
    kt_mark mark = {.kind = KT_MARK_BLOCK,
                    .op = op,
                    .top = top,
                    .bottom = bottom,
                    .box_top = top,
                    .box_bottom = bottom,
                    .label = label,
                    .link = KT_NO_ROW};
    return place(drawing, mark, label_width(drawing, label) + 4);
}

static bool place_block(kt_drawing *drawing, const block *at, uint32_t label) {
    return kt_drawing_place_block(drawing, 0, at->top, at->bottom, label);
}

static block find_block(const kt_drawing *drawing, size_t index) {
    const ketch_circuit *circuit = drawing->circuit;
    const kt_op *jump = &circuit->ops[index];
    block found = {jump->data, jump->data, 0, 0};
    const kt_op *last = &circuit->ops[jump->data - 1];
    if (jump->data - 1 > index && last->code == KT_OP_JUMP && last->data > jump->data) found.end = last->data;
    span rows = empty_span(drawing);
    for (size_t i = index; i < found.end; i++) {
        const kt_op *op = &circuit->ops[i];
        visit_operation(circuit, op, widen, &rows);
        if (op->code == KT_OP_GATE && !op->operand_count) rows.top = 0; /* where a global phase stands */
    }
    found.top = rows.top > rows.bottom ? 0 : rows.top;
    found.bottom = rows.bottom;
    return found;
}

/* One operation alone, which can carry its condition itself. */
bool kt_drawing_guards_one(const ketch_circuit *circuit, size_t index) {
    const kt_op *jump = &circuit->ops[index], *next = jump + 1;
    if (jump->data != index + 2) return false;
    return (next->code == KT_OP_GATE && next->operand_count) || next->code == KT_OP_MEASURE || next->code == KT_OP_RESET;
}

typedef struct block_stack {
    block *items;
    size_t count, capacity;
} block_stack;

/* What stands before operation `index`: ends of blocks, and "else". */
static bool close_blocks(kt_drawing *drawing, block_stack *blocks, size_t index) {
    while (blocks->count) {
        const block *at = &blocks->items[blocks->count - 1];
        if (at->end <= index) {
            if (!place_block(drawing, at, kt_drawing_add_label(drawing, "end"))) return false;
            blocks->count--;
        } else {
            return at->otherwise != index || place_block(drawing, at, kt_drawing_add_label(drawing, "else"));
        }
    }
    return true;
}

static bool open_block(kt_drawing *drawing, block_stack *blocks, size_t index) {
    if (!kt_reserve(&blocks->items, &blocks->capacity, blocks->count + 1, sizeof *blocks->items)) {
        drawing->labels.failed = true;
        return false;
    }
    block *at = &blocks->items[blocks->count++];
    *at = find_block(drawing, index);
    size_t start = drawing->labels.size;
    kt_buffer_text(&drawing->labels, "if ");
    kt_circuit_condition_text(&drawing->labels, drawing->circuit, &drawing->circuit->ops[index]);
    return place_block(drawing, at, end_label(drawing, start));
}

/* A global phase that is no operation on any qubit is said above the drawing. */
void kt_drawing_add_phase(kt_drawing *drawing, double *phase, const kt_op *op) {
    uint32_t node = kt_circuit_slot_node(drawing->circuit, op->data);
    if (node == UINT32_MAX || drawing->circuit->nodes[node].known) {
        *phase += drawing->circuit->params[op->data];
        return;
    }
    if (drawing->phase.size) kt_buffer_text(&drawing->phase, " + ");
    kt_circuit_node_text(&drawing->phase, drawing->circuit, node);
}

static void place_all(kt_drawing *drawing, size_t fitting, block_stack *blocks) {
    const ketch_circuit *circuit = drawing->circuit;
    double phase = 0;
    size_t i = 0;
    if (circuit->dynamic) i = kt_drawing_program(drawing, fitting, &phase);
    for (bool room = !circuit->dynamic; room && i < fitting; i++) {
        const kt_op *op = &circuit->ops[i];
        room = close_blocks(drawing, blocks, i);
        if (!room) break;
        if (op->code == KT_OP_JUMP_UNLESS && kt_drawing_guards_one(circuit, i) && i + 1 < fitting) {
            room = kt_drawing_place(drawing, (uint32_t)i + 1, op);
            i += room;
        } else if (op->code == KT_OP_JUMP_UNLESS) {
            room = open_block(drawing, blocks, i);
        } else if (op->code == KT_OP_GATE && !op->operand_count && !op->conditional) {
            kt_drawing_add_phase(drawing, &phase, op);
        } else if (is_shown(op) && drawing->rows && !kt_drawing_goes_on(circuit, i)) {
            room = kt_drawing_place(drawing, (uint32_t)i, NULL);
        }
        if (!room) break;
    }
    if (i >= circuit->ops_count && !circuit->dynamic) close_blocks(drawing, blocks, i);
    for (; i < circuit->ops_count; i++) drawing->operations_left_out += is_shown(&circuit->ops[i]);
    if (phase != 0) {
        if (drawing->phase.size) kt_buffer_text(&drawing->phase, " + ");
        kt_label_angle(&drawing->phase, phase, drawing->ascii);
    }
}

ketch_status kt_drawing_make(kt_drawing *drawing, const ketch_circuit *circuit, bool ascii, ketch_diag *diag) {
    *drawing = (kt_drawing){.circuit = circuit, .ascii = ascii};
    kt_drawing_add_label(drawing, ""); /* offset 0: none */
    size_t fitting = 0;
    ketch_status status = make_rows(drawing, &fitting, diag);
    if (status != KETCH_OK) return status;
    block_stack blocks = {0};
    if (circuit->dynamic) status = kt_drawing_find_set(drawing, diag);
    if (status == KETCH_OK) place_all(drawing, fitting, &blocks);
    kt_free(blocks.items);
    if (status != KETCH_OK) return status;
    return drawing->labels.failed || drawing->phase.failed ? kt_no_memory(diag) : KETCH_OK;
}

void kt_drawing_free(kt_drawing *drawing) {
    kt_free(drawing->row_of_qubit);
    kt_free(drawing->row_of_register);
    kt_free(drawing->subject);
    kt_free(drawing->marks);
    kt_free(drawing->widths);
    kt_free(drawing->fronts);
    kt_free(drawing->set);
    kt_buffer_free(&drawing->labels);
    kt_buffer_free(&drawing->phase);
}

ketch_status kt_output_drawing(const ketch_circuit *circuit, const ketch_write_options *options, ketch_sink sink, ketch_diag *diag) {
    if (options->format != KETCH_FORMAT_TEXT && options->format != KETCH_FORMAT_SVG)
        return kt_fail(diag, KT_BAD_ARGUMENT, "a circuit is drawn as text or SVG");
    kt_drawing drawing;
    bool ascii = options->ascii && options->format == KETCH_FORMAT_TEXT;
    kt_stream stream = {.sink = sink, .diag = diag};
    stream.status = kt_drawing_make(&drawing, circuit, ascii, diag);
    if (stream.status == KETCH_OK) {
        if (options->name && options->format == KETCH_FORMAT_TEXT) kt_text_heading(&stream.out, options->name);
        if (options->format == KETCH_FORMAT_TEXT)
            kt_drawing_as_text(&stream, &drawing, options->width);
        else
            kt_drawing_as_svg(&stream, &drawing);
    }
    kt_drawing_free(&drawing);
    return kt_stream_end(&stream);
}
