/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether the operations of a restored circuit mean something: what they point at is there, jumps lead forward and nest as an `if` and its
 * `else` do, conditions leave one truth value, matrices are unitary.
 */
#include "circuit/saved.h"

#include <math.h>
#include <string.h>

typedef struct checker {
    kt_saved_reader *reader;
    const ketch_circuit *circuit;
    uint64_t work, most_work; /* bits that conditions compare: they may share them */
    size_t operands_end;      /* of the operation before: operands are in order, so that all of them together are no more than there are */
    size_t conditions_end;
} checker;

static bool wrong(checker *check, const char *what) {
    kt_saved_wrong(check->reader, what);
    return false;
}

/* ── Operands ── */

static bool take_operands(checker *check, const kt_op *op) {
    if (op->operands < check->operands_end || op->operand_count > check->circuit->operands_count ||
        op->operands > check->circuit->operands_count - op->operand_count)
        return wrong(check, "an operation has no operands");
    check->operands_end = (size_t)op->operands + op->operand_count;
    return true;
}

/* Qubits below `limit`, each once; only the first `controls` may be negated. */
static bool check_qubits(checker *check, const kt_op *op, uint32_t controls, uint32_t limit) {
    const uint32_t *operands = kt_op_operands(check->circuit, op);
    for (uint32_t k = 0; k < op->operand_count; k++) {
        uint32_t qubit = k < controls ? operands[k] & ~KT_NEGATED : operands[k];
        if (qubit >= limit) return wrong(check, "a qubit does not exist");
    }
    size_t repeated = kt_repeated_qubit(operands, op->operand_count, limit);
    if (repeated == SIZE_MAX) {
        check->reader->status = kt_no_memory(check->reader->diag);
        return false;
    }
    return repeated == op->operand_count || wrong(check, "an operation gets a qubit twice");
}

/* `blocks`: how many there are before it. */
static bool check_gate(checker *check, const kt_op *op, uint32_t limit, size_t blocks) {
    bool matrix = op->gate == KT_GATE_MATRIX;
    if (matrix && op->data >= blocks) return wrong(check, "a matrix does not exist");
    const kt_gate *record = matrix ? NULL : &kt_gates[op->gate];
    uint32_t targets = matrix ? check->circuit->blocks[op->data].qubit_count : record->target_count;
    if (op->control_count > op->operand_count || op->operand_count - op->control_count != targets ||
        (record && op->control_count < record->control_count))
        return wrong(check, "a gate has too many operands, or too few");
    if (record &&
        (record->parameter_count > check->circuit->params_count || op->data > check->circuit->params_count - record->parameter_count))
        return wrong(check, "a gate has no angles");
    return take_operands(check, op) && check_qubits(check, op, op->control_count, limit);
}

/* ── Conditions ── */

static bool check_compare(checker *check, const kt_condition *condition) {
    const ketch_circuit *circuit = check->circuit;
    uint32_t words = condition->count / 64 + (condition->count % 64 != 0);
    bool there = condition->count && condition->comparison <= KT_GREATER_EQUAL && condition->count <= circuit->operands_count &&
                 condition->first <= circuit->operands_count - condition->count && words <= circuit->words_count &&
                 condition->value <= circuit->words_count - words;
    if (!there) return wrong(check, "a condition compares what is not there");
    check->work += condition->count;
    if (check->work > check->most_work) {
        check->reader->status =
            kt_fail(check->reader->diag, KT_GATE_LIMIT, "conditions compare more than %llu bits", (unsigned long long)check->most_work);
        return false;
    }
    for (uint32_t i = 0; i < condition->count; i++)
        if (circuit->operands[condition->first + i] >= circuit->bit_count)
            return wrong(check, "a condition reads a bit that does not exist");
    return true;
}

/* What a condition takes from the stack of truth values and leaves there. */
static bool check_condition(checker *check, const kt_condition *condition, int *depth) {
    int takes = 0;
    switch ((kt_condition_code)condition->code) {
    case KT_CONDITION_BIT:
        if (condition->first >= check->circuit->bit_count) return wrong(check, "a condition reads a bit that does not exist");
        break;
    case KT_CONDITION_CONSTANT:
        if (condition->first > 1) return wrong(check, "a truth value is neither 0 nor 1");
        break;
    case KT_CONDITION_COMPARE:
        if (!check_compare(check, condition)) return false;
        break;
    case KT_CONDITION_NOT: takes = 1; break;
    case KT_CONDITION_AND:
    case KT_CONDITION_OR:
    case KT_CONDITION_XOR: takes = 2; break;
    default: return wrong(check, "no operation on truth values");
    }
    if (*depth < takes) return wrong(check, "a condition lacks truth values");
    *depth += 1 - takes;
    return *depth <= KT_CONDITION_DEPTH || wrong(check, "a condition has too many truth values at once");
}

static bool check_conditions(checker *check, const kt_op *jump) {
    const ketch_circuit *circuit = check->circuit;
    int depth = 0;
    if (jump->operands < check->conditions_end || jump->operand_count > circuit->conditions_count ||
        jump->operands > circuit->conditions_count - jump->operand_count)
        return wrong(check, "a jump has no condition");
    check->conditions_end = (size_t)jump->operands + jump->operand_count;
    for (uint32_t i = 0; i < jump->operand_count; i++)
        if (!check_condition(check, &circuit->conditions[jump->operands + i], &depth)) return false;
    return depth == 1 || wrong(check, "a condition does not leave one truth value");
}

/* ── Jumps ── */

/* Ranges that are open, the innermost last: JUMP_UNLESS opens one; a JUMP as its last operation makes it the range of the `else`. */
typedef struct range {
    uint32_t end;
    bool second;
} range;

typedef struct ranges {
    range *open;
    size_t count, capacity;
} ranges;

static bool check_jump(checker *check, ranges *open, const kt_op *op, size_t index) {
    size_t around = op->code == KT_OP_JUMP ? 1 : 0; /* open ranges that it leaves */
    if (op->code == KT_OP_JUMP) {
        const range *first = open->count ? &open->open[open->count - 1] : NULL;
        if (!first || first->second || first->end != index + 1) return wrong(check, "a jump is not the end of a branch");
    }
    size_t most = open->count > around ? open->open[open->count - 1 - around].end : check->circuit->ops_count;
    if (op->data <= index || op->data > most) return wrong(check, "a jump leads nowhere");
    if (!kt_reserve(&open->open, &open->capacity, open->count + 1, sizeof *open->open)) {
        check->reader->status = kt_no_memory(check->reader->diag);
        return false;
    }
    open->count -= around;
    open->open[open->count++] = (range){op->data, op->code == KT_OP_JUMP};
    return true;
}

/* ── Operations ── */

static bool check_op(checker *check, ranges *open, const kt_op *op, size_t index) {
    const ketch_circuit *circuit = check->circuit;
    while (open->count && open->open[open->count - 1].end <= index) open->count--;
    if (op->conditional != (open->count > 0))
        return wrong(check, "an operation is conditional where no condition is, or the other way round");
    if (op->code == KT_OP_GATE) return check_gate(check, op, circuit->qubit_count, circuit->blocks_count);
    if (op->control_count || op->gate) return wrong(check, "an operation has controls, and is no gate");
    if (op->code == KT_OP_JUMP_UNLESS) return check_conditions(check, op) && check_jump(check, open, op, index);
    if (!take_operands(check, op)) return false;
    const uint32_t *operands = kt_op_operands(circuit, op);
    uint32_t count = op->operand_count;
    switch ((kt_op_code)op->code) {
    case KT_OP_MEASURE:
        if (count != 2 || operands[0] >= circuit->qubit_count || (operands[1] != KT_NO_BIT && operands[1] >= circuit->bit_count))
            return wrong(check, "a measurement has no qubit or bit");
        return op->data < circuit->draw_count || wrong(check, "a measurement has no number");
    case KT_OP_RESET:
        if (count != 1 || operands[0] >= circuit->qubit_count) return wrong(check, "a reset has no qubit");
        return op->data < circuit->draw_count || wrong(check, "a reset has no number");
    case KT_OP_DELAY:
        if (op->data >= circuit->params_count) return wrong(check, "a delay has no length");
        return check_qubits(check, op, 0, circuit->qubit_count);
    case KT_OP_BARRIER: return check_qubits(check, op, 0, circuit->qubit_count);
    case KT_OP_SET_BIT:
        return (count == 1 && operands[0] < circuit->bit_count && op->data <= 1) || wrong(check, "a bit that is set does not exist");
    case KT_OP_JUMP: return check_jump(check, open, op, index);
    case KT_OP_END: return true;
    default: return wrong(check, "no operation");
    }
}

/* Those that are made of operations have them in order, and only on their own qubits. A matrix that is none is made again, if it can be. */
static bool check_block(checker *check, size_t index, size_t *end) {
    const ketch_circuit *circuit = check->circuit;
    kt_block *block = &circuit->blocks[index];
    bool unitary = kt_matrix_unitarity(circuit->matrices + block->matrix, (size_t)1 << block->qubit_count) <= 1e-9;
    if (!block->count) return unitary || wrong(check, "a matrix is not unitary");
    if (!unitary) memset(block->signature, 0, sizeof block->signature);
    if (block->first < *end || block->count > circuit->block_ops_count || block->first > circuit->block_ops_count - block->count ||
        block->exponent >= circuit->params_count)
        return wrong(check, "a power has no operations or no exponent");
    *end = (size_t)block->first + block->count;
    for (uint32_t i = 0; i < block->count; i++) {
        const kt_op *op = &circuit->block_ops[block->first + i];
        if (op->code != KT_OP_GATE) return wrong(check, "a power is of what is no gate");
        if (!check_gate(check, op, block->qubit_count, index)) return false;
    }
    return true;
}

void kt_saved_check(kt_saved_reader *reader, ketch_circuit *circuit, const ketch_load_options *options) {
    checker check = {.reader = reader, .circuit = circuit, .most_work = options->max_gates};
    ranges open = {0};
    size_t end = 0;
    for (size_t i = 0; i < circuit->blocks_count && reader->status == KETCH_OK; i++) check_block(&check, i, &end);
    check.operands_end = 0;
    for (size_t i = 0; i < circuit->ops_count && reader->status == KETCH_OK; i++) check_op(&check, &open, &circuit->ops[i], i);
    kt_free(open.open);
}
