/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes to a circuit: see saved.h. Nothing is trusted: each record is checked by itself as it is read, here, and operations against what
 * they point at once all is there, in restore_check.c. Counts are not believed before that many records have room in what follows.
 */
#include "circuit/saved.h"

#include <math.h>
#include <string.h>

/* ── Numbers and texts ── */

void kt_saved_wrong(kt_saved_reader *reader, const char *what) {
    if (reader->status != KETCH_OK) return;
    reader->status =
        kt_fail(reader->diag, KT_NOT_SAVED, "no saved %s: %s (byte %zu)", reader->kind, what, (size_t)(reader->at - reader->first));
}

static bool has(kt_saved_reader *reader, size_t bytes) {
    if (reader->status != KETCH_OK) return false;
    if ((size_t)(reader->end - reader->at) >= bytes) return true;
    kt_saved_wrong(reader, "it ends too early");
    return false;
}

uint64_t kt_saved_number(kt_saved_reader *reader, size_t bytes) {
    uint64_t number = 0;
    if (!has(reader, bytes)) return 0;
    for (size_t i = 0; i < bytes; i++) number |= (uint64_t)reader->at[i] << (8 * i);
    reader->at += bytes;
    return number;
}

static uint8_t number8(kt_saved_reader *reader) { return (uint8_t)kt_saved_number(reader, 1); }
static uint16_t number16(kt_saved_reader *reader) { return (uint16_t)kt_saved_number(reader, 2); }
static uint32_t number32(kt_saved_reader *reader) { return (uint32_t)kt_saved_number(reader, 4); }

static bool flag(kt_saved_reader *reader) {
    uint8_t number = number8(reader);
    if (number > 1) kt_saved_wrong(reader, "a flag is neither 0 nor 1");
    return number == 1;
}

double kt_saved_double(kt_saved_reader *reader) {
    uint64_t bits = kt_saved_number(reader, 8);
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static bool is_name(const char *bytes, size_t size) {
    for (size_t i = 0, step; i < size; i += step) {
        unsigned char c = (unsigned char)bytes[i];
        step = kt_utf8_size(bytes + i, size - i);
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '$' || c >= 0x80;
        if (!step || !plain) return false;
    }
    return size > 0;
}

kt_saved_text kt_saved_text_of(kt_saved_reader *reader, bool name) {
    size_t size = (size_t)kt_saved_number(reader, 4);
    if (!has(reader, size)) return (kt_saved_text){"", 0};
    kt_saved_text text = {(const char *)reader->at, size};
    if (memchr(text.bytes, 0, size)) kt_saved_wrong(reader, "a text holds a NUL");
    if (name && !is_name(text.bytes, size)) kt_saved_wrong(reader, "a name is none");
    reader->at += size;
    return reader->status == KETCH_OK ? text : (kt_saved_text){"", 0};
}

size_t kt_saved_count(kt_saved_reader *reader, size_t least) {
    size_t count = (size_t)kt_saved_number(reader, 4);
    if (reader->status == KETCH_OK && count > (size_t)(reader->end - reader->at) / least)
        kt_saved_wrong(reader, "there are more records than bytes");
    return reader->status == KETCH_OK ? count : 0;
}

/* ── Records ── */

#define EACH(least)                               \
    count = kt_saved_count(reader, least), i = 0; \
    i < count && reader->status == KETCH_OK;      \
    i++
/* Room for `count` more in a pool; 0 of them where there is none. */
#define ROOM(pool)                                                                                                        \
    if (!kt_reserve(&circuit->pool, &circuit->pool##_capacity, circuit->pool##_count + count + 1, sizeof *circuit->pool)) \
    reader->status = kt_no_memory(reader->diag)

static ketch_status limit(kt_saved_reader *reader, kt_code code, uint64_t found, uint64_t most, const char *what) {
    if (reader->status == KETCH_OK && found > most)
        reader->status = kt_fail(reader->diag, code, "the circuit has %llu %s; the limit is %llu", (unsigned long long)found, what,
                                 (unsigned long long)most);
    return reader->status;
}

static void read_registers(kt_saved_reader *reader, ketch_circuit *circuit, const ketch_load_options *options, bool quantum) {
    size_t count, i;
    for (EACH(8)) {
        kt_saved_text name = kt_saved_text_of(reader, true);
        uint32_t size = number32(reader);
        bool counted = !quantum && flag(reader);
        uint64_t all = (uint64_t)size + (quantum ? circuit->qubit_count : circuit->bit_count);
        if (!size) kt_saved_wrong(reader, "a register is empty");
        if (limit(reader, quantum ? KT_QUBIT_LIMIT : KT_BIT_LIMIT, all, quantum ? options->max_qubits : options->max_bits,
                  quantum ? "qubits" : "bits") == KETCH_OK)
            reader->status = kt_circuit_add_register(circuit, quantum, name.bytes, name.size, size, counted, reader->diag);
    }
}

static void read_variables(kt_saved_reader *reader, ketch_circuit *circuit) {
    size_t count, i;
    for (EACH(18)) {
        kt_saved_text name = kt_saved_text_of(reader, true);
        kt_variable variable = {.type = KT_SCALAR_BITS, .in_bits = true, .width = number16(reader)};
        variable.first = number32(reader);
        variable.begins = number32(reader);
        variable.ends = number32(reader);
        uint32_t width = variable.width ? variable.width : 1;
        if (width > circuit->bit_count || variable.first > circuit->bit_count - width)
            kt_saved_wrong(reader, "a variable lies outside the bits");
        ROOM(variables);
        if (reader->status != KETCH_OK) return;
        variable.name = kt_arena_copy(&circuit->names, name.bytes, name.size);
        if (!variable.name) reader->status = kt_no_memory(reader->diag);
        if (variable.name) circuit->variables[circuit->variables_count++] = variable;
    }
}

static void read_remarks(kt_saved_reader *reader, ketch_circuit *circuit) {
    size_t count, i;
    for (EACH(8)) {
        kt_saved_text text = kt_saved_text_of(reader, false);
        uint32_t line = number32(reader);
        if (reader->status == KETCH_OK) reader->status = kt_circuit_add_remark(circuit, text.bytes, text.size, line, reader->diag);
    }
}

static void read_places(kt_saved_reader *reader, ketch_circuit *circuit) {
    size_t count, i;
    kt_saved_text source = {"", 0};
    char *file = NULL; /* terminated, unlike the line */
    for (EACH(13)) {
        kt_place place = {.line = number32(reader)};
        uint32_t index;
        place.column = number32(reader);
        place.length = number32(reader);
        if (flag(reader)) {
            kt_saved_text name = kt_saved_text_of(reader, false);
            kt_free(file);
            file = kt_strndup(name.bytes, name.size);
            if (!file) reader->status = kt_no_memory(reader->diag);
            source = kt_saved_text_of(reader, false);
        }
        if (!file) kt_saved_wrong(reader, "the first place has no line");
        if (reader->status != KETCH_OK) break;
        place.file = file;
        place.source_line = source.bytes;
        place.source_size = source.size;
        reader->status = kt_circuit_add_place(&index, circuit, &place, reader->diag);
        if (reader->status == KETCH_OK && index != i) kt_saved_wrong(reader, "a place comes twice");
    }
    circuit->kept_line = NULL; /* the bytes will be gone */
    kt_free(file);
}

static void read_inputs(kt_saved_reader *reader, ketch_circuit *circuit) {
    size_t count, i;
    for (EACH(16)) {
        kt_saved_text name = kt_saved_text_of(reader, true);
        kt_input type = {.type = number8(reader)};
        uint32_t index;
        type.width = number16(reader);
        bool bound = flag(reader);
        double value = kt_saved_double(reader);
        bool known = type.type == KT_SCALAR_FLOAT || type.type == KT_SCALAR_ANGLE;
        if (!known || type.width < 1 || type.width > 64) kt_saved_wrong(reader, "an input is neither a float nor an angle");
        if (bound && !isfinite(value)) kt_saved_wrong(reader, "an input is bound to what is no number");
        if (reader->status == KETCH_OK) reader->status = kt_circuit_add_input(&index, circuit, name.bytes, name.size, type, reader->diag);
        if (reader->status != KETCH_OK || !bound) continue;
        circuit->inputs[index].bound = true;
        circuit->inputs[index].value = value;
    }
}

static void read_nodes(kt_saved_reader *reader, ketch_circuit *circuit) {
    size_t count, i;
    for (EACH(17)) {
        uint8_t code = number8(reader);
        uint32_t a = number32(reader), b = number32(reader), index;
        double value = kt_saved_double(reader);
        bool binary = code >= KT_NODE_ADD && code <= KT_NODE_POWER;
        if (code > KT_NODE_FLOOR) kt_saved_wrong(reader, "no operation on parameters");
        if (code == KT_NODE_INPUT && a >= circuit->inputs_count) kt_saved_wrong(reader, "an expression reads an input that is not there");
        if (code > KT_NODE_INPUT && (a >= i || (binary && b >= i))) kt_saved_wrong(reader, "an expression reads what comes after it");
        if (reader->status == KETCH_OK)
            reader->status = kt_circuit_add_node(&index, circuit, (kt_node_code)code, a, b, value, reader->diag);
    }
}

/* Numbers, and which of them come from expressions: those need not be finite before everything is bound. */
static void read_params(kt_saved_reader *reader, ketch_circuit *circuit) {
    size_t count, i, next = 0;
    for (EACH(8)) {
        ROOM(params);
        if (reader->status == KETCH_OK) circuit->params[circuit->params_count++] = kt_saved_double(reader);
    }
    read_inputs(reader, circuit);
    read_nodes(reader, circuit);
    for (EACH(12)) {
        uint32_t param = number32(reader), node = number32(reader), place = number32(reader);
        if (param >= circuit->params_count || node >= circuit->nodes_count || place >= circuit->places_count)
            kt_saved_wrong(reader, "an angle comes from nowhere");
        if (param < next) kt_saved_wrong(reader, "angles are not in order");
        for (; next < param && reader->status == KETCH_OK; next++)
            if (!isfinite(circuit->params[next])) kt_saved_wrong(reader, "an angle is not finite");
        if (reader->status == KETCH_OK) reader->status = kt_circuit_add_slot(circuit, param, node, place, reader->diag);
        next = (size_t)param + 1;
    }
    for (; next < circuit->params_count && reader->status == KETCH_OK; next++)
        if (!isfinite(circuit->params[next])) kt_saved_wrong(reader, "an angle is not finite");
}

/* ── Operations ── */

typedef struct gate_list {
    uint16_t gates[KT_GATE_COUNT + 1];
    size_t count;
} gate_list;

static uint16_t gate_called(kt_saved_text name, uint8_t provided_by) {
    if (!name.size) return KT_GATE_MATRIX;
    for (uint16_t gate = 0; gate < KT_GATE_COUNT; gate++) {
        const kt_gate *record = &kt_gates[gate];
        if (record->provided_by == provided_by && strlen(record->name) == name.size && memcmp(record->name, name.bytes, name.size) == 0)
            return gate;
    }
    return KT_GATE_NONE;
}

static void read_gates(kt_saved_reader *reader, gate_list *list) {
    size_t count, i;
    for (EACH(5)) {
        kt_saved_text name = kt_saved_text_of(reader, false);
        uint16_t gate = gate_called(name, number8(reader));
        if (gate == KT_GATE_NONE) kt_saved_wrong(reader, "a gate is not known here");
        if (i > KT_GATE_COUNT) kt_saved_wrong(reader, "there are more gates than are known");
        if (reader->status == KETCH_OK) list->gates[list->count++] = gate;
    }
}

static kt_op read_op(kt_saved_reader *reader, const gate_list *list) {
    kt_op op = {.code = number8(reader)}; /* one read in an initialiser: of several the order would be open */
    op.conditional = flag(reader);
    op.gate = number16(reader);
    op.control_count = number32(reader);
    op.operands = number32(reader);
    op.operand_count = number32(reader);
    op.data = number32(reader);
    op.line = number32(reader);
    if (op.code != KT_OP_GATE) return op;
    if (op.gate >= list->count) kt_saved_wrong(reader, "an operation has no gate");
    op.gate = op.gate < list->count ? list->gates[op.gate] : 0;
    return op;
}

static void read_conditions(kt_saved_reader *reader, ketch_circuit *circuit) {
    size_t count, i;
    for (EACH(4)) {
        ROOM(operands);
        if (reader->status == KETCH_OK) circuit->operands[circuit->operands_count++] = number32(reader);
    }
    for (EACH(8)) {
        ROOM(words);
        if (reader->status == KETCH_OK) circuit->words[circuit->words_count++] = kt_saved_number(reader, 8);
    }
    for (EACH(14)) {
        kt_condition condition = {.code = number8(reader)};
        condition.comparison = number8(reader);
        condition.first = number32(reader);
        condition.count = number32(reader);
        condition.value = number32(reader);
        if (reader->status == KETCH_OK) reader->status = kt_circuit_add_condition(&(uint32_t){0}, circuit, condition, reader->diag);
    }
}

static void read_blocks(kt_saved_reader *reader, ketch_circuit *circuit) {
    size_t count, i;
    double *matrix = kt_array(KT_MATRIX_ROOM, sizeof *matrix);
    if (!matrix) reader->status = kt_no_memory(reader->diag);
    for (EACH(34 + 64)) {
        uint32_t index;
        kt_block block = {.qubit_count = number8(reader)};
        block.adjoint = flag(reader);
        block.first = number32(reader);
        block.count = number32(reader);
        block.exponent = number32(reader);
        block.place = number32(reader);
        block.signature[0] = kt_saved_number(reader, 8);
        block.signature[1] = kt_saved_number(reader, 8);
        if (block.qubit_count < 1 || block.qubit_count > KT_BLOCK_QUBITS) {
            kt_saved_wrong(reader, "a matrix is of too many qubits, or none");
            break;
        }
        for (size_t k = 0; k < (size_t)2 << (2 * block.qubit_count); k++) matrix[k] = kt_saved_double(reader);
        if (reader->status != KETCH_OK) break;
        uint32_t from = block.count; /* which a matrix that is given has not */
        reader->status = kt_circuit_add_block(&index, circuit, block, matrix, reader->diag);
        if (reader->status == KETCH_OK) circuit->blocks[index].count = from;
    }
    kt_free(matrix);
}

static void read_operations(kt_saved_reader *reader, ketch_circuit *circuit, const ketch_load_options *options) {
    size_t count, i;
    gate_list list = {.count = 0};
    read_gates(reader, &list);
    read_conditions(reader, circuit);
    for (EACH(24)) {
        ROOM(block_ops);
        if (reader->status == KETCH_OK) circuit->block_ops[circuit->block_ops_count++] = read_op(reader, &list);
    }
    read_blocks(reader, circuit);
    for (EACH(24)) {
        if (!i) limit(reader, KT_GATE_LIMIT, count, options->max_gates, "operations");
        ROOM(ops);
        if (reader->status == KETCH_OK) circuit->ops[circuit->ops_count++] = read_op(reader, &list);
    }
}

static void read_circuit(kt_saved_reader *reader, ketch_circuit *circuit, const ketch_load_options *options) {
    circuit->version = number8(reader);
    circuit->hash[0] = kt_saved_number(reader, 8);
    circuit->hash[1] = kt_saved_number(reader, 8);
    circuit->draw_count = number32(reader);
    if (circuit->version == 1 || circuit->version > 3) kt_saved_wrong(reader, "no version of OpenQASM");
    read_registers(reader, circuit, options, true);
    read_registers(reader, circuit, options, false);
    read_variables(reader, circuit);
    read_remarks(reader, circuit);
    read_places(reader, circuit);
    read_params(reader, circuit);
    read_operations(reader, circuit, options);
    if (reader->status == KETCH_OK && reader->at != reader->end) kt_saved_wrong(reader, "more follows");
    kt_saved_check(reader, circuit, options);
    if (reader->status == KETCH_OK) reader->status = kt_circuit_resolve(circuit, reader->diag);
}

/* ── The door ── */

static kt_saved_kind read_head(kt_saved_reader *reader, size_t size) {
    uint64_t hash[2];
    bool magic = has(reader, KT_SAVED_HEAD) && memcmp(reader->at, KT_SAVED_MAGIC, 8) == 0;
    if (reader->status == KETCH_OK && !magic) kt_saved_wrong(reader, "it does not begin like one");
    if (reader->status != KETCH_OK) return KT_SAVED_OPERATIONS;
    reader->at += 8;
    uint32_t version = number32(reader);
    if (version != KT_SAVED_VERSION) {
        reader->status = kt_fail(reader->diag, KT_NOT_SAVED, "a circuit saved in version %u of the format; this is version %d", version,
                                 KT_SAVED_VERSION);
        return KT_SAVED_OPERATIONS;
    }
    if (number32(reader)) kt_saved_wrong(reader, "its head is wrong");
    if (kt_saved_number(reader, 8) != size) kt_saved_wrong(reader, "it was cut, or more was added");
    kt_hash128(hash, reader->first + KT_SAVED_HEAD, size - KT_SAVED_HEAD);
    if (kt_saved_number(reader, 8) != hash[0]) kt_saved_wrong(reader, "its bytes were changed");
    uint8_t kind = number8(reader);
    if (kind > KT_SAVED_PROGRAM) kt_saved_wrong(reader, "it is of a kind that is not known");
    return (kt_saved_kind)kind;
}

ketch_status kt_circuit_restore(ketch_circuit **out, const void *bytes, size_t size, const ketch_load_options *options,
                                kt_read_sources *read, ketch_diag *diag) {
    kt_saved_reader reader = {.kind = "circuit", .first = bytes, .at = bytes, .end = (const unsigned char *)bytes + size, .diag = diag};
    *out = NULL;
    if (size > options->max_source_bytes)
        return kt_fail(diag, KT_SOURCE_TOO_LARGE, "the circuit has %zu bytes; the limit is %llu", size,
                       (unsigned long long)options->max_source_bytes);
    kt_saved_kind kind = read_head(&reader, size);
    if (reader.status == KETCH_OK && kind == KT_SAVED_PROGRAM) {
        kt_saved_program(out, &reader, options, read);
    } else if (reader.status == KETCH_OK) {
        reader.status = kt_circuit_new(out, diag);
        if (*out) read_circuit(&reader, *out, options);
    }
    if (reader.status == KETCH_OK) return KETCH_OK;
    kt_circuit_free(*out);
    *out = NULL;
    return reader.status;
}
