/* SPDX-License-Identifier: Apache-2.0
 *
 * The program of a dynamic circuit printed: a line (or a JSON object) a place. See plan.h.
 */
#include "plan/write.h"

static const char *name_of(const kt_plan *plan, size_t place) {
    const kt_op *op = &plan->program[place];
    switch (op->code) {
    case KT_OP_GATE: return op->operand_count ? "steps" : "tail";
    case KT_OP_SET_BIT: return "set bit";
    case KT_OP_JUMP_UNLESS: return "jump unless";
    case KT_OP_JUMP: return "jump";
    case KT_OP_END: return "end";
    default: return kt_instruction_name(op->code);
    }
}

/* "LESS_S" becomes "less s". */
static void add_name(kt_buffer *out, const char *name) {
    for (; *name; name++) {
        char c = *name == '_' ? ' ' : *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
        kt_buffer_add(out, &c, 1);
    }
}

static void add_range(kt_buffer *out, const char *before, const char *what, kt_access access) {
    if (!access.count) return;
    kt_buffer_format(out, "%s%s %u", before, what, access.first);
    if (access.count > 1) kt_buffer_format(out, " to %u", access.first + access.count - 1);
}

/* What it works on: "cell 3 from cell 1, cell 2". */
static void add_memory(kt_buffer *out, const ketch_circuit *circuit, const kt_op *op) {
    kt_accesses at;
    if (!kt_is_instruction(op) || !kt_instruction_access(&at, circuit, op)) return;
    size_t begin = out->size;
    add_range(out, "", "cell", at.written);
    add_range(out, "", "bit", at.bits_written);
    const char *before = out->size > begin ? " from " : "";
    add_range(out, before, "bit", at.bits_read);
    for (int k = 0; k < 3; k++) {
        add_range(out, before, "cell", at.reads[k]);
        if (at.reads[k].count) before = ", ";
    }
}

static void add_target(kt_buffer *out, const ketch_circuit *circuit, const kt_op *op) {
    kt_buffer_format(out, "to place %u", op->data);
    if (op->code == KT_OP_JUMP_UNLESS) {
        kt_buffer_text(out, " unless ");
        kt_circuit_condition_text(out, circuit, op);
    }
}

static void pad(kt_buffer *out, size_t begin, size_t width) {
    size_t used = out->size - begin;
    kt_buffer_repeat(out, " ", used < width ? width - used : 1);
}

static void text_place(kt_buffer *out, const kt_plan *plan, const ketch_circuit *circuit, size_t place) {
    const kt_op *op = &plan->program[place];
    size_t begin = out->size;
    kt_buffer_format(out, "%6zu  ", place);
    add_name(out, name_of(plan, place));
    pad(out, begin, 26);
    size_t words = out->size;
    add_memory(out, circuit, op);
    if (kt_flow_leads(op->code) && out->size > words) kt_buffer_text(out, ", ");
    if (kt_flow_leads(op->code)) add_target(out, circuit, op);
    if (op->code == KT_OP_GATE && op->operand_count == 1) kt_buffer_format(out, "%u", op->data);
    if (op->code == KT_OP_GATE && op->operand_count > 1) kt_buffer_format(out, "%u to %u", op->data, op->data + op->operand_count - 1);
    if (op->code == KT_OP_SET_BIT) kt_buffer_format(out, "bit %u to %u", kt_op_operands(circuit, op)[0], op->data);
    if (op->line) {
        pad(out, begin, 84);
        kt_buffer_format(out, "%u", op->line);
    }
    while (out->bytes && out->size > begin && out->bytes[out->size - 1] == ' ') out->size--;
    kt_buffer_text(out, "\n");
}

ketch_status kt_write_program_text(kt_buffer *out, const kt_plan *plan, const ketch_circuit *circuit, ketch_sink sink, ketch_diag *diag) {
    ketch_status status = KETCH_OK;
    kt_buffer_text(out, "\n place  instruction       works on, or goes on                                      line\n");
    for (size_t i = 0; i < plan->program_count && !status; i++) {
        text_place(out, plan, circuit, i);
        status = kt_write_flush(out, sink, diag);
    }
    return status;
}

static void json_text(kt_json *json, const char *key, kt_buffer *text) {
    if (text->size) kt_json_string(json, key, text->bytes);
    json->out->failed |= text->failed;
    kt_buffer_free(text);
    *text = (kt_buffer){0};
}

static void json_place(kt_json *json, const kt_plan *plan, const ketch_circuit *circuit, size_t place) {
    const kt_op *op = &plan->program[place];
    kt_buffer text = {0};
    kt_json_open_inline(json, NULL, '{');
    add_name(&text, name_of(plan, place));
    json_text(json, "instruction", &text);
    add_memory(&text, circuit, op);
    if (op->code == KT_OP_SET_BIT) kt_buffer_format(&text, "bit %u to %u", kt_op_operands(circuit, op)[0], op->data);
    json_text(json, "memory", &text);
    if (op->code == KT_OP_GATE && op->operand_count) {
        kt_json_integer(json, "first_step", op->data);
        kt_json_integer(json, "steps", op->operand_count);
    }
    if (kt_flow_leads(op->code)) kt_json_integer(json, "next", op->data);
    if (op->code == KT_OP_JUMP_UNLESS) {
        kt_circuit_condition_text(&text, circuit, op);
        json_text(json, "condition", &text);
    }
    if (op->line) kt_json_integer(json, "line", op->line);
    kt_json_close(json, '}');
}

ketch_status kt_write_program_json(kt_json *json, const kt_plan *plan, const ketch_circuit *circuit, ketch_sink sink, ketch_diag *diag) {
    ketch_status status = KETCH_OK;
    kt_json_open(json, "program", '[');
    for (size_t i = 0; i < plan->program_count && !status; i++) {
        json_place(json, plan, circuit, i);
        status = kt_write_flush(json->out, sink, diag);
    }
    kt_json_close(json, ']');
    return status;
}
