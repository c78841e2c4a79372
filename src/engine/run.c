/* SPDX-License-Identifier: Apache-2.0
 *
 * A run as a whole: take a state, walk the tree of outcomes (branch.c), count the shots, say how it went. The state goes into the result
 * where it is wanted, and else back to the session for the next run.
 */
#include "engine/branch.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* The line of the first loop that goes on for as long as measurements say, or 0. */
static uint32_t line_of_endless(const ketch_circuit *circuit) {
    for (size_t i = 0; circuit->unbounded && i < circuit->ops_count; i++) {
        const kt_op *op = &circuit->ops[i];
        bool jumps = op->code == KT_OP_JUMP || op->code == KT_OP_JUMP_UNLESS || op->code == KT_DO_JUMP_IF || op->code == KT_DO_JUMP_IF_NOT;
        if (jumps && op->data <= i) return circuit->ops[op->data].line ? circuit->ops[op->data].line : op->line;
    }
    return 0;
}

static ketch_status check_outputs(const kt_run *run) {
    if (!run->plan->branches) return KETCH_OK;
    const char *wanted = NULL;
    if (run->plan->outputs & KETCH_OUTPUT_NO_SHOTS)
        wanted = "a run without shots";
    else if (run->plan->given && run->shots != 1)
        wanted = "many shots from one state";
    else if ((run->plan->outputs & KT_STATE_OUTPUTS) && run->shots != 1)
        wanted = "the state, amplitudes or probabilities of many shots";
    if (!wanted) return KETCH_OK;
    for (size_t i = 0; i < run->plan->step_count; i++) {
        const kt_step *step = &run->plan->steps[i];
        if (!kt_step_measures(step)) continue;
        uint32_t line = run->circuit->ops[step->op].line;
        const char *what = kt_step_resets(step) ? "reset" : "measurement";
        char where[32] = "", loop[64] = "";
        if (line) snprintf(where, sizeof where, " (line %u)", line);
        uint32_t endless = line_of_endless(run->circuit);
        if (endless) snprintf(loop, sizeof loop, ", and the loop at line %u has no bound", endless);
        ketch_status status =
            kt_fail(run->diag, KT_NEEDS_ONE_SHOT, "%s cannot be had: a %s in the middle of the circuit%s decides it shot by shot%s", wanted,
                    what, where, loop);
        if (run->shots > 1) kt_hint(run->diag, "ask for one shot: --shots 1");
        return status;
    }
    return KETCH_OK;
}

/* ── The result ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static ketch_status name_registers(kt_run *run) {
    ketch_result *result = run->result;
    const ketch_circuit *circuit = run->circuit;
    size_t count = run->plan->measures_nothing ? 1 : circuit->bit_registers_count;
    result->registers = kt_array(count + 1, sizeof *result->registers);
    result->shapes = kt_array(count + 1, sizeof *result->shapes);
    if (!result->registers || !result->shapes) return kt_no_memory(run->diag);
    uint32_t offset = 0;
    for (size_t i = 0; i < count; i++) {
        kt_register_info all = {.name = "meas", .size = run->plan->qubits, .counted = true};
        const kt_register_info *info = run->plan->measures_nothing ? &all : &circuit->bit_registers[i];
        if (!info->counted) continue;
        char *name = kt_arena_copy(&result->names, info->name, strlen(info->name));
        if (!name) return kt_no_memory(run->diag);
        result->shapes[result->register_count] = info->dimensions;
        result->registers[result->register_count++] =
            (ketch_register){name, offset, info->size, kt_value_type_of((kt_scalar)info->type, info->width ? info->width : info->size)};
        offset += info->size;
    }
    result->bit_count = run->plan->outcome_bits;
    result->words = run->plan->outcome_words;
    return KETCH_OK;
}

static ketch_status describe_state(kt_run *run) {
    ketch_result *result = run->result;
    uint32_t qubits = run->plan->qubits;
    result->outputs = run->plan->outputs;
    result->qubit_count = qubits;
    result->wire_of = kt_alloc((size_t)qubits + 1);
    if (!result->wire_of) return kt_no_memory(run->diag);
    memcpy(result->wire_of, run->plan->wire_of, qubits);
    return KETCH_OK;
}

static void fill_info(kt_run *run) {
    ketch_run_info *info = &run->result->info;
    info->struct_size = sizeof *info;
    info->shots = run->shots;
    info->seed = run->options->seed;
    info->threads = run->engine->team ? run->engine->team : run->engine->threads; /* a run of small passes starts none */
    info->qubits = run->plan->qubits;
    info->simulated_qubits = run->plan->wires;
    info->precision = run->plan->precision;
    info->norm = run->first_norm;
    info->peak_memory_bytes = run->peak;
    info->simulate_seconds = run->sampling_began - run->started;
    info->sample_seconds = kt_seconds() - run->sampling_began;
    kt_circuit_hash(info->circuit_hash, run->circuit);
    info->instruction_set = kt_instruction_set();
    info->engine = "reference";
    info->all_qubits_measured = run->plan->measures_nothing;
}

/* ── The state's memory ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The caller's is whole again, or lost; another becomes the result's, or is spare. */
static void leave_state(kt_run *run, kt_state state, bool ended) {
    ketch_state *given = run->options->state;
    if (!state.amplitudes) return;
    if (run->plan->given) {
        given->drift += kt_norm_tolerance(run->plan, run->first_gates);
        kt_state_release(given, ended);
    } else if (ended && run->plan->outputs & KT_STATE_OUTPUTS) {
        run->result->state = state;
        run->result->drift = kt_norm_tolerance(run->plan, run->first_gates);
    } else {
        run->engine->spare = state;
    }
}

static void free_state(kt_state *state) {
    if (state->amplitudes) kt_pages_free(state->amplitudes, state->bytes);
    *state = (kt_state){0};
}

/* The caller's, or else the session's spare one if it has the right size. */
static ketch_status take_state(kt_run *run, kt_state *state) {
    kt_state *spare = &run->engine->spare;
    uint64_t bytes = kt_plan_state_bytes(run->plan);
    if (run->plan->given) {
        ketch_status status = kt_state_claim(run->options->state, run->diag);
        if (status) return status;
        *state = run->options->state->memory;
        return kt_begin_stage(run, "allocate");
    }
    if (spare->bytes != bytes) free_state(spare);
    *state = *spare;
    *spare = (kt_state){0};
    if (!state->amplitudes) state->amplitudes = kt_pages_alloc((size_t)bytes, kt_huge_pages(run->plan));
    if (!state->amplitudes) return kt_no_memory(run->diag);
    state->bytes = (size_t)bytes;
    state->wires = run->plan->wires;
    state->precision = run->plan->precision;
    kt_run_took(run, bytes);
    return kt_begin_stage(run, "allocate");
}

/* ── The run ────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

ketch_status kt_run_take_sums(kt_run *run) {
    uint32_t sum_bits = kt_plan_sum_bits(run->plan);
    run->sums_come = sum_bits < 64;
    run->sum_count = (kt_amplitude_count(run) >> (sum_bits < KT_CHUNK_BITS ? sum_bits : KT_CHUNK_BITS)) + 2;
    run->sums = kt_run_alloc(run, run->sum_count, sizeof *run->sums);
    return run->sums ? KETCH_OK : kt_no_memory(run->diag);
}

void kt_run_free_sums(kt_run *run) { kt_run_free(run, run->sums, run->sum_count, sizeof *run->sums); }

static uint64_t params_of_its_own(const kt_run *run) { return run->circuit == &run->view ? run->view.params_count + 1 : 0; }

ketch_status kt_run_take_params(kt_run *run) {
    if (!run->plan->dynamic) return KETCH_OK;
    const ketch_circuit *circuit = run->circuit;
    double *params = kt_run_alloc(run, circuit->params_count + 1, sizeof *params);
    if (!params) return kt_no_memory(run->diag);
    if (circuit->params_count) memcpy(params, circuit->params, circuit->params_count * sizeof *params);
    run->view = *circuit;
    run->view.params = params;
    run->circuit = &run->view;
    return KETCH_OK;
}

void kt_run_free_params(kt_run *run) {
    if (params_of_its_own(run)) kt_run_free(run, run->view.params, params_of_its_own(run), sizeof *run->view.params);
}

static ketch_status take_memory(kt_run *run) {
    ketch_status status = kt_run_take_sums(run);
    if (!status) status = kt_run_take_params(run);
    if (status || !run->shots) return status;
    run->rows = run->shots <= SIZE_MAX / run->plan->outcome_words
                    ? kt_run_alloc(run, run->shots * run->plan->outcome_words, sizeof *run->rows)
                    : NULL;
    return run->rows ? KETCH_OK : kt_no_memory(run->diag);
}

/* The caller's state as it is at the end, for a result that shows it. */
static ketch_status copy_given(kt_run *run) {
    if (!run->plan->given || !(run->plan->outputs & KT_STATE_OUTPUTS)) return KETCH_OK;
    kt_state *copy = &run->result->state;
    const kt_state *given = &run->options->state->memory;
    void *amplitudes = kt_pages_alloc(given->bytes, kt_huge_pages(run->plan));
    if (!amplitudes) return kt_no_memory(run->diag);
    *copy = *given;
    copy->amplitudes = amplitudes;
    run->result->drift = run->options->state->drift + kt_norm_tolerance(run->plan, run->first_gates);
    kt_run_took(run, copy->bytes);
    return kt_copy_state(run, amplitudes, given->amplitudes);
}

static ketch_status simulate(kt_run *run, kt_state *state) {
    kt_trim_workshop(run->engine, run->plan);
    ketch_status status = take_state(run, state);
    kt_state_at_hand at_hand = {.amplitudes = state->amplitudes, .blank = !run->plan->given};
    run->pass_work = (double)kt_amplitude_count(run);
    if (!status && !run->plan->planned) status = kt_fill_blank(run, &at_hand);
    run->work_done += run->pass_work;
    if (!status) status = kt_begin_stage(run, "simulate");
    if (!status) status = kt_run_branches(run, &at_hand);
    if (!status && kt_plan_shows_state(run->plan)) status = kt_settle(run, &at_hand);
    if (!status) status = copy_given(run);
    state->amplitudes = at_hand.amplitudes;
    return status;
}

/* Counts the shots; the rows become the result's where they are wanted. */
static ketch_status count(kt_run *run) {
    bool keep = run->plan->outputs & KETCH_OUTPUT_SHOTS;
    if (!run->shots) return KETCH_OK;
    kt_watch watch = kt_run_watch(run);
    ketch_status status = kt_result_count_shots(run->result, run->rows, run->shots, keep, &watch, run->diag);
    if (!status && keep) run->rows = NULL;
    uint64_t words = run->shots * kt_counting_shot_words(run->plan->outcome_words, keep) +
                     run->result->outcome_count * kt_counting_outcome_words(run->plan->outcome_words);
    kt_run_took(run, words * sizeof *run->rows);
    kt_run_gave(run, words * sizeof *run->rows); /* what stays is the result's */
    return status;
}

static ketch_status do_run(kt_run *run, kt_state *state) {
    ketch_status status = check_outputs(run);
    if (!status) status = name_registers(run);
    if (!status) status = describe_state(run);
    if (!status) status = take_memory(run);
    if (!status) status = simulate(run, state);
    kt_sampler_free(run);
    if (!status) status = count(run);
    if (!status) fill_info(run);
    kt_run_free_sums(run);
    kt_run_free_params(run);
    kt_free(run->rows);
    return status;
}

void kt_engine_close(kt_engine *engine) {
    free_state(&engine->spare);
    kt_workshop_free(engine->workshop);
    engine->workshop = NULL;
}

void kt_run_set_up(kt_run *run, kt_engine *engine, const kt_plan *plan, const ketch_circuit *circuit, const ketch_run_options *options,
                   ketch_diag *diag) {
    memset(run, 0, offsetof(kt_run, layout));
    run->engine = engine;
    run->plan = plan;
    run->circuit = circuit;
    run->options = options;
    run->diag = diag;
    run->whole = run;
    run->shots = kt_plan_shots(plan, options);
    run->started = kt_seconds();
    run->deadline = engine->deadline > 0 ? engine->deadline : INFINITY;
    run->work = (double)kt_amplitude_count(run) * (3 + (double)(plan->planned ? plan->totals.stages : plan->totals.gates));
    /* and the first touch, and two passes to sample */
    atomic_init(&run->shots_done, 0);
    atomic_init(&run->stop, KT_GO_ON);
}

ketch_status kt_engine_run(ketch_result **out, kt_engine *engine, const kt_plan *plan, const ketch_circuit *circuit,
                           const ketch_run_options *options, ketch_diag *diag) {
    *out = NULL;
    kt_run *run = kt_alloc(sizeof *run);
    if (!run) return kt_no_memory(diag);
    kt_run_set_up(run, engine, plan, circuit, options, diag);
    kt_state state = {0};
    run->outside = kt_environment_enter();
    ketch_status status = kt_result_new(&run->result, diag);
    if (!status) status = do_run(run, &state);
    kt_environment_leave(run->outside);
    leave_state(run, state, !status);
    if (status)
        kt_result_free(run->result);
    else
        *out = run->result;
    kt_free(run);
    return status;
}
