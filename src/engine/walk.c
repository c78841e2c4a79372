/* SPDX-License-Identifier: Apache-2.0
 *
 * One branch, from measurement to measurement: the machine carries out instructions until it comes to steps of the plan, which change the
 * state; then it goes on. Of a static circuit all is steps, with their jumps.
 */
#include "engine/branch.h"

#include <string.h>

/* What a step takes of a shot's operations: about as long as so many instructions, so that a loop without end is found out within a second
 * or two; a measurement, with the copy and the comparisons that it may bring, takes several passes over the state. From 16 qubits on no
 * more is taken, as long programs are to be allowed to end: some 3,000 measurements in a shot, unless the caller sets the limit. */
#define STEP_OPERATIONS UINT64_C(64)
#define MOST_AMPLITUDES (UINT64_C(1) << 16)

static uint64_t operations_of(const kt_run *run, const kt_step *step) {
    uint64_t amplitudes = kt_amplitude_count(run);
    if (amplitudes > MOST_AMPLITUDES) amplitudes = MOST_AMPLITUDES;
    return STEP_OPERATIONS + amplitudes / (kt_step_measures(step) ? 4 : 32);
}

uint64_t kt_operations_most(const kt_run *run) {
    if (!run->plan->dynamic) return UINT64_MAX; /* it ends by itself */
    return run->options->max_operations ? run->options->max_operations : UINT64_C(50000000);
}

double kt_branch_gates(const kt_run *run, const kt_branch *branch) {
    const kt_plan_totals *totals = &run->plan->totals;
    if (!run->plan->dynamic) return (double)totals->gates;
    uint64_t steps = (kt_operations_most(run) - branch->machine.operations_left) / STEP_OPERATIONS;
    return (double)steps * (double)totals->largest_segment;
}

/* ── Parameters that the program sets ───────────────────────────────────────────────────────────────────────────────────── */

static uint64_t *kept_params(const kt_tree *tree, const kt_branch *branch) {
    return branch->room.words + tree->remembered.all - tree->remembered.params;
}

void kt_branch_take_up(kt_tree *tree, const kt_branch *branch) {
    for (size_t i = 0; i < tree->remembered.params; i++)
        memcpy(&tree->run->view.params[tree->remembered.param[i]], kept_params(tree, branch) + i, sizeof(double));
}

void kt_branch_lay_down(kt_tree *tree, kt_branch *branch) {
    for (size_t i = 0; i < tree->remembered.params; i++)
        memcpy(kept_params(tree, branch) + i, &tree->run->view.params[tree->remembered.param[i]], sizeof(double));
}

/* ── Errors ─────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* With the place of a step's operation. */
#define FAIL_AT_STEP(branch, step, run, code, ...)                    \
    do {                                                              \
        kt_machine here = (branch)->machine;                          \
        here.program = (run)->circuit->ops;                           \
        here.program_ops = NULL;                                      \
        return kt_machine_fail(&here, (step)->op, code, __VA_ARGS__); \
    } while (0)

static ketch_status count_step(kt_tree *tree, kt_branch *branch, const kt_step *step) {
    kt_run *run = tree->run;
    if (!run->plan->dynamic) return kt_watch_work(&tree->watch, 1);
    uint64_t operations = operations_of(run, step);
    if (branch->machine.operations_left < operations)
        FAIL_AT_STEP(branch, step, run, KT_OPERATION_LIMIT, "a shot takes more than %llu operations",
                     (unsigned long long)kt_operations_most(run));
    branch->machine.operations_left -= operations;
    return kt_watch_work(&tree->watch, operations);
}

/* ── Qubits chosen at run time ──────────────────────────────────────────────────────────────────────────────────────────── */

static ketch_status wire_in_cell(kt_tree *tree, const kt_branch *branch, const kt_step *step, uint32_t cell, uint8_t *wire) {
    kt_run *run = tree->run;
    uint64_t qubit = branch->machine.memory.cells[cell];
    if (qubit >= run->circuit->qubit_count || run->plan->wire_of[qubit] == KT_IDLE)
        FAIL_AT_STEP(branch, step, run, KT_RUN_INDEX, "there is no qubit %lld", (long long)qubit);
    *wire = run->plan->wire_of[qubit];
    return KETCH_OK;
}

/* The gate as a step of the reference engine, which needs the state without a frame. */
static ketch_status gate_at(kt_tree *tree, kt_branch *branch, const kt_step *step) {
    kt_run *run = tree->run;
    const kt_op *op = &run->circuit->ops[step->op];
    const uint32_t *operands = kt_op_operands(run->circuit, op);
    kt_step placed = *step;
    bool held = !step->target_count;
    uint64_t used = 0;
    placed.target_count = 0;
    placed.controls = placed.values = 0;
    for (uint32_t k = 0; k < op->operand_count; k++) {
        uint8_t wire = 0;
        ketch_status status = wire_in_cell(tree, branch, step, operands[k] & ~KT_NEGATED, &wire);
        if (status) return status;
        uint64_t bit = UINT64_C(1) << wire;
        if (used & bit)
            FAIL_AT_STEP(branch, step, run, KT_QUBIT_TWICE, "the gate gets qubit %llu more than once",
                         (unsigned long long)branch->machine.memory.cells[operands[k] & ~KT_NEGATED]);
        used |= bit;
        if (k >= op->control_count && !held) {
            placed.targets[placed.target_count++] = wire;
            continue;
        }
        placed.controls |= bit;
        if (!(operands[k] & KT_NEGATED)) placed.values |= bit;
    }
    ketch_status status = kt_fill_blank(run, &branch->state);
    if (!status) status = kt_settle(run, &branch->state);
    return status ? status : kt_apply_gate(run, branch->state.amplitudes, &placed);
}

/* ── Measurements ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

ketch_status kt_measured_wire(kt_tree *tree, kt_branch *branch, uint8_t *wire) {
    const kt_step *step = &tree->run->plan->steps[branch->step];
    *wire = step->targets[0];
    if (step->code == KT_STEP_MEASURE || step->code == KT_STEP_RESET) return KETCH_OK;
    return wire_in_cell(tree, branch, step, kt_op_operands(tree->run->circuit, &tree->run->circuit->ops[step->op])[0], wire);
}

static void set_bit(kt_branch *branch, uint32_t bit, int value) {
    uint64_t mask = UINT64_C(1) << (bit % 64), *word = &branch->machine.memory.bits[bit / 64];
    *word = value ? *word | mask : *word & ~mask;
}

/* X, after a reset whose outcome was 1. */
static ketch_status flip(kt_tree *tree, kt_branch *branch, uint8_t wire) {
    if (!tree->run->plan->planned) return kt_flip(tree->run, branch->state.amplitudes, wire);
    kt_frame_x(&branch->state.frame, UINT64_C(1) << wire);
    return KETCH_OK;
}

ketch_status kt_pass_measurement(kt_tree *tree, kt_branch *branch, uint8_t wire, int outcome) {
    const kt_step *step = &tree->run->plan->steps[branch->step];
    const uint32_t *operands = kt_op_operands(tree->run->circuit, &tree->run->circuit->ops[step->op]);
    if (tree->remembered.counters && step->counter != KT_NO_COUNTER) kt_branch_counters(tree, branch)[step->counter]++;
    branch->step++;
    branch->measured = tree->run->summed = false;
    if (step->code == KT_STEP_MEASURE_AT)
        branch->machine.memory.cells[operands[1]] = (uint64_t)outcome;
    else if (step->code == KT_STEP_MEASURE && operands[1] != KT_NO_BIT)
        set_bit(branch, operands[1], outcome);
    return kt_step_resets(step) && outcome ? flip(tree, branch, wire) : KETCH_OK;
}

/* ── Steps ──────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static ketch_status do_step(kt_tree *tree, kt_branch *branch, const kt_step *step) {
    kt_run *run = tree->run;
    ketch_status status = KETCH_OK;
    uint32_t at = branch->step++;
    run->summed = false;
    switch (step->code) {
    case KT_STEP_GATE:
        status = kt_fill_blank(run, &branch->state);
        return status ? status : kt_apply_gate(run, branch->state.amplitudes, step);
    case KT_STEP_SEGMENT:
        return kt_run_segment(run, &branch->state, &run->plan->segments[step->segment], run->sums_come && at + 1 == run->plan->step_count);
    case KT_STEP_GATE_AT: return gate_at(tree, branch, step);
    case KT_STEP_SET_BIT: set_bit(branch, step->bit, step->value != 0); break;
    case KT_STEP_JUMP_UNLESS:
        if (!kt_condition_holds(run->circuit, &run->circuit->ops[step->op], branch->machine.memory.bits)) branch->step = step->next;
        break;
    case KT_STEP_JUMP: branch->step = step->next; break;
    default: break;
    }
    return KETCH_OK;
}

/* Instructions up to the next steps. */
static ketch_status run_machine(kt_tree *tree, kt_branch *branch, bool *ended) {
    kt_machine *machine = &branch->machine;
    ketch_status status = KETCH_OK;
    kt_pause pause = KT_PAUSE_FAILED;
    if (tree->tracer)
        status = kt_trace_machine(tree, branch, &pause);
    else
        pause = kt_machine_run(machine, &status);
    if (status) return status;
    *ended = pause == KT_PAUSE_END;
    if (*ended) return KETCH_OK;
    const kt_op *op = &machine->program[machine->at];
    branch->step = op->data;
    branch->step_end = op->data + op->operand_count;
    return KETCH_OK;
}

/* Up to a measurement or the end of the steps at hand. */
static ketch_status do_steps(kt_tree *tree, kt_branch *branch, kt_arrival *arrival) {
    ketch_status status = KETCH_OK;
    while (branch->step < branch->step_end && !status) {
        const kt_step *step = &tree->run->plan->steps[branch->step];
        status = count_step(tree, branch, step);
        if (kt_step_measures(step)) {
            *arrival = KT_AT_MEASUREMENT;
            break;
        }
        if (!status) status = do_step(tree, branch, step);
    }
    return status;
}

ketch_status kt_branch_walk(kt_tree *tree, kt_branch *branch, kt_arrival *arrival) {
    const kt_plan *plan = tree->run->plan;
    uint64_t before = branch->machine.operations_left;
    bool ended = false;
    *arrival = KT_AT_END;
    ketch_status status = do_steps(tree, branch, arrival);
    while (plan->dynamic && !status && *arrival == KT_AT_END) {
        status = run_machine(tree, branch, &ended);
        if (status || ended || branch->machine.at == plan->tail) break;
        branch->machine.at++;
        status = do_steps(tree, branch, arrival);
    }
    tree->unended += before - branch->machine.operations_left;
    return status;
}
