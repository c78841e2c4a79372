/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the bits of an outcome come from: the counted registers side by side, in order of declaration; a bit comes from the wire that a
 * final measurement reads (the last one into that bit), else from the classical memory. Neighbouring wires that land at neighbouring bits
 * are one move.
 *
 * A dynamic circuit's final measurements go to its memory, for the tail to read: there positions are those of its bits.
 */
#include "plan/analysis.h"

enum { FROM_IDLE = 64, FROM_MEMORY = 65 }; /* beside wires 0 to 62: a final measurement of an idle qubit; none */

static ketch_status list_counted(kt_plan *plan, const ketch_circuit *circuit, ketch_diag *diag) {
    if (plan->measures_nothing) {
        plan->outcome_bits = plan->qubits;
        return KETCH_OK;
    }
    plan->counted = kt_array(circuit->bit_registers_count + 1, sizeof *plan->counted);
    if (!plan->counted) return kt_no_memory(diag);
    for (size_t i = 0; i < circuit->bit_registers_count; i++) {
        const kt_register_info *info = &circuit->bit_registers[i];
        if (!info->counted) continue;
        plan->counted[plan->counted_count++] = (kt_counted){info->first, info->size, plan->outcome_bits};
        plan->outcome_bits += info->size;
    }
    return KETCH_OK;
}

static bool to_memory(const kt_plan *plan) { return plan->dynamic && !plan->measures_nothing; }

static uint32_t places_of(const kt_plan *plan, const ketch_circuit *circuit) {
    return to_memory(plan) ? circuit->bit_count : plan->outcome_bits;
}

/* source[position]: FROM_... or a wire. */
static ketch_status trace_bits(uint8_t *source, uint32_t *position_of_bit, const kt_plan *plan, const ketch_circuit *circuit,
                               const kt_finals *finals, kt_watch *watch) {
    ketch_status status = KETCH_OK;
    for (uint32_t p = 0; p < places_of(plan, circuit); p++) source[p] = FROM_MEMORY;
    for (uint32_t b = 0; b < circuit->bit_count; b++) position_of_bit[b] = to_memory(plan) ? b : KT_NO_BIT;
    for (size_t i = 0; i < plan->counted_count && !to_memory(plan); i++) {
        for (uint32_t k = 0; k < plan->counted[i].count; k++) position_of_bit[plan->counted[i].first + k] = plan->counted[i].position + k;
    }
    for (size_t i = 0; i < finals->op_end && !status; i++) {
        status = kt_watch_work(watch, 1);
        if (!kt_is_final(finals, i)) continue;
        const uint32_t *operands = kt_op_operands(circuit, &circuit->ops[i]);
        if (operands[1] == KT_NO_BIT || position_of_bit[operands[1]] == KT_NO_BIT) continue;
        uint8_t wire = plan->wire_of[operands[0]];
        source[position_of_bit[operands[1]]] = wire == KT_IDLE ? FROM_IDLE : wire;
    }
    for (uint32_t q = 0; plan->measures_nothing && q < plan->qubits; q++)
        source[q] = plan->wire_of[q] == KT_IDLE ? FROM_IDLE : plan->wire_of[q];
    return status;
}

static ketch_status make_moves(kt_plan *plan, const ketch_circuit *circuit, const uint8_t *source, ketch_diag *diag) {
    size_t capacity = 0;
    for (uint32_t p = 0; p < places_of(plan, circuit); p++) {
        if (source[p] == FROM_MEMORY) continue;
        if (!to_memory(plan)) plan->sampled[p / 64] |= UINT64_C(1) << (p % 64);
        if (source[p] == FROM_IDLE) continue;
        kt_move *last = plan->move_count ? &plan->moves[plan->move_count - 1] : NULL;
        if (last && p % 64 && last->position + last->count == p && last->wire + last->count == source[p]) {
            last->count++;
            continue;
        }
        if (!kt_reserve(&plan->moves, &capacity, plan->move_count + 1, sizeof *plan->moves)) return kt_no_memory(diag);
        plan->moves[plan->move_count++] = (kt_move){p, source[p], 1};
    }
    return KETCH_OK;
}

ketch_status kt_plan_outcome(kt_plan *plan, const ketch_circuit *circuit, const kt_finals *finals, kt_watch *watch, ketch_diag *diag) {
    plan->measures_nothing = finals->measures_nothing && plan->qubits > 0;
    ketch_status status = list_counted(plan, circuit, diag);
    if (status) return status;
    plan->outcome_words = plan->outcome_bits ? ((size_t)plan->outcome_bits + 63) / 64 : 1;
    plan->sampled = kt_zalloc(plan->outcome_words * sizeof *plan->sampled);
    uint8_t *source = kt_alloc((size_t)places_of(plan, circuit) + 1);
    uint32_t *position_of_bit = kt_array((size_t)circuit->bit_count + 1, sizeof *position_of_bit);
    if (plan->sampled && source && position_of_bit) {
        status = trace_bits(source, position_of_bit, plan, circuit, finals, watch);
        if (!status) status = make_moves(plan, circuit, source, diag);
    } else {
        status = kt_no_memory(diag);
    }
    kt_free(source);
    kt_free(position_of_bit);
    return status;
}
