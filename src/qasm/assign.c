/* SPDX-License-Identifier: Apache-2.0
 *
 * Assignments: to a variable, bits of a register, an element or a part of an array, and to some bits of a number. What stands on the left
 * is found first, then read where the operator needs it, then written.
 */
#include "qasm/program.h"

typedef struct target {
    enum { VARIABLE, REGISTER, BIT_AT, ELEMENT, ARRAY } kind;
    uint32_t symbol;
    kt_selection bits; /* REGISTER: those; BIT_AT: among those */
    kt_view view;
    bool part;      /* only `items`, bits of the number */
    kt_items items; /* also of BIT_AT */
    kt_span span;
} target;

static bool refuse(kt_program *program, const kt_binding *binding, kt_span span) {
    switch (binding->kind) {
    case KT_BINDING_SPOILED: return false;
    case KT_BINDING_VALUE:
        return kt_error_at(&program->report, KT_WRONG_KIND, span, "`%.*s` is %s and cannot be assigned", KT_SHOWN(span),
                           kt_is_stretchy(binding->as.value)   ? "a stretch"
                           : binding->as.value.symbolic ? "an input"
                                                        : "constant");
    default: return kt_error_at(&program->report, KT_WRONG_KIND, span, "`%.*s` is nothing that can be assigned", KT_SHOWN(span));
    }
}

static bool find_bits(target *out, kt_program *program, kt_value type, const kt_expression *items) {
    out->part = true;
    return kt_has_bits(program, type, out->span) && kt_evaluate_items(&out->items, program, items, kt_value_width(type), out->span);
}

static bool find_register(target *out, kt_program *program, kt_selection bits, const kt_expression *expression) {
    out->kind = REGISTER;
    if (expression->kind == KT_EXPRESSION_NAME) return out->bits = bits, true;
    if (expression->as.index.base || bits.scalar) return kt_select(&out->bits, program, expression, false);
    if (!kt_evaluate_items(&out->items, program, expression->as.index.items, bits.count, out->span)) return false;
    if (!out->items.moving) return kt_compose(&out->bits, program, bits, out->items.chosen, out->span, &program->statement);
    out->kind = BIT_AT;
    out->bits = bits;
    return true;
}

static bool find_element(target *out, kt_program *program, const kt_expression *expression) {
    const kt_expression *bits;
    if (!kt_view_of(&out->view, program, expression, &bits)) return false;
    if (out->view.readonly)
        return kt_error_at(&program->report, KT_WRONG_KIND, out->span, "`%.*s` is readonly and cannot be assigned", KT_SHOWN(out->span));
    out->kind = out->view.shape.dimension_count ? ARRAY : ELEMENT;
    kt_value element = {.type = out->view.array->type, .width = out->view.array->width};
    return !bits || find_bits(out, program, element, bits);
}

static bool find(target *out, kt_program *program, const kt_expression *expression) {
    const kt_expression *inner = expression;
    while (inner->kind == KT_EXPRESSION_INDEX && inner->as.index.base) inner = inner->as.index.base;
    bool indexed = expression->kind == KT_EXPRESSION_INDEX;
    *out = (target){.symbol = inner->kind == KT_EXPRESSION_INDEX ? inner->as.index.symbol : inner->as.symbol,
                    .span = kt_expression_span(expression)};
    const kt_binding *binding = kt_scope_find(program, out->symbol);
    kt_span name = {expression->at, program->symbols.items[out->symbol].size};
    if (!binding) return kt_scope_unknown(program, out->symbol, name, "the name");
    switch (binding->kind) {
    case KT_BINDING_VARIABLE: {
        kt_value value = kt_value_of_variable(program, &binding->as.variable);
        if (indexed && expression->as.index.base)
            return kt_error_at(&program->report, KT_WRONG_KIND, out->span, "bits of a number have no index");
        out->kind = VARIABLE;
        return !indexed || find_bits(out, program, value, expression->as.index.items);
    }
    case KT_BINDING_BITS: return find_register(out, program, binding->as.selection, expression);
    case KT_BINDING_ARRAY: return find_element(out, program, expression);
    default: return refuse(program, binding, name);
    }
}

static bool load_whole(kt_value *out, kt_program *program, const target *from) {
    switch (from->kind) {
    case VARIABLE: *out = kt_value_of_variable(program, &kt_scope_find(program, from->symbol)->as.variable); return true;
    case REGISTER: return kt_load_bits(out, program, &from->bits, from->span);
    case BIT_AT: return kt_load_bit_at(out, program, &from->bits, &from->items);
    case ELEMENT: return kt_load_element(out, program, &from->view, from->span);
    default: return kt_error_at(&program->report, KT_WRONG_KIND, from->span, "an array is assigned with `=`, operators work on elements");
    }
}

static bool load(kt_value *out, kt_program *program, const target *from) {
    if (!load_whole(out, program, from)) return false;
    return !from->part || kt_take_bits_of(out, program, *out, &from->items, from->span);
}

static bool store(kt_program *program, const target *to, kt_value value, kt_span span) {
    if (to->part) {
        kt_value number;
        if (!load_whole(&number, program, to) || !kt_put_bits_in(&value, program, number, &to->items, value, span)) return false;
    }
    switch (to->kind) {
    case VARIABLE: return kt_set_variable(program, kt_scope_find(program, to->symbol), value, span);
    case REGISTER: return kt_set_bits(program, &to->bits, value, span);
    case BIT_AT: return kt_set_bit_at(program, &to->bits, &to->items, value, span);
    case ELEMENT: return kt_store_element(program, &to->view, value, span);
    default:
        return kt_error_at(&program->report, KT_WRONG_TYPE, span, "`%.*s` is an array; a single value does not fit it", KT_SHOWN(to->span));
    }
}

bool kt_assign_value(kt_program *program, const kt_expression *target_expression, kt_value value, kt_span span) {
    target to;
    return find(&to, program, target_expression) && store(program, &to, value, span);
}

bool kt_assign(kt_program *program, const kt_expression *target_expression, uint8_t op, const kt_expression *expression, kt_span span) {
    target to;
    kt_value value, old;
    kt_span at = kt_expression_span(expression);
    if (expression->kind == KT_EXPRESSION_MEASURE && op == KT_TOKEN_EQUALS)
        return kt_assign_measure(program, target_expression, expression, span, program->line);
    if (op != KT_TOKEN_EQUALS)
        return find(&to, program, target_expression) && load(&old, program, &to) && kt_hold(&old, program, expression) &&
               kt_evaluate(&value, program, expression) && kt_binary(&value, program, op, old, value, at) && store(program, &to, value, at);
    if (kt_array_named(program, target_expression)) {
        if (!find(&to, program, target_expression)) return false;
        if (to.kind == ARRAY) return kt_assign_array(program, &to.view, expression);
        return kt_evaluate(&value, program, expression) && store(program, &to, value, at);
    }
    return kt_evaluate(&value, program, expression) && find(&to, program, target_expression) && store(program, &to, value, at);
}
