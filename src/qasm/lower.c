/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements to operations, by kind.
 */
#include "qasm/program.h"

bool kt_other_dialect(kt_program *program, kt_span span, const char *what) {
    return kt_error_at(&program->report, KT_OTHER_DIALECT, span, "%s belongs to OpenQASM %d; this program is OpenQASM %d", what,
                       5 - program->dialect, program->dialect);
}

/* ── Assignments ── */

static bool lower_assignment(kt_program *program, const kt_statement *statement) {
    const kt_expression *value = statement->as.assign.value;
    if (program->dialect == 3) return kt_assign(program, statement->as.assign.target, statement->op, value, statement->span);
    kt_other_dialect(program, statement->span, "an assignment");
    if (value->kind == KT_EXPRESSION_MEASURE) kt_hint_add(&program->report, "in OpenQASM 2: measure q -> c;");
    return false;
}

/* ── Others ── */

/* An expression alone does nothing; `h;` and `rx(pi);` are gates without their qubits. */
static bool lower_expression(kt_program *program, const kt_statement *statement) {
    const kt_expression *expression = statement->as.expression;
    kt_value value;
    if (expression->kind == KT_EXPRESSION_NAME || expression->kind == KT_EXPRESSION_CALL) {
        bool call = expression->kind == KT_EXPRESSION_CALL;
        uint32_t symbol = call ? expression->as.call.symbol : expression->as.symbol;
        const kt_gate_name *known = kt_gate_name_of(program, symbol);
        if (!known) return false;
        kt_span name = {expression->at, program->symbols.items[symbol].size};
        if (!kt_scope_find(program, symbol) && (known->gate != KT_GATE_NONE || known->definitions))
            return kt_error_at(&program->report, KT_OPERAND_COUNT, name, "the gate `%.*s` is applied to no qubit", KT_SHOWN(name));
    }
    if (expression->kind == KT_EXPRESSION_CALL || expression->kind == KT_EXPRESSION_QUANTUM_CALL) {
        const kt_binding *called = kt_scope_find(program, expression->as.call.symbol);
        if (called && called->kind == KT_BINDING_ROUTINE) return kt_call_statement(program, expression);
        if (called && called->kind == KT_BINDING_EXTERN) return kt_call_extern(NULL, program, expression);
    }
    return kt_evaluate(&value, program, expression);
}

static bool lower_end(kt_program *program, const kt_statement *statement) {
    program->flow = KT_FLOW_NOWHERE;
    if (program->trial) return true;
    return kt_store_outputs(program) && kt_charge(program, 1, statement->span) &&
           kt_add_op(program, (kt_op){.code = KT_OP_END, .line = statement->line}, NULL, 0);
}

/* ── Lists and blocks ── */

bool kt_lower_list(kt_program *program, const kt_statement *list) {
    bool good = true, counted = program->exit && !program->exit->compiled;
    for (; list && !program->report.stopped; list = list->next) {
        kt_arena_mark mark = kt_arena_save(&program->statement);
        good = kt_lower(program, list) && good;
        program->unrolled += counted;
        if (program->flow != KT_FLOW_ON) { /* a value that is returned stays */
            good = kt_try_list(program, list->next, true) && good;
            break;
        }
        if (list->next) list->next->read = true;
        kt_arena_restore(&program->statement, mark);
    }
    return good;
}

bool kt_lower_body(kt_program *program, const kt_statement *body) {
    if (!kt_scope_enter(program)) return false;
    bool good = body->kind == KT_STATEMENT_BLOCK ? kt_lower_list(program, body->as.block) : kt_lower(program, body);
    kt_scope_leave(program);
    return good;
}

static bool lower(kt_program *program, const kt_statement *statement) {
    if (statement->annotations && !kt_keep_annotations(program, statement)) return false;
    switch ((kt_statement_kind)statement->kind) {
    case KT_STATEMENT_GATE_CALL: return kt_lower_gate_call(program, statement);
    case KT_STATEMENT_BARRIER: return kt_lower_barrier(program, statement);
    case KT_STATEMENT_RESET: return kt_lower_reset(program, statement);
    case KT_STATEMENT_DELAY: return kt_lower_delay(program, statement);
    case KT_STATEMENT_NOP: return kt_lower_nop(program, statement);
    case KT_STATEMENT_MEASURE: return kt_lower_measure(program, statement);
    case KT_STATEMENT_ASSIGN: return lower_assignment(program, statement);
    case KT_STATEMENT_EXPRESSION:
        return program->dialect == 2 ? kt_other_dialect(program, statement->span, "an expression as a statement")
                                     : lower_expression(program, statement);
    case KT_STATEMENT_REGISTER: return kt_lower_register(program, statement);
    case KT_STATEMENT_CLASSICAL: return kt_lower_classical(program, statement);
    case KT_STATEMENT_LET: return kt_lower_let(program, statement);
    case KT_STATEMENT_GATE:
    case KT_STATEMENT_OPAQUE: return kt_define_gate(program, statement);
    case KT_STATEMENT_INCLUDE: return kt_include(program, statement);
    case KT_STATEMENT_IF: return kt_lower_if(program, statement);
    case KT_STATEMENT_BLOCK: return kt_lower_body(program, statement);
    case KT_STATEMENT_END: return lower_end(program, statement);
    case KT_STATEMENT_PRAGMA: return kt_lower_pragma(program, statement);
    case KT_STATEMENT_CALIBRATION: return kt_lower_calibration(program, statement);
    case KT_STATEMENT_FOR: return kt_lower_for(program, statement);
    case KT_STATEMENT_WHILE: return kt_lower_while(program, statement);
    case KT_STATEMENT_SWITCH: return kt_lower_switch(program, statement);
    case KT_STATEMENT_BREAK:
    case KT_STATEMENT_CONTINUE: return kt_lower_break(program, statement);
    case KT_STATEMENT_RETURN: return kt_lower_return(program, statement);
    case KT_STATEMENT_DEF: return kt_define_routine(program, statement);
    case KT_STATEMENT_EXTERN: return kt_lower_extern(program, statement);
    case KT_STATEMENT_BOX: return kt_lower_box(program, statement);
    }
    return false;
}

bool kt_lower(kt_program *program, const kt_statement *statement) {
    program->line = statement->line;
    program->statement_span = statement->span;
    bool good = lower(program, statement);
    program->cells.top = program->cells.kept;
    if (!program->depth) program->flow = KT_FLOW_ON; /* what follows an `end` may still declare */
    return good;
}
