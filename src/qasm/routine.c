/* SPDX-License-Identifier: Apache-2.0
 *
 * `def`, `return` and calls. A definition's head is checked where it stands; its body is read at each call (routine_call.c), when what is
 * handed over is known. It sees its parameters, the constants, gates and subroutines declared before it, and itself.
 */
#include "qasm/routine.h"

/* ── Definitions ── */

static bool read_width(uint32_t *out, kt_program *program, const kt_expression *width, bool quantum) {
    int64_t size = 0;
    *out = 0;
    if (!width) return true;
    kt_span span = kt_expression_span(width);
    if (!kt_evaluate_width(&size, program, width, "the size of a register", quantum)) return false;
    if (size < 1) return kt_error_at(&program->report, KT_BAD_WIDTH, span, "a register has at least one %s", quantum ? "qubit" : "bit");
    if (size > KT_MAX_WIDTH) size = KT_MAX_WIDTH;
    *out = (uint32_t)size;
    return true;
}

static bool read_array(kt_parameter *out, kt_program *program, const kt_type_name *type) {
    enum { MOST = sizeof out->shape.dimensions / sizeof *out->shape.dimensions };
    int64_t length;
    out->kind = KT_AS_ARRAY;
    out->readonly = type->readonly;
    out->any_lengths = type->dimension_count;
    if (!kt_evaluate_type(&out->type, &out->width, program, type->element)) return false;
    for (const kt_expression *item = type->dimensions; item; item = item->next) {
        kt_span span = kt_expression_span(item);
        if (!kt_evaluate_width(&length, program, item, out->any_lengths ? "the number of dimensions" : "the length of a dimension", false))
            return false;
        if (out->any_lengths) {
            if (length < 1 || length > MOST)
                return kt_error_at(&program->report, KT_BAD_WIDTH, span, "an array has 1 to %d dimensions", MOST);
            out->shape.dimension_count = (uint32_t)length;
            return true;
        }
        if (out->shape.dimension_count == MOST)
            return kt_error_at(&program->report, KT_BAD_WIDTH, span, "an array has 1 to %d dimensions", MOST);
        if (length < 0 || length > KT_MAX_WIDTH)
            return kt_error_at(&program->report, KT_BAD_WIDTH, span, "a dimension of length %lld", (long long)length);
        out->shape.dimensions[out->shape.dimension_count++] = (uint32_t)length;
    }
    return true;
}

static bool read_parameter(kt_parameter *out, kt_program *program, const kt_argument_definition *definition) {
    const kt_type_name *type = definition->type;
    *out = (kt_parameter){.name = definition->name, .symbol = definition->symbol};
    switch (type->keyword) {
    case KT_TOKEN_QUBIT:
    case KT_TOKEN_QREG: out->kind = KT_AS_QUBITS; return read_width(&out->width, program, type->width, true);
    case KT_TOKEN_BIT:
    case KT_TOKEN_CREG:
        out->kind = KT_AS_BITS;
        out->type = type->width ? KT_TYPE_BITS : KT_TYPE_BOOL;
        return read_width(&out->width, program, type->width, false);
    case KT_TOKEN_ARRAY: return read_array(out, program, type);
    default: out->kind = KT_BY_VALUE; return kt_evaluate_type(&out->type, &out->width, program, type);
    }
}

static bool read_head(kt_routine *out, kt_program *program, const kt_statement *statement) {
    const kt_argument_definition *definition = statement->as.routine.arguments;
    for (; definition; definition = definition->next) out->parameter_count++;
    out->parameters = kt_arena_alloc(&program->kept, (out->parameter_count + 1) * sizeof *out->parameters);
    if (!out->parameters) return kt_report_no_memory(&program->report);
    bool good = true;
    kt_parameter *parameter = out->parameters;
    for (definition = statement->as.routine.arguments; definition; definition = definition->next)
        good = read_parameter(parameter++, program, definition) && good;
    const kt_type_name *returns = statement->as.routine.returns;
    out->returns = returns != NULL;
    if (returns) good = kt_evaluate_type(&out->type, &out->width, program, returns) && good;
    return good;
}

/* What the body takes, with the parameters' names in place of what they hide. */
static bool survey_body(kt_routine *routine, kt_program *program) {
    bool good = true;
    if (!kt_scope_enter(program)) return false;
    for (uint32_t i = 0; i < routine->parameter_count; i++)
        good = kt_scope_declare(program, KT_BINDING_FORMAL, routine->parameters[i].symbol, routine->parameters[i].name) && good;
    routine->defining = true;
    kt_extent_of(&routine->extent, program, routine->body);
    routine->defining = false;
    routine->extent.ends = routine->extent.stops; /* the others end there */
    routine->extent.breaks = false;
    kt_scope_leave(program);
    return good;
}

static bool is_gate(kt_program *program, const kt_statement *statement) {
    const kt_gate_name *known = kt_gate_name_of(program, statement->symbol);
    return known && (known->gate != KT_GATE_NONE || known->definitions);
}

bool kt_define_routine(kt_program *program, const kt_statement *statement) {
    if (program->depth)
        return kt_error_at(&program->report, KT_NOT_HERE, statement->span,
                           "a subroutine is defined at the top of a program, not in a block");
    kt_routine *routine = kt_arena_alloc(&program->kept, sizeof *routine);
    if (!routine) return kt_report_no_memory(&program->report);
    *routine = (kt_routine){.name = statement->name,
                            .line = statement->line,
                            .symbol = statement->symbol,
                            .body = statement->as.routine.body,
                            .older = program->routines};
    if (is_gate(program, statement)) {
        kt_scope_spoil(program, statement->symbol);
        return kt_error_at(&program->report, KT_REDECLARED, statement->name, "`%.*s` is a gate already", KT_SHOWN(statement->name));
    }
    bool good = read_head(routine, program, statement);
    kt_binding *binding = kt_scope_declare(program, KT_BINDING_ROUTINE, statement->symbol, statement->name);
    if (!binding) return false;
    binding->as.routine = routine;
    routine->visible = (uint32_t)program->bindings_count;
    routine->nesting = program->parser.deepest;
    good = survey_body(routine, program) && good;
    routine->broken = !good || !program->parser.complete;
    program->routines = routine;
    return good;
}

void kt_routine_extent(kt_extent *out, struct kt_routine *routine) {
    if (routine->defining) routine->recursive = true;
    *out = routine->extent;
    out->statements = kt_saturating_add(out->statements, 1);
    out->operations = kt_saturating_add(out->operations, 1);
}

/* ── Calls ── */

static kt_routine *routine_called(kt_program *program, uint32_t symbol) {
    const kt_binding *binding = kt_scope_find(program, symbol);
    return binding && binding->kind == KT_BINDING_ROUTINE ? binding->as.routine : NULL;
}

static bool call(kt_value *out, kt_program *program, kt_routine *routine, const kt_expression *arguments, const kt_expression *operands,
                 kt_span span) {
    kt_argument *given;
    kt_extent whole;
    routine->called = routine->called || !program->trial;
    if (!kt_read_arguments(&given, program, routine, arguments, operands, span) || routine->broken) return false;
    kt_routine_extent(&whole, routine);
    if (!program->nested && !kt_check_certain(program, 1, &whole, span, "call")) return false;
    return kt_carry_out_call(out, program, routine, given, span);
}

static bool call_expression(kt_value *out, kt_program *program, kt_routine *routine, const kt_expression *expression) {
    const kt_expression *operands = expression->kind == KT_EXPRESSION_QUANTUM_CALL ? expression->as.call.operands : NULL;
    return call(out, program, routine, expression->as.call.arguments, operands, kt_expression_span(expression));
}

bool kt_call_routine(kt_value *out, kt_program *program, const kt_expression *expression) {
    kt_routine *routine = routine_called(program, expression->as.call.symbol);
    kt_span span = kt_expression_span(expression);
    if (!routine) return kt_error_at(&program->report, KT_UNKNOWN_NAME, span, "no subroutine has this name");
    if (routine->returns) return call_expression(out, program, routine, expression);
    char where[KT_WHERE_TEXT];
    return kt_error_at(&program->report, KT_BAD_CALL, span, "`%.*s` returns no value (%s)", KT_SHOWN(routine->name),
                       kt_where_text(where, &program->report, routine->name, span));
}

bool kt_call_statement(kt_program *program, const kt_expression *expression) {
    kt_value dropped;
    kt_routine *routine = routine_called(program, expression->as.call.symbol);
    return routine ? call_expression(&dropped, program, routine, expression) : kt_evaluate(&dropped, program, expression);
}

/* f(a) q; was the way to call a subroutine in drafts of the language. */
bool kt_call_routine_statement(kt_program *program, const kt_statement *statement) {
    kt_value dropped;
    kt_routine *routine = routine_called(program, statement->symbol);
    if (statement->as.call.modifiers)
        return kt_error_at(&program->report, KT_BAD_CALL, statement->as.call.modifiers->span, "`%.*s` is no gate and takes no modifiers",
                           KT_SHOWN(statement->name));
    if (!program->old_calls_warned) {
        kt_warning_at(&program->report, KT_OLD_CALL, statement->name, "a subroutine called like a gate");
        kt_hint_add(&program->report, "all it gets stands in the parentheses: f(a, q);");
        program->old_calls_warned = true;
    }
    if (routine) return call(&dropped, program, routine, statement->as.call.arguments, statement->as.call.operands, statement->name);
    kt_expression expression = {.kind = KT_EXPRESSION_CALL, .size = statement->name.size, .at = statement->name.at};
    expression.as.call.symbol = statement->symbol;
    expression.as.call.arguments = statement->as.call.arguments;
    expression.as.call.argument_count = statement->as.call.argument_count;
    return kt_call_extern(&dropped, program, &expression);
}

/* ── return ── */

static kt_exit *call_at_hand(const kt_program *program) {
    kt_exit *exit = program->exit;
    while (exit && !exit->routine) exit = exit->outer;
    return exit;
}

/* The value goes to the cell of the result, if it is needed there. */
static bool take_result(kt_program *program, kt_exit *exit, kt_value value, kt_span span) {
    bool straight = !exit->compiled && program->circuit->condition_depth == exit->depth;
    exit->value = value;
    if (straight && !value.runtime) return true;
    exit->value = kt_result_in(exit->routine, exit->result);
    return kt_store_cells(program, exit->result, value, span);
}

bool kt_lower_return(kt_program *program, const kt_statement *statement) {
    kt_exit *exit = call_at_hand(program);
    const kt_expression *expression = statement->as.expression;
    kt_value value = {0};
    if (!exit) return kt_error_at(&program->report, KT_BAD_RETURN, statement->span, "`return` stands in no subroutine");
    const kt_routine *routine = exit->routine;
    kt_span span = expression ? kt_expression_span(expression) : statement->span;
    if (!expression != !routine->returns)
        return kt_error_at(&program->report, KT_BAD_RETURN, span, routine->returns ? "`%.*s` returns a value" : "`%.*s` returns no value",
                           KT_SHOWN(routine->name));
    if (expression &&
        (!kt_evaluate(&value, program, expression) || !kt_convert(&value, program, routine->type, routine->width, false, value, span) ||
         (!program->trial && !take_result(program, exit, value, span))))
        return false;
    if (!exit->compiled || program->trial) return kt_leave(program, exit, KT_FLOW_RETURN);
    program->flow = KT_FLOW_NOWHERE;
    return kt_emit(program, (kt_op){.code = KT_DO_RETURN}, (kt_span){0});
}
