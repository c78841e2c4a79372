/* SPDX-License-Identifier: Apache-2.0
 *
 * The program of a dynamic circuit: its instructions, and its steps in between. See plan.h for what it looks like.
 *
 * Steps wait until something has to come behind them: then they become one place. Instructions know nothing of the state, so they overtake
 * gates that wait; only a measurement, a gate whose qubits are in cells, or a gate that reads the parameter to be set must go first. Where
 * a jump leads, a new place begins.
 */
#include "plan/analysis.h"

typedef struct kt_maker {
    kt_plan *plan;
    const ketch_circuit *circuit;
    const kt_finals *finals;
    const kt_flow *flow;
    size_t capacity, ops_capacity;
    uint32_t *places; /* by operation: where a jump to it leads */
    size_t step;      /* the first that has not been put anywhere */
    uint32_t first;   /* operation of the steps that wait; KT_NO_BIT: none wait */
    bool stays;       /* instructions may not overtake what waits */
    uint8_t *read;    /* by parameter: a gate that waits reads it, in this stretch */
    uint8_t stretch;
} kt_maker;

static bool put(kt_maker *maker, kt_op op, uint32_t from) {
    kt_plan *plan = maker->plan;
    if (!kt_reserve(&plan->program, &maker->capacity, plan->program_count + 1, sizeof *plan->program) ||
        !kt_reserve(&plan->program_ops, &maker->ops_capacity, plan->program_count + 1, sizeof *plan->program_ops))
        return false;
    plan->program_ops[plan->program_count] = from;
    plan->program[plan->program_count++] = op;
    return true;
}

/* What waits becomes a place, up to operation `end`. */
static bool put_steps(kt_maker *maker, size_t end) {
    if (maker->first == KT_NO_BIT) return true;
    kt_op op = {.code = KT_OP_GATE, .operands = (uint32_t)end, .operand_count = 1, .line = maker->circuit->ops[maker->first].line};
    bool good = put(maker, op, maker->first);
    maker->first = KT_NO_BIT;
    maker->stays = false;
    if (++maker->stretch == 0) maker->stretch = 1; /* marks of 255 stretches ago: gates go first that need not */
    return good;
}

/* Does the operation have a step? Then it waits. */
static bool take_step(kt_maker *maker, size_t index) {
    const kt_plan *plan = maker->plan;
    if (maker->step >= plan->step_count || plan->steps[maker->step].op != index) return false;
    const kt_op *op = &maker->circuit->ops[index];
    maker->step++;
    if (maker->first == KT_NO_BIT) maker->first = (uint32_t)index;
    maker->stays = maker->stays || op->code != KT_OP_GATE;
    if (op->code == KT_OP_GATE && op->gate != KT_GATE_MATRIX) {
        for (uint32_t p = 0; p < kt_gates[op->gate].parameter_count; p++) maker->read[op->data + p] = maker->stretch;
    }
    return true;
}

/* A qubit that is 0, measured. */
static bool is_idle_measurement(const kt_maker *maker, size_t index) {
    const kt_op *op = &maker->circuit->ops[index];
    const uint32_t *operands = kt_op_operands(maker->circuit, op);
    if (op->code != KT_OP_MEASURE || operands[1] == KT_NO_BIT) return false;
    return !kt_is_final(maker->finals, index) || maker->plan->wire_of[operands[0]] == KT_IDLE;
}

static kt_op bit_set_to_0(const kt_op *measure) {
    return (kt_op){.code = KT_OP_SET_BIT, .operands = measure->operands + 1, .operand_count = 1, .line = measure->line};
}

static bool overtakes(const kt_maker *maker, const kt_op *op) {
    return !maker->stays && !(op->code == KT_DO_SET_PARAM && maker->read[op->data] == maker->stretch);
}

static bool is_cut(uint8_t code) { return kt_flow_leads(code) || code == KT_DO_RETURN || code == KT_DO_FAIL || code == KT_OP_END; }

static bool add_operation(kt_maker *maker, size_t index) {
    const kt_op *op = &maker->circuit->ops[index];
    if (maker->flow->marks[index] & KT_FLOW_LANDING && index != maker->finals->tail) {
        if (!put_steps(maker, index)) return false;
        maker->places[index] = (uint32_t)maker->plan->program_count;
    }
    if (take_step(maker, index)) return true;
    kt_op copy = *op;
    switch (op->code) {
    case KT_OP_MEASURE: /* has no step: it is final, or the qubit is 0 */
        if (index >= maker->finals->tail || !is_idle_measurement(maker, index)) return true;
        copy = bit_set_to_0(op);
        break;
    case KT_OP_GATE:
    case KT_OP_GATE_AT:
    case KT_OP_RESET:
    case KT_OP_BARRIER:
    case KT_OP_DELAY:
    case KT_DO_LABEL: return true;
    default: break;
    }
    if ((is_cut(op->code) || !overtakes(maker, op)) && !put_steps(maker, index)) return false;
    return put(maker, copy, (uint32_t)index);
}

/* The tail begins: an empty place, where jumps lead too. Its idle measurements are carried out in front of it: behind, where the outcomes
 * of the other final ones are known already, they would undo those into the same bit. */
static bool begin_tail(kt_maker *maker, size_t index) {
    if (!put_steps(maker, index)) return false;
    maker->places[index] = (uint32_t)maker->plan->program_count;
    for (size_t i = index; i < maker->finals->op_end; i++) {
        if (is_idle_measurement(maker, i) && !put(maker, bit_set_to_0(&maker->circuit->ops[i]), (uint32_t)i)) return false;
    }
    maker->plan->tail = maker->plan->program_count;
    return put(maker, (kt_op){.code = KT_OP_GATE, .operands = (uint32_t)index}, (uint32_t)index);
}

static void link_program_jumps(kt_maker *maker) {
    kt_plan *plan = maker->plan;
    for (size_t i = 0; i < plan->program_count; i++) {
        kt_op *op = &plan->program[i];
        if (kt_flow_leads(op->code))
            op->data = op->data < maker->finals->op_end ? maker->places[op->data] : (uint32_t)plan->program_count - 1;
    }
}

static ketch_status make(kt_maker *maker, bool each, kt_watch *watch, ketch_diag *diag) {
    kt_plan *plan = maker->plan;
    size_t end = maker->finals->op_end;
    bool good = true;
    ketch_status status = KETCH_OK;
    for (size_t i = 0; i < end && good && !status; i++) {
        status = kt_watch_work(watch, 2);
        if (i == maker->finals->tail) good = begin_tail(maker, i);
        good = good && add_operation(maker, i);
        if (each) good = good && put_steps(maker, i + 1);
    }
    if (status) return status;
    good = good && put_steps(maker, end);
    if (maker->finals->tail == end) plan->tail = plan->program_count;
    if (!good || !put(maker, (kt_op){.code = KT_OP_END}, (uint32_t)end)) return kt_no_memory(diag);
    link_program_jumps(maker);
    return KETCH_OK;
}

ketch_status kt_program_make(kt_plan *plan, const ketch_circuit *circuit, const kt_finals *finals, const kt_flow *flow, bool each,
                             kt_watch *watch, ketch_diag *diag) {
    kt_maker maker = {.plan = plan, .circuit = circuit, .finals = finals, .flow = flow, .first = KT_NO_BIT, .stretch = 1};
    maker.places = kt_array(circuit->ops_count + 1, sizeof *maker.places);
    maker.read = kt_zalloc(circuit->params_count + 1);
    ketch_status status = maker.places && maker.read ? make(&maker, each, watch, diag) : kt_no_memory(diag);
    kt_free(maker.places);
    kt_free(maker.read);
    return status;
}

void kt_program_link(kt_plan *plan) {
    for (size_t i = 0; i < plan->program_count; i++) {
        kt_op *op = &plan->program[i];
        if (op->code != KT_OP_GATE) continue;
        op->data = kt_step_at(plan, plan->program_ops[i]);
        op->operand_count = kt_step_at(plan, op->operands) - op->data;
    }
}
