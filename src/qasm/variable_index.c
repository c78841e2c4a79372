/* SPDX-License-Identifier: Apache-2.0
 *
 * Indices in expressions: an element of an array, bits of a register, bits of a number. Bits of an element come last: a[1, 2][0:3].
 */
#include "qasm/program.h"

#include <string.h>

bool kt_index_in_cell(uint32_t *cell, kt_program *program, kt_value index, uint32_t count, kt_span span) {
    uint32_t given;
    if (!kt_value_whole(index)) {
        char text[KT_VALUE_TEXT];
        return kt_error_at(&program->report, KT_WRONG_TYPE, span, "an index is an integer, not %s", kt_value_type_text(text, index));
    }
    if (!kt_to_cells(&given, program, index, span) || (*cell = kt_new_cells(program, 1)) == KT_NO_CELL) return false;
    return kt_emit(program, (kt_op){.code = KT_DO_INDEX, .width = 64, .destination = *cell, .left = given, .data = count}, span);
}

bool kt_evaluate_items(kt_items *out, kt_program *program, const kt_expression *items, uint32_t count, kt_span span) {
    *out = (kt_items){.span = kt_expression_span(items)};
    kt_selection all = {.count = count, .step = 1};
    program->selecting_qubits = false;
    bool single = !items->next && items->kind != KT_EXPRESSION_RANGE && items->kind != KT_EXPRESSION_SET;
    if (!single) return kt_select_index(&out->chosen, program, all, items, span, &program->statement);
    if (!kt_evaluate(&out->index, program, items)) return false;
    out->moving = !kt_value_known(out->index);
    if (out->moving) return true;
    kt_expression known = {.kind = KT_EXPRESSION_VALUE, .size = items->size, .at = items->at, .as.value = &out->index};
    return kt_select_index(&out->chosen, program, all, &known, span, &program->statement);
}

/* ── Bits of a value ── */

static uint32_t run_at(const kt_selection *bits, uint32_t i) {
    uint32_t first = kt_selection_at(bits, i), count = 1;
    while (i + count < bits->count && count < UINT16_MAX && kt_selection_at(bits, i + count) == first + count) count++;
    return count;
}

bool kt_has_bits(kt_program *program, kt_value value, kt_span span) {
    char text[KT_VALUE_TEXT];
    bool bits = value.type == KT_TYPE_BITS || value.type == KT_TYPE_INT || value.type == KT_TYPE_UINT || value.type == KT_TYPE_ANGLE;
    return bits || kt_error_at(&program->report, KT_WRONG_TYPE, span, "%s has no bits to be indexed", kt_value_type_text(text, value));
}

bool kt_take_bits_of(kt_value *out, kt_program *program, kt_value from, const kt_items *items, kt_span span) {
    const kt_selection *bits = &items->chosen;
    if (!kt_unsymbolic(&from, program, span)) return false;
    if (items->moving) {
        uint32_t cell;
        kt_computation get = {KT_DO_GET_BIT, kt_value_width(from), 0, {KT_TYPE_BOOL, 0}};
        if (!kt_index_in_cell(&cell, program, items->index, kt_value_width(from), items->span)) return false;
        kt_value at = kt_in_cells(KT_TYPE_UINT, 0, cell);
        return kt_carry_out(out, program, get, NULL, &from, &at, span);
    }
    if (!bits->count) return kt_error_at(&program->report, KT_BAD_WIDTH, span, "`%.*s` selects nothing", KT_SHOWN(span));
    kt_computation slice = {KT_DO_SLICE, bits->count, kt_selection_at(bits, 0), {KT_TYPE_BITS, bits->count}};
    if (bits->scalar) slice.type = (kt_typed){KT_TYPE_BOOL, 0};
    if (run_at(bits, 0) == bits->count) return kt_carry_out(out, program, slice, NULL, &from, NULL, span);
    kt_value all = {.type = KT_TYPE_BITS, .width = bits->count}, part;
    if (!(all.as.words = kt_value_words(&program->arithmetic, kt_value_bool(false), bits->count)))
        return kt_report_no_memory(&program->report);
    for (uint32_t i = 0, run; i < bits->count; i += run) {
        run = run_at(bits, i);
        kt_computation take = {KT_DO_SLICE, run, kt_selection_at(bits, i), {KT_TYPE_BITS, run}};
        kt_computation put = {KT_DO_SPLICE, run, i, {KT_TYPE_BITS, bits->count}};
        if (!kt_carry_out(&part, program, take, NULL, &from, NULL, span) || !kt_carry_out(&all, program, put, &all, &part, NULL, span))
            return false;
    }
    *out = all;
    return true;
}

bool kt_put_bits_in(kt_value *out, kt_program *program, kt_value into, const kt_items *items, kt_value value, kt_span span) {
    const kt_selection *bits = &items->chosen;
    kt_typed type = {(kt_type)into.type, into.width};
    uint32_t width = kt_value_width(into);
    bool scalar = items->moving || bits->scalar;
    if (!kt_unsymbolic(&into, program, span) ||
        !kt_convert(&value, program, scalar ? KT_TYPE_BOOL : KT_TYPE_BITS, scalar ? 0 : bits->count, false, value, span))
        return false;
    *out = into;
    if (items->moving) {
        uint32_t cell;
        kt_computation put = {KT_DO_PUT_BIT, width, 0, type};
        if (!kt_index_in_cell(&cell, program, items->index, width, items->span)) return false;
        kt_value at = kt_in_cells(KT_TYPE_UINT, 0, cell);
        if (!kt_carry_out(out, program, put, &into, &value, &at, span)) return false;
    }
    for (uint32_t i = 0, run; !items->moving && i < bits->count; i += run) {
        kt_value part;
        run = run_at(bits, i);
        kt_computation take = {KT_DO_SLICE, run, i, {KT_TYPE_BITS, run}};
        kt_computation put = {KT_DO_SPLICE, run, kt_selection_at(bits, i), type};
        if (!kt_carry_out(&part, program, take, NULL, &value, NULL, span) || !kt_carry_out(out, program, put, out, &part, NULL, span))
            return false;
    }
    if (into.type != KT_TYPE_INT || width == 64) return true;
    kt_computation sign = {KT_DO_WRAP_S, width, 0, type};
    return kt_carry_out(out, program, sign, NULL, out, NULL, span);
}

/* ── Expressions ── */

static bool index_value(kt_value *out, kt_program *program, kt_value from, const kt_expression *items, kt_span span) {
    kt_items chosen;
    return kt_has_bits(program, from, span) && kt_evaluate_items(&chosen, program, items, kt_value_width(from), span) &&
           kt_take_bits_of(out, program, from, &chosen, span);
}

/* c[i], c[0:3] of a register of bits */
static bool index_register(kt_value *out, kt_program *program, kt_selection bits, const kt_expression *items, kt_span span) {
    kt_items chosen;
    kt_selection part;
    if (bits.scalar) return kt_error_at(&program->report, KT_WRONG_KIND, span, "`%.*s` is a single bit and has no index", KT_SHOWN(span));
    if (!kt_evaluate_items(&chosen, program, items, bits.count, span)) return false;
    if (chosen.moving) return kt_load_bit_at(out, program, &bits, &chosen);
    return kt_compose(&part, program, bits, chosen.chosen, span, &program->statement) && kt_load_bits(out, program, &part, span);
}

bool kt_evaluate_indexed(kt_value *out, kt_program *program, const kt_expression *expression) {
    kt_span span = kt_expression_span(expression);
    const kt_expression *items = expression->as.index.items, *bits;
    kt_view view;
    kt_value from;
    if (kt_array_named(program, expression)) {
        if (program->constant)
            return kt_error_at(&program->report, KT_NOT_CONSTANT, span, "an element of an array may change; a constant is needed here");
        if (!kt_view_of(&view, program, expression, &bits)) return false;
        if (view.shape.dimension_count) {
            kt_error_at(&program->report, KT_WRONG_KIND, span, "`%.*s` is an array, not one value", KT_SHOWN(span));
            kt_hint_add(&program->report, "an element has %u more ind%s", view.shape.dimension_count,
                        view.shape.dimension_count == 1 ? "ex" : "ices");
            return false;
        }
        return kt_load_element(&from, program, &view, span) && (bits ? index_value(out, program, from, bits, span) : (*out = from, true));
    }
    if (!expression->as.index.base) {
        uint32_t symbol = expression->as.index.symbol;
        const kt_binding *binding = kt_scope_find(program, symbol);
        kt_expression name = {
            .kind = KT_EXPRESSION_NAME, .size = program->symbols.items[symbol].size, .at = expression->at, .as.symbol = symbol};
        if (binding && binding->kind == KT_BINDING_BITS && !program->constant)
            return index_register(out, program, binding->as.selection, items, kt_expression_span(&name));
        return kt_evaluate(&from, program, &name) && index_value(out, program, from, items, span);
    }
    return kt_evaluate(&from, program, expression->as.index.base) && index_value(out, program, from, items, span);
}
