/* SPDX-License-Identifier: Apache-2.0
 *
 * Circuits built by calls: the checks that the parser makes for text. All applications of a call are checked before the first is added;
 * where memory runs out on the way the circuit is cut back to what it was.
 */
#include "circuit/circuit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What a failed call cuts back to. */
typedef struct mark {
    size_t ops, operands, params;
    uint32_t draws;
} mark;

static mark save(const ketch_circuit *circuit) {
    return (mark){circuit->ops_count, circuit->operands_count, circuit->params_count, circuit->draw_count};
}

/* From here on the circuit is no longer that of its source, and its hash is taken from its operations. */
static void forget_hash(ketch_circuit *circuit) {
    circuit->hash[0] = circuit->hash[1] = 0;
    circuit->extended = true;
}

static void restore(ketch_circuit *circuit, mark saved) {
    circuit->ops_count = saved.ops;
    circuit->operands_count = saved.operands;
    circuit->params_count = saved.params;
    circuit->draw_count = saved.draws;
}

/* Few are compared with one another, many are marked in a map. */
size_t kt_repeated_qubit(const uint32_t *operands, size_t count, uint32_t limit) {
    enum { FEW = 64 };
    uint64_t *seen = count > FEW ? kt_zalloc(((size_t)limit / 64 + 1) * sizeof *seen) : NULL;
    if (count > FEW && !seen) return SIZE_MAX;
    size_t i = 0;
    for (bool repeated = false; i < count; i++) {
        uint32_t qubit = operands[i] & ~KT_NEGATED;
        uint64_t bit = UINT64_C(1) << (qubit % 64);
        if (seen) {
            repeated = seen[qubit / 64] & bit;
            seen[qubit / 64] |= bit;
        }
        for (size_t j = 0; !seen && j < i && !repeated; j++) repeated = qubit == (operands[j] & ~KT_NEGATED);
        if (repeated) break;
    }
    kt_free(seen);
    return i;
}

static ketch_status check_operands(const uint32_t *operands, size_t count, uint32_t limit, const char *what, size_t application,
                                   ketch_diag *diag) {
    for (size_t i = 0; i < count; i++) {
        if (operands[i] < limit) continue;
        ketch_status status = kt_fail(diag, KT_BAD_OPERAND, "application %zu: %s %u does not exist", application, what, operands[i]);
        if (limit)
            kt_hint(diag, "the circuit has %u: 0 to %u", limit, limit - 1);
        else
            kt_hint(diag, "the circuit has none");
        return status;
    }
    size_t repeated = kt_repeated_qubit(operands, count, limit);
    if (repeated == SIZE_MAX) return kt_no_memory(diag);
    if (repeated == count) return KETCH_OK;
    return kt_fail(diag, KT_BAD_OPERAND, "application %zu: %s %u is given twice", application, what, operands[repeated]);
}

/* A method of its own, which is looked for among the gates. */
static const char *call_for(const char *name) {
    static const char *const calls[][2] = {{"measure", "ketch_circuit_measure"},
                                           {"reset", "ketch_circuit_reset"},
                                           {"barrier", "ketch_circuit_barrier"},
                                           {"unitary", "ketch_circuit_append_matrix"}};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strcmp(calls[i][0], name) == 0) return calls[i][1];
    return NULL;
}

static void try_name(void *user, const char *name, size_t size, kt_gate_id gate) {
    (void)gate;
    kt_nearest_try(user, name, size);
}

static void hint_gate(const char *name, ketch_diag *diag) {
    kt_span wanted = {name, (uint32_t)strlen(name)};
    kt_nearest nearest = kt_nearest_to(wanted);
    kt_gate_names(KT_IN_CALLS, try_name, &nearest);
    if (call_for(name))
        kt_hint(diag, "%s does that", call_for(name));
    else if (kt_gate_habit(wanted))
        kt_hint(diag, "did you mean `%s`?", kt_gate_habit(wanted));
    else if (nearest.best.size)
        kt_hint(diag, "did you mean `%.*s`?", (int)nearest.best.size, nearest.best.at);
}

static ketch_status find_gate(kt_gate_id *out, const char *name, ketch_diag *diag) {
    *out = name ? kt_gate_find(name, strlen(name), KT_IN_CALLS) : (kt_gate_id)KT_GATE_NONE;
    if ((unsigned)*out != KT_GATE_NONE) return KETCH_OK;
    if (!name) return kt_fail(diag, KT_BAD_ARGUMENT, "the gate's name is NULL");
    ketch_status status = kt_fail(diag, KT_BAD_GATE, "unknown gate `%s`", name);
    hint_gate(name, diag);
    return status;
}

ketch_status kt_circuit_append(ketch_circuit *circuit, const char *name, size_t count, uint32_t control_count, uint64_t control_values,
                               const uint32_t *qubits, const double *params, ketch_diag *diag) {
    kt_gate_id gate;
    ketch_status status = find_gate(&gate, name, diag);
    if (status != KETCH_OK) return status;
    if (control_count > 64) return kt_fail(diag, KT_BAD_ARGUMENT, "%u controls: at most 64 can be added", control_count);
    const kt_gate *record = &kt_gates[gate];
    uint32_t width = control_count + record->control_count + record->target_count;
    if (count && ((width && !qubits) || (record->parameter_count && !params)))
        return kt_fail(diag, KT_BAD_ARGUMENT, "`%s` needs qubits and parameters, but one of them is NULL", name);
    for (size_t i = 0; i < count; i++) {
        status = check_operands(qubits + i * width, width, circuit->qubit_count, "qubit", i, diag);
        if (status != KETCH_OK) return status;
        for (size_t j = 0; j < record->parameter_count; j++) {
            if (!isfinite(params[i * record->parameter_count + j]))
                return kt_fail(diag, KT_PARAMETER_NOT_FINITE, "application %zu: parameter %zu of `%s` is not a finite number", i, j, name);
        }
    }
    mark before = save(circuit);
    uint32_t operands[64 + 8];
    for (size_t i = 0; i < count && status == KETCH_OK; i++) {
        for (uint32_t j = 0; j < width; j++) {
            operands[j] = qubits[i * width + j];
            if (j < control_count && !(control_values >> j & 1)) operands[j] |= KT_NEGATED;
        }
        status = kt_circuit_add_gate(circuit, gate, control_count + record->control_count, operands,
                                     record->parameter_count ? params + i * record->parameter_count : NULL, 0, diag);
    }
    if (status != KETCH_OK)
        restore(circuit, before);
    else
        forget_hash(circuit);
    return status;
}

ketch_status kt_circuit_append_matrix(ketch_circuit *circuit, uint32_t qubit_count, const uint32_t *qubits, const double *matrix,
                                      ketch_diag *diag) {
    if (qubit_count < 1 || qubit_count > KT_BLOCK_QUBITS)
        return kt_fail(diag, KT_BAD_ARGUMENT, "a matrix on %u qubits: 1 to %d are possible", qubit_count, KT_BLOCK_QUBITS);
    if (!qubits || !matrix) return kt_fail(diag, KT_BAD_ARGUMENT, "the qubits or the matrix are NULL");
    ketch_status status = check_operands(qubits, qubit_count, circuit->qubit_count, "qubit", 0, diag);
    if (status != KETCH_OK) return status;
    double error = kt_matrix_unitarity(matrix, (size_t)1 << qubit_count);
    if (!(error <= 1e-9)) {
        char text[KT_NUMBER_TEXT];
        kt_number_round(text, error, 3);
        return kt_fail(diag, KT_BAD_MATRIX, "the matrix is not unitary: an entry of its square differs from the identity's by %s", text);
    }
    kt_op op = {.code = KT_OP_GATE, .gate = KT_GATE_MATRIX};
    status = kt_circuit_add_block(&op.data, circuit, (kt_block){.qubit_count = qubit_count}, matrix, diag);
    if (status != KETCH_OK) return status;
    status = kt_circuit_add_op(circuit, op, qubits, qubit_count, diag);
    if (status != KETCH_OK) {
        circuit->matrices_count = circuit->blocks[op.data].matrix;
        circuit->blocks_count--;
        return status;
    }
    forget_hash(circuit);
    return KETCH_OK;
}

ketch_status kt_circuit_append_op(ketch_circuit *circuit, kt_op_code code, size_t count, const uint32_t *qubits, const uint32_t *bits,
                                  ketch_diag *diag) {
    if (count > KT_MAX_WIDTH) return kt_fail(diag, KT_BAD_ARGUMENT, "%zu operands are too many", count);
    if (count && (!qubits || (code == KT_OP_MEASURE && !bits))) return kt_fail(diag, KT_BAD_ARGUMENT, "the qubits or the bits are NULL");
    for (size_t i = 0; i < count; i++) { /* one at a time: a qubit may well be measured twice in a call */
        ketch_status status = check_operands(qubits + i, 1, circuit->qubit_count, "qubit", i, diag);
        if (status == KETCH_OK && code == KT_OP_MEASURE) status = check_operands(bits + i, 1, circuit->bit_count, "bit", i, diag);
        if (status != KETCH_OK) return status;
    }
    mark before = save(circuit);
    ketch_status status = KETCH_OK;
    if (code == KT_OP_BARRIER) {
        status = kt_circuit_add_op(circuit, (kt_op){.code = KT_OP_BARRIER}, qubits, (uint32_t)count, diag);
        count = 0;
    }
    for (size_t i = 0; i < count && status == KETCH_OK; i++) {
        uint32_t operands[2] = {qubits[i], code == KT_OP_MEASURE ? bits[i] : 0};
        status = kt_circuit_add_op(circuit, (kt_op){.code = (uint8_t)code}, operands, code == KT_OP_MEASURE ? 2 : 1, diag);
    }
    if (status != KETCH_OK)
        restore(circuit, before);
    else
        forget_hash(circuit);
    return status;
}

ketch_status kt_circuit_begin_if(ketch_circuit *circuit, size_t count, const uint32_t *bits, uint64_t value, ketch_diag *diag) {
    if (!count || count > KT_MAX_WIDTH || !bits) return kt_fail(diag, KT_BAD_ARGUMENT, "a condition needs at least one bit");
    ketch_status status = check_operands(bits, count, circuit->bit_count, "bit", 0, diag);
    if (status != KETCH_OK) return status;
    if (count < 64 && value >> count) {
        kt_fail(diag, KT_BAD_ARGUMENT, "%zu bits never equal %llu", count, (unsigned long long)value);
        return KETCH_ERROR_USAGE;
    }
    size_t word_count = (count + 63) / 64;
    bool room = kt_reserve(&circuit->words, &circuit->words_capacity, circuit->words_count + word_count, sizeof *circuit->words) &&
                kt_reserve(&circuit->operands, &circuit->operands_capacity, circuit->operands_count + count, sizeof *circuit->operands) &&
                kt_reserve(&circuit->open_conditions, &circuit->open_conditions_capacity, circuit->open_conditions_count + 1,
                           sizeof *circuit->open_conditions);
    if (!room) return kt_no_memory(diag);
    if (circuit->operands_count + count >= UINT32_MAX || circuit->words_count + word_count >= UINT32_MAX)
        return kt_fail(diag, KT_CIRCUIT_TOO_LARGE, "the circuit has more than 2^32 entries of one kind");
    kt_condition condition = {.code = KT_CONDITION_COMPARE,
                              .comparison = KT_EQUAL,
                              .first = (uint32_t)circuit->operands_count,
                              .count = (uint32_t)count,
                              .value = (uint32_t)circuit->words_count};
    kt_op jump = {.code = KT_OP_JUMP_UNLESS, .operand_count = 1};
    status = kt_circuit_add_condition(&jump.operands, circuit, condition, diag);
    if (status != KETCH_OK) return status;
    status = kt_circuit_add_op(circuit, jump, NULL, 0, diag);
    if (status != KETCH_OK) {
        circuit->conditions_count--;
        return status;
    }
    memcpy(circuit->operands + circuit->operands_count, bits, count * sizeof *bits);
    circuit->operands_count += count;
    for (size_t i = 0; i < word_count; i++) circuit->words[circuit->words_count++] = i ? 0 : value;
    circuit->open_conditions[circuit->open_conditions_count++] = (uint32_t)circuit->ops_count - 1;
    circuit->condition_depth++;
    forget_hash(circuit);
    return KETCH_OK;
}

ketch_status kt_circuit_end_if(ketch_circuit *circuit, ketch_diag *diag) {
    if (!circuit->open_conditions_count) return kt_fail(diag, KT_BAD_CONDITION, "no condition is open");
    circuit->ops[circuit->open_conditions[--circuit->open_conditions_count]].data = (uint32_t)circuit->ops_count;
    circuit->condition_depth--;
    return KETCH_OK;
}
