/* SPDX-License-Identifier: Apache-2.0
 *
 * A circuit to bytes: see saved.h.
 */
#include "circuit/saved.h"

#include <string.h>

/* ── Numbers and texts ── */

void kt_saved_put(kt_buffer *out, uint64_t number, size_t bytes) {
    unsigned char little[8];
    for (size_t i = 0; i < bytes; i++) little[i] = (unsigned char)(number >> (8 * i));
    kt_buffer_add(out, little, bytes);
}

void kt_saved_put_double(kt_buffer *out, double number) {
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    kt_saved_put(out, bits, 8);
}

void kt_saved_put_text(kt_buffer *out, const char *text) {
    size_t size = strlen(text);
    kt_saved_put(out, size, 4);
    kt_buffer_add(out, text, size);
}

/* ── Pools ── */

#define EACH(pool)                                      \
    kt_saved_put(out, circuit->pool##_count, 4), i = 0; \
    i < circuit->pool##_count;                          \
    i++

static void put_names(kt_buffer *out, const ketch_circuit *circuit) {
    size_t i;
    for (EACH(qubit_registers)) {
        kt_saved_put_text(out, circuit->qubit_registers[i].name);
        kt_saved_put(out, circuit->qubit_registers[i].size, 4);
    }
    for (EACH(bit_registers)) {
        kt_saved_put_text(out, circuit->bit_registers[i].name);
        kt_saved_put(out, circuit->bit_registers[i].size, 4);
        kt_saved_put(out, circuit->bit_registers[i].counted, 1);
    }
    for (EACH(variables)) {
        const kt_variable *variable = &circuit->variables[i];
        kt_saved_put_text(out, variable->name);
        kt_saved_put(out, variable->width, 2);
        kt_saved_put(out, variable->first, 4);
        kt_saved_put(out, variable->begins, 4);
        kt_saved_put(out, variable->ends, 4);
    }
    for (EACH(remarks)) {
        kt_saved_put_text(out, circuit->remarks[i].text);
        kt_saved_put(out, circuit->remarks[i].line, 4);
    }
    const char *line = NULL;
    for (EACH(places)) { /* many share the line before */
        const kt_saved_place *place = &circuit->places[i];
        kt_saved_put(out, place->line, 4);
        kt_saved_put(out, place->column, 4);
        kt_saved_put(out, place->length, 4);
        kt_saved_put(out, place->source_line != line, 1);
        if (place->source_line != line) {
            kt_saved_put_text(out, place->file);
            kt_saved_put_text(out, place->source_line);
        }
        line = place->source_line;
    }
}

static void put_numbers(kt_buffer *out, const ketch_circuit *circuit) {
    size_t i;
    for (EACH(params)) kt_saved_put_double(out, circuit->params[i]);
    for (EACH(inputs)) {
        const kt_input *input = &circuit->inputs[i];
        kt_saved_put_text(out, input->name);
        kt_saved_put(out, input->type, 1);
        kt_saved_put(out, input->width, 2);
        kt_saved_put(out, input->bound, 1);
        kt_saved_put_double(out, input->bound ? input->value : 0);
    }
    for (EACH(nodes)) {
        const kt_node *node = &circuit->nodes[i];
        kt_saved_put(out, node->code, 1);
        kt_saved_put(out, node->a, 4);
        kt_saved_put(out, node->b, 4);
        kt_saved_put_double(out, node->code == KT_NODE_CONSTANT ? node->value : 0);
    }
    for (EACH(slots)) {
        kt_saved_put(out, circuit->slots[i].param, 4);
        kt_saved_put(out, circuit->slots[i].node, 4);
        kt_saved_put(out, circuit->slots[i].place, 4);
    }
}

/* Gates are numbered in the order in which they first come. */
typedef struct gate_numbers {
    uint16_t number_of[KT_GATE_COUNT + 1], gates[KT_GATE_COUNT + 1], count;
} gate_numbers;

static void number_gates(gate_numbers *numbers, const kt_op *ops, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint16_t gate = ops[i].gate;
        if (ops[i].code != KT_OP_GATE || numbers->number_of[gate] != UINT16_MAX) continue;
        numbers->gates[numbers->count] = gate;
        numbers->number_of[gate] = numbers->count++;
    }
}

static void put_gates(kt_buffer *out, const gate_numbers *numbers) {
    kt_saved_put(out, numbers->count, 4);
    for (uint16_t i = 0; i < numbers->count; i++) { /* two languages may give one name to different gates */
        bool matrix = numbers->gates[i] == KT_GATE_MATRIX;
        kt_saved_put_text(out, matrix ? "" : kt_gates[numbers->gates[i]].name);
        kt_saved_put(out, matrix ? 0 : kt_gates[numbers->gates[i]].provided_by, 1);
    }
}

static void put_op(kt_buffer *out, const kt_op *op, const gate_numbers *numbers) {
    kt_saved_put(out, op->code, 1);
    kt_saved_put(out, op->conditional, 1);
    kt_saved_put(out, op->code == KT_OP_GATE ? numbers->number_of[op->gate] : op->gate, 2);
    kt_saved_put(out, op->control_count, 4);
    kt_saved_put(out, op->operands, 4);
    kt_saved_put(out, op->operand_count, 4);
    kt_saved_put(out, op->data, 4);
    kt_saved_put(out, op->line, 4);
}

static void put_operations(kt_buffer *out, const ketch_circuit *circuit) {
    size_t i;
    gate_numbers numbers = {.count = 0};
    memset(numbers.number_of, 0xff, sizeof numbers.number_of);
    number_gates(&numbers, circuit->ops, circuit->ops_count);
    number_gates(&numbers, circuit->block_ops, circuit->block_ops_count);
    put_gates(out, &numbers);
    for (EACH(operands)) kt_saved_put(out, circuit->operands[i], 4);
    for (EACH(words)) kt_saved_put(out, circuit->words[i], 8);
    for (EACH(conditions)) {
        const kt_condition *condition = &circuit->conditions[i];
        kt_saved_put(out, condition->code, 1);
        kt_saved_put(out, condition->comparison, 1);
        kt_saved_put(out, condition->first, 4);
        kt_saved_put(out, condition->count, 4);
        kt_saved_put(out, condition->value, 4);
    }
    for (EACH(block_ops)) put_op(out, &circuit->block_ops[i], &numbers);
    for (EACH(blocks)) {
        const kt_block *block = &circuit->blocks[i];
        kt_saved_put(out, block->qubit_count, 1);
        kt_saved_put(out, block->adjoint, 1);
        kt_saved_put(out, block->first, 4);
        kt_saved_put(out, block->count, 4);
        kt_saved_put(out, block->exponent, 4);
        kt_saved_put(out, block->place, 4);
        kt_saved_put(out, block->signature[0], 8);
        kt_saved_put(out, block->signature[1], 8);
        for (size_t k = 0; k < (size_t)2 << (2 * block->qubit_count); k++) kt_saved_put_double(out, circuit->matrices[block->matrix + k]);
    }
    for (EACH(ops)) put_op(out, &circuit->ops[i], &numbers);
}

/* ── The door ── */

static void write_operations(kt_buffer *out, const ketch_circuit *circuit) {
    kt_saved_put(out, (uint64_t)circuit->version, 1);
    kt_saved_put(out, circuit->hash[0], 8);
    kt_saved_put(out, circuit->hash[1], 8);
    kt_saved_put(out, circuit->draw_count, 4);
    put_names(out, circuit);
    put_numbers(out, circuit);
    put_operations(out, circuit);
}

static void write_program(kt_buffer *out, const ketch_circuit *circuit) {
    size_t i;
    kt_saved_put(out, circuit->prelude, 1);
    kt_saved_put(out, circuit->max_unroll, 8);
    for (EACH(sources)) {
        kt_saved_put_text(out, circuit->sources[i].name);
        kt_saved_put(out, circuit->sources[i].size, 8);
        kt_buffer_add(out, circuit->sources[i].text, circuit->sources[i].size);
    }
    for (EACH(inputs)) {
        kt_saved_put(out, circuit->inputs[i].bound, 1);
        kt_saved_put_double(out, circuit->inputs[i].bound ? circuit->inputs[i].value : 0);
    }
    for (EACH(input_words)) kt_saved_put(out, circuit->input_words[i], 8);
}

/* The head's last two numbers, once the rest is there. */
static void close_head(kt_buffer *out) {
    uint64_t hash[2], numbers[2];
    if (out->failed) return;
    kt_hash128(hash, out->bytes + KT_SAVED_HEAD, out->size - KT_SAVED_HEAD);
    numbers[0] = out->size;
    numbers[1] = hash[0];
    for (size_t i = 0; i < 16; i++) out->bytes[16 + i] = (char)(unsigned char)(numbers[i / 8] >> (8 * (i % 8)));
}

ketch_status kt_circuit_save(const ketch_circuit *circuit, ketch_sink sink, ketch_diag *diag) {
    kt_buffer out = {0};
    bool program = kt_circuit_needs_sources(circuit);
    if (program && (circuit->extended || !circuit->sources_count)) {
        ketch_status status = kt_fail(diag, KT_UNAVAILABLE, "a program with instructions to which calls have added cannot be saved");
        kt_hint(diag, "save it as it was read, and add to it once it is restored");
        return status;
    }
    kt_buffer_text(&out, KT_SAVED_MAGIC);
    kt_saved_put(&out, KT_SAVED_VERSION, 4);
    kt_saved_put(&out, 0, 4);
    kt_saved_put(&out, 0, 8);
    kt_saved_put(&out, 0, 8);
    kt_saved_put(&out, program ? KT_SAVED_PROGRAM : KT_SAVED_OPERATIONS, 1);
    if (program)
        write_program(&out, circuit);
    else
        write_operations(&out, circuit);
    close_head(&out);
    ketch_status status = kt_buffer_flush(&out, sink, diag);
    kt_buffer_free(&out);
    return status;
}
