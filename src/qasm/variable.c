/* SPDX-License-Identifier: Apache-2.0
 *
 * Variables of scalar types. Where a variable's value is known or symbolic it is only followed: no instruction is emitted until something
 * needs it in its cells, as code that runs more than once does (variable_region.c).
 */
#include "qasm/program.h"

/* Code written out again and again would declare without end; the first will do. */
enum { MOST_SHOWN = 4096 };

bool kt_show_variable(kt_program *program, kt_binding *binding) {
    ketch_circuit *circuit = program->circuit;
    const kt_symbol *name = &program->symbols.items[binding->symbol];
    if (circuit->variables_count >= MOST_SHOWN) return true;
    kt_variable variable = {.begins = (uint32_t)circuit->ops_count + 1, .ends = UINT32_MAX}; /* from its first value on */
    if (binding->kind == KT_BINDING_BITS) {
        const kt_selection *bits = &binding->as.selection;
        variable.type = KT_SCALAR_BITS;
        variable.width = (uint16_t)bits->count;
        variable.in_bits = true;
        variable.first = (uint32_t)bits->first;
        if (bits->count > UINT16_MAX) return true;
    } else {
        bool array = binding->kind == KT_BINDING_ARRAY;
        const kt_elements *elements = array ? binding->as.array->array : NULL;
        kt_value value = array ? (kt_value){.type = elements->type, .width = elements->width} : binding->as.variable.value;
        variable.type = (uint8_t)kt_scalar_of((kt_type)value.type);
        variable.width = (uint16_t)kt_value_width(value);
        variable.first = array ? elements->cell : binding->as.variable.cell;
        if (array) variable.dimensions = binding->as.array->shape;
    }
    variable.name = kt_arena_copy(&circuit->names, name->name, name->size);
    if (!variable.name || !kt_reserve(&circuit->variables, &circuit->variables_capacity, circuit->variables_count + 1, sizeof variable))
        return kt_report_no_memory(&program->report);
    circuit->variables[circuit->variables_count++] = variable;
    binding->shown = (uint32_t)circuit->variables_count;
    return true;
}

void kt_show_from_here(kt_program *program, const kt_binding *binding) {
    if (!binding->shown) return;
    kt_variable *variable = &program->circuit->variables[binding->shown - 1];
    variable->first = binding->as.variable.cell;
    variable->begins = (uint32_t)program->circuit->ops_count;
}

void kt_hide_followed(kt_program *program) {
    ketch_circuit *circuit = program->circuit;
    size_t kept = 0;
    for (size_t i = 0; i < circuit->variables_count; i++) {
        const kt_variable *variable = &circuit->variables[i];
        uint64_t cells = kt_cells_in_all((kt_scalar)variable->type, variable->width, &variable->dimensions);
        bool stored = !kt_follows(program) && variable->first + cells <= circuit->cell_count;
        if (variable->in_bits || stored) circuit->variables[kept++] = *variable;
    }
    circuit->variables_count = kept;
}

static kt_binding *bind(kt_program *program, kt_type type, uint32_t width, uint32_t cell, uint32_t symbol, kt_span name) {
    kt_binding *binding = kt_scope_declare(program, KT_BINDING_VARIABLE, symbol, name);
    if (!binding) return NULL;
    kt_value zero = {.type = (uint8_t)type, .followed = true, .width = width};
    binding->as.variable = (kt_scalar_variable){.value = zero, .cell = cell, .region = program->region};
    return kt_show_variable(program, binding) ? binding : NULL;
}

static uint32_t new_cells(kt_program *program, kt_type type, uint32_t width) {
    kt_value value = {.type = (uint8_t)type, .width = width};
    return kt_new_kept_cells(program, kt_value_cells(value));
}

kt_binding *kt_declare_variable(kt_program *program, kt_type type, uint32_t width, uint32_t symbol, kt_span name) {
    uint32_t cell = new_cells(program, type, width);
    return cell == KT_NO_CELL ? NULL : bind(program, type, width, cell, symbol, name);
}

bool kt_set_variable(kt_program *program, kt_binding *binding, kt_value value, kt_span span) {
    kt_scalar_variable *variable = &binding->as.variable;
    kt_type type = (kt_type)variable->value.type;
    uint32_t width = variable->value.width;
    variable->unset = false;
    if (!kt_convert(&value, program, type, width, false, value, span)) return false;
    bool follows = kt_follows(program); /* if not, times are: they are resolved while the program is read */
    bool followed = !value.runtime && (follows || (type == KT_TYPE_DURATION && !program->trial));
    if (followed && follows && program->region <= variable->region) { /* stored where it is needed */
        variable->value = value;
        variable->value.followed = true;
        variable->stored = false;
        return true;
    }
    if (!kt_store_cells(program, variable->cell, value, span)) return false;
    if (program->trial) return true;
    variable->value = followed ? value : kt_in_cells(type, width, variable->cell);
    variable->value.followed = followed;
    variable->stored = true;
    return true;
}

/* In a trial it may be anything. */
kt_value kt_value_of_variable(const kt_program *program, const kt_scalar_variable *variable) {
    kt_value value = variable->value;
    return program->trial ? kt_in_cells((kt_type)value.type, value.width, variable->cell) : value;
}

void kt_forget_variable(kt_binding *binding) {
    kt_scalar_variable *variable = &binding->as.variable;
    variable->value = kt_in_cells((kt_type)variable->value.type, variable->value.width, variable->cell);
    variable->stored = true;
    variable->unset = false;
}

bool kt_store_variable(kt_program *program, kt_binding *binding, bool marking) {
    kt_scalar_variable *variable = &binding->as.variable;
    if (variable->stored) return true;
    if (!kt_store_cells(program, variable->cell, variable->value, binding->span)) return false;
    variable->stored = marking;
    return true;
}

/* int[8] x = 3; float y; */
bool kt_lower_variable(kt_program *program, const kt_statement *statement) {
    kt_type type;
    uint32_t width;
    const kt_expression *expression = statement->as.declaration.value;
    if (!kt_evaluate_type(&type, &width, program, statement->as.declaration.type)) return kt_scope_spoil(program, statement->symbol), false;
    kt_value value = {.type = (uint8_t)type, .width = width};
    uint32_t cell = new_cells(program, type, width);
    kt_span span = expression ? kt_expression_span(expression) : statement->name;
    if (cell == KT_NO_CELL) return false;
    if (expression && !(kt_evaluate(&value, program, expression) && kt_convert(&value, program, type, width, false, value, span)))
        return kt_scope_spoil(program, statement->symbol), false;
    kt_binding *binding = bind(program, type, width, cell, statement->symbol, statement->name);
    if (!binding || !kt_set_variable(program, binding, value, span)) return false;
    binding->as.variable.unset = !expression;
    kt_show_from_here(program, binding);
    return true;
}
