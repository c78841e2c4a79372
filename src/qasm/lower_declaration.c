/* SPDX-License-Identifier: Apache-2.0
 *
 * Declarations: registers, bits, constants, inputs and outputs, aliases.
 */
#include "qasm/program.h"

#include <string.h>

/* Qubits or bits side by side, as a register of the circuit and a name of the program. width 0: a single one. */
static kt_binding *declare_register(kt_program *program, const kt_statement *statement, bool quantum, int64_t width, kt_span width_span) {
    ketch_circuit *circuit = program->circuit;
    uint64_t declared = quantum ? circuit->qubit_count : circuit->bit_count;
    uint64_t limit = quantum ? program->options->max_qubits : program->options->max_bits;
    uint64_t size = width ? (uint64_t)width : 1;
    const char *what = quantum ? "qubits" : "bits";
    if (limit > KT_MAX_WIDTH) limit = KT_MAX_WIDTH;
    if (size > limit || declared > limit - size) {
        kt_error_at(&program->report, quantum ? KT_QUBIT_LIMIT : KT_BIT_LIMIT, width_span, "%llu %s in all; the limit is %llu",
                    (unsigned long long)(size + declared), what, (unsigned long long)limit);
        kt_scope_spoil(program, statement->symbol);
        return NULL;
    }
    kt_binding *binding = kt_scope_declare(program, quantum ? KT_BINDING_QUBITS : KT_BINDING_BITS, statement->symbol, statement->name);
    if (!binding) return NULL;
    binding->as.selection = (kt_selection){.scalar = width == 0, .count = (uint32_t)size, .first = (int64_t)declared, .step = 1};
    bool output = statement->modifier == KT_TOKEN_OUTPUT;
    if (output) kt_count_outputs_only(program);
    bool counted = !quantum && program->depth == 0 && (output || !program->outputs); /* only outputs if there are any */
    ketch_status status =
        kt_circuit_add_register(circuit, quantum, statement->name.at, statement->name.size, (uint32_t)size, counted, program->diag);
    if (!kt_report_status(&program->report, status) || (!quantum && program->dialect == 3 && !kt_show_variable(program, binding)))
        return NULL;
    return binding;
}

/* (qreg | creg | qubit) name[width] */
bool kt_lower_register(kt_program *program, const kt_statement *statement) {
    const kt_expression *width = statement->as.declaration.width;
    bool quantum = statement->op != KT_TOKEN_CREG;
    int64_t size = 0;
    kt_span span = statement->name;
    if (quantum && program->depth) {
        kt_scope_spoil(program, statement->symbol);
        return kt_error_at(&program->report, KT_NOT_HERE, statement->span, "qubits are declared at the top of a program, not in a block");
    }
    if (!width && program->dialect == 2) {
        kt_scope_spoil(program, statement->symbol);
        return kt_other_dialect(program, statement->name, "a register without its size in brackets");
    }
    if (width) {
        span = kt_expression_span(width);
        bool good = kt_evaluate_width(&size, program, width, "the size of a register", quantum);
        if (good && size < 1)
            good = kt_error_at(&program->report, KT_BAD_WIDTH, span, "a register has at least one %s", quantum ? "qubit" : "bit");
        if (!good) {
            kt_scope_spoil(program, statement->symbol);
            return false;
        }
    }
    return declare_register(program, statement, quantum, size, span) != NULL;
}

/* ── Classical ── */

static bool declare_constant(kt_program *program, const kt_statement *statement) {
    kt_type type;
    uint32_t width;
    kt_value value;
    const kt_expression *expression = statement->as.declaration.value;
    bool good = kt_evaluate_type(&type, &width, program, statement->as.declaration.type) &&
                kt_evaluate_constant(&value, program, expression) &&
                kt_convert(&value, program, type, width, false, value, kt_expression_span(expression));
    if (good && value.type == KT_TYPE_BITS) { /* the statement's memory is taken back */
        if (!kt_charge(program, kt_weight(value.width), kt_expression_span(expression))) return false;
        size_t size = (value.width + 63) / 64 * sizeof *value.as.words;
        uint64_t *words = kt_arena_alloc(&program->kept, size);
        if (!words) return kt_report_no_memory(&program->report);
        memcpy(words, value.as.words, size);
        value.as.words = words;
    }
    if (!good) {
        kt_scope_spoil(program, statement->symbol);
        return false;
    }
    kt_binding *binding = kt_scope_declare(program, KT_BINDING_VALUE, statement->symbol, statement->name);
    if (binding) binding->as.value = value;
    return binding != NULL;
}

/* The value of a declaration is told with what its name meant before. */
static bool assign_declared(kt_program *program, const kt_selection *bits, const kt_statement *statement) {
    uint32_t symbol = statement->symbol, own = program->binding_of[symbol];
    program->binding_of[symbol] = program->bindings[own - 1].hidden;
    bool good = kt_assign_bits(program, bits, statement->as.declaration.value, statement->span, statement->line);
    program->binding_of[symbol] = own;
    return good;
}

/* bit, bit[n]: also output */
static bool declare_bits(kt_program *program, const kt_statement *statement) {
    kt_type type;
    uint32_t width;
    const kt_type_name *name = statement->as.declaration.type;
    if (!kt_evaluate_type(&type, &width, program, name)) return kt_scope_spoil(program, statement->symbol), false;
    uint32_t before = program->circuit->bit_count;
    kt_binding *binding =
        program->depth ? kt_declare_bits(program, width, statement->symbol, statement->name)
                       : declare_register(program, statement, false, width, name->width ? kt_expression_span(name->width) : name->span);
    if (!binding) return false;
    kt_selection bits = binding->as.selection;
    const kt_expression *value = statement->as.declaration.value;
    kt_value zero = {.type = width ? KT_TYPE_BITS : KT_TYPE_BOOL, .width = width};
    bool fresh = program->circuit->bit_count > before && !program->region && !program->circuit->condition_depth;
    if (!value && !fresh) { /* they may hold something older */
        if (width && !(zero.as.words = kt_value_words(&program->arithmetic, kt_value_bool(false), width)))
            return kt_report_no_memory(&program->report);
        return kt_set_bits(program, &bits, zero, statement->name);
    }
    return !value || assign_declared(program, &bits, statement);
}

bool kt_lower_classical(kt_program *program, const kt_statement *statement) {
    uint8_t keyword = statement->as.declaration.type->keyword;
    bool global = statement->modifier == KT_TOKEN_INPUT || statement->modifier == KT_TOKEN_OUTPUT;
    if (global && program->depth)
        return kt_error_at(&program->report, KT_NOT_HERE, statement->span,
                           "inputs and outputs are declared at the top of a program, not in a block");
    if (statement->modifier == KT_TOKEN_CONST) return declare_constant(program, statement);
    if (statement->modifier == KT_TOKEN_INPUT) return kt_declare_input(program, statement);
    switch (keyword) {
    case KT_TOKEN_BIT: return declare_bits(program, statement);
    case KT_TOKEN_ARRAY:
        return statement->modifier == KT_TOKEN_OUTPUT ? kt_declare_output(program, statement) : kt_declare_array(program, statement);
    case KT_TOKEN_STRETCH: return kt_declare_stretch(program, statement);
    default: return statement->modifier == KT_TOKEN_OUTPUT ? kt_declare_output(program, statement) : kt_lower_variable(program, statement);
    }
}

/* ── Aliases ── */

/* The symbol that an operand begins with, KT_NO_SYMBOL if none. */
static uint32_t base_symbol(const kt_expression *expression) {
    while (expression->kind == KT_EXPRESSION_INDEX && expression->as.index.base) expression = expression->as.index.base;
    if (expression->kind == KT_EXPRESSION_INDEX) return expression->as.index.symbol;
    return expression->kind == KT_EXPRESSION_NAME ? expression->as.symbol : KT_NO_SYMBOL;
}

/* let name = a ++ b[0:2] ++ ...; */
bool kt_lower_let(kt_program *program, const kt_statement *statement) {
    uint32_t count = 0, first = base_symbol(statement->as.expression);
    for (const kt_expression *part = statement->as.expression; part; part = part->next) count++;
    const kt_binding *base = first == KT_NO_SYMBOL ? NULL : kt_scope_find(program, first);
    bool quantum = !base || base->kind != KT_BINDING_BITS, good = true;
    kt_selection *parts = kt_arena_alloc(&program->statement, count * sizeof *parts), all;
    if (!parts) return kt_report_no_memory(&program->report);
    uint32_t i = 0;
    for (const kt_expression *part = statement->as.expression; part && good; part = part->next, i++) {
        kt_span span = kt_expression_span(part);
        if (part->kind == KT_EXPRESSION_HARDWARE)
            good = kt_error_at(&program->report, KT_WRONG_KIND, span, "a physical qubit has no other name");
        else
            good = count == 1 ? kt_choose(&parts[i], program, part, quantum) : kt_select(&parts[i], program, part, quantum);
        if (good && !parts[i].moves && parts[i].count == 0)
            good = kt_error_at(&program->report, KT_BAD_WIDTH, span, "`%.*s` selects nothing", KT_SHOWN(span));
    }
    if (good && parts[0].moves) {
        all = parts[0];
        good = kt_keep_choice(&all, program);
    } else if (good) {
        good = kt_concatenate(&all, program, parts, statement->as.expression, count);
    }
    if (!good) {
        kt_scope_spoil(program, statement->symbol);
        return false;
    }
    kt_binding *binding = kt_scope_declare(program, quantum ? KT_BINDING_QUBITS : KT_BINDING_BITS, statement->symbol, statement->name);
    if (binding) binding->as.selection = all;
    return binding != NULL;
}
