/* SPDX-License-Identifier: Apache-2.0
 *
 * Which cells a program may still read: branches that wait at the same measurement are one where all of these are equal. Found backwards,
 * place by place, until nothing changes:
 *
 *   live before = read here, or live behind and not written here; behind: before any place that may come next
 *
 * Bits and counters are always live, and before an instruction whose memory is not static all cells are. Where that would take long,
 * nothing is found out: then everything is live.
 */
#include "plan/analysis.h"

#include <string.h>

enum { MOST_WORDS = 1 << 21, MOST_PASSES = 32 };

typedef struct kt_finder {
    kt_plan *plan;
    const ketch_circuit *circuit;
    size_t words;     /* of a set of cells */
    uint64_t *before; /* by place */
    uint64_t *now;    /* one set */
} kt_finder;

static void set_range(uint64_t *set, kt_access cells, bool live) {
    for (uint32_t i = cells.first; i < cells.first + cells.count; i++) {
        uint64_t bit = UINT64_C(1) << (i % 64);
        set[i / 64] = live ? set[i / 64] | bit : set[i / 64] & ~bit;
    }
}

/* From behind a step to before it. */
static void pass_step(const kt_finder *finder, const kt_step *step) {
    const kt_op *op = &finder->circuit->ops[step->op];
    if (step->code < KT_STEP_GATE_AT) return;
    const uint32_t *operands = kt_op_operands(finder->circuit, op);
    bool measures = step->code == KT_STEP_MEASURE_AT;
    if (measures) set_range(finder->now, (kt_access){operands[1], 1}, false);
    for (uint32_t k = 0; k < (measures ? 1 : op->operand_count); k++)
        set_range(finder->now, (kt_access){operands[k] & ~KT_NEGATED, 1}, true);
}

static void pass_instruction(const kt_finder *finder, const kt_op *op) {
    kt_accesses at;
    if (!kt_is_instruction(op)) return;
    if (!kt_instruction_access(&at, finder->circuit, op)) {
        memset(finder->now, 0xff, finder->words * sizeof *finder->now);
        return;
    }
    set_range(finder->now, at.written, false);
    for (int k = 0; k < 3; k++) set_range(finder->now, at.reads[k], true);
}

static void add_place(const kt_finder *finder, size_t place) {
    for (size_t w = 0; w < finder->words; w++) finder->now[w] |= finder->before[place * finder->words + w];
}

/* What is live behind a place. */
static void find_behind(const kt_finder *finder, size_t place) {
    const kt_op *op = &finder->plan->program[place];
    bool ends = op->code == KT_OP_END || op->code == KT_DO_FAIL || op->code == KT_OP_JUMP || op->code == KT_DO_RETURN;
    memset(finder->now, 0, finder->words * sizeof *finder->now);
    if (!ends) add_place(finder, place + 1);
    if (kt_flow_leads(op->code)) add_place(finder, op->data);
}

static bool pass_over(const kt_finder *finder) {
    const kt_plan *plan = finder->plan;
    bool changed = false;
    for (size_t i = plan->program_count; i-- > 0;) {
        const kt_op *op = &plan->program[i];
        uint64_t *before = finder->before + i * finder->words;
        find_behind(finder, i);
        if (op->code == KT_OP_GATE)
            for (uint32_t s = op->operand_count; s-- > 0;) pass_step(finder, &plan->steps[op->data + s]);
        else
            pass_instruction(finder, op);
        changed = changed || memcmp(before, finder->now, finder->words * sizeof *before);
        memcpy(before, finder->now, finder->words * sizeof *before);
    }
    return changed;
}

/* ── What is kept ── */

static bool waits(const kt_step *step) {
    return step->code == KT_STEP_MEASURE || step->code == KT_STEP_RESET || step->code == KT_STEP_MEASURE_AT ||
           step->code == KT_STEP_RESET_AT;
}

static size_t measuring_steps(const kt_plan *plan) {
    size_t count = 0;
    for (size_t i = 0; i < plan->step_count; i++) count += waits(&plan->steps[i]);
    return count;
}

/* As the plan has it: words of bits, cells, counters. */
static void keep(const kt_finder *finder, uint64_t *out) {
    uint32_t bits = finder->circuit->bit_count / 64 + 1, cells = finder->circuit->cell_count;
    set_range(out, (kt_access){0, bits}, true);
    for (uint32_t c = 0; c < cells; c++) {
        if (finder->now[c / 64] >> (c % 64) & 1) out[(bits + c) / 64] |= UINT64_C(1) << (bits + c) % 64;
    }
    set_range(out, (kt_access){bits + cells, finder->plan->counter_count}, true);
}

static ketch_status keep_all(kt_finder *finder, size_t count, size_t words, ketch_diag *diag) {
    kt_plan *plan = finder->plan;
    plan->lives = kt_array(count, sizeof *plan->lives);
    plan->live_words = kt_zalloc(count * words * sizeof *plan->live_words);
    if (!plan->lives || !plan->live_words) return kt_no_memory(diag);
    plan->live_count = count;
    plan->live_word_count = count * words;
    for (size_t i = plan->program_count, left = count; i-- > 0;) {
        const kt_op *op = &plan->program[i];
        if (op->code != KT_OP_GATE) continue;
        find_behind(finder, i);
        for (uint32_t s = op->operand_count; s-- > 0;) {
            const kt_step *step = &plan->steps[op->data + s];
            pass_step(finder, step);
            if (!waits(step)) continue;
            left--;
            plan->lives[left] = (kt_program_live){.step = op->data + s, .first = (uint32_t)(left * words)};
            keep(finder, plan->live_words + left * words);
        }
    }
    return KETCH_OK;
}

ketch_status kt_find_lives(kt_plan *plan, const ketch_circuit *circuit, kt_watch *watch, ketch_diag *diag) {
    size_t count = measuring_steps(plan), words = ((size_t)circuit->cell_count + 63) / 64;
    size_t kept = ((size_t)circuit->bit_count / 64 + 1 + circuit->cell_count + plan->counter_count + 63) / 64;
    if (!count || !words || words > MOST_WORDS / (plan->program_count + 1) || kept > MOST_WORDS / count) return KETCH_OK;
    kt_finder finder = {.plan = plan, .circuit = circuit, .words = words};
    finder.before = kt_zalloc(plan->program_count * words * sizeof *finder.before);
    finder.now = kt_array(words, sizeof *finder.now);
    ketch_status status = finder.before && finder.now ? KETCH_OK : kt_no_memory(diag);
    int passes = 0;
    for (bool changed = true; changed && !status && passes < MOST_PASSES; passes++) {
        changed = pass_over(&finder);
        status = kt_watch_work(watch, plan->program_count * (words + 2));
    }
    if (!status && passes < MOST_PASSES) status = keep_all(&finder, count, kept, diag);
    kt_free(finder.before);
    kt_free(finder.now);
    return status;
}
