/* SPDX-License-Identifier: Apache-2.0
 *
 * Items to actions. One-qubit gates wait on their wire as a chain until something else acts there; then the chain becomes
 *
 *   rz h t          its gates one by one, where at most one of them rotates
 *   ry x h          one rotation about Y, where all that rotate do so about the same axis and no phases come between
 *   h rz h          one rotation about X
 *   rx t ry         phases, a rotation about Y, phases: the product's Euler angles
 *
 * A gate on several wires is told by its form: see `add_wide`.
 */
#include "plan/planned.h"

#include <string.h>

typedef struct kt_maker {
    kt_builder *builder;
    uint32_t first[64], last[64]; /* by wire: the chain */
    uint64_t waiting;             /* wires with a chain */
} kt_maker;

/* ── Writing actions down ───────────────────────────────────────────────────────────────────────────────────────────────── */

static bool add_source(kt_builder *builder, uint32_t op, uint8_t first, uint8_t second) {
    kt_plan *plan = builder->plan;
    if (!kt_reserve(&plan->sources, &builder->source_capacity, plan->source_count + 1, sizeof *plan->sources)) return false;
    plan->sources[plan->source_count++] = (kt_action_source){op, {first, second}};
    return true;
}

/* The same weights for all instruction sets: they steer the search for passes alone. */
static float weight_of(const kt_action *action) {
    static const float dense[KT_ACTION_BITS + 1] = {0, 4, 5.5f, 10, 22, 40, 80};
    switch ((kt_action_kind)action->kind) {
    case KT_ACTION_ROTATION: return 1;
    case KT_ACTION_CX: return 0.35f;
    case KT_ACTION_EXCHANGE: return 0.6f;
    case KT_ACTION_PHASE: return 0.2f;
    case KT_ACTION_DENSE: return dense[action->bit_count];
    default: return 0.15f;
    }
}

static kt_effect effect_of(const kt_builder *builder, const kt_action *action, uint32_t index) {
    kt_effect effect = {.action = index, .weight = weight_of(action), .z = action->controls};
    uint64_t bits = 0;
    for (uint32_t b = 0; b < action->bit_count; b++) bits |= kt_bit(action->bits[b]);
    switch ((kt_action_kind)action->kind) {
    case KT_ACTION_ROTATION: *(action->imaginary ? &effect.x : &effect.y) = bits; break;
    case KT_ACTION_PHASES: effect.z |= bits; break;
    case KT_ACTION_CX:
        effect.z |= kt_bit(action->bits[0]);
        effect.x = kt_bit(action->bits[1]);
        break;
    case KT_ACTION_EXCHANGE: effect.x = bits; break;
    case KT_ACTION_DENSE: {
        bool about_x = false, about_y = false;
        if (action->source_count == 1) {
            uint16_t gate = builder->circuit->ops[builder->plan->sources[action->first_source].op].gate;
            kt_form form = kt_gate_form(gate, action->bit_count);
            about_x = form == KT_FORM_ABOUT_X;
            about_y = form == KT_FORM_Y || gate == KT_GATE_RY || gate == KT_GATE_CRY;
        }
        if (!about_y) effect.x = bits;
        if (!about_x) effect.y = bits;
        if (!about_x && !about_y) effect.z |= bits;
        break;
    }
    default: break;
    }
    return effect;
}

/* With the sources from `first_source` to the last one so far. */
static bool add_action(kt_builder *builder, kt_action action, uint32_t first_source) {
    kt_plan *plan = builder->plan;
    if (!kt_reserve(&plan->actions, &builder->action_capacity, plan->action_count + 1, sizeof *plan->actions)) return false;
    action.first_source = first_source;
    action.source_count = (uint32_t)plan->source_count - first_source;
    uint32_t index = (uint32_t)plan->action_count++;
    plan->actions[index] = action;
    bool bound_away = action.kind == KT_ACTION_PAULI || (action.kind == KT_ACTION_PHASES && !action.bit_count);
    if (bound_away) return true;
    if (!kt_reserve(&builder->effects, &builder->effect_capacity, builder->effect_count + 1, sizeof *builder->effects)) return false;
    builder->effects[builder->effect_count++] = effect_of(builder, &plan->actions[index], index);
    return true;
}

static kt_action on_wire(kt_action_kind kind, kt_action_part part, uint32_t wire) {
    return (kt_action){.kind = (uint8_t)kind, .part = (uint8_t)part, .bit_count = 1, .bits = {(uint8_t)wire}};
}

/* ── Chains of one-qubit gates ──────────────────────────────────────────────────────────────────────────────────────────── */

static bool add_euler(kt_builder *builder, uint32_t wire, uint32_t first_source) {
    return add_action(builder, on_wire(KT_ACTION_PHASES, KT_PART_BEFORE, wire), first_source) &&
           add_action(builder, on_wire(KT_ACTION_ROTATION, KT_PART_MIDDLE, wire), first_source) &&
           add_action(builder, on_wire(KT_ACTION_PHASES, KT_PART_AFTER, wire), first_source);
}

static bool add_rotation(kt_builder *builder, uint32_t wire, uint32_t first_source, bool imaginary) {
    kt_action action = on_wire(KT_ACTION_ROTATION, KT_PART_WHOLE, wire);
    action.imaginary = imaginary;
    return add_action(builder, action, first_source);
}

/* A gate on one wire, by itself. */
static bool add_one(kt_builder *builder, const kt_item *item, uint32_t wire) {
    uint32_t source = (uint32_t)builder->plan->source_count;
    if (!add_source(builder, item->op, 0, 0)) return false;
    bool frame = kt_with(builder, KETCH_WITHOUT_FRAME);
    switch ((kt_form)item->form) {
    case KT_FORM_X: return add_action(builder, on_wire(frame ? KT_ACTION_PAULI : KT_ACTION_EXCHANGE, KT_PART_WHOLE, wire), source);
    case KT_FORM_Y: return add_action(builder, on_wire(frame ? KT_ACTION_PAULI : KT_ACTION_DENSE, KT_PART_WHOLE, wire), source);
    case KT_FORM_Z: return add_action(builder, on_wire(frame ? KT_ACTION_PAULI : KT_ACTION_PHASES, KT_PART_WHOLE, wire), source);
    case KT_FORM_DIAGONAL: return add_action(builder, on_wire(KT_ACTION_PHASES, KT_PART_WHOLE, wire), source);
    case KT_FORM_ABOUT_X: return add_rotation(builder, wire, source, true);
    case KT_FORM_REAL: return add_rotation(builder, wire, source, false);
    default: return add_euler(builder, wire, source);
    }
}

/* What a chain consists of. */
typedef struct kt_chain {
    uint32_t rotations, about_x, real, hadamards;
    uint32_t first_rotation, last_rotation; /* items */
    uint32_t outer_phases;                  /* diagonal gates before the first rotation and after the last */
    bool phases;                            /* some between two rotations */
} kt_chain;

static kt_chain look_at_chain(const kt_builder *builder, uint32_t first) {
    kt_chain chain = {.first_rotation = KT_NONE};
    uint32_t phases = 0; /* since the last rotation */
    for (uint32_t i = first; i != KT_NONE; i = builder->items[i].next) {
        const kt_item *item = &builder->items[i];
        phases += item->form == KT_FORM_DIAGONAL;
        if (item->form != KT_FORM_ABOUT_X && item->form != KT_FORM_REAL && item->form != KT_FORM_GENERAL) continue;
        if (chain.first_rotation == KT_NONE)
            chain.first_rotation = i, chain.outer_phases = phases;
        else
            chain.phases |= phases > 0;
        phases = 0;
        chain.last_rotation = i;
        chain.rotations++;
        chain.about_x += item->form == KT_FORM_ABOUT_X;
        chain.real += item->form == KT_FORM_REAL;
        chain.hadamards += item->gate == KT_GATE_H;
    }
    chain.outer_phases += phases;
    return chain;
}

/* The rotations from the first to the last as one about an axis. */
static bool add_merged_rotation(kt_builder *builder, const kt_chain *chain, uint32_t first, uint32_t wire, bool imaginary) {
    uint32_t i = first;
    bool enough = true;
    for (; i != chain->first_rotation && enough; i = builder->items[i].next) enough = add_one(builder, &builder->items[i], wire);
    uint32_t source = (uint32_t)builder->plan->source_count;
    for (bool more = true; more && enough; i = builder->items[i].next) {
        enough = add_source(builder, builder->items[i].op, 0, 0);
        more = i != chain->last_rotation;
    }
    enough = enough && add_rotation(builder, wire, source, imaginary);
    for (; i != KT_NONE && enough; i = builder->items[i].next) enough = add_one(builder, &builder->items[i], wire);
    return enough;
}

/* One action on the chain's product. */
static bool add_product(kt_builder *builder, uint32_t first, uint32_t wire, bool dense) {
    uint32_t source = (uint32_t)builder->plan->source_count;
    bool enough = true;
    for (uint32_t i = first; i != KT_NONE && enough; i = builder->items[i].next) enough = add_source(builder, builder->items[i].op, 0, 0);
    if (!enough) return false;
    return dense ? add_action(builder, on_wire(KT_ACTION_DENSE, KT_PART_WHOLE, wire), source) : add_euler(builder, wire, source);
}

/* Is one matrix cheaper than a rotation and these phases? Only for small states, where what a work takes at least is more than what it
 * takes an amplitude. */
static bool is_better_dense(const kt_plan *plan, uint32_t phases) {
    return kt_dense_cost(plan, 1, 1) < kt_rotation_cost(plan) + phases * kt_touch_cost(plan, KT_WORK_PHASE, 0.5);
}

static bool add_chain(kt_builder *builder, uint32_t first, uint32_t wire) {
    kt_chain chain = look_at_chain(builder, first);
    bool merges = kt_with(builder, KETCH_WITHOUT_MERGING), enough = true;
    bool one_axis = !chain.phases && (chain.about_x == chain.rotations || chain.real == chain.rotations);
    bool conjugated = chain.phases && chain.rotations == 2 && chain.hadamards == 2;
    bool general = !one_axis && !conjugated;
    if (merges && chain.rotations && is_better_dense(builder->plan, general ? 2 : chain.outer_phases))
        return add_product(builder, first, wire, true);
    if (chain.rotations < 2 || !merges) {
        for (uint32_t i = first; i != KT_NONE && enough; i = builder->items[i].next) enough = add_one(builder, &builder->items[i], wire);
        return enough;
    }
    if (general) return add_product(builder, first, wire, false);
    return add_merged_rotation(builder, &chain, first, wire, conjugated || chain.about_x);
}

/* Ends the chains on these wires. */
static bool flush(kt_maker *maker, uint64_t wires) {
    bool enough = true;
    for (uint64_t left = wires & maker->waiting; left && enough; left &= left - 1) {
        uint32_t wire = kt_lowest(left);
        enough = add_chain(maker->builder, maker->first[wire], wire);
    }
    maker->waiting &= ~wires;
    return enough;
}

static void wait_on_wire(kt_maker *maker, uint32_t index) {
    kt_item *items = maker->builder->items;
    uint32_t wire = kt_lowest(items[index].wires);
    if (maker->waiting >> wire & 1)
        items[maker->last[wire]].next = index;
    else
        maker->first[wire] = index;
    maker->last[wire] = index;
    maker->waiting |= kt_bit(wire);
}

/* ── Gates on several wires ─────────────────────────────────────────────────────────────────────────────────────────────── */

static bool add_cx(kt_builder *builder, uint32_t source, uint32_t control, uint32_t target) {
    kt_action action = {.kind = KT_ACTION_CX, .bit_count = 2, .bits = {(uint8_t)control, (uint8_t)target}};
    return add_action(builder, action, source);
}

/* X on a wire under controls; a control that is active at 0 is an exchange's business. */
static bool add_flip(kt_builder *builder, uint32_t source, uint64_t controls, uint64_t values, uint32_t target) {
    if (kt_count_bits(controls) == 1 && values == controls) return add_cx(builder, source, kt_lowest(controls), target);
    kt_action action = on_wire(KT_ACTION_EXCHANGE, KT_PART_WHOLE, target);
    action.controls = controls;
    action.values = values;
    return add_action(builder, action, source);
}

/* Under controls, too: cx b,a | x b where a and the controls | cx b,a. */
static bool add_swap(kt_builder *builder, uint32_t source, const kt_item *item) {
    uint32_t a = item->targets[0], b = item->targets[1];
    return add_cx(builder, source, b, a) && add_flip(builder, source, item->controls | kt_bit(a), item->values | kt_bit(a), b) &&
           add_cx(builder, source, b, a);
}

static bool add_phases(kt_builder *builder, uint32_t source, const kt_item *item) {
    kt_action action = {.kind = KT_ACTION_PHASES, .bit_count = (uint8_t)kt_count_bits(item->wires)};
    memcpy(action.bits, item->operand, sizeof item->operand);
    return add_action(builder, action, source);
}

/* One factor, or two of a gate like rz, on wires of which all but the target are controls. */
static bool add_controlled_phase(kt_builder *builder, uint32_t source, const kt_item *item) {
    kt_action action = {.kind = KT_ACTION_PHASE, .part = KT_PART_ENTRY_1, .controls = item->wires, .values = item->values};
    if (item->target_count) {
        action.part = KT_PART_ENTRY_0;
        if (!add_action(builder, action, source)) return false;
        action.part = KT_PART_ENTRY_1;
        action.values |= kt_bit(item->targets[0]);
    }
    return add_action(builder, action, source);
}

static bool add_dense(kt_builder *builder, uint32_t source, const kt_item *item) {
    kt_action action = {.kind = KT_ACTION_DENSE, .bit_count = item->target_count, .controls = item->controls, .values = item->values};
    memcpy(action.bits, item->targets, sizeof item->targets);
    return add_action(builder, action, source);
}

static bool add_wide(kt_builder *builder, const kt_item *item) {
    uint32_t source = (uint32_t)builder->plan->source_count;
    if (!add_source(builder, item->op, 0, 1)) return false;
    switch ((kt_form)item->form) {
    case KT_FORM_X: return add_flip(builder, source, item->controls, item->values, item->targets[0]);
    case KT_FORM_SWAP: return add_swap(builder, source, item);
    case KT_FORM_DOUBLE_CX:
        if (item->controls) return add_dense(builder, source, item);
        return add_cx(builder, source, item->targets[0], item->targets[1]) && add_cx(builder, source, item->targets[1], item->targets[0]);
    case KT_FORM_Z:
    case KT_FORM_DIAGONAL:
        if (kt_count_bits(item->wires) <= 2) return add_phases(builder, source, item);
        return item->target_count < 2 ? add_controlled_phase(builder, source, item) : add_dense(builder, source, item);
    default: return add_dense(builder, source, item);
    }
}

static bool add_block(kt_builder *builder, const kt_block_of_two *block) {
    uint32_t source = (uint32_t)builder->plan->source_count;
    bool enough = true;
    for (uint32_t i = block->first; i != KT_NONE && enough; i = builder->items[i].next) {
        const kt_item *item = &builder->items[i];
        enough = add_source(builder, item->op, item->operand[0] == block->wires[1], item->operand[1] == block->wires[1]);
    }
    kt_action action = {.kind = KT_ACTION_DENSE, .bit_count = 2, .bits = {block->wires[0], block->wires[1]}};
    return enough && add_action(builder, action, source);
}

ketch_status kt_make_actions(kt_builder *builder) {
    kt_maker maker = {.builder = builder};
    builder->effect_count = 0;
    ketch_status status = KETCH_OK;
    bool enough = true;
    for (uint32_t i = 0; i < builder->item_count && enough && !status; i++) {
        kt_item *item = &builder->items[i];
        status = kt_watch_work(builder->watch, 4);
        if (item->gone) continue;
        const kt_block_of_two *block = item->block == KT_NONE ? NULL : &builder->blocks[item->block];
        if (block && i != block->last) continue;
        if (!block && kt_count_bits(item->wires) == 1) {
            wait_on_wire(&maker, i);
            continue;
        }
        enough = flush(&maker, item->wires | (block ? kt_bit(block->wires[0]) | kt_bit(block->wires[1]) : 0));
        enough = enough && (block ? add_block(builder, block) : add_wide(builder, item));
    }
    enough = enough && flush(&maker, ~UINT64_C(0));
    if (!status && !enough) status = kt_no_memory(builder->diag);
    return status;
}
