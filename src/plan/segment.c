/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs of gates to segments: see planned.h for the way. What is left to do here: the first actions of each wire as part of the initial
 * state, where wires are in memory from stage to stage, and the choice between long and short runs.
 *
 * Where wires are. The wires on the lowest bits of the memory index must be local in every pass. With wires 0 1 2 3 4 5, two low bits and
 * tiles of four:
 *
 *   pass      local wires   low wires    memory, lowest bit first
 *     0       0 1 2 3       0 1          0 1 2 3 4 5
 *     1       2 3 4 5       2 3          2 3 0 1 4 5      written so by pass 0: it exchanges wires that are local in it
 *
 * Each change is an exchange of wires that are local in the pass before. So positions can be found from either end: forwards, and then
 * wires get the names of the places where they end up; or backwards from the order of names, where a state is asked for or more is to
 * follow, and then it does not matter where they were in |0...0>.
 */
#include "plan/planned.h"

#include <string.h>

/* What a gate on two wires is taken to need of a table or a linear map: the less, the fewer blocks are dense. */
#define SHARE_FEW  0.1
#define SHARE_MANY 0.6

/* ── The first actions ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Those that make a product state of |0...0> go to the plan's order, the others stay. */
static ketch_status take_start(kt_builder *builder, kt_segment *segment) {
    kt_plan *plan = builder->plan;
    segment->first_start = (uint32_t)plan->order_count;
    if (!segment->starts || !kt_with(builder, KETCH_WITHOUT_START)) return KETCH_OK;
    if (!kt_reserve(&plan->order, &builder->order_capacity, plan->order_count + builder->effect_count, sizeof *plan->order))
        return kt_no_memory(builder->diag);
    uint64_t open = kt_bit(plan->wires) - 1; /* wires on which nothing has been left */
    size_t seen = 0, left = 0;
    for (; seen < builder->effect_count && open; seen++) {
        const kt_effect *effect = &builder->effects[seen];
        const kt_action *action = &plan->actions[effect->action];
        uint64_t wires = effect->x | effect->y | effect->z;
        bool product = action->bit_count == 1 && !action->controls &&
                       (action->kind == KT_ACTION_ROTATION || action->kind == KT_ACTION_PHASES || action->kind == KT_ACTION_DENSE);
        if (product && (wires & open)) {
            plan->order[plan->order_count++] = effect->action;
            continue;
        }
        open &= ~wires;
        builder->effects[left++] = builder->effects[seen];
    }
    if (seen < builder->effect_count)
        memmove(builder->effects + left, builder->effects + seen, (builder->effect_count - seen) * sizeof *builder->effects);
    builder->effect_count -= seen - left;
    segment->start_count = (uint32_t)plan->order_count - segment->first_start;
    return KETCH_OK;
}

/* ── Where wires are ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Up to `count` wires: those of the first mask, then those of the second, ... */
static uint64_t pick_wires(uint32_t count, const uint64_t masks[3]) {
    uint64_t picked = 0;
    for (size_t k = 0; k < 3; k++) {
        for (uint64_t left = masks[k] & ~picked; left && kt_count_bits(picked) < count; left &= left - 1) picked |= kt_lowest_bit(left);
    }
    return picked;
}

/* Exchanges places until these wires are on the lowest bits. */
static void bring_down(uint8_t position[64], uint32_t wires, uint64_t low_wires, uint32_t run_bits) {
    uint8_t wire_at[64];
    for (uint32_t wire = 0; wire < wires; wire++) wire_at[position[wire]] = (uint8_t)wire;
    uint32_t place = 0;
    for (uint64_t left = low_wires; left; left &= left - 1) {
        uint32_t wire = kt_lowest(left);
        if (position[wire] < run_bits) continue;
        while (low_wires >> wire_at[place] & 1) place++;
        uint8_t other = wire_at[place];
        position[other] = position[wire];
        position[wire] = (uint8_t)place;
        wire_at[position[other]] = other;
        wire_at[place] = (uint8_t)wire;
    }
}

static void place_wires(const kt_builder *builder, kt_stage *stages, uint32_t run_bits, bool free_start, bool low_end) {
    size_t count = builder->pass_count;
    const kt_chosen_pass *passes = builder->passes;
    uint32_t wires = builder->plan->wires;
    uint64_t all = kt_bit(wires) - 1, low = kt_bit(run_bits) - 1;
    uint8_t position[64];
    for (uint32_t wire = 0; wire < wires; wire++) position[wire] = (uint8_t)wire;
    for (size_t i = 0; i < count; i++) {
        size_t k = low_end ? count - 1 - i : i;
        uint64_t shared = passes[k].local & (k ? passes[k - 1].local : all);
        uint64_t later = low_end ? (k > 1 ? passes[k - 2].local : all) : (k + 1 < count ? passes[k + 1].local : all);
        if (free_start) low = pick_wires(run_bits, (const uint64_t[]){shared & low, shared & later, shared});
        bring_down(position, wires, low, run_bits);
        memcpy(stages[k].position, position, wires);
    }
}

/* Calls wires by the place where they are at the end. */
static void rename_wires(kt_builder *builder, const uint8_t place[64]) {
    kt_plan *plan = builder->plan;
    for (uint32_t q = 0; q < builder->plan->qubits; q++) {
        if (plan->wire_of[q] != KT_IDLE) plan->wire_of[q] = place[plan->wire_of[q]];
    }
    for (size_t i = 0; i < plan->action_count; i++) {
        kt_action *action = &plan->actions[i];
        for (uint32_t b = 0; b < action->bit_count; b++) action->bits[b] = place[action->bits[b]];
        uint64_t controls = 0, values = 0;
        for (uint64_t left = action->controls; left; left &= left - 1) {
            uint64_t bit = kt_bit(place[kt_lowest(left)]);
            controls |= bit;
            if (action->values & kt_lowest_bit(left)) values |= bit;
        }
        action->controls = controls;
        action->values = values;
    }
    for (size_t k = 0; k < plan->stage_count; k++) {
        uint8_t position[64];
        for (uint32_t wire = 0; wire < plan->wires; wire++) position[place[wire]] = plan->stages[k].position[wire];
        memcpy(plan->stages[k].position, position, plan->wires);
    }
}

/* ── Stages ─────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The plan's stages, works and order from here on belong to one way of doing a segment. */
typedef struct kt_mark {
    size_t stages, works, order, actions, sources;
} kt_mark;

static kt_mark mark_of(const kt_plan *plan) {
    return (kt_mark){plan->stage_count, plan->work_count, plan->order_count, plan->action_count, plan->source_count};
}

static void go_back(kt_plan *plan, kt_mark mark) {
    plan->stage_count = mark.stages;
    plan->work_count = mark.works;
    plan->order_count = mark.order;
    plan->action_count = mark.actions;
    plan->source_count = mark.sources;
}

static bool add_stage(kt_builder *builder, const kt_chosen_pass *pass, uint32_t run_bits, uint32_t first_work, uint32_t work_count) {
    kt_plan *plan = builder->plan;
    if (!kt_reserve(&plan->stages, &builder->stage_capacity, plan->stage_count + 1, sizeof *plan->stages)) return false;
    plan->stages[plan->stage_count++] =
        (kt_stage){.local = pass->local, .run_bits = run_bits, .first_work = first_work, .work_count = work_count};
    return true;
}

/* The works of a pass as one stage, or each as a stage of its own: then its pass is there several times. */
static ketch_status add_works(kt_builder *builder, kt_chosen_pass *pass, uint32_t run_bits, double *cost) {
    uint32_t first = (uint32_t)builder->plan->work_count;
    double works = 0;
    ketch_status status = kt_schedule(builder, builder->taken + pass->first, pass->count, &works);
    if (status) return status;
    uint32_t count = (uint32_t)builder->plan->work_count - first;
    *cost += works + kt_pass_cost(builder->plan, run_bits);
    if (!add_stage(builder, pass, run_bits, first, count)) return kt_no_memory(builder->diag);
    return KETCH_OK;
}

/* With one length of runs, behind what the plan has. */
static ketch_status add_stages(kt_builder *builder, uint32_t run_bits, bool free_start, bool low_end, double *cost) {
    kt_plan *plan = builder->plan;
    size_t first = plan->stage_count;
    if (!kt_reserve(&builder->queue, &builder->queue_capacity, builder->effect_count, sizeof *builder->queue) ||
        !kt_reserve(&builder->taken, &builder->taken_capacity, builder->effect_count, sizeof *builder->taken))
        return kt_no_memory(builder->diag);
    if (builder->effect_count) memcpy(builder->queue, builder->effects, builder->effect_count * sizeof *builder->effects);
    ketch_status status = kt_find_passes(builder, run_bits, free_start, low_end);
    *cost = 0;
    for (size_t k = 0; k < builder->pass_count && !status; k++) status = add_works(builder, &builder->passes[k], run_bits, cost);
    if (status) return status;
    kt_stage *stages = plan->stages + first;
    place_wires(builder, stages, run_bits, free_start, low_end);
    for (size_t k = 0; k < builder->pass_count; k++) {
        uint64_t local = 0;
        for (uint64_t left = stages[k].local; left; left &= left - 1) local |= kt_bit(stages[k].position[kt_lowest(left)]);
        stages[k].local = local;
        if (k && memcmp(stages[k].position, stages[k - 1].position, plan->wires)) *cost += builder->costs->linear;
    }
    return KETCH_OK;
}

/* Drops what is between the two marks. */
static void drop_between(kt_plan *plan, kt_mark first, kt_mark last) {
    memmove(plan->stages + first.stages, plan->stages + last.stages, (plan->stage_count - last.stages) * sizeof *plan->stages);
    memmove(plan->works + first.works, plan->works + last.works, (plan->work_count - last.works) * sizeof *plan->works);
    memmove(plan->order + first.order, plan->order + last.order, (plan->order_count - last.order) * sizeof *plan->order);
    plan->stage_count -= last.stages - first.stages;
    plan->work_count -= last.works - first.works;
    plan->order_count -= last.order - first.order;
    for (size_t i = first.stages; i < plan->stage_count; i++) plan->stages[i].first_work -= (uint32_t)(last.works - first.works);
    for (size_t i = first.works; i < plan->work_count; i++) plan->works[i].first -= (uint32_t)(last.order - first.order);
}

/* The wires that an action needs to be local, at most. */
static uint32_t widest(const kt_builder *builder) {
    uint32_t most = 2;
    for (size_t i = 0; i < builder->effect_count; i++) {
        uint32_t moves = kt_count_bits(kt_effect_moves(&builder->effects[i]));
        if (moves > most) most = moves;
    }
    return most;
}

static ketch_status choose_stages(kt_builder *builder, bool free_start, bool low_end, double *cost) {
    kt_plan *plan = builder->plan;
    uint32_t size = plan->tile_bits < plan->wires ? plan->tile_bits : plan->wires;
    uint32_t run_bits = kt_long_run_bits(plan), other_bits = run_bits - 2;
    if (size == plan->wires) return add_stages(builder, run_bits < size ? run_bits : size, false, false, cost);
    uint32_t most = size - widest(builder); /* so that every action can be done */
    if (run_bits > most) run_bits = most;
    if (other_bits > most) other_bits = most;
    kt_mark first = mark_of(plan);
    double other;
    ketch_status status = add_stages(builder, run_bits, free_start, low_end, cost);
    if (status || run_bits == other_bits || builder->effect_count > KT_MOST_TRIED) return status;
    kt_mark second = mark_of(plan);
    status = add_stages(builder, other_bits, free_start, low_end, &other);
    if (status) return status;
    if (other < *cost) {
        drop_between(plan, first, second);
        *cost = other;
    } else {
        go_back(plan, second);
    }
    return KETCH_OK;
}

/* Each work of the segment's stages as a stage of its own. */
static ketch_status split_stages(kt_builder *builder, size_t first) {
    kt_plan *plan = builder->plan;
    size_t count = plan->stage_count - first, total = 0;
    for (size_t k = first; k < plan->stage_count; k++) total += plan->stages[k].work_count ? plan->stages[k].work_count : 1;
    if (!kt_reserve(&plan->stages, &builder->stage_capacity, first + total, sizeof *plan->stages)) return kt_no_memory(builder->diag);
    size_t end = first + total;
    for (size_t k = first + count; k-- > first;) { /* from behind: what is written was read */
        kt_stage stage = plan->stages[k];
        uint32_t works = stage.work_count;
        stage.work_count = works ? 1 : 0;
        do {
            plan->stages[--end] = stage;
            plan->stages[end].first_work = stage.first_work + (works ? works - 1 : 0);
        } while (works && --works);
    }
    plan->stage_count = first + total;
    return KETCH_OK;
}

/* ── Segments ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Actions and stages of the builder's items, at the end of the plan's. */
static ketch_status add_parts(kt_builder *builder, kt_segment *segment, bool low_end, double *cost) {
    kt_plan *plan = builder->plan;
    *cost = 0;
    ketch_status status = kt_make_actions(builder);
    if (!status) status = take_start(builder, segment);
    if (status) return status;
    segment->action_count = (uint32_t)plan->action_count - segment->first_action;
    segment->first_stage = (uint32_t)plan->stage_count;
    if (builder->effect_count || segment->start_count) status = choose_stages(builder, segment->starts, low_end, cost);
    if (!status && !kt_with(builder, KETCH_WITHOUT_STAGES)) status = split_stages(builder, segment->first_stage);
    segment->stage_count = (uint32_t)plan->stage_count - segment->first_stage;
    return status;
}

/* Blocks that are dense if in doubt are tried, too, where they make a difference to a state of several tiles. */
static ketch_status choose_blocks(kt_builder *builder, kt_segment *segment, bool low_end) {
    kt_plan *plan = builder->plan;
    const kt_mark before = mark_of(plan);
    double few, many;
    if (!kt_with(builder, KETCH_WITHOUT_BLOCKS)) return add_parts(builder, segment, low_end, &few);
    ketch_status status = kt_find_blocks(builder, SHARE_FEW);
    size_t dense = builder->dense_count;
    if (!status) status = add_parts(builder, segment, low_end, &few);
    if (status || plan->tile_bits >= plan->wires || builder->item_count > KT_MOST_TRIED) return status;
    status = kt_find_blocks(builder, SHARE_MANY);
    if (status || builder->dense_count == dense) return status;
    go_back(plan, before);
    status = add_parts(builder, segment, low_end, &many);
    if (status || many < few) return status;
    go_back(plan, before);
    status = kt_find_blocks(builder, SHARE_FEW);
    return status ? status : add_parts(builder, segment, low_end, &few);
}

static ketch_status add_segment(kt_builder *builder, const kt_step *steps, size_t count, bool starts, bool alone) {
    kt_plan *plan = builder->plan;
    kt_segment segment = {.first_action = (uint32_t)plan->action_count, .starts = starts};
    bool low_end = !alone || kt_plan_shows_state(plan);
    ketch_status status = kt_simplify(builder, steps, count);
    if (!status) status = choose_blocks(builder, &segment, low_end);
    if (!status && !kt_reserve(&plan->segments, &builder->segment_capacity, plan->segment_count + 1, sizeof *plan->segments))
        status = kt_no_memory(builder->diag);
    if (status) return status;
    plan->segments[plan->segment_count++] = segment;
    if (segment.stage_count && starts && !low_end) {
        uint8_t place[64];
        memcpy(place, plan->stages[plan->stage_count - 1].position, sizeof place);
        rename_wires(builder, place);
    }
    return KETCH_OK;
}

/* Instructions may stand between steps that happen once, and in order. */
static bool goes_straight(const kt_plan *plan, size_t first, size_t end) {
    for (size_t i = first; i < end; i++) {
        uint8_t code = plan->program[i].code;
        if (kt_flow_leads(code) || code == KT_DO_RETURN || code == KT_OP_END) return false;
    }
    return true;
}

/* Does the first step find the state as it was at the beginning? A jump back to it comes from behind, so what is in front decides. */
static bool begins_blank(const kt_plan *plan) {
    if (plan->given) return false;
    if (!plan->dynamic || !plan->step_count) return true;
    size_t first = 0;
    while (plan->program[first].code != KT_OP_GATE || !plan->program[first].operand_count) first++;
    if (!goes_straight(plan, 0, first)) return false;
    for (size_t i = first; i < plan->program_count; i++) {
        const kt_op *op = &plan->program[i];
        if (kt_flow_leads(op->code) && op->data <= first) return false;
    }
    return true;
}

/* A shot that may end early, or take steps in another order, would find its wires under other names. */
static bool may_end_early(const kt_plan *plan, const ketch_circuit *circuit) {
    if (plan->dynamic) {
        for (size_t i = 0; i < plan->step_count; i++) {
            if (plan->steps[i].code == KT_STEP_GATE_AT || plan->steps[i].code == KT_STEP_MEASURE_AT ||
                plan->steps[i].code == KT_STEP_RESET_AT)
                return true;
        }
        return !goes_straight(plan, 0, plan->tail);
    }
    for (size_t i = 0; i < plan->step_count; i++) {
        if (plan->steps[i].code == KT_STEP_JUMP && circuit->ops[plan->steps[i].op].code == KT_OP_END) return true;
    }
    return false;
}

bool kt_renames(const kt_builder *builder, const kt_step *step) {
    const kt_op *op = &builder->circuit->ops[step->op];
    return builder->renames && kt_gate_form(op->gate, step->target_count) == KT_FORM_SWAP && !step->controls && !op->conditional;
}

/* Such names at first that after all swaps each wire has its own. */
static void name_wires(kt_builder *builder) {
    const kt_plan *plan = builder->plan;
    for (uint32_t wire = 0; wire < plan->wires; wire++) builder->name_of[wire] = (uint8_t)wire;
    for (size_t i = plan->step_count; builder->renames && i-- > 0;) {
        if (plan->steps[i].code == KT_STEP_GATE && kt_renames(builder, &plan->steps[i])) kt_exchange_names(builder, &plan->steps[i]);
    }
}

/* Where jumps go, or a place of the program begins: no segment may begin before and end behind such a step. */
static uint64_t *find_landings(const kt_plan *plan) {
    uint64_t *landings = kt_zalloc((plan->step_count / 64 + 1) * sizeof *landings);
    for (size_t i = 0; landings && i < plan->program_count; i++) {
        const kt_op *op = &plan->program[i];
        if (op->code == KT_OP_GATE) landings[op->data / 64] |= UINT64_C(1) << op->data % 64;
    }
    for (size_t i = 0; landings && i < plan->step_count; i++) {
        const kt_step *step = &plan->steps[i];
        if (step->code == KT_STEP_JUMP || step->code == KT_STEP_JUMP_UNLESS) landings[step->next / 64] |= UINT64_C(1) << step->next % 64;
    }
    return landings;
}

static size_t run_of_gates(const kt_plan *plan, size_t first, const uint64_t *landings) {
    size_t end = first + 1;
    while (end < plan->step_count && plan->steps[end].code == KT_STEP_GATE && !(landings[end / 64] >> end % 64 & 1)) end++;
    return end - first;
}

static ketch_status make_segments(kt_builder *builder, const uint64_t *landings) {
    kt_plan *plan = builder->plan;
    ketch_status status = KETCH_OK;
    size_t kept = 0, end;
    bool starts = begins_blank(plan);
    for (size_t i = 0; i < plan->step_count && !status; i = end) {
        kt_step step = plan->steps[i];
        end = i + 1;
        if (step.code == KT_STEP_GATE) {
            end = i + run_of_gates(plan, i, landings);
            bool alone = starts && end == plan->step_count;
            status = add_segment(builder, &plan->steps[i], end - i, starts, alone);
            step =
                (kt_step){.code = KT_STEP_SEGMENT, .op = step.op, .counter = KT_NO_COUNTER, .segment = (uint32_t)plan->segment_count - 1};
        } else if (step.code == KT_STEP_MEASURE || step.code == KT_STEP_RESET) {
            step.targets[0] = builder->name_of[step.targets[0]];
        }
        starts = starts && step.code == KT_STEP_SET_BIT;
        plan->steps[kept++] = step;
    }
    plan->step_count = kept;
    return status;
}

/* Gives back what the steps no longer need, where that is much. */
static void shrink_steps(kt_plan *plan, size_t before) {
    if (before < 4096) return;
    void *smaller = kt_resize(plan->steps, plan->step_count + 1, sizeof *plan->steps);
    if (smaller) plan->steps = smaller;
}

/* What a batch of a stage's works has tables for. */
static uint64_t table_bytes(const kt_plan *plan, const kt_stage *stage) {
    uint64_t diagonals = 0, maps = 1, most = 32;                                 /* one map may be needed to move wires */
    uint64_t numbers = 16 * (uint64_t)(plan->tile_bits + 1) * (1 + plan->wires); /* of a diagonal */
    for (uint32_t i = 0; i < stage->work_count; i++) {
        diagonals += plan->works[stage->first_work + i].kind == KT_WORK_DIAGONAL;
        maps += plan->works[stage->first_work + i].kind == KT_WORK_LINEAR;
    }
    if (diagonals > most) diagonals = most;
    if (maps > most) maps = most;
    return diagonals * (KT_DIAGONAL_BYTES + 2 * numbers) + maps * KT_LINEAR_BYTES;
}

static uint64_t bytes_when_bound(const kt_plan *plan) {
    uint64_t bytes = (uint64_t)plan->action_count * 64, tables = 0; /* angles and the like, in arrays that have doubled */
    for (size_t i = 0; i < plan->action_count; i++) {
        if (plan->actions[i].kind == KT_ACTION_DENSE) bytes += UINT64_C(32) << (2 * plan->actions[i].bit_count);
    }
    for (size_t i = 0; i < plan->stage_count; i++) {
        uint64_t stage = table_bytes(plan, &plan->stages[i]);
        if (stage > tables) tables = stage;
    }
    return bytes + tables;
}

ketch_status kt_plan_segments(kt_plan *plan, const ketch_circuit *circuit, kt_watch *watch, ketch_diag *diag) {
    kt_builder builder = {.plan = plan, .circuit = circuit, .watch = watch, .diag = diag};
    if (plan->tile_bits > plan->wires) plan->tile_bits = plan->wires;
    builder.costs = kt_costs_of(plan->isa, plan->precision);
    /* the wires of a given state have their names */
    builder.renames = kt_with(&builder, KETCH_WITHOUT_FRAME) && !plan->given && !may_end_early(plan, circuit);
    name_wires(&builder);
    size_t steps = plan->step_count;
    uint64_t *landings = find_landings(plan);
    ketch_status status = landings ? make_segments(&builder, landings) : kt_no_memory(diag);
    kt_free(landings);
    shrink_steps(plan, steps);
    plan->bound_bytes = bytes_when_bound(plan);
    if (!status) kt_count_totals(plan, circuit);
    void *scratch[] = {builder.items, builder.links, builder.blocks, builder.effects,
                       builder.queue, builder.taken, builder.passes, builder.marks};
    for (size_t k = 0; k < sizeof scratch / sizeof *scratch; k++) kt_free(scratch[k]);
    return status;
}
