/* SPDX-License-Identifier: Apache-2.0
 *
 * A circuit in numbers and words: counts, depth, hash, and the text of parameter expressions.
 */
#include "circuit/circuit.h"

#include <string.h>

/* ── Depth ──
 *
 * Each qubit and bit has a level, the length of the longest chain that ends there. An operation takes the highest level among what it
 * touches, plus one. Under a condition it also waits for the bits that are read; `guards` is the stack of conditions around the current
 * operation. */
typedef struct guard {
    uint32_t end; /* first operation after its range */
    uint64_t level;
} guard;

typedef struct levels {
    uint64_t *qubits, *bits; /* bits lie behind qubits in one array */
    guard *guards;
    size_t guard_count, guard_capacity;
    uint64_t deepest;
    uint64_t least; /* of an operation: what acts on qubits chosen while the program runs waits for all, and all wait for it */
} levels;

static void raise_to(uint64_t *level, uint64_t other) {
    if (other > *level) *level = other;
}

static uint64_t condition_level(const levels *at, const ketch_circuit *circuit, const kt_op *jump) {
    uint64_t level = 0;
    for (uint32_t i = 0; i < jump->operand_count; i++) {
        const kt_condition *condition = &circuit->conditions[jump->operands + i];
        if (condition->code == KT_CONDITION_BIT) raise_to(&level, at->bits[condition->first]);
        for (uint32_t b = 0; condition->code == KT_CONDITION_COMPARE && b < condition->count; b++)
            raise_to(&level, at->bits[circuit->operands[condition->first + b]]);
    }
    return level;
}

static bool open_guard(levels *at, guard opened) {
    if (at->guard_count) raise_to(&opened.level, at->guards[at->guard_count - 1].level);
    if (!kt_reserve(&at->guards, &at->guard_capacity, at->guard_count + 1, sizeof *at->guards)) return false;
    at->guards[at->guard_count++] = opened;
    return true;
}

/* The level cell of operand i: for a measurement and a bit that is set, a bit, or NULL for one that is not kept. */
static uint64_t *cell(const levels *at, const kt_op *op, const uint32_t *operands, uint32_t i) {
    bool bit = op->code == KT_OP_SET_BIT || (op->code == KT_OP_MEASURE && i == 1);
    if (bit) return operands[i] == KT_NO_BIT ? NULL : &at->bits[operands[i]];
    return &at->qubits[operands[i] & ~KT_NEGATED];
}

static void advance(levels *at, const ketch_circuit *circuit, const kt_op *op) {
    const uint32_t *operands = kt_op_operands(circuit, op);
    bool waits_only = op->code == KT_OP_BARRIER || op->code == KT_OP_DELAY || op->code == KT_OP_SET_BIT;
    uint64_t level = at->guard_count ? at->guards[at->guard_count - 1].level : 0;
    raise_to(&level, at->least);
    for (uint32_t i = 0; i < op->operand_count; i++) {
        const uint64_t *touched = cell(at, op, operands, i);
        if (touched) raise_to(&level, *touched);
    }
    if (op->operand_count == 0) return; /* a global phase takes no place */
    level += !waits_only;
    for (uint32_t i = 0; i < op->operand_count; i++) {
        uint64_t *touched = cell(at, op, operands, i);
        if (touched) *touched = level;
    }
    raise_to(&at->deepest, level);
}

static bool find_depth(levels *at, const ketch_circuit *circuit) {
    for (size_t i = 0; i < circuit->ops_count; i++) {
        const kt_op *op = &circuit->ops[i];
        while (at->guard_count && at->guards[at->guard_count - 1].end <= i) at->guard_count--;
        if (op->code == KT_OP_JUMP_UNLESS && op->data > i) {
            if (!open_guard(at, (guard){op->data, condition_level(at, circuit, op)})) return false;
        } else if (op->code == KT_OP_JUMP) { /* the end of a first branch: its condition guards the other one too */
            if (at->guard_count && op->data > i) at->guards[at->guard_count - 1].end = op->data;
        } else if (op->code == KT_OP_GATE_AT || op->code == KT_OP_MEASURE_AT || op->code == KT_OP_RESET_AT) {
            at->least = ++at->deepest;
        } else if (op->code != KT_OP_END && !kt_is_instruction(op)) {
            advance(at, circuit, op);
        }
    }
    return true;
}

static uint64_t memory_of(const ketch_circuit *circuit) {
#define BYTES(pool) (uint64_t) circuit->pool##_capacity * sizeof *circuit->pool
    return sizeof *circuit + BYTES(ops) + BYTES(operands) + BYTES(params) + BYTES(qubit_registers) + BYTES(bit_registers) +
           BYTES(conditions) + BYTES(words) + BYTES(inputs) + BYTES(nodes) + BYTES(slots) + BYTES(places) + BYTES(blocks) +
           BYTES(block_ops) + BYTES(matrices) + BYTES(open_conditions) + BYTES(input_words) + BYTES(variables) + BYTES(externs) +
           BYTES(op_places) + BYTES(remarks) + BYTES(sources) + circuit->names.used;
#undef BYTES
}

ketch_status kt_circuit_summary(ketch_circuit_summary *out, const ketch_circuit *circuit) {
    size_t cells = (size_t)circuit->qubit_count + circuit->bit_count;
    levels at = {.qubits = kt_array(cells + 1, sizeof *at.qubits)};
    uint8_t *used = kt_zalloc((size_t)circuit->qubit_count + 1);
    ketch_status status = at.qubits && used ? KETCH_OK : KETCH_ERROR_MEMORY;
    if (status == KETCH_OK) {
        memset(at.qubits, 0, (cells + 1) * sizeof *at.qubits);
        at.bits = at.qubits + circuit->qubit_count;
        if (!find_depth(&at, circuit)) status = KETCH_ERROR_MEMORY;
    }
    if (status == KETCH_OK) {
        ketch_circuit_summary summary = {.struct_size = sizeof summary,
                                         .qubits = circuit->qubit_count,
                                         .bits = circuit->bit_count,
                                         .operations = circuit->ops_count,
                                         .depth = at.deepest,
                                         .parameters = circuit->inputs_count,
                                         .version = circuit->version,
                                         .memory_bytes = memory_of(circuit)};
        for (size_t i = 0; i < circuit->ops_count; i++) {
            const kt_op *op = &circuit->ops[i];
            const uint32_t *operands = circuit->operands + (kt_is_instruction(op) ? 0 : op->operands);
            summary.gates += op->code == KT_OP_GATE || op->code == KT_OP_GATE_AT;
            summary.measurements += op->code == KT_OP_MEASURE || op->code == KT_OP_MEASURE_AT;
            summary.resets += op->code == KT_OP_RESET || op->code == KT_OP_RESET_AT;
            summary.conditions += op->code == KT_OP_JUMP_UNLESS || op->code == KT_DO_JUMP_IF || op->code == KT_DO_JUMP_IF_NOT;
            if (op->code >= KT_OP_GATE_AT && op->code <= KT_OP_RESET_AT) memset(used, 1, circuit->qubit_count);
            bool touches = op->code == KT_OP_GATE || op->code == KT_OP_MEASURE || op->code == KT_OP_RESET;
            uint32_t count = op->code == KT_OP_MEASURE ? 1 : op->operand_count;
            for (uint32_t q = 0; touches && q < count; q++) used[operands[q] & ~KT_NEGATED] = 1;
        }
        for (uint32_t q = 0; q < circuit->qubit_count; q++) summary.used_qubits += used[q];
        *out = summary;
    }
    kt_free(at.qubits);
    kt_free(at.guards);
    kt_free(used);
    return status;
}

void kt_circuit_hash(uint64_t out[2], const ketch_circuit *circuit) {
    if (circuit->hash[0] || circuit->hash[1]) {
        memcpy(out, circuit->hash, sizeof circuit->hash);
        return;
    }
    uint64_t parts[8][2];
    kt_hash128(parts[0], circuit->ops, circuit->ops_count * sizeof *circuit->ops);
    kt_hash128(parts[1], circuit->operands, circuit->operands_count * sizeof *circuit->operands);
    kt_hash128(parts[2], circuit->params, circuit->params_count * sizeof *circuit->params);
    kt_hash128(parts[3], circuit->matrices, circuit->matrices_count * sizeof *circuit->matrices);
    kt_hash128(parts[4], circuit->words, circuit->words_count * sizeof *circuit->words);
    parts[5][0] = circuit->qubit_count, parts[5][1] = circuit->bit_count;
    parts[6][0] = circuit->conditions_count, parts[6][1] = circuit->inputs_count;
    kt_hash128(parts[7], circuit->input_words, circuit->input_words_count * sizeof *circuit->input_words);
    kt_hash128(out, parts, (circuit->dynamic ? 8 : 7) * sizeof *parts); /* built by calls, or without values of its own: as it was */
}

/* ── Expressions as text ── */

static const struct operator_text {
    const char *text; /* "+", or the name of a function */
    int binding;      /* how tightly it binds; 0 for a function */
} operators[] = {
    [KT_NODE_ADD] = {" + ", 1},         [KT_NODE_SUBTRACT] = {" - ", 1}, [KT_NODE_MULTIPLY] = {"*", 2},    [KT_NODE_DIVIDE] = {"/", 2},
    [KT_NODE_MODULO] = {" % ", 2},      [KT_NODE_POWER] = {"**", 4},     [KT_NODE_NEGATE] = {"-", 3},      [KT_NODE_SIN] = {"sin", 0},
    [KT_NODE_COS] = {"cos", 0},         [KT_NODE_TAN] = {"tan", 0},      [KT_NODE_ARCSIN] = {"arcsin", 0}, [KT_NODE_ARCCOS] = {"arccos", 0},
    [KT_NODE_ARCTAN] = {"arctan", 0},   [KT_NODE_EXP] = {"exp", 0},      [KT_NODE_LOG] = {"log", 0},       [KT_NODE_SQRT] = {"sqrt", 0},
    [KT_NODE_CEILING] = {"ceiling", 0}, [KT_NODE_FLOOR] = {"floor", 0},
};
enum { LONGEST_TEXT = 48, DEEPEST_TEXT = 16 };

static void write_node(kt_buffer *out, const ketch_circuit *circuit, uint32_t index, int binding, int depth) {
    const kt_node *node = &circuit->nodes[index];
    kt_node_code code = (kt_node_code)node->code;
    if (depth > DEEPEST_TEXT || out->size > LONGEST_TEXT) {
        kt_buffer_text(out, "...");
    } else if (code == KT_NODE_CONSTANT) {
        char text[KT_NUMBER_TEXT];
        kt_buffer_add(out, text, kt_number_round(text, node->value, 6));
    } else if (code == KT_NODE_INPUT) {
        kt_buffer_text(out, circuit->inputs[node->a].name);
    } else {
        int own = operators[code].binding;
        bool binary = code >= KT_NODE_ADD && code <= KT_NODE_POWER, enclosed = own && own < binding;
        if (enclosed) kt_buffer_text(out, "(");
        if (binary) write_node(out, circuit, node->a, code == KT_NODE_POWER ? own + 1 : own, depth + 1);
        kt_buffer_text(out, operators[code].text);
        if (!own) kt_buffer_text(out, "(");
        write_node(out, circuit, binary ? node->b : node->a, !own ? 0 : code == KT_NODE_POWER ? own : own + 1, depth + 1);
        if (!own || enclosed) kt_buffer_text(out, ")");
    }
}

void kt_circuit_node_text(kt_buffer *out, const ketch_circuit *circuit, uint32_t node) {
    kt_buffer text = {0};
    write_node(&text, circuit, node, 0, 0);
    if (text.failed)
        out->failed = true;
    else
        kt_buffer_add(out, text.bytes, text.size);
    kt_buffer_free(&text);
}
