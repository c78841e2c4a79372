/* SPDX-License-Identifier: Apache-2.0
 *
 * Which bits and cells may still be read: branches that wait at the same measurement are one where all of these are equal. Found backwards,
 * place by place, until nothing changes:
 *
 *   live before = read here, or live behind and not written here; behind: before any place that may come next
 *
 * Places are those of the program, or where there is none the steps themselves. Where a shot ends the bits that count are read. Counters
 * are always live, and before an instruction whose memory is not static all bits and cells are. Where that would take long, nothing is
 * found out: then everything is live.
 */
#include "plan/analysis.h"

#include <string.h>

enum { MOST_WORDS = 1 << 21, MOST_PASSES = 32 };

typedef struct kt_finder {
    kt_plan *plan;
    const ketch_circuit *circuit;
    size_t places;
    size_t bits, words; /* of a set: of bits, and of cells behind them */
    uint32_t cells;
    uint64_t *before; /* by place, and where a shot ends */
    uint64_t *now;    /* one set */
} kt_finder;

static void set_range(uint64_t *set, kt_access range, bool live) {
    for (uint32_t i = range.first; i < range.first + range.count; i++) {
        uint64_t bit = UINT64_C(1) << (i % 64);
        set[i / 64] = live ? set[i / 64] | bit : set[i / 64] & ~bit;
    }
}

static void set_bits(const kt_finder *finder, kt_access bits, bool live) { set_range(finder->now, bits, live); }
static void set_cells(const kt_finder *finder, kt_access cells, bool live) { set_range(finder->now + finder->bits, cells, live); }

static void read_condition(const kt_finder *finder, const kt_op *jump) {
    const ketch_circuit *circuit = finder->circuit;
    for (uint32_t i = 0; i < jump->operand_count; i++) {
        const kt_condition *condition = &circuit->conditions[jump->operands + i];
        if (condition->code == KT_CONDITION_BIT) set_bits(finder, (kt_access){condition->first, 1}, true);
        for (uint32_t k = 0; condition->code == KT_CONDITION_COMPARE && k < condition->count; k++)
            set_bits(finder, (kt_access){circuit->operands[condition->first + k], 1}, true);
    }
}

/* From behind a step to before it. */
static void pass_step(const kt_finder *finder, const kt_step *step) {
    const kt_op *op = &finder->circuit->ops[step->op];
    const uint32_t *operands = kt_op_operands(finder->circuit, op);
    switch ((kt_step_code)step->code) {
    case KT_STEP_MEASURE:
        if (operands[1] != KT_NO_BIT) set_bits(finder, (kt_access){operands[1], 1}, false);
        break;
    case KT_STEP_SET_BIT: set_bits(finder, (kt_access){step->bit, 1}, false); break;
    case KT_STEP_JUMP_UNLESS: read_condition(finder, op); break;
    case KT_STEP_MEASURE_AT:
        set_cells(finder, (kt_access){operands[1], 1}, false);
        set_cells(finder, (kt_access){operands[0], 1}, true);
        break;
    case KT_STEP_GATE_AT:
    case KT_STEP_RESET_AT:
        for (uint32_t k = 0; k < op->operand_count; k++) set_cells(finder, (kt_access){operands[k] & ~KT_NEGATED, 1}, true);
        break;
    default: break;
    }
}

static void pass_instruction(const kt_finder *finder, const kt_op *op) {
    kt_accesses at;
    if (op->code == KT_OP_JUMP_UNLESS) read_condition(finder, op);
    if (op->code == KT_OP_SET_BIT) set_bits(finder, (kt_access){kt_op_operands(finder->circuit, op)[0], 1}, false);
    if (!kt_is_instruction(op)) return;
    if (!kt_instruction_access(&at, finder->circuit, op)) {
        memset(finder->now, 0xff, finder->words * sizeof *finder->now);
        return;
    }
    set_bits(finder, at.bits_written, false);
    set_bits(finder, at.bits_read, true);
    set_cells(finder, at.written, false);
    for (int k = 0; k < 3; k++) set_cells(finder, at.reads[k], true);
}

static void add_place(const kt_finder *finder, size_t place) {
    for (size_t w = 0; w < finder->words; w++) finder->now[w] |= finder->before[place * finder->words + w];
}

/* What is live behind a place. */
static void find_behind(const kt_finder *finder, size_t place) {
    memset(finder->now, 0, finder->words * sizeof *finder->now);
    if (!finder->plan->dynamic) {
        const kt_step *step = &finder->plan->steps[place];
        if (step->code != KT_STEP_JUMP) add_place(finder, place + 1);
        if (step->code == KT_STEP_JUMP || step->code == KT_STEP_JUMP_UNLESS) add_place(finder, step->next);
        return;
    }
    const kt_op *op = &finder->plan->program[place];
    bool ends = op->code == KT_OP_END || op->code == KT_DO_FAIL || op->code == KT_OP_JUMP || op->code == KT_DO_RETURN;
    if (!ends) add_place(finder, place + 1);
    if (op->code == KT_OP_END) add_place(finder, finder->places);
    if (kt_flow_leads(op->code)) add_place(finder, op->data);
}

/* The steps of a place; none of an instruction. */
static kt_access steps_at(const kt_finder *finder, size_t place) {
    if (!finder->plan->dynamic) return (kt_access){(uint32_t)place, 1};
    const kt_op *op = &finder->plan->program[place];
    return op->code == KT_OP_GATE ? (kt_access){op->data, op->operand_count} : (kt_access){0};
}

static bool pass_over(const kt_finder *finder) {
    const kt_plan *plan = finder->plan;
    bool changed = false;
    for (size_t i = finder->places; i-- > 0;) {
        kt_access steps = steps_at(finder, i);
        uint64_t *before = finder->before + i * finder->words;
        find_behind(finder, i);
        for (uint32_t s = steps.count; s-- > 0;) pass_step(finder, &plan->steps[steps.first + s]);
        if (plan->dynamic) pass_instruction(finder, &plan->program[i]);
        changed = changed || memcmp(before, finder->now, finder->words * sizeof *before);
        memcpy(before, finder->now, finder->words * sizeof *before);
    }
    return changed;
}

/* ── What is kept ── */

static size_t measuring_steps(const kt_plan *plan) {
    size_t count = 0;
    for (size_t i = 0; i < plan->step_count; i++) count += kt_step_measures(&plan->steps[i]);
    return count;
}

/* As the plan has it: bits, cells, and counters behind them. */
static void keep(const kt_finder *finder, uint64_t *out) {
    memcpy(out, finder->now, finder->words * sizeof *out);
    uint64_t *cells = out + finder->bits;
    if (finder->cells % 64) cells[finder->cells / 64] &= (UINT64_C(1) << (finder->cells % 64)) - 1;
    if (finder->plan->dynamic) set_range(cells, (kt_access){finder->cells, finder->plan->counter_count}, true);
}

/* The loop around a place, found from the last place on: places from `first` to before `end`. */
typedef struct kt_loop_at {
    size_t first, end;
} kt_loop_at;

static void pass_jump(kt_loop_at *loop, const kt_op *op, size_t place) {
    if (!kt_flow_leads(op->code) || op->code == KT_DO_CALL || op->data > place) return;
    if (place < loop->first) *loop = (kt_loop_at){op->data, place + 1};
    if (op->data < loop->first) loop->first = op->data;
}

static ketch_status keep_all(kt_finder *finder, size_t count, size_t words, ketch_diag *diag) {
    kt_plan *plan = finder->plan;
    plan->lives = kt_array(count, sizeof *plan->lives);
    plan->live_words = kt_zalloc(count * words * sizeof *plan->live_words);
    if (!plan->lives || !plan->live_words) return kt_no_memory(diag);
    plan->live_count = count;
    plan->live_word_count = count * words;
    kt_loop_at loop = {.first = SIZE_MAX};
    for (size_t i = finder->places, left = count; i-- > 0;) {
        kt_access steps = steps_at(finder, i);
        if (plan->dynamic) pass_jump(&loop, &plan->program[i], i);
        find_behind(finder, i);
        for (uint32_t s = steps.count; s-- > 0;) {
            const kt_step *step = &plan->steps[steps.first + s];
            pass_step(finder, step);
            if (!kt_step_measures(step)) continue;
            left--;
            plan->lives[left] = (kt_program_live){.step = steps.first + s, .first = (uint32_t)(left * words)};
            if (i >= loop.first) plan->lives[left].loop = (uint32_t)loop.end;
            keep(finder, plan->live_words + left * words);
        }
    }
    return KETCH_OK;
}

ketch_status kt_find_lives(kt_plan *plan, const ketch_circuit *circuit, kt_watch *watch, ketch_diag *diag) {
    kt_finder finder = {.plan = plan, .circuit = circuit, .places = plan->dynamic ? plan->program_count : plan->step_count};
    finder.bits = (size_t)circuit->bit_count / 64 + 1;
    finder.cells = plan->dynamic ? circuit->cell_count : 0;
    finder.words = finder.bits + ((size_t)finder.cells + 63) / 64;
    size_t count = measuring_steps(plan), kept = finder.bits + ((size_t)finder.cells + plan->counter_count + 63) / 64;
    if (!count || finder.words > MOST_WORDS / (finder.places + 1) || kept > MOST_WORDS / count) return KETCH_OK;
    finder.before = kt_zalloc((finder.places + 1) * finder.words * sizeof *finder.before);
    finder.now = kt_array(finder.words, sizeof *finder.now);
    ketch_status status = finder.before && finder.now ? KETCH_OK : kt_no_memory(diag);
    for (size_t i = 0; i < plan->counted_count && !status; i++)
        set_range(finder.before + finder.places * finder.words, (kt_access){plan->counted[i].first, plan->counted[i].count}, true);
    int passes = 0;
    for (bool changed = true; changed && !status && passes < MOST_PASSES; passes++) {
        changed = pass_over(&finder);
        status = kt_watch_work(watch, finder.places * (finder.words + 2));
    }
    if (!status && passes < MOST_PASSES) status = keep_all(&finder, count, kept, diag);
    kt_free(finder.before);
    kt_free(finder.now);
    return status;
}

const kt_program_live *kt_plan_live(const kt_plan *plan, uint32_t step) {
    size_t low = 0, high = plan->lives ? plan->live_count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (plan->lives[middle].step < step)
            low = middle + 1;
        else
            high = middle;
    }
    return plan->lives && low < plan->live_count && plan->lives[low].step == step ? &plan->lives[low] : NULL;
}
