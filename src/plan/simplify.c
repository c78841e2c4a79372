/* SPDX-License-Identifier: Apache-2.0
 *
 * Gates to items. Swaps outside conditions disappear: from there on the two wires are called by each other's names. A gate whose inverse
 * is the last thing on all its wires goes, and the inverse with it:
 *
 *   cx 0,1 | s 1 | sdg 1 | cx 0,1      each item knows which one was the last before it on each of its wires, so that what was removed
 *            `-----´                   uncovers what lay beneath: here both pairs go, in one walk
 *
 * Only gates without angles can cancel.
 */
#include "plan/planned.h"

static uint64_t rename_mask(const kt_builder *builder, uint64_t mask) {
    uint64_t renamed = 0;
    for (; mask; mask &= mask - 1) renamed |= kt_bit(builder->name_of[kt_lowest(mask)]);
    return renamed;
}

static kt_item item_of(const kt_builder *builder, const kt_step *step) {
    const kt_op *op = &builder->circuit->ops[step->op];
    const uint32_t *operands = kt_op_operands(builder->circuit, op);
    kt_item item = {
        .op = step->op, .gate = op->gate, .form = (uint8_t)kt_gate_form(op->gate, step->target_count), .next = KT_NONE, .block = KT_NONE};
    item.controls = rename_mask(builder, step->controls);
    item.values = rename_mask(builder, step->values);
    item.wires = item.controls;
    item.target_count = step->target_count;
    for (uint32_t t = 0; t < step->target_count; t++) {
        item.targets[t] = builder->name_of[step->targets[t]];
        item.wires |= kt_bit(item.targets[t]);
    }
    for (uint32_t k = 0; k < 2 && k < op->operand_count; k++)
        item.operand[k] = builder->name_of[builder->plan->wire_of[operands[k] & ~KT_NEGATED]];
    return item;
}

static bool same_targets(const kt_item *a, const kt_item *b) {
    if (a->form == KT_FORM_SWAP) return true; /* in either order */
    for (uint32_t t = 0; t < a->target_count; t++) {
        if (a->targets[t] != b->targets[t]) return false;
    }
    return true;
}

/* Is b the inverse of a? The records of `x` under a control and of `cx` have the same matrix. */
static bool is_inverse(const kt_item *a, const kt_item *b) {
    if (a->gate == KT_GATE_MATRIX || b->gate == KT_GATE_MATRIX) return false;
    const kt_gate *first = &kt_gates[a->gate], *second = &kt_gates[b->gate];
    if (first->parameter_count || second->parameter_count || second->inverse.adjoint) return false;
    return kt_gates[second->inverse.gate].matrix == first->matrix && a->wires == b->wires && a->controls == b->controls &&
           a->values == b->values && same_targets(a, b);
}

/* The item that is the last on all these wires, or KT_NONE. */
static uint32_t last_on_all(const uint32_t *last, uint64_t wires) {
    uint32_t found = wires ? last[kt_lowest(wires)] : KT_NONE;
    for (uint64_t left = wires; left; left &= left - 1) {
        if (last[kt_lowest(left)] != found) return KT_NONE;
    }
    return found;
}

static void remove_item(kt_builder *builder, uint32_t *last, kt_item *item) {
    const uint32_t *link = builder->links + item->links;
    for (uint64_t left = item->wires; left; left &= left - 1) last[kt_lowest(left)] = *link++;
    item->gone = true;
}

static bool add_item(kt_builder *builder, uint32_t *last, const kt_item *item) {
    size_t links = builder->link_count + kt_count_bits(item->wires);
    if (!kt_reserve(&builder->links, &builder->link_capacity, links, sizeof *builder->links)) return false;
    uint32_t index = (uint32_t)builder->item_count++;
    builder->items[index] = *item;
    builder->items[index].links = (uint32_t)builder->link_count;
    for (uint64_t left = item->wires; left; left &= left - 1) {
        uint32_t wire = kt_lowest(left);
        builder->links[builder->link_count++] = last[wire];
        last[wire] = index;
    }
    return true;
}

void kt_exchange_names(kt_builder *builder, const kt_step *step) {
    uint8_t *a = &builder->name_of[step->targets[0]], *b = &builder->name_of[step->targets[1]], other = *a;
    *a = *b;
    *b = other;
}

ketch_status kt_simplify(kt_builder *builder, const kt_step *steps, size_t count) {
    uint32_t last[64];
    for (uint32_t wire = 0; wire < builder->plan->wires; wire++) last[wire] = KT_NONE;
    builder->item_count = builder->link_count = 0;
    if (!kt_reserve(&builder->items, &builder->item_capacity, count, sizeof *builder->items)) return kt_no_memory(builder->diag);
    ketch_status status = KETCH_OK;
    for (size_t i = 0; i < count && !status; i++) {
        status = kt_watch_work(builder->watch, 4);
        kt_item item = item_of(builder, &steps[i]);
        if (kt_renames(builder, &steps[i])) {
            kt_exchange_names(builder, &steps[i]);
            continue;
        }
        uint32_t before = kt_with(builder, KETCH_WITHOUT_MERGING) ? last_on_all(last, item.wires) : KT_NONE;
        if (before != KT_NONE && is_inverse(&builder->items[before], &item))
            remove_item(builder, last, &builder->items[before]);
        else if (!add_item(builder, last, &item))
            status = kt_no_memory(builder->diag);
    }
    return status;
}
