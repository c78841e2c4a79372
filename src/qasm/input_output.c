/* SPDX-License-Identifier: Apache-2.0
 *
 * `input` and `output`. An input that is a float or an angle stays symbolic, so that gates with such angles are planned before the values
 * are there; any other is a variable that the run fills first. An output is a variable; where a shot ends its value goes to bits that are
 * counted.
 */
#include "qasm/program.h"

#include <string.h>

/* ── Inputs ── */

static bool add_input(uint32_t *input, kt_program *program, const kt_statement *statement, kt_value type, const kt_dimensions *shape) {
    kt_input described = {.type = (uint8_t)kt_scalar_of((kt_type)type.type), .width = (uint16_t)kt_value_width(type)};
    if (shape) described.dimensions = *shape;
    return kt_report_status(&program->report, kt_circuit_add_input(input, program->circuit, statement->name.at, statement->name.size,
                                                                   described, program->diag));
}

/* The run writes the input's value to these cells. */
static bool fill_cells(kt_program *program, uint32_t cell, uint32_t input) {
    return kt_emit(program, (kt_op){.code = KT_DO_INPUT, .width = 64, .destination = cell, .data = input}, (kt_span){0});
}

static bool declare_parameter(kt_program *program, const kt_statement *statement, kt_value type) {
    uint32_t input;
    kt_binding *binding = kt_scope_declare(program, KT_BINDING_VALUE, statement->symbol, statement->name);
    if (!binding || !add_input(&input, program, statement, type, NULL)) return false;
    return kt_symbolic_input(&binding->as.value, &program->arithmetic, input, (kt_type)type.type, type.width) ||
           kt_arithmetic_failed(program, statement->name);
}

static bool declare_array_input(kt_program *program, const kt_statement *statement) {
    uint32_t input;
    if (!kt_declare_array(program, statement)) return false;
    const kt_view *view = kt_scope_find(program, statement->symbol)->as.array;
    kt_value element = {.type = view->array->type, .width = view->array->width};
    if (!add_input(&input, program, statement, element, &view->shape) || !fill_cells(program, view->array->cell, input)) return false;
    kt_forget_view(program, view);
    return true;
}

static bool declare_bits_input(kt_program *program, const kt_statement *statement, uint32_t width) {
    uint32_t input, cell, count = width ? width : 1;
    kt_binding *binding = kt_declare_bits(program, width, statement->symbol, statement->name);
    if (!binding) return false;
    kt_selection bits = binding->as.selection;
    kt_value type = {.type = KT_TYPE_BITS, .width = count};
    if (!add_input(&input, program, statement, type, NULL) || (cell = kt_new_cells(program, kt_value_cells(type))) == KT_NO_CELL)
        return false;
    kt_op store = {.code = KT_DO_STORE_BITS, .width = 64, .destination = (uint32_t)bits.first, .left = cell, .right = count};
    return fill_cells(program, cell, input) && kt_emit(program, store, (kt_span){0});
}

bool kt_declare_input(kt_program *program, const kt_statement *statement) {
    kt_type type;
    uint32_t width, input;
    const kt_type_name *name = statement->as.declaration.type;
    if (name->keyword == KT_TOKEN_ARRAY) return declare_array_input(program, statement);
    if (!kt_evaluate_type(&type, &width, program, name)) return kt_scope_spoil(program, statement->symbol), false;
    if (name->keyword == KT_TOKEN_BIT) return declare_bits_input(program, statement, width);
    kt_value value = {.type = (uint8_t)type, .width = width};
    if (type == KT_TYPE_FLOAT || type == KT_TYPE_ANGLE) return declare_parameter(program, statement, value);
    kt_binding *binding = kt_declare_variable(program, type, width, statement->symbol, statement->name);
    if (!binding || !add_input(&input, program, statement, value, NULL) || !fill_cells(program, binding->as.variable.cell, input))
        return false;
    kt_forget_variable(binding);
    return true;
}

/* ── Outputs ── */

/* A value's bits in a result: those of a number as they are, of a float its double's, of a complex number two doubles'. */
static uint32_t bits_of(kt_value type) {
    switch (type.type) {
    case KT_TYPE_FLOAT:
    case KT_TYPE_DURATION: return 64;
    case KT_TYPE_COMPLEX: return 128;
    default: return kt_value_width(type);
    }
}

/* Only outputs are counted, if there are any. */
void kt_count_outputs_only(kt_program *program) {
    ketch_circuit *circuit = program->circuit;
    for (size_t i = 0; !program->outputs && i < circuit->bit_registers_count; i++) circuit->bit_registers[i].counted = false;
    program->outputs = true;
}

static bool register_output(kt_program *program, size_t binding, kt_span name, kt_value type, const kt_dimensions *shape) {
    ketch_circuit *circuit = program->circuit;
    uint64_t width = bits_of(type), size = width, limit = program->options->max_bits;
    for (uint32_t d = 0; shape && d < shape->dimension_count; d++) size *= shape->dimensions[d];
    if (limit > KT_MAX_WIDTH) limit = KT_MAX_WIDTH;
    if (size > limit || circuit->bit_count > limit - size)
        return kt_error_at(&program->report, KT_BIT_LIMIT, name, "%llu bits in all; the limit is %llu",
                           (unsigned long long)(size + circuit->bit_count), (unsigned long long)limit);
    kt_count_outputs_only(program);
    if (!kt_reserve(&program->stored, &program->stored_capacity, program->stored_count + 1, sizeof *program->stored))
        return kt_report_no_memory(&program->report);
    program->stored[program->stored_count++] = (kt_output){binding, circuit->bit_count};
    ketch_status status = kt_circuit_add_register(circuit, false, name.at, name.size, (uint32_t)size, true, program->diag);
    if (!kt_report_status(&program->report, status)) return false;
    kt_register_info *added = &circuit->bit_registers[circuit->bit_registers_count - 1];
    added->type = (uint8_t)kt_scalar_of((kt_type)type.type);
    if (!shape) return true;
    added->width = (uint32_t)width;
    added->dimensions = *shape;
    return true;
}

/* Of another type than bits, which are counted where they are. */
bool kt_declare_output(kt_program *program, const kt_statement *statement) {
    kt_type type;
    uint32_t width;
    const kt_type_name *name = statement->as.declaration.type;
    if (name->keyword == KT_TOKEN_ARRAY) {
        if (!kt_declare_array(program, statement)) return false;
        const kt_view *view = kt_scope_find(program, statement->symbol)->as.array;
        kt_value element = {.type = view->array->type, .width = view->array->width};
        return register_output(program, program->binding_of[statement->symbol] - 1, statement->name, element, &view->shape);
    }
    if (!kt_evaluate_type(&type, &width, program, name)) return kt_scope_spoil(program, statement->symbol), false;
    kt_binding *binding = kt_declare_variable(program, type, width, statement->symbol, statement->name);
    if (!binding) return false;
    binding->as.variable.unset = true;
    return register_output(program, program->binding_of[statement->symbol] - 1, statement->name,
                           (kt_value){.type = (uint8_t)type, .width = width}, NULL);
}

static bool is_input(const kt_program *program, const kt_binding *binding) {
    const ketch_circuit *circuit = program->circuit;
    const kt_symbol *name = &program->symbols.items[binding->symbol];
    for (size_t i = 0; i < circuit->inputs_count; i++)
        if (strlen(circuit->inputs[i].name) == name->size && memcmp(circuit->inputs[i].name, name->name, name->size) == 0) return true;
    return false;
}

/* Are outcomes kept, but in nothing that is counted? */
static bool counts_nothing(const ketch_circuit *circuit, bool *ends) {
    bool kept = false;
    for (size_t i = 0; i < circuit->bit_registers_count; i++)
        if (circuit->bit_registers[i].counted && circuit->bit_registers[i].size) return false;
    for (size_t i = 0; i < circuit->ops_count; i++) {
        const kt_op *op = &circuit->ops[i];
        kept = kept || op->code == KT_OP_MEASURE_AT || (op->code == KT_OP_MEASURE && kt_op_operands(circuit, op)[1] != KT_NO_BIT);
        *ends = *ends || op->code == KT_OP_END;
    }
    return kept;
}

bool kt_count_variables(kt_program *program) {
    bool ends = false;
    if (program->outputs || !counts_nothing(program->circuit, &ends)) return true;
    for (size_t i = 0; i < program->bindings_count && !ends; i++) { /* an `end` before has stored nothing */
        const kt_binding *binding = &program->bindings[i];
        if (binding->kind != KT_BINDING_VARIABLE || binding->as.variable.constant || is_input(program, binding)) continue;
        kt_value type = {.type = binding->as.variable.value.type, .width = binding->as.variable.value.width};
        if (!register_output(program, i, binding->span, type, NULL)) return false;
    }
    if (!program->outputs) kt_note(program->diag, "outcomes are kept in nothing that is counted: declare an `output`, or bits");
    return true;
}

static bool store_cells(kt_program *program, uint32_t bit, uint32_t cell, uint32_t count) {
    return kt_emit(program, (kt_op){.code = KT_DO_STORE_BITS, .width = 64, .destination = bit, .left = cell, .right = count}, (kt_span){0});
}

/* What is known before the run needs no cells: the bits are 0 until the shot ends. */
static bool store_known(kt_program *program, uint32_t bit, kt_value value) {
    uint64_t room[2];
    const uint64_t *words = kt_value_words_of(&value, room);
    for (uint32_t i = 0, count = bits_of(value); i < count; i++, bit++)
        if ((words[i / 64] >> i % 64 & 1) && !kt_add_op(program, (kt_op){.code = KT_OP_SET_BIT, .data = 1, .line = program->line}, &bit, 1))
            return false;
    return true;
}

static bool all_known(const kt_elements *array) {
    uint32_t known = 0;
    while (array->states && known < array->count && (array->states[known] & KT_ELEMENT_KNOWN)) known++;
    return array->states && known == array->count;
}

static bool store_array(kt_program *program, uint32_t bit, const kt_view *view) {
    uint32_t width = bits_of((kt_value){.type = view->array->type, .width = view->array->width}), cells = view->array->element_cells;
    if (!kt_charge(program, kt_weight((uint64_t)width * view->array->count), program->statement_span)) return false;
    if (!program->routine_depth && all_known(view->array)) {
        for (uint32_t i = 0; i < view->array->count; i++) {
            kt_value element = kt_value_of_words((kt_type)view->array->type, view->array->width, view->array->image + i * cells);
            if (!store_known(program, bit + i * width, element)) return false;
        }
        return true;
    }
    if (!program->routine_depth && !kt_store_view(program, view)) return false;
    if (width == 64 * cells) return store_cells(program, bit, view->array->cell, view->array->count * width);
    for (uint32_t i = 0; i < view->array->count; i++)
        if (!store_cells(program, bit + i * width, view->array->cell + i * cells, width)) return false;
    return true;
}

/* A routine that is compiled out of line may end the shot: it finds the outputs in their cells, whatever is followed where it is called. */
bool kt_settle_outputs(kt_program *program) {
    for (size_t i = 0; i < program->stored_count && !program->routine_depth; i++) {
        kt_binding *binding = &program->bindings[program->stored[i].binding];
        bool array = binding->kind == KT_BINDING_ARRAY;
        if (array ? !kt_store_view_unmarked(program, binding->as.array) : !kt_store_variable(program, binding, false)) return false;
    }
    return true;
}

bool kt_store_outputs(kt_program *program) {
    kt_span span = program->statement_span;
    for (size_t i = 0; i < program->stored_count; i++) {
        const kt_binding *binding = &program->bindings[program->stored[i].binding];
        uint32_t bit = program->stored[i].bit, cell;
        if (binding->kind == KT_BINDING_ARRAY) {
            if (!store_array(program, bit, binding->as.array)) return false;
            continue;
        }
        kt_value value = binding->as.variable.value;
        if (program->routine_depth) value = kt_in_cells((kt_type)value.type, value.width, binding->as.variable.cell);
        if (!kt_charge(program, kt_weight(bits_of(value)), span)) return false;
        if (kt_value_known(value)) {
            if (!store_known(program, bit, value)) return false;
        } else if (!kt_to_cells(&cell, program, value, span) || !store_cells(program, bit, cell, bits_of(value))) {
            return false;
        }
    }
    return true;
}
