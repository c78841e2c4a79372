/* SPDX-License-Identifier: Apache-2.0
 *
 * What a call hands over: classical values by value, converted to the parameters' types; qubits and arrays by reference.
 */
#include "qasm/routine.h"

#include <stdio.h>

static bool hint_parameter(kt_program *program, const kt_routine *routine, const kt_parameter *parameter, kt_span from) {
    char where[KT_WHERE_TEXT];
    kt_hint_add(&program->report, "it is handed over for `%.*s` of `%.*s` (%s)", KT_SHOWN(parameter->name), KT_SHOWN(routine->name),
                kt_where_text(where, &program->report, parameter->name, from));
    return false;
}

static bool read_value(kt_argument *out, kt_program *program, const kt_parameter *parameter, const kt_expression *expression) {
    if (!kt_evaluate(&out->value, program, expression)) return false;
    out->value.followed = true; /* a parameter is a variable: values wrap */
    return kt_convert(&out->value, program, parameter->type, parameter->width, false, out->value, out->span) &&
           kt_hold(&out->value, program, expression->next);
}

/* As many as wanted? The run sees. */
static bool check_count(kt_program *program, uint32_t count, uint32_t wanted, kt_span span) {
    uint32_t cells = kt_new_cells(program, 2), fine = 0;
    kt_op test = {.code = KT_DO_EQUAL, .width = 64, .destination = cells + 1, .left = count, .right = cells};
    return cells != KT_NO_CELL && kt_store_cells(program, cells, kt_value_int(wanted), span) && kt_emit(program, test, (kt_span){0}) &&
           kt_jump(program, &fine, (kt_op){.code = KT_DO_JUMP_IF, .left = cells + 1}, (kt_span){0}) &&
           kt_emit(program, (kt_op){.code = KT_DO_FAIL}, span) && kt_land(program, &fine);
}

static bool read_qubits(kt_argument *out, kt_program *program, const kt_parameter *parameter, const kt_expression *expression) {
    kt_span span = out->span;
    if (!kt_choose(&out->selection, program, expression, true)) return false;
    uint32_t count = out->selection.count, wanted = parameter->width ? parameter->width : 1;
    bool in_cell = out->selection.moves && !out->selection.list;
    if (in_cell) return check_count(program, count, wanted, span);
    if (count != wanted)
        return kt_error_at(&program->report, KT_SIZES_DIFFER, span, "`%.*s` has %u qubit%s, but %u %s expected", KT_SHOWN(span), count,
                           count == 1 ? "" : "s", wanted, wanted == 1 ? "is" : "are");
    if (out->selection.scalar != !parameter->width) {
        if (program->report.warnings < KT_ENOUGH_WARNINGS)
            kt_warning_at(&program->report, KT_ONE_BIT_REGISTER, span, "a register of one qubit and a single qubit are taken for the same");
        out->selection.scalar = !parameter->width;
    }
    return true;
}

static void lengths_text(char *out, size_t size, const kt_dimensions *shape) {
    size_t used = 0;
    for (uint32_t i = 0; i < shape->dimension_count && used + 16 < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%u", i ? ", " : "", shape->dimensions[i]);
}

static bool read_array(kt_argument *out, kt_program *program, const kt_parameter *parameter, const kt_expression *expression) {
    kt_span span = out->span;
    if (!kt_is_array(program, expression)) return kt_error_at(&program->report, KT_BAD_CALL, span, "`%.*s` is no array", KT_SHOWN(span));
    if (!kt_select_array(&out->view, program, expression)) return false;
    const kt_dimensions *shape = &out->view.shape;
    const kt_elements *elements = out->view.array;
    if (elements->type != parameter->type || elements->width != parameter->width) {
        char have[KT_VALUE_TEXT], wanted[KT_VALUE_TEXT];
        return kt_error_at(&program->report, KT_BAD_CALL, span, "an array of %s is handed over, but one of %s is expected",
                           kt_value_type_text(have, (kt_value){.type = elements->type, .width = elements->width}),
                           kt_value_type_text(wanted, (kt_value){.type = (uint8_t)parameter->type, .width = parameter->width}));
    }
    if (shape->dimension_count != parameter->shape.dimension_count)
        return kt_error_at(&program->report, KT_BAD_CALL, span, "an array of %u dimension%s is handed over, but one of %u is expected",
                           shape->dimension_count, shape->dimension_count == 1 ? "" : "s", parameter->shape.dimension_count);
    for (uint32_t i = 0; !parameter->any_lengths && i < shape->dimension_count; i++) {
        char have[128] = "", wanted[128] = "";
        if (shape->dimensions[i] == parameter->shape.dimensions[i]) continue;
        lengths_text(have, sizeof have, shape);
        lengths_text(wanted, sizeof wanted, &parameter->shape);
        return kt_error_at(&program->report, KT_SIZES_DIFFER, span, "an array of lengths %s is handed over, but one of %s is expected",
                           have, wanted);
    }
    if (!parameter->readonly && (out->view.readonly || elements->constant))
        return kt_error_at(&program->report, KT_BAD_CALL, span, "`%.*s` cannot be changed, but the subroutine may change it",
                           KT_SHOWN(span));
    out->view.readonly = parameter->readonly;
    return true;
}

static bool read_argument(kt_argument *out, kt_program *program, const kt_routine *routine, const kt_parameter *parameter,
                          const kt_expression *expression) {
    uint32_t errors = program->report.errors;
    bool good;
    *out = (kt_argument){.span = kt_expression_span(expression)};
    switch ((kt_parameter_kind)parameter->kind) {
    case KT_AS_QUBITS: good = read_qubits(out, program, parameter, expression); break;
    case KT_AS_ARRAY: good = read_array(out, program, parameter, expression); break;
    default: good = read_value(out, program, parameter, expression); break;
    }
    if (good || program->report.errors == errors) return good;
    return hint_parameter(program, routine, parameter, out->span);
}

/* The elements between the first and the last of a view. */
static void reach(int64_t *low, int64_t *high, const kt_view *view) {
    *low = *high = view->first;
    for (uint32_t i = 0; i < view->shape.dimension_count; i++) {
        int64_t way = view->strides[i] * ((int64_t)view->shape.dimensions[i] - 1);
        *(way < 0 ? low : high) += way;
    }
}

static bool may_overlap(const kt_view *a, const kt_view *b) {
    int64_t a_low, a_high, b_low, b_high;
    if (a->moved != KT_NO_CELL || b->moved != KT_NO_CELL) return false; /* not known */
    reach(&a_low, &a_high, a);
    reach(&b_low, &b_high, b);
    if (a_high < b_low || b_high < a_low) return false;
    bool rows = a->shape.dimension_count == 1 && b->shape.dimension_count == 1 && a->strides[0] == b->strides[0] && a->strides[0];
    return !rows || (a->first - b->first) % a->strides[0] == 0; /* every other element leaves the rest */
}

/* Qubits are handed over once, an array that is changed is the only one of its elements. */
static bool all_apart(kt_program *program, const kt_routine *routine, const kt_argument *list) {
    uint32_t total = 0, count = routine->parameter_count, repeated;
    for (uint32_t i = 0; i < count; i++) {
        const kt_selection *selection = &list[i].selection;
        if (routine->parameters[i].kind != KT_AS_QUBITS || selection->moves) continue;
        if (!kt_charge(program, selection->count / 8, list[i].span) || !kt_operands_reserve(program, (size_t)total + selection->count))
            return false;
        for (uint32_t k = 0; k < selection->count; k++) program->operands[total++] = kt_selection_at(selection, k);
    }
    if (!kt_first_repeated(&repeated, program, program->operands, total, program->circuit->qubit_count)) return false;
    for (uint32_t i = 0, first = 0; repeated < total && i < count; i++) {
        if (routine->parameters[i].kind != KT_AS_QUBITS || list[i].selection.moves) continue;
        first += list[i].selection.count;
        if (repeated < first)
            return kt_error_at(&program->report, KT_QUBIT_TWICE, list[i].span, "`%.*s` names a qubit that this call gets already",
                               KT_SHOWN(list[i].span));
    }
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < i; k++) {
            bool arrays = routine->parameters[i].kind == KT_AS_ARRAY && routine->parameters[k].kind == KT_AS_ARRAY;
            if (!arrays || list[i].view.array != list[k].view.array) continue;
            if (routine->parameters[i].readonly && routine->parameters[k].readonly) continue;
            if (may_overlap(&list[i].view, &list[k].view))
                return kt_error_at(&program->report, KT_BAD_CALL, list[i].span, "`%.*s` is handed over twice, and may be changed",
                                   KT_SHOWN(list[i].span));
        }
    return true;
}

bool kt_read_arguments(kt_argument **out, kt_program *program, const kt_routine *routine, const kt_expression *arguments,
                       const kt_expression *operands, kt_span call) {
    uint32_t given = 0, wanted = routine->parameter_count, i = 0;
    const kt_expression *const lists[] = {arguments, operands};
    for (size_t list = 0; list < 2; list++)
        for (const kt_expression *item = lists[list]; item; item = item->next) given++;
    if (given != wanted) {
        char where[KT_WHERE_TEXT];
        return kt_error_at(&program->report, KT_BAD_CALL, call, "`%.*s` takes %u argument%s, not %u (%s)", KT_SHOWN(routine->name), wanted,
                           wanted == 1 ? "" : "s", given, kt_where_text(where, &program->report, routine->name, call));
    }
    kt_argument *list = *out = kt_arena_alloc(&program->statement, ((size_t)wanted + 1) * sizeof *list);
    if (!list) return kt_report_no_memory(&program->report);
    bool good = true;
    for (size_t which = 0; which < 2; which++)
        for (const kt_expression *item = lists[which]; item; item = item->next, i++)
            good = read_argument(&list[i], program, routine, &routine->parameters[i], item) && good;
    return good && all_apart(program, routine, list);
}

bool kt_bind_parameter(kt_program *program, const kt_parameter *parameter, const kt_argument *argument) {
    kt_binding *binding;
    switch ((kt_parameter_kind)parameter->kind) {
    case KT_AS_QUBITS:
        binding = kt_scope_declare(program, KT_BINDING_QUBITS, parameter->symbol, parameter->name);
        if (binding) binding->as.selection = argument->selection;
        return binding != NULL;
    case KT_AS_ARRAY: return kt_bind_array(program, &argument->view, parameter->symbol, parameter->name);
    case KT_AS_BITS: {
        binding = kt_declare_bits(program, parameter->width, parameter->symbol, parameter->name);
        if (!binding) return false;
        kt_selection bits = binding->as.selection;
        return kt_set_bits(program, &bits, argument->value, argument->span);
    }
    default:
        binding = kt_declare_variable(program, parameter->type, parameter->width, parameter->symbol, parameter->name);
        return binding && kt_set_variable(program, binding, argument->value, argument->span);
    }
}
