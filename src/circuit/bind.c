/* SPDX-License-Identifier: Apache-2.0
 *
 * Named parameters: the expression graph, and binding. A node's operands come before it, so one pass in order evaluates the whole graph,
 * however often parts of it are shared. Values are worked out aside and written only when every angle that they lead to is finite.
 */
#include "circuit/circuit.h"

#include <math.h>
#include <string.h>

static double evaluate(kt_node_code code, double a, double b) {
    switch (code) {
    case KT_NODE_ADD: return a + b;
    case KT_NODE_SUBTRACT: return a - b;
    case KT_NODE_MULTIPLY: return a * b;
    case KT_NODE_DIVIDE: return a / b;
    case KT_NODE_MODULO: return fmod(a, b);
    case KT_NODE_POWER: return pow(a, b);
    case KT_NODE_NEGATE: return -a;
    case KT_NODE_SIN: return sin(a);
    case KT_NODE_COS: return cos(a);
    case KT_NODE_TAN: return tan(a);
    case KT_NODE_ARCSIN: return asin(a);
    case KT_NODE_ARCCOS: return acos(a);
    case KT_NODE_ARCTAN: return atan(a);
    case KT_NODE_EXP: return exp(a);
    case KT_NODE_LOG: return log(a);
    case KT_NODE_SQRT: return sqrt(a);
    case KT_NODE_CEILING: return ceil(a);
    case KT_NODE_FLOOR: return floor(a);
    case KT_NODE_CONSTANT:
    case KT_NODE_INPUT:
    case KT_NODE_STRETCH: break;
    }
    return a;
}

static bool is_leaf(kt_node_code code) { return code == KT_NODE_CONSTANT || code == KT_NODE_INPUT || code == KT_NODE_STRETCH; }

static bool is_binary(kt_node_code code) { return code >= KT_NODE_ADD && code <= KT_NODE_POWER; }

ketch_status kt_circuit_add_node(uint32_t *index, ketch_circuit *circuit, kt_node_code code, uint32_t a, uint32_t b, double value,
                                 ketch_diag *diag) {
    if (circuit->nodes_count >= UINT32_MAX - 1) return kt_fail(diag, KT_CIRCUIT_TOO_LARGE, "more than 2^32 parameter expressions");
    if (!kt_reserve(&circuit->nodes, &circuit->nodes_capacity, circuit->nodes_count + 1, sizeof *circuit->nodes)) return kt_no_memory(diag);
    kt_node node = {.code = (uint8_t)code, .a = a, .b = is_binary(code) ? b : 0, .value = value};
    if (code == KT_NODE_CONSTANT) {
        node.known = true;
    } else if (code == KT_NODE_INPUT) {
        node.known = circuit->inputs[a].bound;
        node.value = node.known ? circuit->inputs[a].value : NAN;
    } else if (code == KT_NODE_STRETCH) {
        node.value = NAN;
    } else {
        const kt_node *left = &circuit->nodes[a], *right = is_binary(code) ? &circuit->nodes[b] : left;
        node.known = left->known && right->known;
        node.value = node.known ? evaluate(code, left->value, right->value) : NAN;
        if (left->code == KT_NODE_CONSTANT && right->code == KT_NODE_CONSTANT)
            node = (kt_node){.code = KT_NODE_CONSTANT, .known = true, .value = node.value};
    }
    *index = (uint32_t)circuit->nodes_count;
    circuit->nodes[circuit->nodes_count++] = node;
    return KETCH_OK;
}

/* A float or an angle is what nodes use; another input has its value in cells alone, as the program will see it. */
static bool is_parameter(const kt_input *input) {
    return (input->type == KT_SCALAR_FLOAT || input->type == KT_SCALAR_ANGLE) && !input->dimensions.dimension_count;
}

ketch_status kt_circuit_add_input(uint32_t *index, ketch_circuit *circuit, const char *name, size_t name_size, kt_input type,
                                  ketch_diag *diag) {
    kt_input input = {.value = NAN, .type = type.type, .width = type.width, .dimensions = type.dimensions};
    input.in_cells = !is_parameter(&input);
    size_t words = input.in_cells ? kt_cells_in_all((kt_scalar)input.type, input.width, &input.dimensions) : 0;
    if (words > UINT32_MAX - circuit->input_words_count) return kt_fail(diag, KT_CIRCUIT_TOO_LARGE, "inputs of more than 2^32 cells");
    if (!kt_reserve(&circuit->inputs, &circuit->inputs_capacity, circuit->inputs_count + 1, sizeof *circuit->inputs) ||
        !kt_reserve(&circuit->input_words, &circuit->input_words_capacity, circuit->input_words_count + words,
                    sizeof *circuit->input_words))
        return kt_no_memory(diag);
    if (!(input.name = kt_arena_copy(&circuit->names, name, name_size))) return kt_no_memory(diag);
    input.words = (uint32_t)circuit->input_words_count;
    if (words) memset(circuit->input_words + input.words, 0, words * sizeof *circuit->input_words);
    circuit->input_words_count += words;
    *index = (uint32_t)circuit->inputs_count;
    circuit->inputs[circuit->inputs_count++] = input;
    return KETCH_OK;
}

static ketch_status not_finite(const ketch_circuit *circuit, uint32_t place, ketch_diag *diag) {
    const kt_saved_place *saved = &circuit->places[place];
    kt_place where = {.file = saved->file,
                      .line = saved->line,
                      .column = saved->column,
                      .length = saved->length,
                      .source_line = saved->source_line,
                      .source_size = strlen(saved->source_line)};
    return kt_fail_at(diag, KT_PARAMETER_NOT_FINITE, &where, "this angle is NaN or infinite with the parameters given");
}

ketch_status kt_circuit_add_slot(ketch_circuit *circuit, uint32_t param, uint32_t node, uint32_t place, ketch_diag *diag) {
    const kt_node *source = &circuit->nodes[node];
    if (source->known && !isfinite(source->value)) return not_finite(circuit, place, diag);
    if (!kt_reserve(&circuit->slots, &circuit->slots_capacity, circuit->slots_count + 1, sizeof *circuit->slots)) return kt_no_memory(diag);
    size_t at = circuit->slots_count++; /* by parameter, for kt_circuit_slot_node; nearly always the last already */
    for (; at > 0 && circuit->slots[at - 1].param > param; at--) circuit->slots[at] = circuit->slots[at - 1];
    circuit->slots[at] = (kt_slot){.param = param, .node = node, .place = place};
    circuit->params[param] = source->value;
    return KETCH_OK;
}

void kt_circuit_settle_stretches(ketch_circuit *circuit, const double *values) {
    size_t kept = 0;
    for (size_t i = 0; i < circuit->nodes_count; i++) {
        kt_node *node = &circuit->nodes[i];
        kt_node_code code = (kt_node_code)node->code;
        bool leaf = is_leaf(code); /* which reads no nodes */
        const kt_node *left = leaf ? node : &circuit->nodes[node->a], *right = is_binary(code) ? &circuit->nodes[node->b] : left;
        bool settled = !leaf && left->code == KT_NODE_CONSTANT && right->code == KT_NODE_CONSTANT;
        if (code == KT_NODE_STRETCH || settled)
            *node = (kt_node){
                .code = KT_NODE_CONSTANT, .known = true, .value = settled ? evaluate(code, left->value, right->value) : *values++};
    }
    for (size_t i = 0; i < circuit->slots_count; i++) {
        const kt_slot *slot = &circuit->slots[i];
        const kt_node *node = &circuit->nodes[slot->node];
        if (node->code == KT_NODE_CONSTANT)
            circuit->params[slot->param] = node->value;
        else
            circuit->slots[kept++] = *slot;
    }
    circuit->slots_count = kept;
}

uint32_t kt_circuit_slot_node(const ketch_circuit *circuit, uint32_t param) {
    size_t low = 0, high = circuit->slots_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (circuit->slots[middle].param < param)
            low = middle + 1;
        else
            high = middle;
    }
    return low < circuit->slots_count && circuit->slots[low].param == param ? circuit->slots[low].node : UINT32_MAX;
}

/* ── Blocks ── */

/* matrix (n x n) = operation · matrix, the operation's operands being index bits. */
static void apply_to_matrix(double *matrix, size_t n, const ketch_circuit *circuit, const kt_op *op) {
    double gate[KT_MATRIX_ROOM];
    kt_op_matrix(gate, circuit, op);
    const uint32_t *operands = kt_op_operands(circuit, op), *targets = operands + op->control_count;
    uint32_t target_count = kt_op_target_count(op);
    size_t size = (size_t)1 << target_count, mask = 0, wanted = 0, rows[1 << KT_BLOCK_QUBITS];
    for (uint32_t i = 0; i < op->control_count; i++) {
        size_t bit = (size_t)1 << (operands[i] & ~KT_NEGATED);
        mask |= bit;
        if (!(operands[i] & KT_NEGATED)) wanted |= bit;
    }
    size_t target_mask = 0;
    for (uint32_t t = 0; t < target_count; t++) target_mask |= (size_t)1 << targets[t];
    for (size_t base = 0; base < n; base++) {
        if ((base & target_mask) || (base & mask) != wanted) continue;
        for (size_t r = 0; r < size; r++) {
            rows[r] = base;
            for (uint32_t t = 0; t < target_count; t++) rows[r] |= (r >> t & 1) << targets[t];
        }
        for (size_t column = 0; column < n; column++) {
            double old[2 << KT_BLOCK_QUBITS];
            for (size_t r = 0; r < size; r++) memcpy(old + 2 * r, matrix + 2 * (rows[r] * n + column), 2 * sizeof *old);
            for (size_t r = 0; r < size; r++) {
                double re = 0, im = 0;
                for (size_t c = 0; c < size; c++) {
                    const double *g = gate + 2 * (r * size + c);
                    re += g[0] * old[2 * c] - g[1] * old[2 * c + 1];
                    im += g[0] * old[2 * c + 1] + g[1] * old[2 * c];
                }
                matrix[2 * (rows[r] * n + column)] = re;
                matrix[2 * (rows[r] * n + column) + 1] = im;
            }
        }
    }
}

/* What a block's matrix depends on, in short: its parameters, and the blocks among its operations. False where one is not bound yet (NaN).
 */
static bool sign_block(uint64_t signature[2], const ketch_circuit *circuit, const kt_block *block) {
    struct {
        uint64_t before[2], inner[2];
        double number;
    } link = {{1, 1}, {0, 0}, circuit->params[block->exponent]};
    kt_hash128(signature, &link, sizeof link);
    bool known = !isnan(link.number);
    for (uint32_t i = 0; i < block->count && known; i++) {
        const kt_op *op = &circuit->block_ops[block->first + i];
        bool matrix = op->gate == KT_GATE_MATRIX;
        uint32_t count = matrix ? 1 : kt_gates[op->gate].parameter_count;
        for (uint32_t p = 0; p < count && known; p++) {
            memcpy(link.before, signature, sizeof link.before);
            if (matrix) memcpy(link.inner, circuit->blocks[op->data].signature, sizeof link.inner);
            link.number = matrix ? 0 : circuit->params[op->data + p];
            known = !isnan(link.number);
            kt_hash128(signature, &link, sizeof link);
        }
    }
    return known;
}

static ketch_status resolve_block(double *out, const ketch_circuit *circuit, const kt_block *block, ketch_diag *diag) {
    size_t n = (size_t)1 << block->qubit_count, numbers = 2 * n * n;
    double *product = kt_array(numbers, sizeof *product);
    if (!product) return kt_no_memory(diag);
    kt_matrix_identity(product, n);
    for (uint32_t i = 0; i < block->count; i++) apply_to_matrix(product, n, circuit, &circuit->block_ops[block->first + i]);
    double exponent = circuit->params[block->exponent];
    ketch_status status = KETCH_OK;
    if (exponent == 1)
        memcpy(out, product, numbers * sizeof *out);
    else
        status = kt_matrix_power(out, product, n, exponent, diag);
    if (status == KETCH_OK && block->adjoint) kt_matrix_adjoint(out, n);
    kt_free(product);
    return status;
}

/* In order: a block's operations may use blocks before it. Those that are what they were are left alone. */
ketch_status kt_circuit_resolve(ketch_circuit *circuit, ketch_diag *diag) {
    for (size_t i = 0; i < circuit->blocks_count; i++) {
        kt_block *block = &circuit->blocks[i];
        uint64_t signature[2];
        if (!block->count || !sign_block(signature, circuit, block)) continue;
        if (memcmp(signature, block->signature, sizeof signature) == 0) continue;
        ketch_status status = resolve_block(circuit->matrices + block->matrix, circuit, block, diag);
        if (status != KETCH_OK) return status;
        memcpy(block->signature, signature, sizeof signature);
    }
    return KETCH_OK;
}

/* ── Binding ── */

typedef struct value {
    double value;
    bool known;
} value;

static void evaluate_nodes(value *out, const ketch_circuit *circuit, const value *inputs) {
    for (size_t i = 0; i < circuit->nodes_count; i++) {
        const kt_node *node = &circuit->nodes[i];
        kt_node_code code = (kt_node_code)node->code;
        if (code == KT_NODE_INPUT) {
            out[i] = inputs[node->a];
        } else if (is_leaf(code)) {
            out[i] = (value){node->value, node->known};
        } else {
            value a = out[node->a], b = is_binary(code) ? out[node->b] : a;
            bool known = a.known && b.known;
            out[i] = (value){known ? evaluate(code, a.value, b.value) : NAN, known};
        }
    }
}

/* Exchanges the nodes' and slots' values with those given: called again, it undoes itself. */
static void exchange(ketch_circuit *circuit, value *values) {
    for (size_t i = 0; i < circuit->nodes_count; i++) {
        value old = {circuit->nodes[i].value, circuit->nodes[i].known};
        circuit->nodes[i].value = values[i].value;
        circuit->nodes[i].known = values[i].known;
        values[i] = old;
    }
    for (size_t i = 0; i < circuit->slots_count; i++)
        circuit->params[circuit->slots[i].param] = circuit->nodes[circuit->slots[i].node].value;
}

static ketch_status bind(ketch_circuit *circuit, const value *inputs, ketch_diag *diag) {
    value *values = kt_array(circuit->nodes_count, sizeof *values);
    double *matrices = kt_array(circuit->matrices_count, sizeof *matrices);
    ketch_status status = values && matrices ? KETCH_OK : kt_no_memory(diag);
    if (status == KETCH_OK) {
        evaluate_nodes(values, circuit, inputs);
        for (size_t i = 0; i < circuit->slots_count && status == KETCH_OK; i++) {
            const value *angle = &values[circuit->slots[i].node];
            if (angle->known && !isfinite(angle->value)) status = not_finite(circuit, circuit->slots[i].place, diag);
        }
    }
    if (status == KETCH_OK) {
        exchange(circuit, values);
        if (circuit->matrices_count) memcpy(matrices, circuit->matrices, circuit->matrices_count * sizeof *matrices);
        status = kt_circuit_resolve(circuit, diag);
        if (status != KETCH_OK) {
            exchange(circuit, values);
            memcpy(circuit->matrices, matrices, circuit->matrices_count * sizeof *matrices);
            for (size_t i = 0; i < circuit->blocks_count; i++) memset(circuit->blocks[i].signature, 0, sizeof circuit->blocks[i].signature);
        }
    }
    for (size_t i = 0; i < circuit->inputs_count && status == KETCH_OK; i++) {
        circuit->inputs[i].value = inputs[i].value;
        circuit->inputs[i].bound = inputs[i].known;
    }
    kt_free(values);
    kt_free(matrices);
    return status;
}

static void hint_input(const ketch_circuit *circuit, const char *name, ketch_diag *diag) {
    kt_nearest nearest = kt_nearest_to((kt_span){name, (uint32_t)strlen(name)});
    for (size_t i = 0; i < circuit->inputs_count; i++) kt_nearest_try(&nearest, circuit->inputs[i].name, strlen(circuit->inputs[i].name));
    if (nearest.best.size)
        kt_hint(diag, "did you mean `%s`?", nearest.best.at);
    else if (circuit->inputs_count)
        kt_hint(diag, "its first parameter is `%s`", circuit->inputs[0].name);
    else
        kt_hint(diag, "it has no `input` at all");
}

/* The input called `name`, looked for from `guess` on: names are mostly given in the order of their declaration. */
static size_t find_input(const ketch_circuit *circuit, const char *name, size_t guess) {
    for (size_t i = 0; i < circuit->inputs_count; i++, guess++) {
        if (guess >= circuit->inputs_count) guess = 0;
        if (strcmp(circuit->inputs[guess].name, name) == 0) return guess;
    }
    return circuit->inputs_count;
}

/* What a call of bind works on: all inputs' values, aside. */
typedef struct binding {
    value *inputs;
    uint64_t *words; /* as input_words */
    size_t next;     /* where the next name is expected */
} binding;

static ketch_status begin_binding(binding *out, const ketch_circuit *circuit, ketch_diag *diag) {
    *out = (binding){.inputs = kt_array(circuit->inputs_count, sizeof *out->inputs),
                     .words = kt_array(circuit->input_words_count, sizeof *out->words)};
    if (!out->inputs || !out->words) return kt_no_memory(diag);
    for (size_t i = 0; i < circuit->inputs_count; i++) out->inputs[i] = (value){circuit->inputs[i].value, circuit->inputs[i].bound};
    if (circuit->input_words_count) memcpy(out->words, circuit->input_words, circuit->input_words_count * sizeof *out->words);
    return KETCH_OK;
}

static ketch_status end_binding(binding *given, ketch_circuit *circuit, ketch_status status, ketch_diag *diag) {
    if (status == KETCH_OK) status = bind(circuit, given->inputs, diag);
    if (status == KETCH_OK && circuit->input_words_count)
        memcpy(circuit->input_words, given->words, circuit->input_words_count * sizeof *given->words);
    kt_free(given->inputs);
    kt_free(given->words);
    return status;
}

static ketch_status name_input(const kt_input **out, binding *given, const ketch_circuit *circuit, const char *name, ketch_diag *diag) {
    size_t input = find_input(circuit, name, given->next);
    if (input == circuit->inputs_count) {
        ketch_status status = kt_fail(diag, KT_PARAMETER_UNKNOWN, "the circuit has no parameter `%s`", name);
        hint_input(circuit, name, diag);
        return status;
    }
    given->next = input + 1;
    *out = &circuit->inputs[input];
    return KETCH_OK;
}

static ketch_status place_value(binding *given, const ketch_circuit *circuit, const char *name, double bound, ketch_diag *diag) {
    const kt_input *input = NULL;
    ketch_status status = name_input(&input, given, circuit, name, diag);
    if (status != KETCH_OK) return status;
    if (!isfinite(bound)) return kt_fail(diag, KT_PARAMETER_NOT_FINITE, "the value of parameter `%s` is NaN or infinite", name);
    if (!is_parameter(input)) status = kt_input_take(given->words + input->words, input, bound, diag);
    given->inputs[input - circuit->inputs] = (value){bound, true};
    return status;
}

ketch_status kt_circuit_bind(ketch_circuit *circuit, size_t count, const char *const *names, const double *values, ketch_diag *diag) {
    binding given;
    ketch_status status = begin_binding(&given, circuit, diag);
    for (size_t i = 0; i < count && status == KETCH_OK; i++) status = place_value(&given, circuit, names[i], values[i], diag);
    return end_binding(&given, circuit, status, diag);
}

ketch_status kt_circuit_bind_text(ketch_circuit *circuit, const char *name, const char *text, size_t length, ketch_diag *diag) {
    binding given;
    const kt_input *input = NULL;
    ketch_status status = begin_binding(&given, circuit, diag);
    if (status == KETCH_OK) status = name_input(&input, &given, circuit, name, diag);
    if (status == KETCH_OK) {
        uint64_t cell; /* of a parameter, which stands in none */
        value *own = &given.inputs[input - circuit->inputs];
        own->known = true;
        status = kt_input_read(&own->value, is_parameter(input) ? &cell : given.words + input->words, input, text, length, diag);
    }
    return end_binding(&given, circuit, status, diag);
}

/* A value of the input's type, as a command line has it. */
static const char *example_of(const kt_input *input) {
    static const char bits[] = "0101010101010101";
    if (input->dimensions.dimension_count) return "[...]";
    switch ((kt_scalar)input->type) {
    case KT_SCALAR_BOOL: return "true";
    case KT_SCALAR_INT:
    case KT_SCALAR_UINT: return "1";
    case KT_SCALAR_DURATION: return "100ns";
    case KT_SCALAR_BITS: return input->width < sizeof bits ? bits + (sizeof bits - 1 - (input->width ? input->width : 1)) : "...";
    default: return "0.5";
    }
}

ketch_status kt_circuit_check_bound(const ketch_circuit *circuit, ketch_diag *diag) {
    kt_buffer missing = {0};
    size_t count = 0;
    const kt_input *first = NULL;
    for (size_t i = 0; i < circuit->inputs_count; i++) {
        if (circuit->inputs[i].bound) continue;
        if (!first) first = &circuit->inputs[i];
        kt_buffer_format(&missing, "%s`%s`", count++ ? ", " : "", circuit->inputs[i].name);
    }
    ketch_status status = KETCH_OK;
    if (count) {
        status = missing.failed ? kt_no_memory(diag)
                                : kt_fail(diag, KT_PARAMETER_UNBOUND, "%s without a value: %s", count > 1 ? "parameters" : "a parameter",
                                          missing.bytes);
        if (!missing.failed) kt_hint(diag, "give each one a value: --param %s=%s, or ketch_circuit_bind", first->name, example_of(first));
    }
    kt_buffer_free(&missing);
    return status;
}
