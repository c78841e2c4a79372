/* SPDX-License-Identifier: Apache-2.0
 *
 * Final measurements: those that can wait until all steps are done, so that one simulation serves all shots. A measurement of qubit q into
 * bit b is final where it happens in every shot (no condition around it, no conditional end before it), nothing later acts on q but final
 * measurements, no later condition reads b, and nothing later writes b but final measurements. One pass backwards finds them.
 */
#include "plan/analysis.h"

typedef struct kt_later {
    uint8_t *touched; /* by qubit: a gate, a reset or a measurement in the middle follows */
    uint8_t *bit;     /* by bit: a condition reads it, or something in the middle writes it, later */
} kt_later;

/* Gives how many conditions and bits it went through. */
static uint64_t mark_condition(const ketch_circuit *circuit, const kt_op *jump, uint8_t *bit) {
    uint64_t work = jump->operand_count;
    for (uint32_t c = jump->operands; c < jump->operands + jump->operand_count; c++) {
        const kt_condition *condition = &circuit->conditions[c];
        if (condition->code == KT_CONDITION_BIT) bit[condition->first] = 1;
        if (condition->code != KT_CONDITION_COMPARE) continue;
        for (uint32_t i = 0; i < condition->count; i++) bit[circuit->operands[condition->first + i]] = 1;
        work += condition->count;
    }
    return work;
}

/* Forwards: where the circuit ends, where it first may end, and whether anything is measured. */
static ketch_status find_ends(kt_finals *finals, const ketch_circuit *circuit, size_t *may_end, kt_watch *watch) {
    ketch_status status = KETCH_OK;
    *may_end = circuit->ops_count;
    finals->measures_nothing = true;
    for (finals->op_end = 0; finals->op_end < circuit->ops_count && !status; finals->op_end++) {
        const kt_op *op = &circuit->ops[finals->op_end];
        status = kt_watch_work(watch, 1);
        if (op->code == KT_OP_MEASURE) finals->measures_nothing = false;
        if (op->code != KT_OP_END) continue;
        if (!op->conditional) break;
        if (finals->op_end < *may_end) *may_end = finals->op_end;
    }
    return status;
}

static ketch_status find_final(kt_finals *finals, const ketch_circuit *circuit, size_t may_end, const kt_later *later, kt_watch *watch) {
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
        case KT_OP_SET_BIT: later->bit[operands[0]] = 1; break;
        case KT_OP_JUMP_UNLESS: work += mark_condition(circuit, op, later->bit); break;
        case KT_OP_MEASURE:
            if (!op->conditional && i < may_end && !later->touched[operands[0]] && (operands[1] == KT_NO_BIT || !later->bit[operands[1]])) {
                finals->final[i / 64] |= UINT64_C(1) << (i % 64);
            } else {
                later->touched[operands[0]] = 1;
                if (operands[1] != KT_NO_BIT) later->bit[operands[1]] = 1;
            }
            break;
        default: break;
        }
        status = kt_watch_work(watch, work);
    }
    return status;
}

ketch_status kt_finals_find(kt_finals *out, const ketch_circuit *circuit, kt_watch *watch, ketch_diag *diag) {
    size_t may_end;
    ketch_status status = find_ends(out, circuit, &may_end, watch);
    if (status) return status;
    out->final = kt_zalloc((out->op_end / 64 + 1) * sizeof *out->final);
    kt_later later = {kt_zalloc((size_t)circuit->qubit_count + 1), kt_zalloc((size_t)circuit->bit_count + 1)};
    bool enough = out->final && later.touched && later.bit;
    status = enough ? find_final(out, circuit, may_end, &later, watch) : kt_no_memory(diag);
    kt_free(later.touched);
    kt_free(later.bit);
    return status;
}

void kt_finals_free(kt_finals *finals) {
    kt_free(finals->final);
    finals->final = NULL;
}
