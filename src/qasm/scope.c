/* SPDX-License-Identifier: Apache-2.0
 *
 * What a name means. Bindings form a stack; each symbol knows its innermost one, and a binding the one that it hides, so that finding a
 * name is one look-up and leaving a scope pops. Gates of the language and its libraries have names of their own: a register may be called
 * `x`. In OpenQASM 3 the program's own gates share the names of its variables.
 */
#include "qasm/program.h"

#include <string.h>

static bool reserve_symbols(kt_program *program) {
    size_t old = program->binding_of_capacity;
    if (program->symbols.count <= old) return true;
    if (!kt_reserve(&program->binding_of, &program->binding_of_capacity, program->symbols.count, sizeof *program->binding_of))
        return kt_report_no_memory(&program->report);
    memset(program->binding_of + old, 0, (program->binding_of_capacity - old) * sizeof *program->binding_of);
    return true;
}

/* Of what stands outside of a subroutine, its body sees the constants and subroutines that were there when it was defined. */
static bool shows_in_routines(const kt_program *program, uint32_t number) {
    const kt_binding *binding = &program->bindings[number - 1];
    if (binding->depth || number > program->known_names) return false;
    switch (binding->kind) {
    case KT_BINDING_VALUE: return kt_value_known(binding->as.value);
    case KT_BINDING_ARRAY: return binding->as.array->array->constant;
    case KT_BINDING_ROUTINE:
    case KT_BINDING_EXTERN:
    case KT_BINDING_SPOILED: return true;
    default: return false;
    }
}

kt_binding *kt_scope_find(kt_program *program, uint32_t symbol) {
    uint32_t number = symbol < program->binding_of_capacity ? program->binding_of[symbol] : 0;
    while (number && number <= program->visible && !shows_in_routines(program, number)) number = program->bindings[number - 1].hidden;
    return number ? &program->bindings[number - 1] : NULL;
}

static const char *kind_text(const kt_binding *binding) {
    static const char *const kinds[] = {"a name",  "a qubit register", "a bit register", "a constant",   "a parameter",
                                        "a qubit", "a variable",       "an array",       "a subroutine", "an extern"};
    if (binding->kind == KT_BINDING_VALUE && kt_is_stretchy(binding->as.value)) return "a stretch";
    return binding->kind == KT_BINDING_VALUE && binding->as.value.symbolic ? "an input" : kinds[binding->kind];
}

bool kt_scope_is_free(kt_program *program, uint32_t symbol, kt_span span) {
    const kt_binding *old = kt_scope_find(program, symbol);
    char where[KT_WHERE_TEXT];
    if (!old || old->depth != program->depth || old->kind == KT_BINDING_SPOILED) return true;
    return kt_error_at(&program->report, KT_REDECLARED, span, "`%.*s` is declared already, as %s (%s)", KT_SHOWN(span), kind_text(old),
                       kt_where_text(where, &program->report, old->span, span));
}

kt_binding *kt_scope_declare(kt_program *program, kt_binding_kind kind, uint32_t symbol, kt_span span) {
    const kt_definition *gate =
        program->dialect == 3 && !program->depth && symbol < program->gates_capacity ? program->gates[symbol].definitions : NULL;
    if (!kt_scope_is_free(program, symbol, span)) return NULL;
    if (gate && kind != KT_BINDING_SPOILED) {
        char where[KT_WHERE_TEXT];
        kt_error_at(&program->report, KT_REDECLARED, span, "`%.*s` is declared already, as a gate (%s)", KT_SHOWN(span),
                    kt_where_text(where, &program->report, gate->name, span));
        return NULL;
    }
    if (!reserve_symbols(program) ||
        !kt_reserve(&program->bindings, &program->bindings_capacity, program->bindings_count + 1, sizeof *program->bindings)) {
        kt_report_no_memory(&program->report);
        return NULL;
    }
    kt_binding *binding = &program->bindings[program->bindings_count++];
    *binding =
        (kt_binding){.kind = (uint8_t)kind, .symbol = symbol, .depth = program->depth, .hidden = program->binding_of[symbol], .span = span};
    program->binding_of[symbol] = (uint32_t)program->bindings_count;
    return binding;
}

void kt_scope_spoil(kt_program *program, uint32_t symbol) {
    if (!kt_scope_find(program, symbol)) kt_scope_declare(program, KT_BINDING_SPOILED, symbol, (kt_span){0});
}

bool kt_scope_enter(kt_program *program) {
    if (!kt_reserve(&program->scopes, &program->scopes_capacity, (size_t)program->depth + 1, sizeof *program->scopes))
        return kt_report_no_memory(&program->report);
    program->scopes[program->depth++] = (kt_scope){.cells = program->cells};
    program->cells.kept = program->cells.top;
    return true;
}

void kt_scope_leave(kt_program *program) {
    while (program->bindings_count && program->bindings[program->bindings_count - 1].depth == program->depth) {
        const kt_binding *binding = &program->bindings[--program->bindings_count];
        program->binding_of[binding->symbol] = binding->hidden;
        if (binding->shown) program->circuit->variables[binding->shown - 1].ends = (uint32_t)program->circuit->ops_count;
        if (binding->kind == KT_BINDING_BITS) kt_give_bits_back(program, binding);
    }
    const kt_scope *scope = &program->scopes[--program->depth];
    program->cells.top = scope->cells.top;
    program->cells.kept = scope->cells.kept;
}

void kt_scope_blame(kt_program *program, uint32_t symbol) {
    size_t old = program->blamed_capacity;
    if (program->report.unheard) return;
    if (symbol >= old) {
        if (!kt_reserve(&program->blamed, &program->blamed_capacity, program->symbols.count, sizeof *program->blamed)) {
            kt_report_no_memory(&program->report);
            return;
        }
        memset(program->blamed + old, 0, (program->blamed_capacity - old) * sizeof *program->blamed);
    }
    program->blamed[symbol] = true;
}

bool kt_scope_blamed(const kt_program *program, uint32_t symbol) { return symbol < program->blamed_capacity && program->blamed[symbol]; }

bool kt_scope_unknown(kt_program *program, uint32_t symbol, kt_span span, const char *what) {
    if (kt_scope_blamed(program, symbol)) return kt_scope_spoil(program, symbol), false;
    kt_error_at(&program->report, KT_UNKNOWN_NAME, span, "%s `%.*s` is not declared", what, KT_SHOWN(span));
    kt_nearest nearest = kt_nearest_to(span);
    for (size_t i = 0; i < program->bindings_count; i++) {
        const kt_binding *binding = &program->bindings[i];
        const kt_symbol *name = &program->symbols.items[binding->symbol];
        if (binding->kind != KT_BINDING_SPOILED) kt_nearest_try(&nearest, name->name, name->size);
    }
    kt_nearest_try(&nearest, "true", 4);
    kt_nearest_try(&nearest, "false", 5);
    uint32_t hidden = symbol < program->binding_of_capacity ? program->binding_of[symbol] : 0;
    if (hidden && program->bindings[hidden - 1].kind != KT_BINDING_SPOILED)
        kt_hint_add(&program->report, "a subroutine sees its parameters and the constants before it; hand over what it shall work on");
    else if (nearest.best.size)
        kt_hint_add(&program->report, "did you mean `%.*s`?", KT_SHOWN(nearest.best));
    kt_scope_blame(program, symbol); /* in all scopes, */
    kt_scope_spoil(program, symbol); /* and where other uses are looked for in this one */
    return false;
}

kt_gate_name *kt_gate_name_of(kt_program *program, uint32_t symbol) {
    if (symbol >= program->gates_capacity) {
        size_t old = program->gates_capacity;
        if (!kt_reserve(&program->gates, &program->gates_capacity, program->symbols.count, sizeof *program->gates)) {
            kt_report_no_memory(&program->report);
            return NULL;
        }
        memset(program->gates + old, 0, (program->gates_capacity - old) * sizeof *program->gates);
    }
    kt_gate_name *name = &program->gates[symbol];
    if (!name->looked_up) {
        const kt_symbol *text = &program->symbols.items[symbol];
        name->gate = (uint16_t)kt_gate_find(text->name, text->size, program->provided);
        name->looked_up = true;
    }
    return name;
}

void kt_gate_names_changed(kt_program *program) {
    for (size_t i = 0; i < program->gates_capacity; i++) program->gates[i].looked_up = false;
}
