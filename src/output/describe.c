/* SPDX-License-Identifier: Apache-2.0
 *
 * A circuit described: registers, gates by kind, depth, memory; as text or JSON (docs/info.schema.json).
 */
#include "output/label.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A kind of gate: the record, and how many controls it has beyond its own. */
typedef struct gate_kind {
    kt_op example;
    uint64_t count;
} gate_kind;

typedef struct gate_kinds {
    gate_kind *items;
    size_t count, capacity;
} gate_kinds;

static bool same_kind(const kt_op *a, const kt_op *b) {
    return a->gate == b->gate && a->control_count == b->control_count &&
           (a->gate != KT_GATE_MATRIX || a->operand_count == b->operand_count);
}

/* Kinds are few: a list suffices, with the one met last looked at first. */
static bool count_gate(gate_kinds *kinds, const kt_op *op, size_t *last) {
    if (*last < kinds->count && same_kind(&kinds->items[*last].example, op)) {
        kinds->items[*last].count++;
        return true;
    }
    for (*last = 0; *last < kinds->count && !same_kind(&kinds->items[*last].example, op);) ++*last;
    if (*last == kinds->count) {
        if (!kt_reserve(&kinds->items, &kinds->capacity, kinds->count + 1, sizeof *kinds->items)) return false;
        kinds->items[kinds->count++] = (gate_kind){.example = *op};
    }
    kinds->items[*last].count++;
    return true;
}

static int most_used_first(const void *a, const void *b) {
    const gate_kind *left = a, *right = b;
    if (left->count != right->count) return left->count > right->count ? -1 : 1;
    if (left->example.gate != right->example.gate) return left->example.gate < right->example.gate ? -1 : 1;
    if (left->example.control_count != right->example.control_count)
        return left->example.control_count < right->example.control_count ? -1 : 1;
    return left->example.operand_count < right->example.operand_count ? -1 : left->example.operand_count > right->example.operand_count;
}

static ketch_status find_kinds(gate_kinds *kinds, const ketch_circuit *circuit, ketch_diag *diag) {
    size_t last = 0;
    for (size_t i = 0; i < circuit->ops_count; i++) {
        if (circuit->ops[i].code == KT_OP_GATE && !count_gate(kinds, &circuit->ops[i], &last)) return kt_no_memory(diag);
    }
    if (kinds->count) qsort(kinds->items, kinds->count, sizeof *kinds->items, most_used_first);
    return KETCH_OK;
}

/* Bytes of a state over `qubits` qubits, a power of two and so exact; infinite beyond the range of a double. */
static double state_bytes(uint64_t qubits, int amplitude) { return ldexp(amplitude, qubits < 2000 ? (int)qubits : 2000); }

typedef struct description {
    const ketch_circuit *circuit;
    const ketch_circuit_summary *summary;
    const gate_kinds *kinds;
    const char *name;
} description;

/* ── Text ── */

static void add_row(kt_buffer *out, const char *title) { kt_text_left(out, title, 16); }

static void add_count(kt_buffer *out, const char *title, uint64_t count) {
    add_row(out, title);
    kt_buffer_format(out, "%llu\n", (unsigned long long)count);
}

static void add_registers(kt_buffer *out, const kt_register_info *registers, size_t count) {
    enum { SHOWN = 16 };
    uint64_t unnamed = 0; /* bits of the program's own, and of subroutines */
    size_t named = 0;
    for (size_t i = 0; i < count; i++) {
        if (!registers[i].name[0])
            unnamed += registers[i].size;
        else if (named++ < SHOWN)
            kt_buffer_format(out, "%s%s[%u]", named > 1 ? ", " : ": ", registers[i].name, registers[i].size);
    }
    if (named > SHOWN) kt_buffer_format(out, ", and %zu more registers", named - SHOWN);
    if (unnamed) kt_buffer_format(out, "%s%llu without a name", named ? ", " : ": ", (unsigned long long)unnamed);
    kt_buffer_text(out, "\n");
}

/* Is it one number, which can be shown? */
static bool has_number(const kt_input *input) {
    return (input->type == KT_SCALAR_FLOAT || input->type == KT_SCALAR_ANGLE) && !input->dimensions.dimension_count;
}

static void describe_gates(kt_stream *stream, const description *about) {
    kt_buffer *out = &stream->out;
    add_count(out, "gates", about->summary->gates);
    for (size_t i = 0; i < about->kinds->count && kt_stream_pump(stream); i++) {
        kt_buffer name = {0};
        kt_label_name(&name, &about->kinds->items[i].example);
        kt_buffer_text(out, "  ");
        kt_text_left(out, name.bytes ? name.bytes : "", 13);
        kt_buffer_text(out, name.size > 13 ? "  " : " ");
        kt_buffer_format(out, "%llu\n", (unsigned long long)about->kinds->items[i].count);
        out->failed |= name.failed;
        kt_buffer_free(&name);
    }
}

static void describe_inputs(kt_stream *stream, const ketch_circuit *circuit) {
    kt_buffer *out = &stream->out;
    for (size_t i = 0; i < circuit->inputs_count && kt_stream_pump(stream); i++) {
        const kt_input *input = &circuit->inputs[i];
        add_row(out, i ? "" : "inputs");
        kt_type_text(out, kt_value_type_of(input->type, input->width), &input->dimensions);
        kt_buffer_format(out, " %s", input->name);
        if (input->bound && has_number(input)) {
            kt_buffer_text(out, " = ");
            kt_buffer_number(out, input->value);
        }
        kt_buffer_text(out, input->bound && !has_number(input) ? ", given\n" : "\n");
    }
}

/* "parity(bit[4], int[8]) -> bool" */
static void add_signature(kt_buffer *out, const kt_extern *function) {
    kt_buffer_format(out, "%s(", function->name);
    for (uint32_t a = 0; a < function->argument_count; a++) {
        if (a) kt_buffer_text(out, ", ");
        kt_type_text(out, function->arguments[a], NULL);
    }
    kt_buffer_text(out, ")");
    if (function->returns.type == KETCH_TYPE_VOID) return;
    kt_buffer_text(out, " -> ");
    kt_type_text(out, function->returns, NULL);
}

static void describe_externs(kt_stream *stream, const ketch_circuit *circuit) {
    for (size_t i = 0; i < circuit->externs_count && kt_stream_pump(stream); i++) {
        add_row(&stream->out, i ? "" : "externs");
        add_signature(&stream->out, &circuit->externs[i]);
        kt_buffer_text(&stream->out, "\n");
    }
}

static void describe_remarks(kt_stream *stream, const ketch_circuit *circuit) {
    for (size_t i = 0; i < circuit->remarks_count && kt_stream_pump(stream); i++) {
        add_row(&stream->out, i ? "" : "remarks");
        kt_buffer_format(&stream->out, "line %u: %s\n", circuit->remarks[i].line, circuit->remarks[i].text);
    }
}

static void add_state_bytes(kt_buffer *out, uint64_t qubits, int amplitude) {
    char text[KT_NUMBER_TEXT];
    if (qubits <= 70)
        kt_buffer_add(out, text, kt_bytes_text(text, state_bytes(qubits, amplitude)));
    else
        kt_buffer_format(out, "2^%llu B", (unsigned long long)qubits + (amplitude == 16 ? 4 : 3));
}

static void describe_as_text(kt_stream *stream, const description *about) {
    kt_buffer *out = &stream->out;
    const ketch_circuit_summary *summary = about->summary;
    char held[KT_NUMBER_TEXT];
    if (about->name) kt_text_heading(out, about->name);
    if (summary->version) {
        add_row(out, "language");
        kt_buffer_format(out, "OpenQASM %d\n", summary->version);
    }
    add_row(out, "qubits");
    kt_buffer_format(out, "%llu", (unsigned long long)summary->qubits);
    if (summary->used_qubits != summary->qubits) kt_buffer_format(out, " (%llu in use)", (unsigned long long)summary->used_qubits);
    add_registers(out, about->circuit->qubit_registers, about->circuit->qubit_registers_count);
    add_row(out, "bits");
    kt_buffer_format(out, "%llu", (unsigned long long)summary->bits);
    add_registers(out, about->circuit->bit_registers, about->circuit->bit_registers_count);
    add_count(out, "depth", summary->depth);
    add_count(out, "operations", summary->operations);
    describe_gates(stream, about);
    if (summary->measurements) add_count(out, "measurements", summary->measurements);
    if (summary->resets) add_count(out, "resets", summary->resets);
    if (summary->conditions) add_count(out, "conditions", summary->conditions);
    describe_inputs(stream, about->circuit);
    describe_externs(stream, about->circuit);
    describe_remarks(stream, about->circuit);
    add_row(out, "memory");
    kt_buffer_text(out, "state ");
    add_state_bytes(out, summary->used_qubits, 16);
    kt_buffer_text(out, " in fp64, ");
    add_state_bytes(out, summary->used_qubits, 8);
    kt_bytes_text(held, (double)summary->memory_bytes);
    kt_buffer_format(out, " in fp32; circuit %s\n", held);
}

/* ── JSON ── */

static void write_registers(kt_json *json, const char *title, const kt_register_info *registers, size_t count) {
    kt_json_open(json, title, '[');
    for (size_t i = 0; i < count; i++) {
        kt_json_open_inline(json, NULL, '{');
        kt_json_string(json, "name", registers[i].name);
        kt_json_integer(json, "size", registers[i].size);
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

static void write_gates(kt_json *json, const gate_kinds *kinds) {
    kt_json_open(json, "gates_by_kind", '{');
    for (size_t i = 0; i < kinds->count; i++) {
        kt_buffer name = {0};
        kt_label_name(&name, &kinds->items[i].example);
        kt_json_integer(json, name.bytes ? name.bytes : "", kinds->items[i].count);
        json->out->failed |= name.failed;
        kt_buffer_free(&name);
    }
    kt_json_close(json, '}');
}

/* `parameters`: those with a number; `inputs`: all, with their types. */
static void write_inputs(kt_json *json, const ketch_circuit *circuit) {
    kt_json_open(json, "parameters", '{');
    for (size_t i = 0; i < circuit->inputs_count; i++) {
        if (!has_number(&circuit->inputs[i])) continue;
        if (circuit->inputs[i].bound)
            kt_json_number(json, circuit->inputs[i].name, circuit->inputs[i].value);
        else
            kt_json_null(json, circuit->inputs[i].name);
    }
    kt_json_close(json, '}');
    kt_json_open(json, "inputs", '[');
    for (size_t i = 0; i < circuit->inputs_count; i++) {
        const kt_input *input = &circuit->inputs[i];
        kt_buffer type = {0};
        kt_type_text(&type, kt_value_type_of(input->type, input->width), &input->dimensions);
        kt_json_open_inline(json, NULL, '{');
        kt_json_string(json, "name", input->name);
        kt_json_string(json, "type", type.bytes ? type.bytes : "");
        kt_json_bool(json, "given", input->bound);
        kt_json_close(json, '}');
        json->out->failed |= type.failed;
        kt_buffer_free(&type);
    }
    kt_json_close(json, ']');
}

static void write_texts(kt_json *json, const ketch_circuit *circuit) {
    kt_json_open(json, "externs", '[');
    for (size_t i = 0; i < circuit->externs_count; i++) {
        kt_buffer text = {0};
        add_signature(&text, &circuit->externs[i]);
        kt_json_string(json, NULL, text.bytes ? text.bytes : "");
        json->out->failed |= text.failed;
        kt_buffer_free(&text);
    }
    kt_json_close(json, ']');
    kt_label_remarks(json, circuit);
}

static void describe_as_json(kt_stream *stream, const description *about, bool indent) {
    const ketch_circuit_summary *summary = about->summary;
    kt_json json = {.out = &stream->out, .indent = indent};
    kt_json_open(&json, NULL, '{');
    kt_json_string(&json, "schema", "ketch-info/1");
    if (about->name) kt_json_string(&json, "name", about->name);
    if (summary->version) kt_json_integer(&json, "openqasm", (uint64_t)summary->version);
    kt_json_integer(&json, "qubits", summary->qubits);
    kt_json_integer(&json, "used_qubits", summary->used_qubits);
    kt_json_integer(&json, "bits", summary->bits);
    write_registers(&json, "qubit_registers", about->circuit->qubit_registers, about->circuit->qubit_registers_count);
    write_registers(&json, "bit_registers", about->circuit->bit_registers, about->circuit->bit_registers_count);
    kt_json_integer(&json, "depth", summary->depth);
    kt_json_integer(&json, "operations", summary->operations);
    kt_json_integer(&json, "gates", summary->gates);
    write_gates(&json, about->kinds);
    kt_json_integer(&json, "measurements", summary->measurements);
    kt_json_integer(&json, "resets", summary->resets);
    kt_json_integer(&json, "conditions", summary->conditions);
    write_inputs(&json, about->circuit);
    write_texts(&json, about->circuit);
    kt_json_open_inline(&json, "state_bytes", '{');
    kt_json_number(&json, "fp64", state_bytes(summary->used_qubits, 16)); /* null beyond the range of a double */
    kt_json_number(&json, "fp32", state_bytes(summary->used_qubits, 8));
    kt_json_close(&json, '}');
    kt_json_integer(&json, "circuit_bytes", summary->memory_bytes);
    kt_json_close(&json, '}');
    kt_buffer_text(&stream->out, "\n");
}

ketch_status kt_output_circuit(const ketch_circuit *circuit, const ketch_write_options *options, ketch_sink sink, ketch_diag *diag) {
    if (options->format > KETCH_FORMAT_JSONL) return kt_fail(diag, KT_BAD_ARGUMENT, "a circuit is described as text, JSON or JSON lines");
    ketch_circuit_summary summary = {.struct_size = sizeof summary};
    ketch_status status = kt_circuit_summary(&summary, circuit);
    if (status != KETCH_OK) return kt_no_memory(diag);
    gate_kinds kinds = {0};
    kt_stream stream = {.sink = sink, .diag = diag, .status = find_kinds(&kinds, circuit, diag)};
    description about = {circuit, &summary, &kinds, options->name};
    if (stream.status == KETCH_OK) {
        if (options->format == KETCH_FORMAT_TEXT)
            describe_as_text(&stream, &about);
        else
            describe_as_json(&stream, &about, options->format == KETCH_FORMAT_JSON);
    }
    kt_free(kinds.items);
    return kt_stream_end(&stream);
}
