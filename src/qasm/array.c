/* SPDX-License-Identifier: Apache-2.0
 *
 * Arrays: their declaration, and views of them. A view is an array, a part of one, or one element: where its first element is, and how far
 * apart those of each dimension are. An index that is computed while the program runs moves a view by a number of cells.
 */
#include "qasm/program.h"

#include <string.h>

enum { MOST_DIMENSIONS = 7, FOLLOWED_ELEMENTS = 1 << 20 /* larger arrays are only in cells */ };

/* ── Views ── */

/* A known index is checked, a run-time one is by an instruction; it moves the view. */
static bool apply_index(kt_view *view, kt_program *program, uint32_t size, int64_t stride, const kt_expression *item, kt_span span) {
    kt_value index;
    kt_span at = kt_expression_span(item);
    uint32_t cell;
    if (!kt_evaluate(&index, program, item)) return false;
    if (!kt_value_whole(index)) {
        char text[KT_VALUE_TEXT];
        return kt_error_at(&program->report, KT_WRONG_TYPE, at, "an index is an integer, not %s", kt_value_type_text(text, index));
    }
    if (kt_value_known(index)) {
        int64_t number = 0;
        bool fits = kt_value_integer(&number, index);
        int64_t from_start = number < 0 ? number + size : number;
        if (!fits || from_start < 0 || from_start >= size) {
            kt_error_at(&program->report, KT_INDEX_RANGE, at, "the index %lld is out of range", (long long)number);
            if (size)
                kt_hint_add(&program->report, "`%.*s` has %u element%s here: 0 to %u", KT_SHOWN(span), size, size == 1 ? "" : "s",
                            size - 1);
            else
                kt_hint_add(&program->report, "`%.*s` has no elements here", KT_SHOWN(span));
            return false;
        }
        view->first += from_start * stride;
        return true;
    }
    return kt_index_in_cell(&cell, program, index, size, at) && kt_move_view(view, program, cell, stride, at);
}

bool kt_move_view(kt_view *view, kt_program *program, uint32_t cell, int64_t stride, kt_span span) {
    kt_value offset = kt_in_cells(KT_TYPE_INT, 0, cell);
    int64_t cells = stride * view->array->element_cells;
    if (cells != 1 && !kt_binary(&offset, program, KT_TOKEN_ASTERISK, offset, kt_value_int(cells), span)) return false;
    if (view->moved != KT_NO_CELL && !kt_binary(&offset, program, KT_TOKEN_PLUS, offset, kt_in_cells(KT_TYPE_INT, 0, view->moved), span))
        return false;
    return kt_to_cells(&view->moved, program, offset, span);
}

static bool apply_items(kt_view *view, kt_program *program, const kt_expression *items, kt_span span) {
    kt_dimensions shape = {0};
    int64_t strides[MOST_DIMENSIONS];
    uint32_t d = 0;
    for (const kt_expression *item = items; item; item = item->next, d++) {
        if (d == view->shape.dimension_count)
            return kt_error_at(&program->report, KT_WRONG_KIND, kt_expression_span(item), "`%.*s` has %u dimension%s", KT_SHOWN(span), d,
                               d == 1 ? "" : "s");
        uint32_t size = view->shape.dimensions[d];
        if (item->kind == KT_EXPRESSION_SET)
            return kt_error_at(&program->report, KT_WRONG_KIND, kt_expression_span(item), "an array is indexed by numbers and ranges");
        if (item->kind != KT_EXPRESSION_RANGE) {
            if (!apply_index(view, program, size, view->strides[d], item, span)) return false;
            continue;
        }
        kt_expression range = *item;
        range.next = NULL;
        kt_selection all = {.count = size, .step = 1}, chosen;
        program->selecting_qubits = false;
        if (!kt_select_index(&chosen, program, all, &range, span, &program->statement)) return false;
        view->first += chosen.first * view->strides[d];
        strides[shape.dimension_count] = chosen.step * view->strides[d];
        shape.dimensions[shape.dimension_count++] = chosen.count;
    }
    for (; d < view->shape.dimension_count; d++) {
        strides[shape.dimension_count] = view->strides[d];
        shape.dimensions[shape.dimension_count++] = view->shape.dimensions[d];
    }
    view->shape = shape;
    memcpy(view->strides, strides, shape.dimension_count * sizeof *strides);
    return true;
}

static uint32_t base_symbol(const kt_expression *expression) {
    while (expression->kind == KT_EXPRESSION_INDEX && expression->as.index.base) expression = expression->as.index.base;
    if (expression->kind == KT_EXPRESSION_INDEX) return expression->as.index.symbol;
    return expression->kind == KT_EXPRESSION_NAME ? expression->as.symbol : KT_NO_SYMBOL;
}

const kt_view *kt_array_named(kt_program *program, const kt_expression *expression) {
    uint32_t symbol = base_symbol(expression);
    const kt_binding *binding = symbol == KT_NO_SYMBOL ? NULL : kt_scope_find(program, symbol);
    return binding && binding->kind == KT_BINDING_ARRAY ? binding->as.array : NULL;
}

bool kt_view_of(kt_view *out, kt_program *program, const kt_expression *expression, const kt_expression **bits) {
    const kt_expression *base = expression->kind == KT_EXPRESSION_INDEX ? expression->as.index.base : NULL;
    kt_span span = kt_expression_span(expression);
    *bits = NULL;
    if (base) {
        if (!kt_view_of(out, program, base, bits)) return false;
        if (*bits) return kt_error_at(&program->report, KT_WRONG_KIND, span, "bits of an element have no index");
    } else {
        *out = *kt_array_named(program, expression);
    }
    if (expression->kind != KT_EXPRESSION_INDEX) return true;
    if (!out->shape.dimension_count) return *bits = expression->as.index.items, true;
    return apply_items(out, program, expression->as.index.items, span);
}

/* How many dimensions are left by the indices? */
static uint32_t dimensions_left(kt_program *program, const kt_expression *expression) {
    if (expression->kind != KT_EXPRESSION_INDEX) return kt_array_named(program, expression)->shape.dimension_count;
    uint32_t left = expression->as.index.base ? dimensions_left(program, expression->as.index.base)
                                              : kt_array_named(program, expression)->shape.dimension_count;
    for (const kt_expression *item = expression->as.index.items; item; item = item->next)
        if (left && item->kind != KT_EXPRESSION_RANGE) left--;
    return left;
}

bool kt_is_array(kt_program *program, const kt_expression *expression) {
    return kt_array_named(program, expression) && dimensions_left(program, expression);
}

bool kt_select_array(kt_view *out, kt_program *program, const kt_expression *expression) {
    const kt_expression *bits;
    kt_span span = kt_expression_span(expression);
    if (!kt_array_named(program, expression)) {
        uint32_t symbol = base_symbol(expression);
        const kt_binding *binding = symbol == KT_NO_SYMBOL ? NULL : kt_scope_find(program, symbol);
        if (symbol != KT_NO_SYMBOL && !binding) return kt_scope_unknown(program, symbol, span, "the array");
        return (!binding || binding->kind != KT_BINDING_SPOILED) &&
               kt_error_at(&program->report, KT_WRONG_KIND, span, "an array is expected");
    }
    if (!kt_view_of(out, program, expression, &bits)) return false;
    return (out->shape.dimension_count && !bits) ||
           kt_error_at(&program->report, KT_WRONG_KIND, span, "an array is expected, not an element");
}

bool kt_bind_array(kt_program *program, const kt_view *view, uint32_t symbol, kt_span name) {
    kt_view *kept = kt_arena_alloc(&program->kept, sizeof *kept);
    if (!kept) return kt_report_no_memory(&program->report);
    *kept = *view;
    kt_binding *binding = kt_scope_declare(program, KT_BINDING_ARRAY, symbol, name);
    if (binding) binding->as.array = kept;
    return binding != NULL;
}

/* ── Declaration ── */

static bool shape_of(kt_dimensions *out, uint64_t *count, kt_program *program, const kt_type_name *name) {
    *out = (kt_dimensions){0};
    *count = 1;
    for (const kt_expression *item = name->dimensions; item; item = item->next) {
        int64_t size;
        kt_span span = kt_expression_span(item);
        if (out->dimension_count == MOST_DIMENSIONS)
            return kt_error_at(&program->report, KT_BAD_WIDTH, span, "an array has at most %d dimensions", MOST_DIMENSIONS);
        if (!kt_evaluate_width(&size, program, item, "the size of an array", false)) return false;
        if (size < 0) return kt_error_at(&program->report, KT_BAD_WIDTH, span, "the size of an array is not negative");
        if ((uint64_t)size > program->options->max_cells || (*count *= (uint64_t)size) > program->options->max_cells)
            return kt_error_at(&program->report, KT_CELL_LIMIT, span, "an array of more than %llu elements, which is the limit",
                               (unsigned long long)program->options->max_cells);
        out->dimensions[out->dimension_count++] = (uint32_t)size;
    }
    return true;
}

bool kt_array_type(kt_typed *element, kt_dimensions *shape, kt_program *program, const kt_type_name *name) {
    uint64_t count;
    if (!kt_evaluate_type(&element->type, &element->width, program, name->element)) return false;
    if (name->element->keyword == KT_TOKEN_BIT) {
        kt_error_at(&program->report, KT_NO_TYPE, name->element->span, "an array has no elements of type bit");
        kt_hint_add(&program->report, "bit[n] is a register of bits, bool a type for arrays");
        return false;
    }
    return shape_of(shape, &count, program, name);
}

static bool follow(kt_elements *array, kt_program *program, bool zero) {
    if (!kt_follows(program) || array->count > FOLLOWED_ELEMENTS) return true;
    size_t words = (size_t)array->count * array->element_cells;
    array->image = kt_arena_alloc(&program->kept, (words + 1) * sizeof *array->image);
    array->states = kt_arena_alloc(&program->kept, array->count + 1);
    if (!array->image || !array->states) return kt_report_no_memory(&program->report);
    memset(array->image, 0, words * sizeof *array->image);
    memset(array->states, zero ? KT_ELEMENT_KNOWN | KT_ELEMENT_STORED : 0, array->count);
    return true;
}

bool kt_declare_array(kt_program *program, const kt_statement *statement) {
    const kt_type_name *name = statement->as.declaration.type;
    kt_typed type;
    kt_view view = {.moved = KT_NO_CELL};
    uint64_t count = 1;
    if (program->depth) {
        kt_scope_spoil(program, statement->symbol);
        return kt_error_at(&program->report, KT_NOT_HERE, statement->span, "arrays are declared at the top of a program, not in a block");
    }
    if (!kt_array_type(&type, &view.shape, program, name)) return kt_scope_spoil(program, statement->symbol), false;
    for (uint32_t d = view.shape.dimension_count; d-- > 0; count *= view.shape.dimensions[d]) view.strides[d] = (int64_t)count;
    kt_elements *array = view.array = kt_arena_alloc(&program->kept, sizeof *array);
    if (!array) return kt_report_no_memory(&program->report);
    kt_value element = {.type = (uint8_t)type.type, .width = type.width};
    *array = (kt_elements){.type = (uint8_t)type.type, .width = type.width, .count = (uint32_t)count, .region = program->region};
    array->element_cells = kt_value_cells(element);
    program->cells.top = program->cells.high; /* cells that nothing has used are 0 */
    array->cell = kt_new_kept_cells(program, (uint32_t)count * array->element_cells);
    const kt_expression *value = statement->as.declaration.value;
    if (array->cell == KT_NO_CELL || !follow(array, program, true) || (value && !kt_assign_array(program, &view, value)))
        return kt_scope_spoil(program, statement->symbol), false;
    return kt_bind_array(program, &view, statement->symbol, statement->name) &&
           kt_show_variable(program, kt_scope_find(program, statement->symbol));
}
