/* SPDX-License-Identifier: Apache-2.0
 *
 * Making a plan: wires for the qubits in use, then one step an operation. See plan.h.
 */
#include "plan/planned.h"

#include <math.h>
#include <string.h>

/* ── Wires ──────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct kt_planner {
    kt_plan *plan;
    const ketch_circuit *circuit;
    kt_finals finals;
    kt_flow flow;     /* of a dynamic circuit */
    uint8_t *touched; /* by qubit: a gate came before */
    kt_watch *watch;
} kt_planner;

static kt_shape shape_of(const kt_op *op) { return kt_gate_shape(op->gate, kt_op_target_count(op)); }

static ketch_status assign_wires(kt_planner *planner, const ketch_run_options *options, ketch_diag *diag) {
    const ketch_circuit *circuit = planner->circuit;
    kt_plan *plan = planner->plan;
    bool all = options->outputs & KETCH_OUTPUT_STATE || planner->flow.chosen || plan->given;
    memset(plan->wire_of, all ? 0 : KT_IDLE, plan->qubits);
    ketch_status status = KETCH_OK;
    for (size_t i = 0; i < planner->finals.op_end && !status; i++) {
        const kt_op *op = &circuit->ops[i];
        status = kt_watch_work(planner->watch, 1);
        if (op->code != KT_OP_GATE || shape_of(op).identity) continue;
        const uint32_t *operands = kt_op_operands(circuit, op);
        for (uint32_t k = 0; k < op->operand_count; k++) plan->wire_of[operands[k] & ~KT_NEGATED] = 0;
    }
    if (status) return status;
    uint32_t wires = 0;
    for (uint32_t q = 0; q < plan->qubits; q++) {
        if (plan->wire_of[q] != KT_IDLE) plan->wire_of[q] = (uint8_t)(wires < KT_MAX_WIRES ? wires : KT_MAX_WIRES), wires++;
    }
    plan->wires = wires;
    if (wires > KT_MAX_WIRES)
        return kt_fail(diag, KT_TOO_MANY_QUBITS, "%u qubits are to be simulated together; at most %d can be", wires, KT_MAX_WIRES);
    if (options->max_qubits && wires > options->max_qubits)
        return kt_fail(diag, KT_TOO_MANY_QUBITS, "%u qubits are to be simulated; the limit of this run is %u", wires, options->max_qubits);
    return KETCH_OK;
}

/* ── Steps ──────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static uint32_t bits_in(uint64_t mask) { return (uint32_t)__builtin_popcountll(mask); }

static double touched_amplitudes(const kt_plan *plan, const kt_step *step, kt_shape shape) {
    return ldexp(shape.touched, (int)(plan->wires - step->target_count - bits_in(step->controls)));
}

double kt_step_amplitudes(const kt_plan *plan, const kt_step *step, const ketch_circuit *circuit) {
    return touched_amplitudes(plan, step, shape_of(&circuit->ops[step->op]));
}

/* A segment ends where a condition begins or ends, too. */
static bool goes_on(const kt_plan *plan, const ketch_circuit *circuit, const kt_op *op) {
    const kt_step *last = plan->step_count ? &plan->steps[plan->step_count - 1] : NULL;
    return last && last->code == KT_STEP_GATE && circuit->ops[last->op].conditional == op->conditional;
}

static void count_gate(kt_plan *plan, const kt_step *step, kt_shape shape, const ketch_circuit *circuit) {
    kt_plan_totals *totals = &plan->totals;
    const kt_op *op = &circuit->ops[step->op];
    double amplitudes = touched_amplitudes(plan, step, shape), each = kt_kernels[step->kernel].multiply_adds;
    for (uint32_t t = 0; t < step->target_count; t++) each *= kt_kernels[step->kernel].growth;
    totals->gates++;
    bool begins = !goes_on(plan, circuit, op);
    totals->segments += begins;
    totals->last_segment = begins ? 1 : totals->last_segment + 1;
    if (totals->last_segment > totals->largest_segment) totals->largest_segment = totals->last_segment;
    totals->matrices += op->gate == KT_GATE_MATRIX;
    totals->amplitudes += amplitudes;
    totals->multiply_adds += amplitudes * each;
}

/* False: nothing to do. */
static bool make_gate(kt_planner *planner, kt_step *step, const kt_op *op) {
    kt_plan *plan = planner->plan;
    const uint32_t *operands = kt_op_operands(planner->circuit, op);
    kt_shape shape = shape_of(op);
    if (shape.identity) return false;
    step->code = KT_STEP_GATE;
    step->kernel = shape.kernel;
    step->controls = step->values = 0;
    for (uint32_t k = 0; k < op->operand_count; k++) {
        uint32_t qubit = operands[k] & ~KT_NEGATED;
        uint64_t bit = UINT64_C(1) << plan->wire_of[qubit];
        planner->touched[qubit] = 1;
        if (k >= op->control_count && !shape.targets_held) {
            step->targets[step->target_count++] = plan->wire_of[qubit];
            continue;
        }
        step->controls |= bit;
        if (!(operands[k] & KT_NEGATED)) step->values |= bit;
    }
    count_gate(plan, step, shape, planner->circuit);
    return true;
}

/* Of cells that hold qubits: targets and controls are found when the step runs. */
static bool make_gate_at(kt_planner *planner, kt_step *step, const kt_op *op) {
    kt_shape shape = shape_of(op);
    if (shape.identity) return false;
    step->code = KT_STEP_GATE_AT;
    step->kernel = shape.kernel;
    step->target_count = shape.targets_held ? 0 : (uint8_t)kt_op_target_count(op);
    count_gate(planner->plan, step, shape, planner->circuit);
    return true;
}

/* A shot may carry it out again: then its draws are told apart by a count. */
static uint32_t counter_of(kt_planner *planner, size_t index) {
    if (!planner->plan->dynamic || !(planner->flow.marks[index] & KT_FLOW_REPEATED)) return KT_NO_COUNTER;
    return planner->plan->counter_count++;
}

/* A qubit that no gate has touched is 0: its reset does nothing, and its measurement sets a bit. */
static bool make_measurement(kt_planner *planner, kt_step *step, const kt_op *op, size_t index) {
    const uint32_t *operands = kt_op_operands(planner->circuit, op);
    bool reset = op->code == KT_OP_RESET;
    if (!reset && kt_is_final(&planner->finals, index)) return false;
    step->code = reset ? KT_STEP_RESET : KT_STEP_MEASURE;
    if (planner->touched[operands[0]]) {
        step->target_count = 1;
        step->targets[0] = planner->plan->wire_of[operands[0]];
        step->counter = counter_of(planner, index);
        planner->plan->branches = true;
        return true;
    }
    if (reset || operands[1] == KT_NO_BIT || planner->plan->dynamic) return false; /* the program sets it */
    step->code = KT_STEP_SET_BIT;
    step->bit = operands[1];
    step->value = 0;
    return true;
}

/* Of a circuit without program: what it does with bits, and where it goes on. */
static bool make_jump(const kt_planner *planner, kt_step *step, const kt_op *op) {
    switch (op->code) {
    case KT_OP_SET_BIT:
        step->code = KT_STEP_SET_BIT;
        step->bit = kt_op_operands(planner->circuit, op)[0];
        step->value = op->data;
        return true;
    case KT_OP_JUMP_UNLESS:
    case KT_OP_JUMP:
    case KT_OP_END: step->code = op->code == KT_OP_JUMP_UNLESS ? KT_STEP_JUMP_UNLESS : KT_STEP_JUMP; return true;
    default: return false; /* barriers and delays */
    }
}

static bool make_step(kt_planner *planner, kt_step *step, size_t index) {
    const kt_op *op = &planner->circuit->ops[index];
    *step = (kt_step){.op = (uint32_t)index, .counter = KT_NO_COUNTER};
    switch (op->code) {
    case KT_OP_GATE: return make_gate(planner, step, op);
    case KT_OP_GATE_AT: return make_gate_at(planner, step, op);
    case KT_OP_MEASURE:
    case KT_OP_RESET: return make_measurement(planner, step, op, index);
    case KT_OP_MEASURE_AT:
    case KT_OP_RESET_AT:
        step->code = op->code == KT_OP_MEASURE_AT ? KT_STEP_MEASURE_AT : KT_STEP_RESET_AT;
        step->counter = counter_of(planner, index);
        planner->plan->branches = true;
        return true;
    default: return !planner->plan->dynamic && make_jump(planner, step, op); /* of a dynamic circuit: the program's */
    }
}

uint32_t kt_step_at(const kt_plan *plan, size_t op) {
    size_t low = 0, high = plan->step_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (plan->steps[middle].op < op)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}

/* Where operations may come again, or act on any qubit, what stands further below may have been done; of a given state, anything. */
static void touch_early(kt_planner *planner) {
    const kt_flow *flow = &planner->flow;
    if (!flow->loops && !flow->calls && !flow->chosen && !planner->plan->given) return;
    for (uint32_t q = 0; q < planner->plan->qubits; q++) planner->touched[q] = planner->plan->wire_of[q] != KT_IDLE;
}

static ketch_status make_steps(kt_planner *planner, ketch_diag *diag) {
    kt_plan *plan = planner->plan;
    touch_early(planner);
    plan->steps = kt_array(planner->finals.op_end + 1, sizeof *plan->steps); /* as many as there can be; what is not used is not touched */
    if (!plan->steps) return kt_no_memory(diag);
    ketch_status status = KETCH_OK;
    for (size_t i = 0; i < planner->finals.op_end && !status; i++) {
        status = kt_watch_work(planner->watch, 2);
        if (make_step(planner, &plan->steps[plan->step_count], i)) plan->step_count++;
    }
    return status;
}

static ketch_status link_jumps(kt_planner *planner) {
    kt_plan *plan = planner->plan;
    ketch_status status = KETCH_OK;
    if (plan->dynamic) kt_program_link(plan);
    for (size_t i = 0; i < plan->step_count && !status; i++) {
        kt_step *step = &plan->steps[i];
        status = kt_watch_work(planner->watch, 1);
        if (step->code != KT_STEP_JUMP_UNLESS && step->code != KT_STEP_JUMP) continue;
        const kt_op *op = &planner->circuit->ops[step->op];
        step->next = op->code == KT_OP_END ? (uint32_t)plan->step_count : kt_step_at(plan, op->data);
    }
    return status;
}

/* ── The door ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static ketch_status fill_plan(kt_planner *planner, const ketch_run_options *options, ketch_diag *diag) {
    kt_plan *plan = planner->plan;
    const ketch_circuit *circuit = planner->circuit;
    plan->wire_of = kt_alloc((size_t)plan->qubits + 1);
    planner->touched = kt_zalloc((size_t)plan->qubits + 1);
    if (!plan->wire_of || !planner->touched) return kt_no_memory(diag);
    const kt_flow *flow = plan->dynamic ? &planner->flow : NULL;
    ketch_status status = plan->dynamic ? kt_flow_find(&planner->flow, circuit, planner->watch, diag) : KETCH_OK;
    if (!status) status = kt_finals_find(&planner->finals, circuit, flow, planner->watch, diag);
    if (!status && options->trace) kt_finals_none(&planner->finals); /* measurements are seen where they stand */
    if (!status) status = assign_wires(planner, options, diag);
    if (!status) status = make_steps(planner, diag);
    if (!status && flow) status = kt_program_make(plan, circuit, &planner->finals, flow, options->trace != NULL, planner->watch, diag);
    if (!status) status = link_jumps(planner);
    if (!status && plan->planned) status = kt_plan_segments(plan, circuit, planner->watch, diag);
    if (!status && plan->planned) status = link_jumps(planner); /* there are fewer steps now */
    if (!status) status = kt_plan_outcome(plan, circuit, &planner->finals, planner->watch, diag);
    if (!status && plan->branches) status = kt_find_lives(plan, circuit, planner->watch, diag);
    return status;
}

static ketch_status check_given(const ketch_circuit *circuit, const ketch_state *state, ketch_diag *diag) {
    if (!state || circuit->qubit_count <= state->memory.wires) return KETCH_OK;
    return kt_fail(diag, KT_BAD_ARGUMENT, "the circuit has %u qubits, the state that it is to run on %u", circuit->qubit_count,
                   state->memory.wires);
}

ketch_status kt_plan_make(kt_plan **out, const ketch_circuit *circuit, const ketch_run_options *options, kt_watch *watch,
                          ketch_diag *diag) {
    *out = NULL;
    ketch_status status = check_given(circuit, options->state, diag);
    if (status) return status;
    kt_plan *plan = kt_zalloc(sizeof *plan);
    if (!plan) return kt_no_memory(diag);
    plan->dynamic = circuit->dynamic || options->trace; /* each operation a place of a program: one after the other */
    if (plan->dynamic) plan->machine_bytes = 8 * ((uint64_t)circuit->cell_count + circuit->bit_count / 64 + 1 + circuit->params_count);
    plan->given = options->state != NULL;
    plan->qubits = plan->given ? options->state->memory.wires : circuit->qubit_count;
    plan->outputs = options->outputs;
    plan->precision = options->precision;
    plan->planned = options->engine != KETCH_ENGINE_REFERENCE;
    plan->isa = (uint8_t)(options->instructions ? options->instructions - KETCH_INSTRUCTIONS_PLAIN : kt_isa_best());
    plan->without = options->without;
    plan->tile_bits = options->tile_bits ? options->tile_bits : plan->precision == KETCH_PRECISION_FP32 ? 16 : 15;
    kt_planner planner = {.plan = plan, .circuit = circuit, .watch = watch};
    status = fill_plan(&planner, options, diag);
    kt_finals_free(&planner.finals);
    kt_flow_free(&planner.flow);
    kt_free(planner.touched);
    if (status)
        kt_plan_free(plan);
    else
        *out = plan;
    return status;
}

void kt_plan_free(kt_plan *plan) {
    if (!plan) return;
    kt_free(plan->program);
    kt_free(plan->program_ops);
    kt_free(plan->lives);
    kt_free(plan->live_words);
    kt_free(plan->wire_of);
    kt_free(plan->steps);
    kt_free(plan->counted);
    kt_free(plan->moves);
    kt_free(plan->sampled);
    kt_free(plan->actions);
    kt_free(plan->sources);
    kt_free(plan->order);
    kt_free(plan->works);
    kt_free(plan->stages);
    kt_free(plan->segments);
    kt_free(plan);
}

/* ── Memory ─────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static uint64_t add(uint64_t a, uint64_t b) { return a + b < a ? UINT64_MAX : a + b; }
static uint64_t multiply(uint64_t a, uint64_t b) { return b && a > UINT64_MAX / b ? UINT64_MAX : a * b; }

uint32_t kt_plan_wires(const kt_plan *plan) { return plan->wires; }

uint64_t kt_plan_shots(const kt_plan *plan, const ketch_run_options *options) {
    if (options->outputs & KETCH_OUTPUT_NO_SHOTS) return 0;
    return options->shots ? options->shots : plan->given && plan->branches ? 1 : 1024;
}

bool kt_plan_shows_state(const kt_plan *plan) {
    return plan->given || plan->outputs & (KETCH_OUTPUT_STATE | KETCH_OUTPUT_AMPLITUDES | KETCH_OUTPUT_PROBABILITIES);
}

uint64_t kt_plan_state_bytes(const kt_plan *plan) {
    return multiply(UINT64_C(1) << plan->wires, plan->precision == KETCH_PRECISION_FP32 ? 8 : 16);
}

/* Scratch of a quarter of the state, or of a million shots where that is more. */
uint64_t kt_plan_sample_batch(const kt_plan *plan, uint64_t shots) {
    uint64_t most = UINT64_C(1) << (plan->wires < 23 ? 20 : plan->wires < 29 ? plan->wires - 3 : 26);
    return shots < most ? shots : most;
}

/* Outcomes that so many shots can have. */
static uint64_t most_outcomes(const kt_plan *plan, uint64_t shots) {
    return plan->outcome_bits < 64 && shots >> plan->outcome_bits ? UINT64_C(1) << plan->outcome_bits : shots;
}

/* Is the last step what every shot does last? */
static bool ends_with_last(const kt_plan *plan) {
    size_t i = plan->tail;
    if (!plan->dynamic) return true;
    while (i > 0 && plan->program[i - 1].code != KT_OP_GATE && plan->program[i - 1].code != KT_DO_RETURN &&
           !kt_flow_leads(plan->program[i - 1].code))
        i--;
    return i > 0 && plan->program[i - 1].code == KT_OP_GATE;
}

uint32_t kt_plan_sum_bits(const kt_plan *plan) {
    const kt_step *last = plan->step_count ? &plan->steps[plan->step_count - 1] : NULL;
    if (!last || last->code != KT_STEP_SEGMENT || plan->without & KETCH_WITHOUT_SUMS || !ends_with_last(plan)) return 64;
    const kt_segment *segment = &plan->segments[last->segment];
    return segment->stage_count ? plan->stages[segment->first_stage + segment->stage_count - 1].run_bits : 64;
}

/* Of the planned engine: what its actions are bound to, tables, two tiles with their sums for each thread that has one, and a sum a run of
 * amplitudes. `wires` may be others than the plan was made for. */
uint64_t kt_plan_scratch(const kt_plan *plan, uint32_t threads) {
    if (!plan->planned) return 0;
    bool one_tile = plan->wires <= plan->tile_bits;
    uint32_t bits = one_tile ? plan->wires : plan->tile_bits, sum_bits = kt_plan_sum_bits(plan);
    if (bits < KT_TILE_LEAST) bits = KT_TILE_LEAST;
    uint64_t tile = (plan->precision == KETCH_PRECISION_FP32 ? UINT64_C(16) : UINT64_C(32)) << bits;
    uint64_t tiles = one_tile ? 1 : UINT64_C(1) << (plan->wires - plan->tile_bits);
    uint64_t rooms = multiply(tiles < threads ? tiles : threads, tile + tile / 32 + 8192);
    uint64_t sums = plan->wires > sum_bits ? UINT64_C(8) << (plan->wires - sum_bits) : 8;
    return add(add(plan->bound_bytes, rooms), sums);
}

uint64_t kt_plan_memory(const kt_plan *plan, const ketch_run_options *options, uint32_t threads) {
    uint64_t shots = kt_plan_shots(plan, options);
    bool copied = plan->outputs & (KETCH_OUTPUT_STATE | KETCH_OUTPUT_AMPLITUDES | KETCH_OUTPUT_PROBABILITIES);
    uint64_t state = plan->given && !copied ? 0 : kt_plan_state_bytes(plan);
    uint64_t total = add(state, UINT64_C(1) << 18);                        /* small things: a matrix, a layout */
    total = add(total, (UINT64_C(1) << plan->wires) / 2048);               /* partial sums */
    total = add(total, multiply(multiply(shots, plan->outcome_words), 8)); /* rows */
    total = add(total, kt_plan_scratch(plan, threads));
    total = add(total, multiply(plan->machine_bytes, 2 + (uint64_t)threads)); /* the branch at hand, those of threads, and a tail's */
    uint64_t sampling = multiply(kt_plan_sample_batch(plan, shots), 32);      /* draws while they are sorted */
    if (plan->branches) sampling = add(sampling, multiply(shots, 16));        /* which shots went which way */
    uint64_t counting = multiply(shots, kt_counting_shot_words(plan->outcome_words, options->outputs & KETCH_OUTPUT_SHOTS));
    counting = add(counting, multiply(most_outcomes(plan, shots), kt_counting_outcome_words(plan->outcome_words)));
    counting = multiply(counting, 8);
    return add(total, sampling > counting ? sampling : counting); /* one after the other */
}
