/* SPDX-License-Identifier: Apache-2.0
 *
 * Final measurements: those that can wait until all steps are done, so that one simulation serves all shots. A measurement of qubit q into
 * bit b is final where it happens in every shot (no condition around it, no conditional end before it), nothing later acts on q but final
 * measurements, no later condition reads b, and nothing later writes b but final measurements. One pass backwards finds them.
 *
 * A dynamic circuit may end in a tail, instructions behind all that acts on qubits. They are carried out once the shot's final bits are
 * known, and may read them:
 *
 *   h q | c = measure q | x = int(c) + 1 | d = measure r | y = x + int(d)
 *        `-- tail: both measurements are final, though instructions stand between them
 *
 * So a measurement in the tail happens before all of it: no instruction in front of it may touch its bit. Where a shot may end before the
 * tail, none is final.
 */
#include "plan/analysis.h"

#include <string.h>

typedef struct kt_later {
    uint8_t *touched; /* by qubit: a gate, a reset or a measurement in the middle follows */
    uint8_t *bit;     /* by bit: a condition reads it, or something in the middle writes it, later */
    bool all;         /* something that follows may do so with any qubit and bit */
} kt_later;

/* ── Bits that an operation looks at or sets, measurements aside ── */

/* Marks them; gives how many conditions and bits it went through. */
static uint64_t mark_condition(const ketch_circuit *circuit, const kt_op *jump, uint8_t *bit, uint8_t mark) {
    uint64_t work = jump->operand_count;
    for (uint32_t c = jump->operands; c < jump->operands + jump->operand_count; c++) {
        const kt_condition *condition = &circuit->conditions[c];
        if (condition->code == KT_CONDITION_BIT) bit[condition->first] = mark;
        if (condition->code != KT_CONDITION_COMPARE) continue;
        for (uint32_t i = 0; i < condition->count; i++) bit[circuit->operands[condition->first + i]] = mark;
        work += condition->count;
    }
    return work;
}

static bool reaches_any_bit(uint8_t code) {
    return code == KT_DO_CALL || code == KT_DO_RETURN || code == KT_DO_LOAD_BIT_AT || code == KT_DO_STORE_BIT_AT;
}

static uint64_t mark_bits(const ketch_circuit *circuit, const kt_op *op, uint8_t *bit, uint8_t mark) {
    if (op->code == KT_OP_SET_BIT) bit[kt_op_operands(circuit, op)[0]] = mark;
    if (op->code == KT_OP_JUMP_UNLESS) return mark_condition(circuit, op, bit, mark);
    kt_accesses accesses;
    if (!kt_is_instruction(op) || !kt_instruction_access(&accesses, circuit, op)) return 0;
    if (accesses.bits_read.count) memset(bit + accesses.bits_read.first, mark, accesses.bits_read.count);
    if (accesses.bits_written.count) memset(bit + accesses.bits_written.first, mark, accesses.bits_written.count);
    return (accesses.bits_read.count + accesses.bits_written.count) / 64;
}

static bool sets_bits(uint8_t code) { return code == KT_OP_SET_BIT || code == KT_DO_STORE_BITS || code == KT_DO_STORE_BIT_AT; }

/* ── Where it ends ── */

static bool is_covered(const ketch_circuit *circuit, const kt_flow *flow, size_t op) {
    return circuit->ops[op].conditional || (flow && flow->marks[op] & KT_FLOW_COVERED);
}

/* Forwards: where the circuit ends, where it first may end, and whether anything is measured or set. */
static ketch_status find_ends(kt_finals *finals, const ketch_circuit *circuit, const kt_flow *flow, size_t *may_end, kt_watch *watch) {
    ketch_status status = KETCH_OK;
    *may_end = circuit->ops_count;
    finals->measures_nothing = true;
    for (finals->op_end = 0; finals->op_end < circuit->ops_count && !status; finals->op_end++) {
        const kt_op *op = &circuit->ops[finals->op_end];
        status = kt_watch_work(watch, 1);
        if (op->code == KT_OP_MEASURE || op->code == KT_OP_MEASURE_AT || sets_bits(op->code)) finals->measures_nothing = false;
        if (op->code != KT_OP_END) continue;
        if (!is_covered(circuit, flow, finals->op_end) && !(flow && flow->calls)) break;
        if (finals->op_end < *may_end) *may_end = finals->op_end;
    }
    return status;
}

/* Behind the last operation that acts on qubits for certain, where everything happens in order. */
static size_t tail_at_most(const kt_finals *finals, const ketch_circuit *circuit, const kt_flow *flow, size_t may_end) {
    size_t tail = finals->op_end;
    while (tail > 0) {
        uint8_t code = circuit->ops[tail - 1].code;
        bool measures = code == KT_OP_MEASURE && !is_covered(circuit, flow, tail - 1) && tail - 1 < may_end;
        bool quantum = code == KT_OP_GATE || code == KT_OP_RESET || (code >= KT_OP_GATE_AT && code <= KT_OP_RESET_AT);
        if (quantum || code == KT_DO_CALL || code == KT_DO_RETURN || (code == KT_OP_MEASURE && !measures)) break;
        tail--;
    }
    return tail;
}

/* A measurement whose bit an instruction in front of it touches cannot happen first: the tail begins behind it, where the way is one again.
 */
static ketch_status find_tail(kt_finals *finals, const ketch_circuit *circuit, const kt_flow *flow, uint8_t *bit, kt_watch *watch) {
    ketch_status status = KETCH_OK;
    bool any = false;
    uint8_t mark = 1;
    for (size_t i = finals->tail; i < finals->op_end && !status; i++) {
        const kt_op *op = &circuit->ops[i];
        uint64_t work = 1;
        any = any || reaches_any_bit(op->code);
        if (op->code != KT_OP_MEASURE) {
            work += mark_bits(circuit, op, bit, mark);
        } else {
            uint32_t to = kt_op_operands(circuit, op)[1];
            if (to == KT_NO_BIT || !(any || bit[to] == mark)) continue;
            finals->tail = i + 1;
            any = false;
            if (++mark == 0) {
                memset(bit, 0, circuit->bit_count);
                mark = 1;
            }
        }
        status = kt_watch_work(watch, work);
    }
    while (finals->tail < finals->op_end && flow->marks[finals->tail] & KT_FLOW_COVERED) finals->tail++;
    memset(bit, 0, circuit->bit_count);
    return status;
}

/* ── Which are final ── */

static bool touched_later(const kt_later *later, const uint32_t *measured) {
    return later->all || later->touched[measured[0]] || (measured[1] != KT_NO_BIT && later->bit[measured[1]]);
}

static ketch_status find_final(kt_finals *finals, const ketch_circuit *circuit, const kt_flow *flow, size_t may_end, kt_later *later,
                               kt_watch *watch) {
    ketch_status status = KETCH_OK;
    for (size_t i = finals->op_end; i-- > 0 && !status;) {
        const kt_op *op = &circuit->ops[i];
        uint64_t work = 1;
        const uint32_t *operands = kt_op_operands(circuit, op);
        switch (op->code) {
        case KT_OP_GATE:
            for (uint32_t k = 0; k < op->operand_count; k++) later->touched[operands[k] & ~KT_NEGATED] = 1;
            break;
        case KT_OP_RESET: later->touched[operands[0]] = 1; break;
        case KT_OP_GATE_AT:
        case KT_OP_MEASURE_AT:
        case KT_OP_RESET_AT: later->all = true; break;
        case KT_OP_MEASURE:
            if (!is_covered(circuit, flow, i) && i < may_end && !touched_later(later, operands)) {
                finals->final[i / 64] |= UINT64_C(1) << (i % 64);
            } else {
                later->touched[operands[0]] = 1;
                if (operands[1] != KT_NO_BIT) later->bit[operands[1]] = 1;
            }
            break;
        default:
            if (i >= finals->tail) break;
            work += mark_bits(circuit, op, later->bit, 1);
            later->all |= reaches_any_bit(op->code);
        }
        status = kt_watch_work(watch, work);
    }
    return status;
}

ketch_status kt_finals_find(kt_finals *out, const ketch_circuit *circuit, const kt_flow *flow, kt_watch *watch, ketch_diag *diag) {
    size_t may_end;
    ketch_status status = find_ends(out, circuit, flow, &may_end, watch);
    if (status) return status;
    out->tail = out->op_end;
    out->final = kt_zalloc((out->op_end / 64 + 1) * sizeof *out->final);
    kt_later later = {kt_zalloc((size_t)circuit->qubit_count + 1), kt_zalloc((size_t)circuit->bit_count + 1), false};
    bool enough = out->final && later.touched && later.bit;
    if (enough && flow && !out->measures_nothing) { /* else the qubits are measured behind everything */
        out->tail = tail_at_most(out, circuit, flow, may_end);
        status = find_tail(out, circuit, flow, later.bit, watch);
        if (may_end < out->tail) may_end = 0; /* a shot that ends before the tail takes no final measurements */
    }
    if (!status) status = enough ? find_final(out, circuit, flow, may_end, &later, watch) : kt_no_memory(diag);
    kt_free(later.touched);
    kt_free(later.bit);
    return status;
}

void kt_finals_none(kt_finals *finals) {
    memset(finals->final, 0, (finals->op_end / 64 + 1) * sizeof *finals->final);
    finals->tail = finals->op_end;
}

void kt_finals_free(kt_finals *finals) {
    kt_free(finals->final);
    finals->final = NULL;
}
