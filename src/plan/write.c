/* SPDX-License-Identifier: Apache-2.0
 *
 * A plan printed: totals first, then what the planned engine does stage by stage (write_stages.c), then a line (or a JSON object) a step.
 * Reads what the engine reads, so that what is printed is what runs.
 */
#include "plan/write.h"

#include <math.h>

#define FLUSH_BYTES 65536

static const char *const step_names[] = {
    [KT_STEP_GATE] = "gate",          [KT_STEP_SEGMENT] = "segment",         [KT_STEP_MEASURE] = "measure", [KT_STEP_RESET] = "reset",
    [KT_STEP_SET_BIT] = "set bit",    [KT_STEP_JUMP_UNLESS] = "jump unless", [KT_STEP_JUMP] = "jump",       [KT_STEP_GATE_AT] = "gate",
    [KT_STEP_MEASURE_AT] = "measure", [KT_STEP_RESET_AT] = "reset",
};

/* One step as it is shown; NULL and negative where a step has no such thing. */
typedef struct kt_line {
    const char *what, *kernel;
    double amplitudes, bytes;
    const kt_step *step;
    const kt_op *op;
} kt_line;

static double amplitude_bytes(const kt_plan *plan) { return plan->precision == KETCH_PRECISION_FP32 ? 8 : 16; }

static kt_line describe(const kt_plan *plan, const ketch_circuit *circuit, size_t index) {
    const kt_step *step = &plan->steps[index];
    const kt_op *op = &circuit->ops[step->op];
    kt_line line = {step_names[step->code], NULL, -1, -1, step, op};
    if (step->code != KT_STEP_GATE && step->code != KT_STEP_GATE_AT) return line;
    line.what = op->gate == KT_GATE_MATRIX ? "matrix" : kt_gates[op->gate].name;
    line.kernel = kt_kernels[step->kernel].name;
    line.amplitudes = kt_step_amplitudes(plan, step, circuit);
    line.bytes = 2 * line.amplitudes * amplitude_bytes(plan); /* read and written */
    return line;
}

/* ── Text ───────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* "2 7", and "5 !9" for controls: active at 1 and at 0. */
static void text_wires(kt_buffer *out, const kt_step *step, bool controls) {
    const char *separator = "";
    if (step->code >= KT_STEP_GATE_AT) return; /* chosen while it runs */
    if (!controls) {
        for (uint32_t t = 0; t < step->target_count; t++, separator = " ") kt_buffer_format(out, "%s%u", separator, step->targets[t]);
        return;
    }
    for (uint32_t wire = 0; step->code == KT_STEP_GATE && wire < 64; wire++) {
        if (!(step->controls >> wire & 1)) continue;
        kt_buffer_format(out, "%s%s%u", separator, step->values >> wire & 1 ? "" : "!", wire);
        separator = " ";
    }
}

static void pad(kt_buffer *out, size_t begin, size_t width) {
    size_t used = out->size - begin;
    kt_buffer_repeat(out, " ", used < width ? width - used : 1);
}

static void text_step(kt_buffer *out, const kt_plan *plan, const ketch_circuit *circuit, size_t index) {
    kt_line line = describe(plan, circuit, index);
    char number[KT_NUMBER_TEXT];
    size_t begin = out->size;
    kt_buffer_format(out, "%6zu  ", index);
    kt_buffer_text(out, line.what);
    pad(out, begin, 22);
    if (line.kernel) kt_buffer_text(out, line.kernel);
    pad(out, begin, 32);
    text_wires(out, line.step, false);
    pad(out, begin, 46);
    text_wires(out, line.step, true);
    pad(out, begin, 60);
    if (line.kernel) {
        kt_number_round(number, line.amplitudes, 4);
        kt_buffer_format(out, "%-12s ", number);
        kt_bytes_text(number, line.bytes);
        kt_buffer_format(out, "%-10s", number);
    } else if (line.step->code == KT_STEP_JUMP || line.step->code == KT_STEP_JUMP_UNLESS) {
        kt_buffer_format(out, "to step %u", line.step->next);
        if (line.step->code == KT_STEP_JUMP_UNLESS) {
            kt_buffer_text(out, " unless ");
            kt_circuit_condition_text(out, circuit, line.op);
        }
    } else if (line.step->code == KT_STEP_SEGMENT) {
        const kt_segment *segment = &plan->segments[line.step->segment];
        if (segment->stage_count == 0)
            kt_buffer_text(out, "no pass");
        else if (segment->stage_count == 1)
            kt_buffer_format(out, "stage %u", segment->first_stage);
        else
            kt_buffer_format(out, "stages %u to %u", segment->first_stage, segment->first_stage + segment->stage_count - 1);
    } else if (line.step->code == KT_STEP_SET_BIT) {
        kt_buffer_format(out, "bit %u to %u", line.step->bit, line.step->value);
    }
    if (line.step->code >= KT_STEP_GATE_AT) kt_buffer_text(out, line.kernel ? " chosen" : "chosen in the run");
    if (line.op->line) {
        pad(out, begin, 84);
        kt_buffer_format(out, "%u", line.op->line);
    }
    while (out->size > begin && out->bytes[out->size - 1] == ' ') out->size--;
    kt_buffer_text(out, "\n");
}

/* Reads and writes of the state, or of the part that a gate touches. */
static uint64_t passes_of(const kt_plan *plan) { return plan->planned ? plan->totals.stages : plan->totals.gates; }

static double bytes_of(const kt_plan *plan) {
    return plan->planned ? plan->totals.bytes : 2 * plan->totals.amplitudes * amplitude_bytes(plan);
}

static void text_header(kt_buffer *out, const kt_plan *plan, const ketch_circuit *circuit, const ketch_run_options *run) {
    const kt_plan_totals *totals = &plan->totals;
    char number[KT_NUMBER_TEXT];
    kt_buffer_format(out, "qubits         %u declared, %u simulated\n", circuit->qubit_count, plan->wires);
    kt_buffer_format(out, "precision      %s\n", plan->precision == KETCH_PRECISION_FP32 ? "fp32" : "fp64");
    if (plan->planned)
        kt_write_engine(out, plan);
    else
        kt_buffer_text(out, "engine         reference\n");
    kt_buffer_format(out, "steps          %zu: %llu gate%s in %llu segment%s%s\n", plan->step_count, (unsigned long long)totals->gates,
                     totals->gates == 1 ? "" : "s", (unsigned long long)totals->segments, totals->segments == 1 ? "" : "s",
                     plan->branches ? ", each shot taking its own way through measurements" : "");
    kt_buffer_format(out, "passes         %llu\n", (unsigned long long)passes_of(plan));
    kt_bytes_text(number, bytes_of(plan));
    kt_buffer_format(out, "bytes moved    %s\n", number);
    kt_number_round(number, totals->multiply_adds, 4);
    kt_buffer_format(out, "multiply-adds  %s\n", number);
    if (plan->planned) {
        kt_buffer_text(out, "expected       ");
        kt_write_seconds(out, totals->seconds);
        kt_buffer_text(out, " on two threads\n");
    }
    uint64_t memory = kt_plan_memory(plan, run, kt_processors());
    kt_bytes_text(number, memory == UINT64_MAX ? 0x1p64 : (double)memory);
    kt_buffer_format(out, "memory         %s%s\n", memory == UINT64_MAX ? "over " : "", number);
    kt_buffer_format(out, "outcome        %u bits%s\n\n", plan->outcome_bits, plan->measures_nothing ? ", every qubit being measured" : "");
}

/* ── JSON ───────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void json_condition(kt_json *json, const ketch_circuit *circuit, const kt_op *jump) {
    kt_buffer text = {0};
    kt_circuit_condition_text(&text, circuit, jump);
    kt_json_string(json, "condition", text.size ? text.bytes : "");
    json->out->failed |= text.failed;
    kt_buffer_free(&text);
}

static void json_step(kt_json *json, const kt_plan *plan, const ketch_circuit *circuit, size_t index) {
    kt_line line = describe(plan, circuit, index);
    const kt_step *step = line.step;
    kt_json_open_inline(json, NULL, '{');
    kt_json_string(json, "operation", line.what);
    if (line.kernel) kt_json_string(json, "kernel", line.kernel);
    if (step->code >= KT_STEP_GATE_AT) kt_json_bool(json, "chosen", true);
    if (step->target_count && step->code < KT_STEP_GATE_AT) {
        kt_json_open_inline(json, "wires", '[');
        for (uint32_t t = 0; t < step->target_count; t++) kt_json_integer(json, NULL, step->targets[t]);
        kt_json_close(json, ']');
    }
    for (int value = 1; step->code == KT_STEP_GATE && value >= 0; value--) {
        uint64_t controls = value ? step->controls & step->values : step->controls & ~step->values;
        if (!controls) continue;
        kt_json_open_inline(json, value ? "controls" : "negative_controls", '[');
        for (uint32_t wire = 0; wire < 64; wire++) {
            if (controls >> wire & 1) kt_json_integer(json, NULL, wire);
        }
        kt_json_close(json, ']');
    }
    if (line.kernel) {
        kt_json_number(json, "amplitudes", line.amplitudes);
        kt_json_number(json, "bytes", line.bytes);
    } else if (step->code == KT_STEP_JUMP || step->code == KT_STEP_JUMP_UNLESS) {
        kt_json_integer(json, "next", step->next);
        if (step->code == KT_STEP_JUMP_UNLESS) json_condition(json, circuit, line.op);
    } else if (step->code == KT_STEP_SEGMENT) {
        kt_json_integer(json, "first_stage", plan->segments[step->segment].first_stage);
        kt_json_integer(json, "stages", plan->segments[step->segment].stage_count);
    } else if (step->code == KT_STEP_SET_BIT) {
        kt_json_integer(json, "bit", step->bit);
        kt_json_integer(json, "value", step->value);
    }
    if (line.op->line) kt_json_integer(json, "line", line.op->line);
    kt_json_close(json, '}');
}

static void json_header(kt_json *json, const kt_plan *plan, const ketch_circuit *circuit, const ketch_run_options *run,
                        const ketch_write_options *options) {
    const kt_plan_totals *totals = &plan->totals;
    kt_json_open(json, NULL, '{');
    kt_json_string(json, "schema", "ketch-plan/1");
    if (options->name) kt_json_string(json, "name", options->name);
    kt_json_integer(json, "qubits", circuit->qubit_count);
    kt_json_integer(json, "simulated_qubits", plan->wires);
    kt_json_string(json, "precision", plan->precision == KETCH_PRECISION_FP32 ? "fp32" : "fp64");
    kt_json_string(json, "engine", plan->planned ? "planned" : "reference");
    if (plan->planned) {
        kt_json_string(json, "instruction_set", kt_tile_kernels_of((kt_isa)plan->isa)->name);
        kt_json_integer(json, "tile", plan->tile_bits);
    }
    kt_json_integer(json, "gates", totals->gates);
    kt_json_integer(json, "segments", totals->segments);
    kt_json_integer(json, "passes", passes_of(plan));
    kt_json_bool(json, "branches", plan->branches);
    kt_json_number(json, "bytes_moved", bytes_of(plan));
    kt_json_number(json, "multiply_adds", totals->multiply_adds);
    if (plan->planned) kt_json_number(json, "expected_seconds", totals->seconds);
    kt_json_integer(json, "memory_bytes", kt_plan_memory(plan, run, kt_processors()));
    kt_json_integer(json, "outcome_bits", plan->outcome_bits);
    kt_json_bool(json, "all_qubits_measured", plan->measures_nothing);
}

/* ── The door ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

ketch_status kt_write_flush(kt_buffer *out, ketch_sink sink, ketch_diag *diag) {
    return out->size >= FLUSH_BYTES || out->failed ? kt_buffer_flush(out, sink, diag) : KETCH_OK;
}

ketch_status kt_plan_write(const kt_plan *plan, const ketch_circuit *circuit, const ketch_run_options *run,
                           const ketch_write_options *options, ketch_sink sink, ketch_diag *diag) {
    if (options->format != KETCH_FORMAT_TEXT && options->format != KETCH_FORMAT_JSON && options->format != KETCH_FORMAT_JSONL)
        return kt_fail(diag, KT_BAD_ARGUMENT, "a plan is written as text, json or jsonl");
    bool text = options->format == KETCH_FORMAT_TEXT;
    kt_buffer out = {0};
    kt_json json = {.out = &out, .indent = options->format == KETCH_FORMAT_JSON};
    ketch_status status = KETCH_OK;
    if (text) {
        text_header(&out, plan, circuit, run);
        if (plan->planned) status = kt_write_stages_text(&out, plan, circuit, sink, diag);
    } else {
        json_header(&json, plan, circuit, run, options);
        if (plan->planned) status = kt_write_stages_json(&json, plan, circuit, sink, diag);
        kt_json_open(&json, "steps", '[');
    }
    bool listed =
        !text || !plan->planned || plan->step_count > 1 || (plan->dynamic && plan->step_count); /* one segment says nothing more */
    if (text && listed) {
        if (plan->stage_count) kt_buffer_text(&out, "\n");
        kt_buffer_text(&out, "  step  operation     kernel    wires         controls      amplitudes   bytes      line\n");
    }
    for (size_t i = 0; listed && i < plan->step_count && !status; i++) {
        if (text)
            text_step(&out, plan, circuit, i);
        else
            json_step(&json, plan, circuit, i);
        status = kt_write_flush(&out, sink, diag);
    }
    if (text && plan->dynamic && !status) status = kt_write_program_text(&out, plan, circuit, sink, diag);
    if (!text) {
        kt_json_close(&json, ']');
        if (plan->dynamic && !status) status = kt_write_program_json(&json, plan, circuit, sink, diag);
        kt_json_close(&json, '}');
        kt_buffer_text(&out, "\n");
    }
    if (!status) status = kt_buffer_flush(&out, sink, diag);
    kt_buffer_free(&out);
    return status;
}
