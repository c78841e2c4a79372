/* SPDX-License-Identifier: Apache-2.0
 *
 * A circuit as JSON: every operation and instruction, by its place in the one flat array, so that jumps are numbers. docs/formats.md and
 * docs/circuit.schema.json describe it.
 */
#include "output/convert.h"

#include "output/label.h"

#include <string.h>

static const char *const scalars[] = {
    [KT_SCALAR_BITS] = "bit",    [KT_SCALAR_BOOL] = "bool",   [KT_SCALAR_INT] = "int",         [KT_SCALAR_UINT] = "uint",
    [KT_SCALAR_FLOAT] = "float", [KT_SCALAR_ANGLE] = "angle", [KT_SCALAR_COMPLEX] = "complex", [KT_SCALAR_DURATION] = "duration"};

/* ── What is declared ── */

static void write_dimensions(kt_json *json, const kt_dimensions *dimensions) {
    if (!dimensions->dimension_count) return;
    kt_json_open_inline(json, "dimensions", '[');
    for (uint32_t i = 0; i < dimensions->dimension_count; i++) kt_json_integer(json, NULL, dimensions->dimensions[i]);
    kt_json_close(json, ']');
}

static void write_registers(kt_json *json, const char *title, const kt_register_info *registers, size_t count, bool classical) {
    kt_json_open(json, title, '[');
    for (size_t i = 0; i < count; i++) {
        kt_json_open_inline(json, NULL, '{');
        kt_json_string(json, "name", registers[i].name);
        kt_json_integer(json, "first", registers[i].first);
        kt_json_integer(json, "size", registers[i].size);
        if (classical) {
            kt_json_bool(json, "counted", registers[i].counted);
            kt_json_string(json, "type", scalars[registers[i].type]);
            kt_json_integer(json, "width", registers[i].width ? registers[i].width : registers[i].size);
            write_dimensions(json, &registers[i].dimensions);
        }
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

static void write_inputs(kt_json *json, const ketch_circuit *circuit) {
    kt_json_open(json, "inputs", '[');
    for (size_t i = 0; i < circuit->inputs_count; i++) {
        const kt_input *input = &circuit->inputs[i];
        kt_json_open_inline(json, NULL, '{');
        kt_json_string(json, "name", input->name);
        kt_json_string(json, "type", scalars[input->type]);
        kt_json_integer(json, "width", input->width);
        write_dimensions(json, &input->dimensions);
        if (input->bound && (input->type == KT_SCALAR_FLOAT || input->type == KT_SCALAR_ANGLE) && !input->dimensions.dimension_count)
            kt_json_number(json, "value", input->value);
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

static void write_value_type(kt_json *json, const char *name, ketch_value_type type) {
    kt_json_open_inline(json, name, '{');
    kt_json_string(json, "type", type.type == KETCH_TYPE_VOID ? "void" : scalars[type.type - KETCH_TYPE_BITS]);
    kt_json_integer(json, "width", type.width);
    kt_json_close(json, '}');
}

static void write_externs(kt_json *json, const ketch_circuit *circuit) {
    kt_json_open(json, "externs", '[');
    for (size_t i = 0; i < circuit->externs_count; i++) {
        const kt_extern *function = &circuit->externs[i];
        kt_json_open_inline(json, NULL, '{');
        kt_json_string(json, "name", function->name);
        kt_json_open_inline(json, "arguments", '[');
        for (uint32_t a = 0; a < function->argument_count; a++) write_value_type(json, NULL, function->arguments[a]);
        kt_json_close(json, ']');
        write_value_type(json, "returns", function->returns);
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

/* ── Operations ── */

static void write_numbers(kt_json *json, const char *name, const uint32_t *numbers, uint32_t count) {
    kt_json_open_inline(json, name, '[');
    for (uint32_t i = 0; i < count; i++) kt_json_integer(json, NULL, numbers[i] & ~KT_NEGATED);
    kt_json_close(json, ']');
}

/* A number, or {"expression": "2 * theta"} where an input has no value yet. */
static void write_angle(kt_json *json, const char *name, kt_conversion *conversion, uint32_t param) {
    kt_angle angle = kt_convert_slot(conversion, param);
    if (angle.node == UINT32_MAX) {
        kt_json_number(json, name, angle.number);
        return;
    }
    kt_buffer kept = *json->out; /* the expression is written to a buffer of its own */
    conversion->stream.out = (kt_buffer){0};
    kt_convert_expression(conversion, angle.node);
    kt_buffer text = conversion->stream.out;
    conversion->stream.out = kept;
    kt_json_open_inline(json, name, '{');
    kt_json_string(json, "expression", text.bytes ? text.bytes : "");
    kt_json_close(json, '}');
    json->out->failed |= text.failed;
    kt_buffer_free(&text);
}

static void write_matrix(kt_json *json, const ketch_circuit *circuit, const kt_op *op) {
    double matrix[KT_MATRIX_ROOM];
    const kt_block *block = &circuit->blocks[op->data];
    if (block->count && !(block->signature[0] | block->signature[1])) { /* an input inside has no value */
        kt_json_null(json, "matrix");
        return;
    }
    kt_op_matrix(matrix, circuit, op);
    size_t side = (size_t)1 << kt_op_target_count(op);
    kt_json_open_inline(json, "matrix", '[');
    for (size_t i = 0; i < side * side; i++) {
        kt_json_open_inline(json, NULL, '[');
        kt_json_number(json, NULL, matrix[2 * i]);
        kt_json_number(json, NULL, matrix[2 * i + 1]);
        kt_json_close(json, ']');
    }
    kt_json_close(json, ']');
}

static void write_gate(kt_json *json, kt_conversion *conversion, const kt_op *op, const uint32_t *operands) {
    bool named = op->gate != KT_GATE_MATRIX;
    kt_json_string(json, "gate", named ? kt_gates[op->gate].name : "matrix");
    write_numbers(json, "controls", operands, op->control_count);
    bool negated = false;
    for (uint32_t i = 0; i < op->control_count; i++) negated |= (operands[i] & KT_NEGATED) != 0;
    if (negated) {
        kt_json_open_inline(json, "values", '[');
        for (uint32_t i = 0; i < op->control_count; i++) kt_json_integer(json, NULL, operands[i] & KT_NEGATED ? 0 : 1);
        kt_json_close(json, ']');
    }
    write_numbers(json, "targets", operands + op->control_count, kt_op_target_count(op));
    if (!named) {
        write_matrix(json, conversion->circuit, op);
        return;
    }
    if (!kt_gates[op->gate].parameter_count) return;
    kt_json_open_inline(json, "parameters", '[');
    for (uint32_t i = 0; i < kt_gates[op->gate].parameter_count; i++) write_angle(json, NULL, conversion, op->data + i);
    kt_json_close(json, ']');
}

/* A program for a stack of truth values. */
static void write_condition(kt_json *json, const ketch_circuit *circuit, const kt_op *jump) {
    static const char *const codes[] = {
        [KT_CONDITION_BIT] = "bit", [KT_CONDITION_CONSTANT] = "constant", [KT_CONDITION_COMPARE] = "compare",
        [KT_CONDITION_NOT] = "not", [KT_CONDITION_AND] = "and",           [KT_CONDITION_OR] = "or",
        [KT_CONDITION_XOR] = "xor"};
    static const char *const signs[] = {"==", "!=", "<", "<=", ">", ">="};
    kt_json_open_inline(json, "condition", '[');
    for (uint32_t i = 0; i < jump->operand_count; i++) {
        const kt_condition *condition = &circuit->conditions[jump->operands + i];
        kt_json_open_inline(json, NULL, '{');
        kt_json_string(json, "code", codes[condition->code]);
        if (condition->code == KT_CONDITION_BIT) kt_json_integer(json, "bit", condition->first);
        if (condition->code == KT_CONDITION_CONSTANT) kt_json_bool(json, "value", condition->first != 0);
        if (condition->code == KT_CONDITION_COMPARE) {
            write_numbers(json, "bits", circuit->operands + condition->first, condition->count);
            kt_json_string(json, "comparison", signs[condition->comparison]);
            kt_json_open_inline(json, "words", '[');
            for (uint32_t w = 0; w < (condition->count + 63) / 64; w++) kt_json_integer(json, NULL, circuit->words[condition->value + w]);
            kt_json_close(json, ']');
        }
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

static void write_instruction(kt_json *json, const ketch_circuit *circuit, const kt_op *op) {
    kt_json_integer(json, "width", op->width);
    kt_json_integer(json, "destination", op->destination);
    kt_json_integer(json, "left", op->left);
    kt_json_integer(json, "right", op->right);
    kt_json_integer(json, "data", op->data);
    if (op->code == KT_DO_SET) kt_json_integer(json, "value", circuit->words[op->left]);
    if (op->code == KT_DO_CALL) write_numbers(json, "saved", circuit->operands + op->left, 4);
}

/* In lower case throughout. */
static void write_name(kt_json *json, uint8_t code) {
    static const char *const names[] = {[KT_OP_GATE] = "gate",
                                        [KT_OP_MEASURE] = "measure",
                                        [KT_OP_RESET] = "reset",
                                        [KT_OP_BARRIER] = "barrier",
                                        [KT_OP_DELAY] = "delay",
                                        [KT_OP_SET_BIT] = "set_bit",
                                        [KT_OP_JUMP_UNLESS] = "jump_unless",
                                        [KT_OP_JUMP] = "jump",
                                        [KT_OP_END] = "end",
                                        [KT_OP_GATE_AT] = "gate_at",
                                        [KT_OP_MEASURE_AT] = "measure_at",
                                        [KT_OP_RESET_AT] = "reset_at"};
    char name[40] = "";
    const char *from = code < KT_OP_CLASSICAL ? names[code] : kt_instruction_name(code);
    for (size_t c = 0; from && from[c] && c + 1 < sizeof name; c++)
        name[c] = from[c] >= 'A' && from[c] <= 'Z' ? (char)(from[c] + 32) : from[c];
    kt_json_string(json, "operation", name);
}

static void write_operation(kt_json *json, kt_conversion *conversion, const kt_op *op) {
    const ketch_circuit *circuit = conversion->circuit;
    const uint32_t *operands = kt_is_instruction(op) ? NULL : kt_op_operands(circuit, op);
    kt_json_open_inline(json, NULL, '{');
    write_name(json, op->code);
    switch (op->code) {
    case KT_OP_GATE:
    case KT_OP_GATE_AT: write_gate(json, conversion, op, operands); break;
    case KT_OP_MEASURE:
        kt_json_integer(json, "qubit", operands[0]);
        if (operands[1] == KT_NO_BIT)
            kt_json_null(json, "bit");
        else
            kt_json_integer(json, "bit", operands[1]);
        kt_json_integer(json, "number", op->data);
        break;
    case KT_OP_MEASURE_AT:
        write_numbers(json, "cells", operands, 2);
        kt_json_integer(json, "number", op->data);
        break;
    case KT_OP_RESET:
        kt_json_integer(json, "qubit", operands[0]);
        kt_json_integer(json, "number", op->data);
        break;
    case KT_OP_RESET_AT:
        write_numbers(json, "cells", operands, 1);
        kt_json_integer(json, "number", op->data);
        break;
    case KT_OP_DELAY: write_angle(json, "seconds", conversion, op->data); /* fall through */
    case KT_OP_BARRIER: write_numbers(json, "qubits", operands, op->operand_count); break;
    case KT_OP_SET_BIT:
        kt_json_integer(json, "bit", operands[0]);
        kt_json_integer(json, "value", op->data);
        break;
    case KT_OP_JUMP_UNLESS: write_condition(json, circuit, op); /* fall through */
    case KT_OP_JUMP: kt_json_integer(json, "to", op->data); break;
    case KT_OP_END: break;
    default: write_instruction(json, circuit, op);
    }
    if (op->line) kt_json_integer(json, "line", op->line);
    kt_json_close(json, '}');
}

ketch_status kt_convert_json(const ketch_circuit *circuit, ketch_sink sink, ketch_diag *diag) {
    kt_conversion conversion = {.stream = {.sink = sink, .diag = diag}, .circuit = circuit, .version = 3, .writing = true};
    kt_json json = {.out = &conversion.stream.out, .indent = true};
    kt_json_open(&json, NULL, '{');
    kt_json_string(&json, "schema", "ketch-circuit/1");
    if (circuit->version) kt_json_integer(&json, "openqasm", (uint64_t)circuit->version);
    kt_json_integer(&json, "qubits", circuit->qubit_count);
    kt_json_integer(&json, "bits", circuit->bit_count);
    kt_json_integer(&json, "cells", circuit->cell_count);
    write_registers(&json, "qubit_registers", circuit->qubit_registers, circuit->qubit_registers_count, false);
    write_registers(&json, "bit_registers", circuit->bit_registers, circuit->bit_registers_count, true);
    write_inputs(&json, circuit);
    write_externs(&json, circuit);
    kt_label_remarks(&json, circuit);
    kt_json_open(&json, "operations", '[');
    for (size_t i = 0; i < circuit->ops_count && kt_conversion_going(&conversion); i++)
        write_operation(&json, &conversion, &circuit->ops[i]);
    kt_json_close(&json, ']');
    kt_json_close(&json, '}');
    kt_buffer_text(&conversion.stream.out, "\n");
    return kt_stream_end(&conversion.stream);
}
