/* SPDX-License-Identifier: Apache-2.0
 *
 * Drawings of circuits that compute while they run. Jumps lead anywhere, so what they make of the program stands in boxes over all wires,
 * in the order of the source:
 *
 *   loop   a jump leads back to here          again  ... from here
 *   if     a jump leads from here forwards    end    ... to here (else: over what follows it; leave: out of a loop)
 *   =      numbers are computed
 *
 * A gate whose qubits are chosen by the program is a box over all qubits.
 */
#include "output/draw.h"

enum { FROM_BEHIND = 1, FROM_BEFORE = 2, CALLED = 4 };

static bool leads(const kt_op *op) {
    return op->code == KT_OP_JUMP || op->code == KT_OP_JUMP_UNLESS || op->code == KT_DO_JUMP_IF || op->code == KT_DO_JUMP_IF_NOT ||
           op->code == KT_DO_LOOP || op->code == KT_DO_CALL;
}

/* By operation: how it is arrived at. */
static uint8_t *find_landings(const ketch_circuit *circuit) {
    uint8_t *landings = kt_zalloc(circuit->ops_count + 1);
    for (size_t i = 0; landings && i < circuit->ops_count; i++) {
        const kt_op *op = &circuit->ops[i];
        if (!leads(op) || op->data > circuit->ops_count) continue;
        landings[op->data] |= op->code == KT_DO_CALL ? CALLED : op->data <= i ? FROM_BEHIND : FROM_BEFORE;
    }
    return landings;
}

ketch_status kt_drawing_find_set(kt_drawing *drawing, ketch_diag *diag) {
    const ketch_circuit *circuit = drawing->circuit;
    drawing->set = kt_zalloc(circuit->params_count + 1);
    if (!drawing->set) return kt_no_memory(diag);
    for (size_t i = 0; i < circuit->ops_count; i++) {
        if (circuit->ops[i].code == KT_DO_SET_PARAM) drawing->set[circuit->ops[i].data] = 1;
    }
    return KETCH_OK;
}

bool kt_drawing_angle_is_set(const kt_drawing *drawing, const kt_op *op) {
    if (!drawing->set || (op->code != KT_OP_GATE && op->code != KT_OP_GATE_AT) || op->gate == KT_GATE_MATRIX) return false;
    for (uint32_t p = 0; p < kt_gates[op->gate].parameter_count; p++) {
        if (drawing->set[op->data + p]) return true;
    }
    return false;
}

void kt_drawing_hide_angles(kt_drawing *drawing, size_t label) {
    kt_buffer *labels = &drawing->labels;
    size_t at = label;
    while (at < labels->size && labels->bytes[at] != '(') at++;
    if (at == labels->size) return;
    labels->size = at;
    kt_buffer_text(labels, drawing->ascii ? "(...)" : "(…)");
}

static bool block(kt_drawing *drawing, size_t op, const char *text) {
    return kt_drawing_place_block(drawing, (uint32_t)op, 0, drawing->rows - 1, kt_drawing_add_label(drawing, text));
}

static bool is_chosen(const kt_op *op) { return op->code >= KT_OP_GATE_AT && op->code <= KT_OP_RESET_AT; }

/* "cx [?]", over the qubits. */
static bool place_chosen(kt_drawing *drawing, size_t index) {
    const kt_op *op = &drawing->circuit->ops[index];
    size_t start = drawing->labels.size;
    if (op->code == KT_OP_MEASURE_AT)
        kt_buffer_text(&drawing->labels, "M");
    else if (op->code == KT_OP_RESET_AT)
        kt_buffer_text(&drawing->labels, "|0>");
    else
        kt_label_name(&drawing->labels, op);
    kt_buffer_text(&drawing->labels, " [?]");
    kt_buffer_add(&drawing->labels, "", 1);
    uint32_t bottom = drawing->qubit_rows ? drawing->qubit_rows - 1 : 0;
    return kt_drawing_place_block(drawing, (uint32_t)index, 0, bottom, (uint32_t)start);
}

/* Does a jump forwards leave a loop? Looked for nearby only. */
static bool leaves_loop(const kt_op *op, size_t index) {
    enum { NEARBY = 1000 };
    for (size_t k = index + 1; k < op->data && k < index + NEARBY; k++) {
        if (leads(&op[k - index]) && op[k - index].data <= index && op[k - index].code != KT_DO_CALL) return true;
    }
    return false;
}

/* What a jump is called; NULL: it is none. `behind`: how the operation behind it is arrived at. */
static const char *name_of(const kt_op *op, size_t index, uint8_t behind) {
    switch (op->code) {
    case KT_DO_LOOP: return "again";
    case KT_OP_JUMP: return op->data <= index ? "again" : behind & FROM_BEFORE && !leaves_loop(op, index) ? "else" : "leave";
    case KT_OP_JUMP_UNLESS:
    case KT_DO_JUMP_IF:
    case KT_DO_JUMP_IF_NOT: return op->data <= index ? "again if" : "if";
    case KT_DO_CALL: return "call";
    case KT_DO_RETURN: return "return";
    case KT_DO_FAIL: return "stop";
    case KT_OP_END: return "stop";
    default: return NULL;
    }
}

/* An instruction that only computes; those that stand side by side are one box. */
static bool computes(const kt_op *op) { return kt_is_instruction(op) && op->code != KT_DO_LABEL && !name_of(op, 0, 0); }

static bool arrive(kt_drawing *drawing, size_t index, uint8_t landing) {
    bool room = !(landing & FROM_BEFORE) || block(drawing, index, "end");
    if (room && landing & CALLED) room = block(drawing, index, "def");
    return room && (!(landing & FROM_BEHIND) || block(drawing, index, "loop"));
}

static bool place_any(kt_drawing *drawing, size_t *index, double *phase, const uint8_t *landings) {
    const ketch_circuit *circuit = drawing->circuit;
    const kt_op *op = &circuit->ops[*index];
    const char *name = name_of(op, *index, landings[*index + 1]);
    if (op->code == KT_OP_JUMP_UNLESS && kt_drawing_guards_one(circuit, *index) && *index + 1 < circuit->ops_count &&
        !(landings[*index + 1] | (landings[*index + 2] & FROM_BEHIND))) {
        bool room = kt_drawing_place(drawing, (uint32_t)*index + 1, op);
        *index += room;
        return room;
    }
    if (name) return block(drawing, *index, name);
    if (is_chosen(op)) return place_chosen(drawing, *index);
    if (computes(op)) return (*index && computes(op - 1) && !landings[*index]) || block(drawing, *index, "=");
    if (op->code == KT_DO_LABEL || kt_drawing_goes_on(circuit, *index)) return true;
    if (op->code != KT_OP_GATE || op->operand_count || op->conditional) return kt_drawing_place(drawing, (uint32_t)*index, NULL);
    if (kt_drawing_angle_is_set(drawing, op)) return true;
    kt_drawing_add_phase(drawing, phase, op);
    return true;
}

size_t kt_drawing_program(kt_drawing *drawing, size_t fitting, double *phase) {
    uint8_t *landings = find_landings(drawing->circuit);
    size_t i = 0;
    if (!landings) drawing->labels.failed = true;
    bool guarded = false; /* the place behind a guarded operation, or an "else", is where its jump leads: it says nothing more */
    for (bool room = landings && drawing->rows; room && i < fitting; i += room) {
        size_t before = i;
        room = arrive(drawing, i, guarded ? landings[i] & (uint8_t)~FROM_BEFORE : landings[i]);
        if (room) room = place_any(drawing, &i, phase, landings);
        const kt_op *op = &drawing->circuit->ops[before];
        guarded =
            i > before || (op->code == KT_OP_JUMP && op->data > before && landings[before + 1] & FROM_BEFORE && !leaves_loop(op, before));
    }
    if (landings && drawing->rows && i == drawing->circuit->ops_count && landings[i] && !guarded) block(drawing, 0, "end");
    kt_free(landings);
    return i;
}
