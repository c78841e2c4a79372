/* SPDX-License-Identifier: Apache-2.0
 *
 * Code that no run comes to: branches not taken, cases of other values, loops without turns, what stands behind a `break`. It is read all
 * the same, so that mistakes in it are found, as if every variable could hold anything: loops are compiled, nothing is followed, gates are
 * not expanded, calls end with their arguments. Then all that it made is taken back. A body is read so at most once, and not where it was
 * read in earnest before.
 */
#include "qasm/program.h"

#include <string.h>

struct kt_trial {
    ketch_circuit circuit;
    kt_cells cells;
    kt_arena_mark mark;
    kt_flow flow;
    kt_span statement_span;
    size_t hardware_count;
    uint64_t operations, unrolled;
    uint32_t line, scratch_bits, scratch_bit_count, errors;
    uint8_t leniency;
    bool trial;
};

/* What has been added since is no more; pools keep their room. */
static void take_back(ketch_circuit *circuit, const ketch_circuit *before) {
    circuit->qubit_count = before->qubit_count;
    circuit->bit_count = before->bit_count;
    circuit->ops_count = before->ops_count;
    circuit->operands_count = before->operands_count;
    circuit->params_count = before->params_count;
    circuit->qubit_registers_count = before->qubit_registers_count;
    circuit->bit_registers_count = before->bit_registers_count;
    circuit->conditions_count = before->conditions_count;
    circuit->words_count = before->words_count;
    circuit->nodes_count = before->nodes_count;
    circuit->slots_count = before->slots_count;
    circuit->blocks_count = before->blocks_count;
    circuit->block_ops_count = before->block_ops_count;
    circuit->matrices_count = before->matrices_count;
    circuit->draw_count = before->draw_count;
    circuit->cell_count = before->cell_count;
    circuit->variables_count = before->variables_count;
    circuit->op_places_count = before->op_places_count;
    circuit->remarks_count = before->remarks_count;
    circuit->dynamic = before->dynamic;
    circuit->unbounded = before->unbounded;
}

kt_trial *kt_trial_begin(kt_program *program, kt_leniency leniency) {
    if (program->report.stopped || program->tried > program->options->max_gates) return NULL;
    kt_arena_mark mark = kt_arena_save(&program->statement);
    kt_trial *trial = kt_arena_alloc(&program->statement, sizeof *trial);
    if (!trial) return kt_report_no_memory(&program->report), NULL;
    *trial = (kt_trial){.circuit = *program->circuit,
                        .cells = program->cells,
                        .mark = mark,
                        .flow = program->flow,
                        .statement_span = program->statement_span,
                        .hardware_count = program->hardware_count,
                        .operations = program->operations,
                        .unrolled = program->unrolled,
                        .line = program->line,
                        .scratch_bits = program->scratch_bits,
                        .scratch_bit_count = program->scratch_bit_count,
                        .errors = program->report.errors,
                        .leniency = program->report.leniency,
                        .trial = program->trial};
    if (leniency > trial->leniency) program->report.leniency = (uint8_t)leniency;
    program->trial = true;
    program->flow = KT_FLOW_ON;
    program->routine_depth++; /* no bits of others */
    kt_region_enter(program);
    return trial;
}

bool kt_trial_end(kt_program *program, kt_trial *trial) {
    bool good = program->report.errors == trial->errors && !program->report.stopped;
    program->tried = kt_saturating_add(program->tried, program->operations - trial->operations + 1);
    program->region--;
    program->circuit->condition_depth--;
    program->routine_depth--;
    take_back(program->circuit, &trial->circuit);
    kt_forget_forms(program);
    memset(program->compared, 0, sizeof program->compared); /* it may name operands that are gone */
    program->cells = trial->cells;
    program->flow = trial->flow;
    program->statement_span = trial->statement_span;
    program->hardware_count = trial->hardware_count;
    program->operations = trial->operations;
    program->unrolled = trial->unrolled;
    program->line = trial->line;
    program->scratch_bits = trial->scratch_bits;
    program->scratch_bit_count = trial->scratch_bit_count;
    program->report.leniency = trial->leniency;
    program->trial = trial->trial;
    kt_arena_restore(&program->statement, trial->mark);
    return good;
}

bool kt_try_list(kt_program *program, kt_statement *list, bool known) {
    if (!list || list->read) return true;
    list->read = true;
    kt_trial *trial = kt_trial_begin(program, known ? KT_WITHOUT_VALUES : KT_WITHOUT_LIMITS);
    if (!trial) return !program->report.stopped;
    if (kt_scope_enter(program)) {
        kt_lower_list(program, list);
        kt_scope_leave(program);
    }
    return kt_trial_end(program, trial);
}

/* One statement, perhaps a block; not those behind it. */
bool kt_try_body(kt_program *program, kt_statement *body, bool known) {
    if (!body || body->read) return true;
    body->read = true;
    kt_trial *trial = kt_trial_begin(program, known ? KT_WITHOUT_VALUES : KT_WITHOUT_LIMITS);
    if (!trial) return !program->report.stopped;
    kt_lower_body(program, body);
    return kt_trial_end(program, trial);
}
