/* SPDX-License-Identifier: Apache-2.0
 *
 * What a program computes from its final measurements. They are sampled, as those of a static circuit are; then, for each distinct outcome,
 * its bits go into what the branch remembers, the machine carries out the instructions that are left, and the bits of the counted
 * registers are the row of every shot that has this outcome.
 */
#include "engine/branch.h"

#include <string.h>

#define KNOWN_BITS 12 /* so many outcomes are kept, those that came last in their place */

typedef struct kt_known {
    uint64_t outcome; /* measured wires of a basis state */
    uint64_t shot;    /* that has its row; and one more: 0 is none */
} kt_known;

struct kt_tail {
    kt_run *run;
    const kt_remembered *remembered;
    const kt_branch *branch;
    kt_machine machine;
    uint64_t *words;
    uint64_t measured; /* wires */
    kt_known *known;
    uint64_t aimed; /* branches so far */
};

ketch_status kt_tail_begin(kt_tree *tree) {
    kt_run *run = tree->run;
    if (!run->plan->dynamic || run->plan->measures_nothing || !run->shots) return KETCH_OK;
    struct kt_tail *tail = tree->tail = kt_zalloc(sizeof *tail);
    if (!tail) return kt_no_memory(run->diag);
    tail->run = run;
    tail->remembered = &tree->remembered;
    for (size_t m = 0; m < run->plan->move_count; m++)
        tail->measured |= (UINT64_MAX >> (64 - run->plan->moves[m].count)) << run->plan->moves[m].wire;
    tail->words = kt_run_alloc(run, tree->remembered.all, sizeof *tail->words);
    tail->known = kt_run_alloc(run, UINT64_C(1) << KNOWN_BITS, sizeof *tail->known);
    return tail->words && tail->known ? KETCH_OK : kt_no_memory(run->diag);
}

void kt_tail_end(kt_tree *tree) {
    struct kt_tail *tail = tree->tail;
    if (!tail) return;
    kt_run_free(tail->run, tail->words, tree->remembered.all, sizeof *tail->words);
    kt_run_free(tail->run, tail->known, UINT64_C(1) << KNOWN_BITS, sizeof *tail->known);
    kt_machine_free(&tail->machine);
    kt_free(tail);
    tree->tail = NULL;
}

/* Where no final measurement leaves an outcome to compute with, what follows may still fail. */
ketch_status kt_tail_carry_out(kt_tree *tree, kt_branch *branch) {
    const kt_plan *plan = tree->run->plan;
    kt_machine *machine = &branch->machine;
    ketch_status status = KETCH_OK;
    if (!plan->dynamic || tree->tail || plan->move_count || machine->at != plan->tail) return KETCH_OK;
    if (plan->program[plan->tail].code == KT_OP_END) return KETCH_OK;
    machine->at++;
    return kt_machine_run(machine, &status) == KT_PAUSE_FAILED ? status : KETCH_OK;
}

void kt_tail_aim(struct kt_tail *tail, const kt_branch *branch) {
    if (!tail) return;
    tail->branch = branch;
    if (branch->shot_count > 1) memset(tail->known, 0, sizeof *tail->known << KNOWN_BITS);
}

static void put_bits(uint64_t *bits, kt_move move, uint64_t index) {
    uint64_t mask = UINT64_MAX >> (64 - move.count), value = index >> move.wire & mask;
    uint64_t *word = &bits[move.position / 64];
    *word = (*word & ~(mask << (move.position % 64))) | value << (move.position % 64);
}

/* The bits once the machine has done what follows the final measurements. */
static ketch_status compute(struct kt_tail *tail, uint64_t index) {
    const kt_plan *plan = tail->run->plan;
    kt_machine *machine = &tail->machine, stacks = *machine;
    bool at_tail = tail->branch->machine.at == plan->tail;
    memcpy(tail->words, tail->branch->room.words, tail->remembered->all * sizeof *tail->words);
    for (size_t m = 0; m < plan->move_count; m++) put_bits(tail->words, plan->moves[m], index);
    if (!at_tail || plan->program[plan->tail].code == KT_OP_END) return KETCH_OK; /* a shot may end before */
    *machine = tail->branch->machine;
    machine->memory = (kt_memory){tail->words, tail->words + tail->remembered->bits};
    machine->at = (uint32_t)plan->tail + 1;
    machine->calls = stacks.calls;
    machine->call_capacity = stacks.call_capacity;
    machine->call_count = 0;
    machine->stack = stacks.stack;
    machine->stack_capacity = stacks.stack_capacity;
    machine->stack_count = 0;
    ketch_status status = KETCH_OK;
    kt_pause pause = kt_machine_run(machine, &status);
    if (pause == KT_PAUSE_FAILED) return status;
    return pause == KT_PAUSE_END ? KETCH_OK
                                 : kt_machine_fail(machine, machine->at, KT_RUN_STUCK, "this cannot follow the final measurements");
}

ketch_status kt_tail_row(struct kt_tail *tail, uint64_t shot, uint64_t index) {
    size_t words = tail->run->plan->outcome_words;
    uint64_t *rows = tail->run->rows, outcome = index & tail->measured;
    kt_known *known = &tail->known[outcome * UINT64_C(0x9e3779b97f4a7c15) >> (64 - KNOWN_BITS)];
    bool many = tail->branch->shot_count > 1;
    if (many && known->shot && known->outcome == outcome) {
        memcpy(rows + shot * words, rows + (known->shot - 1) * words, words * sizeof *rows);
        return KETCH_OK;
    }
    ketch_status status = compute(tail, outcome);
    if (status) return status;
    kt_make_row(tail->run->plan, rows + shot * words, tail->words);
    if (many) *known = (kt_known){outcome, shot + 1};
    return KETCH_OK;
}
