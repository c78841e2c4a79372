/* SPDX-License-Identifier: Apache-2.0
 *
 * Jumps and labels, regions, and the ways out of loops and calls.
 *
 * A loop that is unrolled, or a call that is inlined, is straight-line code as long as its ways out are known while reading: then `break`
 * only says so (kt_flow). Under a condition that the run decides it becomes a jump to a label behind the loop:
 *
 *     for int i in [0:2] { h q; c = measure q; if (c) break; x = i; }
 *
 *     h q | measure | unless c skip | x := 0 | jump ─┐        what is followed is written down before the jump, since
 *     h q | measure | unless c skip | x := 0 | jump ─┤        the label must find it in its cells whatever way led there;
 *     h q | measure | unless c skip | x := 1 | jump ─┤        from the first jump on all code counts as conditional
 *     x := 2 ────────────────────────────────── label        and on the straight way to the label, too
 *
 * A loop or subroutine that is compiled once for all turns or calls is a region from its beginning: there each way out is a jump, and
 * variables of outside are in their cells anyway.
 */
#include "qasm/program.h"

/* ── Jumps ── */

bool kt_jump(kt_program *program, uint32_t *chain, kt_op op, kt_span span) {
    op.data = *chain;
    if (!kt_emit(program, op, span)) return false;
    *chain = (uint32_t)program->circuit->ops_count;
    return true;
}

void kt_patch(kt_program *program, uint32_t *chain, size_t target) {
    kt_op *ops = program->circuit->ops;
    while (*chain) {
        kt_op *op = &ops[*chain - 1];
        *chain = op->data;
        op->data = (uint32_t)target;
    }
}

bool kt_label(uint32_t *at, kt_program *program) {
    *at = (uint32_t)program->circuit->ops_count;
    return kt_emit(program, (kt_op){.code = KT_DO_LABEL}, (kt_span){0});
}

bool kt_land(kt_program *program, uint32_t *chain) {
    uint32_t at;
    if (!*chain) return true;
    if (!kt_label(&at, program)) return false;
    kt_patch(program, chain, at);
    return true;
}

/* ── Regions ── */

bool kt_region_begin(kt_program *program, const kt_statement *statement) {
    kt_statement alone = *statement;
    alone.next = NULL;
    return kt_materialize(program, &alone);
}

void kt_region_enter(kt_program *program) {
    program->region++;
    program->circuit->condition_depth++;
}

void kt_region_next(kt_program *program, const kt_statement *statement) {
    kt_statement alone = *statement;
    alone.next = NULL;
    kt_forget(program, &alone);
}

void kt_region_end(kt_program *program, const kt_statement *statement) {
    program->region--;
    program->circuit->condition_depth--;
    kt_region_next(program, statement);
}

/* ── Ways out ── */

void kt_exit_open(kt_program *program, kt_exit *exit, const kt_statement *tree) {
    exit->outer = program->exit;
    exit->tree = tree;
    exit->depth = program->circuit->condition_depth;
    exit->bindings = (uint32_t)program->bindings_count;
    program->exit = exit;
}

void kt_exit_close(kt_program *program, kt_exit *exit) { program->exit = exit->outer; }

/* From here to the label of `exit` operations may be passed over. */
static void branch_off(kt_program *program, kt_exit *exit, bool *branched) {
    if (*branched) return;
    *branched = true;
    program->circuit->condition_depth++;
    for (kt_exit *between = program->exit; between != exit; between = between->outer) between->depth++;
    exit->depth++;
}

bool kt_leave(kt_program *program, kt_exit *exit, kt_flow flow) {
    if (program->trial) return program->flow = KT_FLOW_NOWHERE, true;
    bool straight = program->circuit->condition_depth == exit->depth;
    bool parts = flow == KT_FLOW_BREAK && exit->continue_branched; /* from those that wait for the end of this turn */
    if (!exit->compiled && straight && !parts) {
        program->flow = flow;
        return true;
    }
    program->flow = KT_FLOW_NOWHERE;
    bool continues = flow == KT_FLOW_CONTINUE;
    if (!exit->compiled && !kt_store_assigned(program, exit->tree, exit->bindings)) return false;
    if (!kt_jump(program, continues ? &exit->continues : &exit->breaks, (kt_op){.code = KT_OP_JUMP}, (kt_span){0})) return false;
    if (!exit->compiled) branch_off(program, exit, continues ? &exit->continue_branched : &exit->break_branched);
    return true;
}

bool kt_exit_land(kt_program *program, kt_exit *exit, uint32_t *chain) {
    if (!*chain) return true;
    bool *branched = chain == &exit->continues ? &exit->continue_branched : &exit->break_branched;
    if (!exit->compiled) {
        if (program->flow != KT_FLOW_NOWHERE && !kt_store_assigned(program, exit->tree, exit->bindings)) return false;
        kt_forget(program, exit->tree);
    }
    if (*branched) program->circuit->condition_depth--, exit->depth--;
    *branched = false;
    program->flow = KT_FLOW_ON;
    return kt_land(program, chain);
}

/* break; continue; */
bool kt_lower_break(kt_program *program, const kt_statement *statement) {
    bool continues = statement->kind == KT_STATEMENT_CONTINUE;
    if (!program->exit || program->exit->routine)
        return kt_error_at(&program->report, KT_NOT_IN_LOOP, statement->span, "`%.*s` stands in no loop", KT_SHOWN(statement->span));
    return kt_leave(program, program->exit, continues ? KT_FLOW_CONTINUE : KT_FLOW_BREAK);
}
