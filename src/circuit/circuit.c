/* SPDX-License-Identifier: Apache-2.0
 *
 * The circuit: its pools, and the primitive operations that add to them. See circuit.h.
 *
 * Adding reserves everything first and writes last, so that a failed allocation changes nothing that can be seen.
 */
#include "circuit/circuit.h"

#include <math.h>
#include <string.h>

/* Room for `more` entries in a pool; indices are 32 bits wide. */
static ketch_status reserve(void *items, size_t *capacity, size_t count, size_t more, size_t item_size, ketch_diag *diag) {
    if (more > UINT32_MAX - 1 || count > UINT32_MAX - 1 - more)
        return kt_fail(diag, KT_CIRCUIT_TOO_LARGE, "the circuit has more than 2^32 entries of one kind");
    return kt_reserve(items, capacity, count + more, item_size) ? KETCH_OK : kt_no_memory(diag);
}
#define RESERVE(circuit, pool, more, diag) \
    reserve(&(circuit)->pool, &(circuit)->pool##_capacity, (circuit)->pool##_count, more, sizeof *(circuit)->pool, diag)

ketch_status kt_circuit_new(ketch_circuit **out, ketch_diag *diag) {
    ketch_circuit *circuit = *out = kt_zalloc(sizeof **out);
    if (!circuit) return kt_no_memory(diag);
    /* operations point into these pools, if only at nothing: the pools exist */
    ketch_status status = RESERVE(circuit, operands, 1, diag);
    if (status == KETCH_OK) status = RESERVE(circuit, params, 1, diag);
    if (status == KETCH_OK) return KETCH_OK;
    kt_circuit_free(circuit);
    *out = NULL;
    return status;
}

void kt_circuit_free(ketch_circuit *circuit) {
    if (!circuit) return;
    void *const pools[] = {circuit->ops,         circuit->operands,  circuit->params,    circuit->qubit_registers, circuit->bit_registers,
                           circuit->words,       circuit->inputs,    circuit->nodes,     circuit->slots,           circuit->conditions,
                           circuit->places,      circuit->blocks,    circuit->block_ops, circuit->matrices,        circuit->open_conditions,
                           circuit->input_words, circuit->variables, circuit->externs,   circuit->op_places,       circuit->remarks,   circuit->sources};
    for (size_t i = 0; i < sizeof pools / sizeof *pools; i++) kt_free(pools[i]);
    kt_arena_free(&circuit->names);
    kt_free(circuit);
}

ketch_status kt_circuit_add_register(ketch_circuit *circuit, bool quantum, const char *name, size_t name_size, uint32_t size, bool counted,
                                     ketch_diag *diag) {
    uint32_t *total = quantum ? &circuit->qubit_count : &circuit->bit_count;
    if (size > KT_MAX_WIDTH - *total) return kt_fail(diag, KT_CIRCUIT_TOO_LARGE, "more than 2^31 qubits or bits");
    ketch_status status = quantum ? RESERVE(circuit, qubit_registers, 1, diag) : RESERVE(circuit, bit_registers, 1, diag);
    if (status != KETCH_OK) return status;
    char *copy = kt_arena_copy(&circuit->names, name, name_size);
    if (!copy) return kt_no_memory(diag);
    kt_register_info info = {.name = copy, .first = *total, .size = size, .counted = counted};
    if (quantum)
        circuit->qubit_registers[circuit->qubit_registers_count++] = info;
    else
        circuit->bit_registers[circuit->bit_registers_count++] = info;
    *total += size;
    return KETCH_OK;
}

ketch_status kt_circuit_add_gate(ketch_circuit *circuit, kt_gate_id gate, uint32_t control_count, const uint32_t *operands,
                                 const double *params, uint32_t line, ketch_diag *diag) {
    const kt_gate *record = &kt_gates[gate];
    uint32_t operand_count = control_count + record->target_count;
    ketch_status status = RESERVE(circuit, ops, 1, diag);
    if (status == KETCH_OK) status = RESERVE(circuit, operands, operand_count, diag);
    if (status == KETCH_OK) status = RESERVE(circuit, params, record->parameter_count, diag);
    if (status != KETCH_OK) return status;
    circuit->ops[circuit->ops_count++] = (kt_op){.code = KT_OP_GATE,
                                                 .conditional = circuit->condition_depth > 0,
                                                 .gate = (uint16_t)gate,
                                                 .control_count = control_count,
                                                 .operands = (uint32_t)circuit->operands_count,
                                                 .operand_count = operand_count,
                                                 .data = (uint32_t)circuit->params_count,
                                                 .line = line};
    for (uint32_t i = 0; i < operand_count; i++) circuit->operands[circuit->operands_count++] = operands[i];
    for (uint32_t i = 0; i < record->parameter_count; i++) circuit->params[circuit->params_count++] = params[i];
    return KETCH_OK;
}

ketch_status kt_circuit_add_op(ketch_circuit *circuit, kt_op op, const uint32_t *operands, uint32_t count, ketch_diag *diag) {
    ketch_status status = RESERVE(circuit, ops, 1, diag);
    if (status == KETCH_OK) status = RESERVE(circuit, operands, count, diag);
    if (status != KETCH_OK) return status;
    bool draws = op.code == KT_OP_MEASURE || op.code == KT_OP_RESET || op.code == KT_OP_MEASURE_AT || op.code == KT_OP_RESET_AT;
    if (draws && circuit->draw_count == UINT32_MAX) return kt_fail(diag, KT_CIRCUIT_TOO_LARGE, "more than 2^32 measurements and resets");
    op.conditional = circuit->condition_depth > 0;
    if (op.code != KT_OP_JUMP_UNLESS) { /* whose operands are a range of the conditions */
        op.operands = (uint32_t)circuit->operands_count;
        op.operand_count = count;
        if (count) memcpy(circuit->operands + circuit->operands_count, operands, count * sizeof *operands);
        circuit->operands_count += count;
    }
    if (draws) op.data = circuit->draw_count++;
    circuit->ops[circuit->ops_count++] = op;
    return KETCH_OK;
}

ketch_status kt_circuit_add_condition(uint32_t *index, ketch_circuit *circuit, kt_condition condition, ketch_diag *diag) {
    ketch_status status = RESERVE(circuit, conditions, 1, diag);
    if (status != KETCH_OK) return status;
    *index = (uint32_t)circuit->conditions_count;
    circuit->conditions[circuit->conditions_count++] = condition;
    return KETCH_OK;
}

ketch_status kt_circuit_add_place(uint32_t *index, ketch_circuit *circuit, const kt_place *place, ketch_diag *diag) {
    const kt_saved_place *last = circuit->places_count ? &circuit->places[circuit->places_count - 1] : NULL;
    /* the parameters of one gate often share their place */
    if (last && last->line == place->line && last->column == place->column && strcmp(last->file, place->file) == 0) {
        *index = (uint32_t)circuit->places_count - 1;
        return KETCH_OK;
    }
    ketch_status status = RESERVE(circuit, places, 1, diag);
    if (status != KETCH_OK) return status;
    kt_saved_place saved = {.line = place->line, .column = place->column, .length = place->length};
    if (circuit->places_count && place->source_line && place->source_line == circuit->kept_line) { /* a line may hold a whole program */
        last = &circuit->places[circuit->places_count - 1];
        saved.file = last->file;
        saved.source_line = last->source_line;
    } else {
        const char *line = place->source_line ? place->source_line : "", *file = place->file ? place->file : "";
        saved.source_line = kt_arena_copy(&circuit->names, line, place->source_line ? place->source_size : 0);
        saved.file = saved.source_line ? kt_arena_copy(&circuit->names, file, strlen(file)) : NULL;
        if (!saved.file) return kt_no_memory(diag);
        circuit->kept_line = place->source_line;
    }
    *index = (uint32_t)circuit->places_count;
    circuit->places[circuit->places_count++] = saved;
    return KETCH_OK;
}

ketch_status kt_circuit_add_block(uint32_t *index, ketch_circuit *circuit, kt_block block, const double *matrix, ketch_diag *diag) {
    size_t numbers = (size_t)2 << (2 * block.qubit_count);
    ketch_status status = RESERVE(circuit, blocks, 1, diag);
    if (status == KETCH_OK) status = RESERVE(circuit, matrices, numbers, diag);
    if (status != KETCH_OK) return status;
    block.matrix = circuit->matrices_count;
    double *kept = circuit->matrices + block.matrix;
    if (matrix)
        memcpy(kept, matrix, numbers * sizeof *kept);
    else
        memset(kept, 0, numbers * sizeof *kept);
    if (matrix) block.count = 0;
    circuit->matrices_count += numbers;
    *index = (uint32_t)circuit->blocks_count;
    circuit->blocks[circuit->blocks_count++] = block;
    return KETCH_OK;
}

void kt_op_matrix(double *out, const ketch_circuit *circuit, const kt_op *op) {
    if (op->gate != KT_GATE_MATRIX) {
        kt_gates[op->gate].matrix(out, circuit->params + op->data);
        return;
    }
    const kt_block *block = &circuit->blocks[op->data];
    memcpy(out, circuit->matrices + block->matrix, ((size_t)2 << (2 * block->qubit_count)) * sizeof *out);
}

/* bits[...] as a number compared with words, from the highest bit down. */
static int compare_bits(const ketch_circuit *circuit, const kt_condition *condition, const uint64_t *bits) {
    const uint32_t *operands = circuit->operands + condition->first;
    const uint64_t *words = circuit->words + condition->value;
    for (uint32_t i = condition->count; i-- > 0;) {
        int bit = (int)(bits[operands[i] / 64] >> (operands[i] % 64) & 1), wanted = (int)(words[i / 64] >> (i % 64) & 1);
        if (bit != wanted) return bit - wanted;
    }
    return 0;
}

static bool comparison_holds(kt_comparison comparison, int order) {
    switch (comparison) {
    case KT_EQUAL: return order == 0;
    case KT_NOT_EQUAL: return order != 0;
    case KT_LESS: return order < 0;
    case KT_LESS_EQUAL: return order <= 0;
    case KT_GREATER: return order > 0;
    default: return order >= 0;
    }
}

bool kt_condition_holds(const ketch_circuit *circuit, const kt_op *jump, const uint64_t *bits) {
    bool stack[KT_CONDITION_DEPTH] = {false};
    size_t depth = 0;
    for (uint32_t i = 0; i < jump->operand_count; i++) {
        const kt_condition *condition = &circuit->conditions[jump->operands + i];
        switch ((kt_condition_code)condition->code) {
        case KT_CONDITION_BIT: stack[depth++] = bits[condition->first / 64] >> (condition->first % 64) & 1; break;
        case KT_CONDITION_CONSTANT: stack[depth++] = condition->first != 0; break;
        case KT_CONDITION_COMPARE:
            stack[depth++] = comparison_holds((kt_comparison)condition->comparison, compare_bits(circuit, condition, bits));
            break;
        case KT_CONDITION_NOT: stack[depth - 1] = !stack[depth - 1]; break;
        case KT_CONDITION_AND: depth--, stack[depth - 1] = stack[depth - 1] && stack[depth]; break;
        case KT_CONDITION_OR: depth--, stack[depth - 1] = stack[depth - 1] || stack[depth]; break;
        case KT_CONDITION_XOR: depth--, stack[depth - 1] = stack[depth - 1] != stack[depth]; break;
        }
    }
    return stack[0];
}

/* ── Copy ── */

static bool copy_pool(void *pool, size_t *capacity, const void *items, size_t count, size_t item_size) {
    void *copy = kt_array(count, item_size); /* an empty pool too */
    if (!copy) return false;
    *capacity = count;
    if (count) memcpy(copy, items, count * item_size);
    memcpy(pool, &copy, sizeof copy);
    return true;
}

static const char *copy_name(ketch_circuit *circuit, const char *name) { return kt_arena_copy(&circuit->names, name, strlen(name)); }

static bool copy_names(ketch_circuit *copy) {
    bool whole = true;
#define COPY_TEXTS(pool, member) \
    for (size_t i = 0; i < copy->pool##_count && whole; i++) whole = (copy->pool[i].member = copy_name(copy, copy->pool[i].member)) != NULL;
    COPY_TEXTS(qubit_registers, name)
    COPY_TEXTS(bit_registers, name)
    COPY_TEXTS(inputs, name)
    COPY_TEXTS(variables, name)
    COPY_TEXTS(externs, name)
    COPY_TEXTS(remarks, text)
#undef COPY_TEXTS
    for (size_t i = 0; i < copy->externs_count && whole; i++) {
        kt_extern *callee = &copy->externs[i];
        size_t bytes = callee->argument_count * sizeof *callee->arguments;
        ketch_value_type *arguments = kt_arena_alloc(&copy->names, bytes);
        whole = arguments != NULL;
        if (whole && bytes) memcpy(arguments, callee->arguments, bytes);
        callee->arguments = arguments;
    }
    for (size_t i = 0; i < copy->sources_count && whole; i++) {
        kt_kept_source *source = &copy->sources[i];
        whole = (source->name = copy_name(copy, source->name)) != NULL &&
                (source->text = kt_arena_copy(&copy->names, source->text, source->size)) != NULL;
    }
    kt_saved_place before = {0}, now;
    for (size_t i = 0; i < copy->places_count && whole; i++, before = now) {
        now = copy->places[i];
        if (i && now.source_line == before.source_line) { /* shared there, shared here */
            copy->places[i].file = copy->places[i - 1].file;
            copy->places[i].source_line = copy->places[i - 1].source_line;
            continue;
        }
        whole = (copy->places[i].file = copy_name(copy, copy->places[i].file)) != NULL &&
                (copy->places[i].source_line = copy_name(copy, copy->places[i].source_line)) != NULL;
    }
    return whole;
}

ketch_status kt_circuit_copy(ketch_circuit **out, const ketch_circuit *circuit, ketch_diag *diag) {
    ketch_circuit *copy = *out = kt_zalloc(sizeof *copy);
    if (!copy) return kt_no_memory(diag);
    *copy = *circuit;
    copy->names = (kt_arena){0};
    bool whole = true;
    /* every pool is set, to a copy or to NULL, whatever fails on the way: the copy can then be freed */
#define COPY(pool)     \
    copy->pool = NULL; \
    if (whole) whole = copy_pool(&copy->pool, &copy->pool##_capacity, circuit->pool, circuit->pool##_count, sizeof *copy->pool);
    COPY(ops)
    COPY(operands)
    COPY(params)
    COPY(qubit_registers)
    COPY(bit_registers)
    COPY(conditions)
    COPY(words)
    COPY(inputs)
    COPY(nodes)
    COPY(slots)
    COPY(places)
    COPY(blocks)
    COPY(block_ops)
    COPY(matrices)
    COPY(open_conditions)
    COPY(input_words)
    COPY(variables)
    COPY(externs)
    COPY(op_places)
    COPY(remarks)
    COPY(sources)
#undef COPY
    if (whole && copy_names(copy)) return KETCH_OK;
    kt_circuit_free(copy);
    *out = NULL;
    return kt_no_memory(diag);
}
