/* SPDX-License-Identifier: Apache-2.0
 *
 * Branches that meet. Two that wait at the same measurement go on as one where nothing that follows can tell them apart: what is live of
 * bits, cells, counters and parameters is equal, so are the calls under way, and the amplitudes are, one by one, up to a global phase and
 * to rounding.
 *
 *   x 0 (or not); measure 0 -> a; reset 0; a = 0;      two branches before, one after
 *
 * A digest and a sum over the state propose; the comparison decides. Each shot keeps its own draws, so that it hardly matters to it
 * with whom it goes: up to rounding of a probability that its draw is compared with.
 */
#include "engine/branch.h"

#include <math.h>
#include <string.h>

#define NEAR 1e-5 /* marks of equal states are much nearer, in fp32 too */

/* ── What is live ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The bits, then one for each cell and each counter; NULL: all. */
static const uint64_t *live_words(const kt_plan *plan, uint32_t step) {
    const kt_program_live *live = kt_plan_live(plan, step);
    return live ? plan->live_words + live->first : NULL;
}

/* The first word from `word` on, behind the bits, that is live; parameters always are. */
static size_t next_live(const kt_tree *tree, const uint64_t *live, size_t word) {
    size_t bits = tree->remembered.bits, told = tree->remembered.cells + tree->remembered.counters;
    if (!live || word >= bits + told) return word;
    for (size_t i = word - bits; i < told;) {
        uint64_t rest = live[bits + i / 64] >> (i % 64);
        if (rest & 1) return bits + i;
        i = rest ? i + (size_t)__builtin_ctzll(rest) : (i / 64 + 1) * 64;
    }
    return bits + told;
}

static uint64_t mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static uint64_t digest(const kt_tree *tree, const kt_branch *branch) {
    const uint64_t *live = live_words(tree->run->plan, branch->step);
    uint64_t hash = mix(branch->step, branch->machine.at);
    for (size_t w = 0; w < tree->remembered.bits; w++) hash = mix(hash, branch->room.words[w] & (live ? live[w] : UINT64_MAX));
    for (size_t w = next_live(tree, live, tree->remembered.bits); w < tree->remembered.all; w = next_live(tree, live, w + 1))
        hash = mix(hash, branch->room.words[w]);
    for (uint32_t i = 0; i < branch->machine.call_count; i++) hash = mix(hash, branch->machine.calls[i].call);
    for (size_t i = 0; i < branch->machine.stack_count; i++) hash = mix(hash, branch->machine.stack[i]);
    return hash;
}

static bool same_calls(const kt_machine *a, const kt_machine *b) {
    if (a->call_count != b->call_count || a->stack_count != b->stack_count) return false;
    for (uint32_t i = 0; i < a->call_count; i++) {
        if (a->calls[i].back != b->calls[i].back || a->calls[i].call != b->calls[i].call || a->calls[i].saved != b->calls[i].saved)
            return false;
    }
    return !a->stack_count || !memcmp(a->stack, b->stack, a->stack_count * sizeof *a->stack);
}

static bool same_memory(const kt_tree *tree, const kt_branch *a, const kt_branch *b) {
    const uint64_t *live = live_words(tree->run->plan, a->step);
    if (a->step != b->step || a->machine.at != b->machine.at || !same_calls(&a->machine, &b->machine)) return false;
    for (size_t w = 0; w < tree->remembered.bits; w++) {
        if ((a->room.words[w] ^ b->room.words[w]) & (live ? live[w] : UINT64_MAX)) return false;
    }
    for (size_t w = next_live(tree, live, tree->remembered.bits); w < tree->remembered.all; w = next_live(tree, live, w + 1)) {
        if (a->room.words[w] != b->room.words[w]) return false;
    }
    return true;
}

/* ── Meeting ────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static ketch_status take_shots(kt_run *run, kt_branch *into, kt_branch *from) {
    uint64_t all = into->shot_count + from->shot_count;
    uint64_t *shots = kt_resize(into->shots, all, sizeof *shots);
    if (!shots) return kt_no_memory(run->diag);
    memcpy(shots + into->shot_count, from->shots, from->shot_count * sizeof *shots);
    kt_run_took(run, from->shot_count * sizeof *shots);
    into->shots = shots;
    into->shot_count = all;
    if (from->machine.operations_left < into->machine.operations_left) into->machine.operations_left = from->machine.operations_left;
    return KETCH_OK;
}

static ketch_status mark(kt_run *run, kt_branch *branch) {
    if (branch->marked) return KETCH_OK;
    branch->marked = true;
    ketch_status status = kt_fill_blank(run, &branch->state);
    return status ? status : kt_mark(run, &branch->state, &branch->mark);
}

ketch_status kt_branch_meet(kt_tree *tree, kt_branch *branch, bool *met) {
    kt_run *run = tree->run;
    *met = false;
    if (!tree->meeting) return KETCH_OK;
    branch->digest = digest(tree, branch);
    branch->marked = false;
    ketch_status status = KETCH_OK;
    for (size_t i = tree->waiting_count; i-- > 0 && !status && !*met;) {
        kt_branch *other = tree->waiting[i];
        if (other->digest != branch->digest || !other->room.amplitudes || other->path.at < other->path.count) continue;
        if (!same_memory(tree, branch, other)) continue;
        status = mark(run, branch);
        if (!status) status = mark(run, other);
        if (status || fabs(branch->mark - other->mark) > NEAR) continue;
        status = kt_same_state(run, &other->state, &branch->state, met);
        if (!status && *met) status = take_shots(run, other, branch);
    }
    tree->met += *met;
    return status;
}
