/* SPDX-License-Identifier: Apache-2.0
 *
 * A plan of the planned engine printed: stage by stage which wires are local, which works run on a tile, and what that takes.
 *
 *   stage  wires 5 ... 0                   one column a wire, wire 0 rightmost
 *       0  ..####                          #  inside a tile
 *       1  ++##..                          +  inside a tile, and not in the stage before: what the stage is there for
 */
#include "plan/write.h"

#define MOST_STAGES 100 /* in text */

static const char *const kind_names[] = {
    [KT_WORK_ROTATIONS] = "rotations", [KT_WORK_DIAGONAL] = "diagonal", [KT_WORK_LINEAR] = "linear",
    [KT_WORK_EXCHANGE] = "exchange",   [KT_WORK_PHASE] = "phase",       [KT_WORK_DENSE] = "dense",
};
enum { KINDS = sizeof kind_names / sizeof *kind_names };

static uint64_t local_wires(const kt_plan *plan, const kt_stage *stage) {
    uint64_t wires = 0;
    for (uint32_t wire = 0; wire < plan->wires; wire++) wires |= (stage->local >> stage->position[wire] & 1) << wire;
    return wires;
}

/* Memory where moving the amplitudes takes most of the time. */
static const char *bound_of(const kt_stage_cost *cost) { return 2 * cost->pass_seconds > cost->seconds ? "memory" : "arithmetic"; }

/* ── Text ───────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

void kt_write_engine(kt_buffer *out, const kt_plan *plan) {
    kt_buffer_format(out, "engine         planned, %s, tiles of %u qubits\n", kt_tile_kernels_of((kt_isa)plan->isa)->name, plan->tile_bits);
}

void kt_write_seconds(kt_buffer *out, double seconds) {
    char number[KT_NUMBER_TEXT];
    static const struct {
        double seconds;
        const char *name;
    } units[] = {{86400, "days"}, {3600, "h"}, {60, "min"}, {1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}};
    size_t unit = 0;
    while (unit + 1 < sizeof units / sizeof *units && seconds < units[unit].seconds) unit++;
    kt_number_round(number, seconds / units[unit].seconds, 3);
    kt_buffer_format(out, "%s %s", number, units[unit].name);
}

static void text_stage(kt_buffer *out, const kt_plan *plan, const ketch_circuit *circuit, const kt_segment *segment, uint32_t index) {
    const kt_stage *stage = &plan->stages[index];
    kt_stage_cost cost = kt_cost_of_stage(plan, circuit, segment, index);
    uint64_t local = local_wires(plan, stage), before = index > segment->first_stage ? local_wires(plan, stage - 1) : local;
    uint32_t works[KINDS] = {0}, rotations = 0;
    char bytes[KT_NUMBER_TEXT], multiply_adds[KT_NUMBER_TEXT];
    for (uint32_t w = 0; w < stage->work_count; w++) {
        const kt_work *work = &plan->works[stage->first_work + w];
        works[work->kind]++;
        if (work->kind == KT_WORK_ROTATIONS) rotations += work->count;
    }
    kt_buffer_format(out, "%6u  ", index);
    for (uint32_t wire = plan->wires; wire-- > 0;) kt_buffer_text(out, !(local >> wire & 1) ? "." : before >> wire & 1 ? "#" : "+");
    kt_bytes_text(bytes, cost.bytes);
    kt_number_round(multiply_adds, cost.multiply_adds, 3);
    kt_buffer_format(out, "%*s %9u %6u %6u %5u %6u  %-10s %-13s ", plan->wires < 6 ? (int)(6 - plan->wires) : 0, "", rotations,
                     works[KT_WORK_DIAGONAL], works[KT_WORK_LINEAR], works[KT_WORK_DENSE], works[KT_WORK_EXCHANGE] + works[KT_WORK_PHASE],
                     bytes, multiply_adds);
    kt_write_seconds(out, cost.seconds);
    kt_buffer_format(out, ", %s\n", bound_of(&cost));
}

ketch_status kt_write_stages_text(kt_buffer *out, const kt_plan *plan, const ketch_circuit *circuit, ketch_sink sink, ketch_diag *diag) {
    if (!plan->stage_count) return KETCH_OK;
    kt_buffer_text(
        out,
        "#: inside a tile   +: inside now, not in the stage before   .: outside; rotations and permutations of it wait\n\n stage  wires");
    if (plan->wires > 8) kt_buffer_format(out, " %u...0", plan->wires - 1);
    size_t head = plan->wires > 10 ? 10 : plan->wires > 9 ? 9 : 5; /* characters of that so far, at least */
    for (; head < plan->wires || head < 6; head++) kt_buffer_text(out, " ");
    kt_buffer_text(out, " rotations tables linear dense others  bytes      multiply-adds expected, bound by\n");
    uint32_t shown = 0;
    ketch_status status = KETCH_OK;
    for (size_t s = 0; s < plan->segment_count && !status; s++) {
        const kt_segment *segment = &plan->segments[s];
        for (uint32_t k = 0; k < segment->stage_count && shown < MOST_STAGES; k++, shown++)
            text_stage(out, plan, circuit, segment, segment->first_stage + k);
        status = kt_write_flush(out, sink, diag);
    }
    if (shown < plan->stage_count) kt_buffer_format(out, "   ...  and %zu more\n", plan->stage_count - shown);
    return status;
}

/* ── JSON ───────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void json_stage(kt_json *json, const kt_plan *plan, const ketch_circuit *circuit, size_t number, const kt_segment *segment,
                       uint32_t index) {
    const kt_stage *stage = &plan->stages[index];
    kt_stage_cost cost = kt_cost_of_stage(plan, circuit, segment, index);
    uint64_t local = local_wires(plan, stage);
    kt_json_open_inline(json, NULL, '{');
    kt_json_integer(json, "segment", number);
    kt_json_open_inline(json, "local", '[');
    for (uint32_t wire = 0; wire < plan->wires; wire++) {
        if (local >> wire & 1) kt_json_integer(json, NULL, wire);
    }
    kt_json_close(json, ']');
    kt_json_integer(json, "run", stage->run_bits);
    kt_json_open_inline(json, "works", '[');
    for (uint32_t w = 0; w < stage->work_count; w++) {
        const kt_work *work = &plan->works[stage->first_work + w];
        kt_json_open_inline(json, NULL, '{');
        kt_json_string(json, "kind", kind_names[work->kind]);
        kt_json_integer(json, "actions", work->count);
        if (work->kind == KT_WORK_DENSE) kt_json_integer(json, "targets", plan->actions[plan->order[work->first]].bit_count);
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
    kt_json_number(json, "bytes", cost.bytes);
    kt_json_number(json, "multiply_adds", cost.multiply_adds);
    kt_json_number(json, "expected_seconds", cost.seconds);
    kt_json_string(json, "bound_by", bound_of(&cost));
    kt_json_close(json, '}');
}

ketch_status kt_write_stages_json(kt_json *json, const kt_plan *plan, const ketch_circuit *circuit, ketch_sink sink, ketch_diag *diag) {
    ketch_status status = KETCH_OK;
    kt_json_open(json, "stages", '[');
    for (size_t s = 0; s < plan->segment_count && !status; s++) {
        const kt_segment *segment = &plan->segments[s];
        for (uint32_t k = 0; k < segment->stage_count; k++) json_stage(json, plan, circuit, s, segment, segment->first_stage + k);
        status = kt_write_flush(json->out, sink, diag);
    }
    kt_json_close(json, ']');
    return status;
}
