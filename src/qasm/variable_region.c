/* SPDX-License-Identifier: Apache-2.0
 *
 * Regions: code that may run never, or more than once. Nothing that is assigned in it can be followed across its borders; a walk over its
 * statements finds the names.
 */
#include "qasm/program.h"

typedef struct kt_walk {
    kt_program *program;
    /* `written`: assigned, or handed over to be; else an array that is read at an index which may be chosen while the program runs */
    bool (*name)(struct kt_walk *walk, uint32_t symbol, bool written);
    uint32_t symbol;   /* for those that look for one, or below one */
    bool found, store; /* */
} kt_walk;

static bool walk_list(kt_walk *walk, const kt_expression *list);
static bool walk_statements(kt_walk *walk, const kt_statement *statement);

static uint32_t base_symbol(const kt_expression *expression) {
    while (expression->kind == KT_EXPRESSION_INDEX && expression->as.index.base) expression = expression->as.index.base;
    if (expression->kind == KT_EXPRESSION_INDEX) return expression->as.index.symbol;
    return expression->kind == KT_EXPRESSION_NAME ? expression->as.symbol : KT_NO_SYMBOL;
}

static bool written(kt_walk *walk, const kt_expression *target) {
    uint32_t symbol = target ? base_symbol(target) : KT_NO_SYMBOL;
    return symbol == KT_NO_SYMBOL || walk->name(walk, symbol, true);
}

/* Arrays among the arguments of a call may be changed by it. */
static bool walk_arguments(kt_walk *walk, const kt_expression *list) {
    for (const kt_expression *item = list; item; item = item->next) {
        uint32_t symbol = base_symbol(item);
        const kt_binding *binding = symbol == KT_NO_SYMBOL ? NULL : kt_scope_find(walk->program, symbol);
        if (binding && binding->kind == KT_BINDING_ARRAY && !walk->name(walk, symbol, true)) return false;
    }
    return walk_list(walk, list);
}

static bool walk_expression(kt_walk *walk, const kt_expression *expression) {
    if (!expression) return true;
    switch (expression->kind) {
    case KT_EXPRESSION_UNARY:
    case KT_EXPRESSION_CHAIN:
    case KT_EXPRESSION_SET: return walk_list(walk, expression->as.first);
    case KT_EXPRESSION_INDEX: {
        bool fixed = true;
        for (const kt_expression *item = expression->as.index.items; item; item = item->next)
            fixed = fixed && (item->kind == KT_EXPRESSION_INTEGER || item->kind == KT_EXPRESSION_RANGE);
        uint32_t symbol = base_symbol(expression);
        if (!fixed && symbol != KT_NO_SYMBOL && !walk->name(walk, symbol, false)) return false;
        return walk_list(walk, expression->as.index.items) && walk_expression(walk, expression->as.index.base);
    }
    case KT_EXPRESSION_RANGE:
        return walk_expression(walk, expression->as.range.start) && walk_expression(walk, expression->as.range.step) &&
               walk_expression(walk, expression->as.range.stop);
    case KT_EXPRESSION_CALL:
    case KT_EXPRESSION_QUANTUM_CALL: {
        const kt_binding *binding = kt_scope_find(walk->program, expression->as.call.symbol);
        if (!binding) return walk_list(walk, expression->as.call.arguments); /* a built-in function changes nothing */
        return walk_arguments(walk, expression->as.call.arguments) && walk_arguments(walk, expression->as.call.operands);
    }
    case KT_EXPRESSION_CAST: return walk_expression(walk, expression->as.cast.operand);
    default: return true;
    }
}

static bool walk_list(kt_walk *walk, const kt_expression *list) {
    for (; list; list = list->next)
        if (!walk_expression(walk, list)) return false;
    return true;
}

static bool walk_statement(kt_walk *walk, const kt_statement *statement) {
    switch ((kt_statement_kind)statement->kind) {
    case KT_STATEMENT_ASSIGN:
    case KT_STATEMENT_MEASURE:
        return written(walk, statement->as.assign.target) && walk_expression(walk, statement->as.assign.target) &&
               walk_expression(walk, statement->as.assign.value);
    case KT_STATEMENT_CLASSICAL: return walk_expression(walk, statement->as.declaration.value);
    case KT_STATEMENT_EXPRESSION:
    case KT_STATEMENT_RETURN: return walk_expression(walk, statement->as.expression);
    case KT_STATEMENT_LET: /* what is assigned by the new name is so by the old one */
        for (const kt_expression *part = statement->as.expression; part; part = part->next)
            if (!written(walk, part)) return false;
        return true;
    case KT_STATEMENT_GATE_CALL:
        return walk_arguments(walk, statement->as.call.arguments) && walk_arguments(walk, statement->as.call.operands) &&
               walk_expression(walk, statement->as.call.designator);
    case KT_STATEMENT_BARRIER:
    case KT_STATEMENT_RESET:
    case KT_STATEMENT_DELAY:
    case KT_STATEMENT_NOP: return walk_list(walk, statement->as.call.operands) && walk_expression(walk, statement->as.call.designator);
    case KT_STATEMENT_BLOCK: return walk_statements(walk, statement->as.block);
    case KT_STATEMENT_IF:
    case KT_STATEMENT_WHILE:
    case KT_STATEMENT_FOR:
    case KT_STATEMENT_SWITCH:
    case KT_STATEMENT_BOX:
        for (const kt_case *one = statement->kind == KT_STATEMENT_SWITCH ? statement->as.control.cases : NULL; one; one = one->next)
            if (!walk_statements(walk, one->body)) return false;
        return walk_expression(walk, statement->as.control.condition) && walk_statements(walk, statement->as.control.body) &&
               walk_statements(walk, statement->as.control.otherwise);
    default: return true;
    }
}

static bool walk_statements(kt_walk *walk, const kt_statement *statement) {
    for (; statement; statement = statement->next)
        if (!walk_statement(walk, statement)) return false;
    return true;
}

/* ── What is done with the names ── */

/* Stores where `store`, then forgets what is written. */
static bool put_down(kt_walk *walk, uint32_t symbol, bool is_written) {
    kt_binding *binding = kt_scope_find(walk->program, symbol);
    if (!binding) return true;
    switch (binding->kind) {
    case KT_BINDING_VARIABLE:
        if (!is_written) return true;
        if (walk->store && !kt_store_variable(walk->program, binding, true)) return false;
        kt_forget_variable(binding);
        return true;
    case KT_BINDING_ARRAY:
        if (walk->store && !kt_store_view(walk->program, binding->as.array)) return false;
        if (is_written) kt_forget_view(walk->program, binding->as.array);
        return true;
    case KT_BINDING_BITS:
        if (is_written) kt_forget_bits(walk->program, &binding->as.selection);
        return true;
    default: return true;
    }
}

bool kt_materialize(kt_program *program, const kt_statement *tree) {
    if (program->trial) return true;
    kt_walk walk = {.program = program, .name = put_down, .store = true};
    return walk_statements(&walk, tree);
}

void kt_forget(kt_program *program, const kt_statement *tree) {
    if (program->trial) return;
    kt_walk walk = {.program = program, .name = put_down};
    walk_statements(&walk, tree);
}

bool kt_materialize_in(kt_program *program, const kt_expression *expression) {
    if (program->trial) return true;
    kt_walk walk = {.program = program, .name = put_down, .store = true};
    return walk_expression(&walk, expression);
}

void kt_forget_in(kt_program *program, const kt_expression *expression) {
    if (program->trial) return;
    kt_walk walk = {.program = program, .name = put_down};
    walk_expression(&walk, expression);
}

/* The innermost binding of a name among the first `below`. */
static kt_binding *outer_binding(kt_program *program, uint32_t symbol, uint32_t below) {
    kt_binding *binding = kt_scope_find(program, symbol);
    while (binding && (size_t)(binding - program->bindings) >= below)
        binding = binding->hidden ? &program->bindings[binding->hidden - 1] : NULL;
    return binding;
}

static bool store_outer(kt_walk *walk, uint32_t symbol, bool is_written) {
    kt_binding *binding = outer_binding(walk->program, symbol, walk->symbol);
    if (!binding) return true;
    if (binding->kind == KT_BINDING_VARIABLE) return !is_written || kt_store_variable(walk->program, binding, false);
    /* An array that is read at a run-time index is stored before: on this way, too. */
    return binding->kind != KT_BINDING_ARRAY || kt_store_view_unmarked(walk->program, binding->as.array);
}

bool kt_store_assigned(kt_program *program, const kt_statement *tree, uint32_t bindings) {
    if (program->trial) return true;
    kt_walk walk = {.program = program, .name = store_outer, .symbol = bindings};
    return walk_statements(&walk, tree);
}

static bool look_for(kt_walk *walk, uint32_t symbol, bool is_written) {
    walk->found = walk->found || (is_written && symbol == walk->symbol);
    return true;
}

static bool look_for_any(kt_walk *walk, uint32_t symbol, bool is_written) {
    (void)symbol;
    walk->found = walk->found || is_written;
    return true;
}

bool kt_is_assigned(kt_program *program, const kt_statement *tree, uint32_t symbol) {
    kt_walk walk = {.program = program, .name = look_for, .symbol = symbol};
    walk_statements(&walk, tree);
    return walk.found;
}

bool kt_hold(kt_value *value, kt_program *program, const kt_expression *later) {
    kt_walk walk = {.program = program, .name = look_for_any};
    if (!value->runtime || !program->routines || value->as.cell >= program->cells.kept) return true;
    walk_list(&walk, later);
    if (!walk.found) return true;
    uint32_t cell = kt_new_cells(program, kt_value_cells(*value));
    if (cell == KT_NO_CELL || !kt_store_cells(program, cell, *value, (kt_span){0})) return false;
    value->as.cell = cell;
    return true;
}
