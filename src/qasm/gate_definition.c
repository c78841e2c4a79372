/* SPDX-License-Identifier: Apache-2.0
 *
 * Gate definitions. A body is checked and resolved once, where it is defined: names become numbers, what is constant is computed, and the
 * operations that a call will make are counted, so that a call costs no more than what it makes and an explosion is seen before it begins.
 */
#include "qasm/program.h"

#include <stdio.h>
#include <string.h>

/* ── Expressions of a body ── */

/* What an expression depends on: 0 if it is constant. */
enum { ON_PARAMETER = 1, ON_TURN = 2 };

static bool resolve_expression(unsigned *depends, kt_program *program, kt_expression *expression);

static bool resolve_list(unsigned *depends, kt_program *program, kt_expression *first) {
    for (; first; first = first->next)
        if (!resolve_expression(depends, program, first)) return false;
    return true;
}

static bool evaluate_now(kt_program *program, kt_expression *expression, bool angle) {
    kt_value value, *kept;
    bool outer = program->constant;
    program->constant = true;
    bool good = angle ? kt_evaluate_angle(&value, program, expression) : kt_evaluate(&value, program, expression);
    program->constant = outer;
    if (!good) return false;
    if (!(kept = kt_arena_alloc(&program->kept, sizeof *kept))) return kt_report_no_memory(&program->report);
    *kept = value;
    expression->kind = KT_EXPRESSION_VALUE;
    expression->as.value = kept;
    return true;
}

/* What changes while the program runs cannot be seen in a gate's body. */
static bool check_visible(kt_program *program, const kt_binding *binding, kt_span span) {
    bool input = binding && binding->kind == KT_BINDING_VALUE && binding->as.value.symbolic;
    bool variable =
        binding && (binding->kind == KT_BINDING_VARIABLE || binding->kind == KT_BINDING_BITS || binding->kind == KT_BINDING_ARRAY);
    if (!input && !variable) return true;
    if (input && kt_is_stretchy(binding->as.value))
        return kt_error_at(&program->report, KT_NOT_IN_GATE, span, "the stretch `%.*s` is not visible in a gate", KT_SHOWN(span));
    return kt_error_at(&program->report, KT_NOT_IN_GATE, span, "the %s `%.*s` is not visible in a gate; hand it over as an angle",
                       input ? "input" : "variable", KT_SHOWN(span));
}

/* Where it is called a name may mean something else. */
static bool resolve_name(unsigned *depends, kt_program *program, kt_expression *name) {
    const kt_binding *binding = kt_scope_find(program, name->as.symbol);
    if (!binding || binding->kind != KT_BINDING_PARAMETER)
        return check_visible(program, binding, kt_expression_span(name)) && evaluate_now(program, name, false);
    name->kind = KT_EXPRESSION_PARAMETER;
    name->as.integer = binding->as.index;
    *depends |= binding->as.index < program->defining->parameter_count ? ON_PARAMETER : ON_TURN;
    return true;
}

/* name[...]: the name by itself is the base */
static bool resolve_indexed(unsigned *depends, kt_program *program, kt_expression *expression) {
    if (!expression->as.index.base) {
        uint32_t symbol = expression->as.index.symbol;
        kt_expression *name = kt_arena_alloc(&program->kept, sizeof *name);
        if (!name) return kt_report_no_memory(&program->report);
        *name = (kt_expression){
            .kind = KT_EXPRESSION_NAME, .size = program->symbols.items[symbol].size, .at = expression->at, .as.symbol = symbol};
        expression->as.index.base = name;
    }
    return resolve_expression(depends, program, expression->as.index.base) && resolve_list(depends, program, expression->as.index.items);
}

static bool resolve_call_of(unsigned *depends, kt_program *program, kt_expression *call) {
    const kt_binding *binding = kt_scope_find(program, call->as.call.symbol);
    kt_span name = {call->at, program->symbols.items[call->as.call.symbol].size};
    if (binding && (binding->kind == KT_BINDING_ROUTINE || binding->kind == KT_BINDING_EXTERN))
        return kt_error_at(&program->report, KT_NOT_IN_GATE, name, "the subroutine `%.*s` cannot be called in a gate", KT_SHOWN(name));
    return resolve_list(depends, program, call->as.call.arguments);
}

/* Names become the gate's parameters, by number, or what they stand for. */
static bool resolve_expression(unsigned *depends, kt_program *program, kt_expression *expression) {
    kt_expression *range[3];
    unsigned width = 0;
    switch (expression->kind) {
    case KT_EXPRESSION_NAME: return resolve_name(depends, program, expression);
    case KT_EXPRESSION_INDEX: return resolve_indexed(depends, program, expression);
    case KT_EXPRESSION_UNARY:
    case KT_EXPRESSION_SET:
    case KT_EXPRESSION_CHAIN: return resolve_list(depends, program, expression->as.first);
    case KT_EXPRESSION_CALL: return resolve_call_of(depends, program, expression);
    case KT_EXPRESSION_CAST:
        if (expression->as.cast.type->width && !resolve_expression(&width, program, expression->as.cast.type->width)) return false;
        return resolve_expression(depends, program, expression->as.cast.operand);
    case KT_EXPRESSION_RANGE:
        range[0] = expression->as.range.start, range[1] = expression->as.range.step, range[2] = expression->as.range.stop;
        for (size_t i = 0; i < 3; i++)
            if (range[i] && !resolve_expression(depends, program, range[i])) return false;
        return true;
    case KT_EXPRESSION_MEASURE:
    case KT_EXPRESSION_QUANTUM_CALL:
        return kt_error_at(&program->report, KT_NOT_IN_GATE, kt_expression_span(expression), "nothing is measured in a gate");
    default: return true;
    }
}

/* A constant expression is computed now; another stays, with its names resolved. */
static bool fold(kt_program *program, kt_expression *expression, bool angle) {
    unsigned depends = 0;
    return resolve_expression(&depends, program, expression) && (depends || evaluate_now(program, expression, angle));
}

/* ── Statements of a body ── */

static kt_binding *named_by(kt_program *program, const kt_expression *operand) {
    if (operand->kind == KT_EXPRESSION_NAME) return kt_scope_find(program, operand->as.symbol);
    bool index = operand->kind == KT_EXPRESSION_INDEX && !operand->as.index.base;
    return index ? kt_scope_find(program, operand->as.index.symbol) : NULL;
}

static bool resolve_qubits(kt_body_item *item, kt_program *program, const kt_expression *operands, uint32_t count) {
    item->qubit_count = count;
    item->qubits = kt_arena_alloc(&program->kept, (count + 1) * sizeof *item->qubits);
    if (!item->qubits) return kt_report_no_memory(&program->report);
    uint32_t i = 0;
    bool good = true;
    for (const kt_expression *operand = operands; operand; operand = operand->next, i++) {
        kt_span span = kt_expression_span(operand);
        kt_binding *binding = named_by(program, operand);
        bool formal = binding && binding->kind == KT_BINDING_FORMAL;
        if (formal && operand->kind == KT_EXPRESSION_NAME) {
            item->qubits[i] = binding->as.index;
            continue;
        }
        good = false;
        if (operand->kind == KT_EXPRESSION_NAME && !binding) {
            kt_scope_unknown(program, operand->as.symbol, span, "the qubit");
        } else if (formal) {
            kt_error_at(&program->report, KT_NOT_IN_GATE, span, "the qubits of a gate are single and have no index");
            binding->kind = KT_BINDING_SPOILED;
        } else if (!binding || binding->kind != KT_BINDING_SPOILED) {
            kt_error_at(&program->report, KT_NOT_IN_GATE, span, "`%.*s` is no qubit of this gate", KT_SHOWN(span));
        }
    }
    if (!good || item->barrier) return good;
    uint32_t repeated;
    if (!kt_first_repeated(&repeated, program, item->qubits, count, program->defining->qubit_count)) return false;
    if (repeated == count) return true;
    for (; repeated > 0; repeated--) operands = operands->next;
    kt_span span = kt_expression_span(operands);
    return kt_error_at(&program->report, KT_QUBIT_TWICE, span, "`%.*s` names a qubit that this operation has already", KT_SHOWN(span));
}

static bool resolve_call(kt_body_item *item, kt_program *program, const kt_statement *call) {
    kt_definition *definition = program->defining;
    bool good = true;
    for (kt_modifier *modifier = call->as.call.modifiers; modifier; modifier = modifier->next)
        if (modifier->argument) good = fold(program, modifier->argument, false) && good;
    for (kt_expression *argument = call->as.call.arguments; argument; argument = argument->next)
        good = fold(program, argument, true) && good;
    item->arguments = call->as.call.arguments;
    item->values = kt_arena_alloc(&program->kept, (call->as.call.argument_count + 1) * sizeof *item->values);
    if (!item->values) return kt_report_no_memory(&program->report);
    good = resolve_qubits(item, program, call->as.call.operands, call->as.call.operand_count) && good;
    if (!kt_resolve_application(&item->application, program, call, &program->kept) || !good) return false;
    for (const kt_expression *argument = item->arguments; argument; argument = argument->next)
        if (argument->kind != KT_EXPRESSION_VALUE) item->application.fixed = false;
    kt_value time;
    if (call->as.call.designator && !kt_evaluate_time(&time, program, call->as.call.designator)) return false;
    const kt_definition *callee = item->application.callee.definition;
    if (callee && callee->depth >= definition->depth) definition->depth = callee->depth + 1;
    if (definition->depth > program->options->max_nesting)
        return kt_error_at(&program->report, KT_NESTING_LIMIT, call->name, "gates call gates more than %u deep",
                           program->options->max_nesting);
    return true;
}

/* `barrier;` means all the gate's qubits. */
static bool all_qubits(kt_body_item *item, kt_program *program) {
    item->qubit_count = program->defining->qubit_count;
    item->qubits = kt_arena_alloc(&program->kept, item->qubit_count * sizeof *item->qubits);
    if (!item->qubits) return kt_report_no_memory(&program->report);
    for (uint32_t i = 0; i < item->qubit_count; i++) item->qubits[i] = i;
    return true;
}

static bool declares(const kt_statement *statement) {
    return statement->kind == KT_STATEMENT_REGISTER || statement->kind == KT_STATEMENT_CLASSICAL || statement->kind == KT_STATEMENT_LET ||
           statement->kind == KT_STATEMENT_GATE || statement->kind == KT_STATEMENT_OPAQUE;
}

/* ── Loops ── */

/* The gate's parameters and the variables of loops. */
static kt_value *allocate_parameters(kt_program *program, kt_arena *arena) {
    uint32_t count = program->defining->parameter_count + program->defining->variable_count + 1;
    kt_value *values = kt_arena_alloc(arena, count * sizeof *values);
    if (!values) kt_report_no_memory(&program->report);
    return values;
}

bool kt_body_loop_items(kt_loop_items *out, kt_program *program, const kt_body_loop *loop) {
    return kt_loop_items_of(out, program, loop->statement->as.control.condition) && kt_loop_read_set(out, program, loop->type);
}

bool kt_body_loop_turn(kt_value *parameters, kt_program *program, const kt_body_loop *loop, const kt_loop_items *items, uint64_t turn) {
    kt_value *value = &parameters[loop->variable];
    bool good = kt_loop_item(value, program, items, turn) &&
                kt_convert(value, program, loop->type.type, loop->type.width, false, *value, loop->statement->name);
    value->followed = false; /* nothing of a gate is left to the run: what fails is refused */
    return good;
}

/* What a loop costs where those around it are in the turn that `values` says. */
static bool loop_cost(uint64_t *out, kt_program *program, const kt_body_loop *loop, kt_value *values) {
    enum { TURN_COST = 64 }; /* of looking at a turn */
    kt_loop_items items;
    const kt_value *outer = program->arguments;
    kt_arena_mark mark = kt_arena_save(&program->statement);
    program->arguments = values;
    bool good = kt_body_loop_items(&items, program, loop);
    *out = good ? kt_saturating_multiply(items.turns, loop->body.cost) : 0;
    if (good && loop->body.varies) {
        good = kt_charge(program, kt_saturating_multiply(items.turns, TURN_COST), loop->statement->span);
        *out = kt_saturating_add(*out, good ? items.turns : 0);
        for (uint64_t turn = 0; good && turn < items.turns; turn++) {
            good = kt_body_loop_turn(values, program, loop, &items, turn);
            for (uint32_t i = 0; good && i < loop->body.count; i++) {
                const kt_body_loop *inner = loop->body.items[i].loop;
                uint64_t cost;
                if (!inner || !inner->varies) continue;
                good = loop_cost(&cost, program, inner, values);
                *out = kt_saturating_add(*out, good ? cost : 0);
            }
        }
    }
    program->arguments = outer;
    kt_arena_restore(&program->statement, mark);
    return good;
}

static bool resolve_body(kt_body *out, kt_program *program, const kt_statement *body, uint32_t loops);

static bool resolve_turns(kt_body_loop *loop, kt_program *program, uint32_t loops) {
    const kt_statement *statement = loop->statement, *body = statement->as.control.body;
    kt_binding *variable = kt_scope_declare(program, KT_BINDING_PARAMETER, statement->symbol, statement->name);
    if (!variable) return false;
    variable->as.index = loop->variable;
    return resolve_body(&loop->body, program, body->kind == KT_STATEMENT_BLOCK ? body->as.block : body, loops + 1);
}

/* `loops` are around it. Its operations are counted once: in the outermost loop, if their number depends on that one's turns. */
static bool resolve_loop(kt_body_item *item, kt_body *around, kt_program *program, const kt_statement *statement, uint32_t loops) {
    kt_definition *definition = program->defining;
    kt_expression *turns = statement->as.control.condition;
    unsigned depends = 0;
    kt_body_loop *loop = item->loop = kt_arena_alloc(&program->kept, sizeof *loop);
    if (!loop) return kt_report_no_memory(&program->report);
    *loop = (kt_body_loop){.statement = statement, .variable = definition->parameter_count + loops};
    if (definition->variable_count <= loops) definition->variable_count = loops + 1;
    if (!kt_evaluate_type(&loop->type.type, &loop->type.width, program, statement->as.control.type)) {
        kt_scope_spoil(program, statement->symbol);
        return false;
    }
    if (!resolve_expression(&depends, program, turns)) return false;
    if (depends & ON_PARAMETER)
        return kt_error_at(&program->report, KT_NOT_CONSTANT, kt_expression_span(turns),
                           "how often a loop in a gate goes around does not depend on the gate's parameters");
    if (!kt_scope_enter(program)) return false;
    bool good = resolve_turns(loop, program, loops);
    kt_scope_leave(program);
    if (!good) return false;
    loop->varies = depends || loop->body.varies;
    if (loop->varies && loops) return around->varies = true;
    kt_value *values = allocate_parameters(program, &program->statement);
    uint64_t cost;
    if (!values || !loop_cost(&cost, program, loop, values)) return false;
    around->cost = kt_saturating_add(around->cost, cost);
    return true;
}

/* ── Statements ── */

/* One statement; *used tells whether it does anything. */
static bool resolve_item(kt_body_item *item, bool *used, kt_body *body, kt_program *program, const kt_statement *statement,
                         uint32_t loops) {
    *item = (kt_body_item){.barrier = statement->kind == KT_STATEMENT_BARRIER};
    *used = true;
    uint64_t cost = 0;
    switch (statement->kind) {
    case KT_STATEMENT_BARRIER:
        item->application.line = statement->line;
        if (!resolve_qubits(item, program, statement->as.call.operands, statement->as.call.operand_count)) return false;
        if (!statement->as.call.operand_count && !all_qubits(item, program)) return false;
        cost = kt_weight(item->qubit_count);
        break;
    case KT_STATEMENT_NOP:
        *used = false;
        return resolve_qubits(item, program, statement->as.call.operands, statement->as.call.operand_count);
    case KT_STATEMENT_GATE_CALL:
        if (!resolve_call(item, program, statement)) return false;
        cost = kt_application_cost(&item->application);
        if (cost && cost < UINT64_MAX - UINT32_MAX) cost += item->qubit_count / 8;
        break;
    case KT_STATEMENT_FOR: {
        uint64_t before = body->cost;
        bool good = resolve_loop(item, body, program, statement, loops);
        *used = item->loop && (item->loop->varies || body->cost != before);
        return good;
    }
    default:
        if (declares(statement)) kt_scope_spoil(program, statement->symbol);
        return kt_error_at(&program->report, KT_NOT_IN_GATE, statement->span, "`%.*s` is not allowed in a gate's body",
                           KT_SHOWN(statement->span));
    }
    *used = cost != 0;
    body->cost = kt_saturating_add(body->cost, cost);
    return true;
}

static bool resolve_body(kt_body *out, kt_program *program, const kt_statement *body, uint32_t loops) {
    size_t count = 0;
    for (const kt_statement *statement = body; statement; statement = statement->next) count++;
    out->items = kt_arena_alloc(&program->kept, (count + 1) * sizeof *out->items);
    if (!out->items) return kt_report_no_memory(&program->report);
    bool good = true;
    for (const kt_statement *statement = body; statement && !program->report.stopped; statement = statement->next) {
        bool used;
        if (!resolve_item(&out->items[out->count], &used, out, program, statement, loops))
            good = false;
        else
            out->count += used;
    }
    return good && !program->report.stopped;
}

/* ── Definitions ── */

static bool declare_formals(kt_program *program, const kt_name *names, kt_binding_kind kind) {
    bool good = true;
    for (uint32_t index = 0; names; names = names->next, index++) {
        kt_binding *binding = kt_scope_declare(program, kind, names->symbol, names->span);
        if (binding)
            binding->as.index = index;
        else
            good = false;
    }
    return good;
}

/* Do two definitions consist of the same tokens? */
static bool same_tokens(kt_program *program, kt_span a, kt_span b) {
    kt_report silence = {.stopped = true};
    kt_lexer first = program->parser.lexer, second;
    first.report = &silence;
    second = first;
    first.next = a.at, first.end = a.at + a.size;
    second.next = b.at, second.end = b.at + b.size;
    for (kt_token x, y;;) {
        kt_lexer_next(&x, &first);
        kt_lexer_next(&y, &second);
        if (x.kind != y.kind || x.size != y.size || memcmp(x.at, y.at, x.size) != 0) return false;
        if (x.kind == KT_TOKEN_END_OF_FILE) return true;
    }
}

/* Names that a program may not define again: those of the paper's qelib1.inc, of stdgates.inc and of the language. What only exporters
 * assume to be in qelib1.inc may be, and files do. */
static unsigned protected_names(const kt_program *program) {
    return program->provided & (KT_IN_PAPER | KT_IN_STDGATES | KT_IN_LANGUAGE2 | KT_IN_LANGUAGE3);
}

static bool is_protected(kt_span name, unsigned provided, uint32_t parameters, uint32_t qubits) {
    kt_gate_id gate = kt_gate_find(name.at, name.size, provided);
    if (gate == (kt_gate_id)KT_GATE_NONE) return false;
    const kt_gate *record = &kt_gates[gate];
    return record->parameter_count == parameters && (uint32_t)record->control_count + record->target_count == qubits;
}

static const char *library_of(const kt_program *program, kt_span name) {
    unsigned language = program->provided & (KT_IN_LANGUAGE2 | KT_IN_LANGUAGE3);
    if (kt_gate_find(name.at, name.size, language) != (kt_gate_id)KT_GATE_NONE) return "the language";
    return program->dialect == 2 ? "qelib1.inc" : "stdgates.inc";
}

/* An include comes after definitions of its names. */
bool kt_names_clash(kt_program *program, kt_span include, unsigned newly, const char *file) {
    for (size_t i = 0; i < program->gates_capacity && i < program->symbols.count; i++)
        for (const kt_definition *definition = program->gates[i].definitions; definition; definition = definition->next) {
            if (definition->opaque || !is_protected(definition->name, newly, definition->parameter_count, definition->qubit_count))
                continue;
            char where[KT_WHERE_TEXT];
            kt_error_at(&program->report, KT_GATE_REDEFINED, include, "%s defines `%.*s`, which the program has defined before (%s)", file,
                        KT_SHOWN(definition->name), kt_where_text(where, &program->report, definition->name, include));
            return true;
        }
    return false;
}

static bool clashes(kt_program *program, const kt_statement *statement, const kt_gate_name *known) {
    uint32_t parameters = statement->as.gate.parameter_count, qubits = statement->as.gate.qubit_count;
    unsigned taken = protected_names(program);
    if (statement->kind == KT_STATEMENT_GATE && is_protected(statement->name, taken, parameters, qubits)) {
        kt_error_at(&program->report, KT_GATE_REDEFINED, statement->name, "`%.*s` is defined by %s already", KT_SHOWN(statement->name),
                    library_of(program, statement->name));
        kt_hint_add(&program->report, "leave the definition out, or choose another name");
        return true;
    }
    char where[KT_WHERE_TEXT];
    const kt_definition *other = known->definitions;
    while (other && (other->parameter_count != parameters || other->qubit_count != qubits)) other = other->next;
    if (!other) {
        if (known->definitions && program->report.warnings < KT_ENOUGH_WARNINGS)
            kt_warning_at(&program->report, KT_SEVERAL_ARITIES, statement->name,
                          "`%.*s` is defined for another number of angles or qubits, too (%s)", KT_SHOWN(statement->name),
                          kt_where_text(where, &program->report, known->definitions->name, statement->name));
        return false;
    }
    if (statement->kind == KT_STATEMENT_OPAQUE) return true; /* it has a body already */
    if (other->opaque) return false;
    if (!same_tokens(program, other->text, statement->as.gate.text)) {
        kt_error_at(&program->report, KT_GATE_REDEFINED, statement->name, "`%.*s` is defined already, with another body (%s)",
                    KT_SHOWN(statement->name), kt_where_text(where, &program->report, other->name, statement->name));
    } else if (program->report.warnings < KT_ENOUGH_WARNINGS) {
        kt_warning_at(&program->report, KT_SAME_DEFINITION, statement->name, "`%.*s` is defined again with the same body (%s)",
                      KT_SHOWN(statement->name), kt_where_text(where, &program->report, other->name, statement->name));
    }
    return true;
}

bool kt_define_gate(kt_program *program, const kt_statement *statement) {
    if (program->depth)
        return kt_error_at(&program->report, KT_NOT_HERE, statement->span, "a gate is defined at the top of a program, not in a block");
    kt_gate_name *known = kt_gate_name_of(program, statement->symbol);
    if (!known) return false;
    if (program->dialect == 3 && !kt_scope_is_free(program, statement->symbol, statement->name)) return false;
    uint32_t errors = program->report.errors;
    if (clashes(program, statement, known)) return program->report.errors == errors;
    kt_definition *definition = kt_arena_alloc(&program->kept, sizeof *definition);
    if (!definition) return kt_report_no_memory(&program->report);
    *definition = (kt_definition){.name = statement->name,
                                  .text = statement->as.gate.text,
                                  .parameter_count = statement->as.gate.parameter_count,
                                  .qubit_count = statement->as.gate.qubit_count,
                                  .opaque = statement->kind == KT_STATEMENT_OPAQUE,
                                  .depth = 1};
    if (!kt_scope_enter(program)) return false;
    program->defining = definition;
    program->defining_symbol = statement->symbol;
    bool good = declare_formals(program, statement->as.gate.parameters, KT_BINDING_PARAMETER) &&
                declare_formals(program, statement->as.gate.qubits, KT_BINDING_FORMAL) &&
                resolve_body(&definition->body, program, statement->as.gate.body, 0);
    definition->last = allocate_parameters(program, &program->kept);
    program->defining = NULL;
    kt_scope_leave(program);
    definition->broken = !good || !definition->last || !program->parser.complete;
    kt_definition **place = &kt_gate_name_of(program, statement->symbol)->definitions;
    definition->next = *place; /* the newest first: it wins over an opaque declaration */
    *place = definition;
    return good;
}
