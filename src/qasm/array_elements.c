/* SPDX-License-Identifier: Apache-2.0
 *
 * Elements of arrays: reading, writing, and what is followed of them; literals and copies of whole parts.
 */
#include "qasm/program.h"

#include <string.h>

static uint64_t count_of(const kt_view *view) {
    uint64_t count = 1;
    for (uint32_t d = 0; d < view->shape.dimension_count; d++) count *= view->shape.dimensions[d];
    return count;
}

/* Element number `n` of a view, row by row, as a number of the array. */
static int64_t element_number(const kt_view *view, uint64_t n) {
    int64_t at = view->first;
    for (uint32_t d = view->shape.dimension_count; d-- > 0; n /= view->shape.dimensions[d])
        at += (int64_t)(n % view->shape.dimensions[d]) * view->strides[d];
    return at;
}

static kt_view element_of(const kt_view *view, uint64_t n) {
    return (kt_view){.array = view->array, .first = element_number(view, n), .moved = view->moved, .readonly = view->readonly};
}

static kt_view whole(const kt_elements *array) {
    return (kt_view){.array = (kt_elements *)array, .shape = {1, {array->count}}, .strides = {1}, .moved = KT_NO_CELL};
}

static uint32_t cell_of(const kt_view *view, int64_t number) { return view->array->cell + (uint32_t)(number * view->array->element_cells); }

/* ── Followed ── */

static kt_value followed_value(const kt_elements *array, int64_t number) {
    const uint64_t *words = array->image + number * array->element_cells;
    kt_value value = kt_value_of_words((kt_type)array->type, array->width, words);
    if (array->states[number] & KT_ELEMENT_SYMBOLIC) {
        value.symbolic = true;
        value.as.node = (uint32_t)words[0];
    }
    value.followed = true;
    return value;
}

/* A view whose place is not known stands for all of its array. */
static bool store(kt_program *program, const kt_view *part, bool marking) {
    kt_elements *array = part->array;
    kt_view view = part->moved == KT_NO_CELL ? *part : whole(array);
    if (!array->image || program->trial) return true;
    for (uint64_t n = 0, count = count_of(&view); n < count; n++) {
        int64_t number = element_number(&view, n);
        if (array->states[number] & KT_ELEMENT_STORED) continue;
        if (!kt_store_cells(program, cell_of(&view, number), followed_value(array, number), (kt_span){0})) return false;
        if (marking && program->region <= array->region) array->states[number] |= KT_ELEMENT_STORED;
    }
    return true;
}

bool kt_store_view(kt_program *program, const kt_view *view) { return store(program, view, true); }
bool kt_store_view_unmarked(kt_program *program, const kt_view *view) { return store(program, view, false); }

void kt_forget_view(kt_program *program, const kt_view *part) {
    if (program->trial) return;
    kt_view view = part->moved == KT_NO_CELL ? *part : whole(part->array);
    for (uint64_t n = 0, count = part->array->image ? count_of(&view) : 0; n < count; n++)
        part->array->states[element_number(&view, n)] = KT_ELEMENT_STORED;
}

/* ── One element ── */

bool kt_load_element(kt_value *out, kt_program *program, const kt_view *view, kt_span span) {
    const kt_elements *array = view->array;
    if (view->moved == KT_NO_CELL) {
        if (array->image && !program->trial && (array->states[view->first] & (KT_ELEMENT_KNOWN | KT_ELEMENT_SYMBOLIC)))
            *out = followed_value(array, view->first);
        else
            *out = kt_in_cells((kt_type)array->type, array->width, cell_of(view, view->first));
        return true;
    }
    uint32_t cell = kt_new_cells(program, array->element_cells);
    kt_op load = {.code = KT_DO_LOAD_AT, .width = 64, .destination = cell, .left = cell_of(view, view->first)};
    load.right = array->element_cells;
    load.data = view->moved;
    *out = kt_in_cells((kt_type)array->type, array->width, cell);
    return cell != KT_NO_CELL && kt_store_view(program, view) && kt_emit(program, load, span);
}

bool kt_load_element_at(kt_value *out, kt_program *program, const kt_view *view, uint32_t cell, kt_span span) {
    kt_view element = {.array = view->array, .first = view->first, .moved = view->moved};
    return kt_move_view(&element, program, cell, view->strides[0], span) && kt_load_element(out, program, &element, span);
}

bool kt_store_element(kt_program *program, const kt_view *view, kt_value value, kt_span span) {
    kt_elements *array = view->array;
    int64_t number = view->first;
    if (!kt_convert(&value, program, (kt_type)array->type, array->width, false, value, span)) return false;
    if (view->moved != KT_NO_CELL) {
        uint32_t cell;
        if (!kt_to_cells(&cell, program, value, span) || !kt_store_view(program, view)) return false;
        kt_forget_view(program, view);
        kt_op put = {.code = KT_DO_STORE_AT, .width = 64, .destination = cell_of(view, number), .left = cell, .data = view->moved};
        put.right = array->element_cells;
        return kt_emit(program, put, span);
    }
    bool followed = array->image && !value.runtime && !program->trial, inside = program->region > array->region;
    if ((!followed || inside) && !kt_store_cells(program, cell_of(view, number), value, span)) return false;
    if (!array->image || program->trial) return true;
    array->states[number] = !followed || inside ? KT_ELEMENT_STORED : 0;
    if (!followed) return true;
    uint64_t room[2], node = value.as.node;
    const uint64_t *words = value.symbolic ? &node : kt_value_words_of(&value, room);
    array->states[number] |= value.symbolic ? KT_ELEMENT_SYMBOLIC : KT_ELEMENT_KNOWN;
    memcpy(array->image + number * array->element_cells, words, (value.symbolic ? 1 : array->element_cells) * sizeof *words);
    return true;
}

/* ── Many ── */

static bool same_shape(kt_program *program, const kt_view *to, const kt_view *from, kt_span span) {
    char first[KT_VALUE_TEXT], second[KT_VALUE_TEXT];
    const kt_elements *a = to->array, *b = from->array;
    if (a->type != b->type || a->width != b->width)
        return kt_error_at(&program->report, KT_WRONG_TYPE, span, "the elements are of type %s, not %s",
                           kt_value_type_text(second, (kt_value){.type = b->type, .width = b->width}),
                           kt_value_type_text(first, (kt_value){.type = a->type, .width = a->width}));
    bool same = to->shape.dimension_count == from->shape.dimension_count;
    for (uint32_t d = 0; same && d < to->shape.dimension_count; d++) same = to->shape.dimensions[d] == from->shape.dimensions[d];
    return same || kt_error_at(&program->report, KT_SIZES_DIFFER, span, "the shapes of the two arrays differ");
}

/* Do all elements stand side by side, in order? */
static bool contiguous(const kt_view *view) {
    int64_t stride = 1;
    for (uint32_t d = view->shape.dimension_count; d-- > 0; stride *= view->shape.dimensions[d])
        if (view->strides[d] != stride && view->shape.dimensions[d] > 1) return false;
    return true;
}

/* All of it at once, where it is in cells; by way of temporary cells where source and target may overlap. */
static bool copy_block(kt_program *program, const kt_view *to, const kt_view *from, kt_span span) {
    uint32_t count = (uint32_t)count_of(to) * to->array->element_cells, cell = cell_of(from, from->first);
    if (!kt_store_view(program, from) || !kt_store_view(program, to)) return false;
    if (from->moved != KT_NO_CELL) {
        uint32_t temporary = kt_new_cells(program, count);
        kt_op load = {.code = KT_DO_LOAD_AT, .width = 64, .destination = temporary, .left = cell, .right = count, .data = from->moved};
        if (temporary == KT_NO_CELL || !kt_emit(program, load, span)) return false;
        cell = temporary;
    }
    kt_forget_view(program, to);
    kt_op copy = {.code = KT_DO_COPY, .width = 64, .destination = cell_of(to, to->first), .left = cell, .right = count};
    if (to->moved != KT_NO_CELL) {
        copy.code = KT_DO_STORE_AT;
        copy.data = to->moved;
    }
    return kt_emit(program, copy, to->moved == KT_NO_CELL ? (kt_span){0} : span);
}

static bool any_followed(const kt_view *view) {
    if (!view->array->image || view->moved != KT_NO_CELL) return false;
    for (uint64_t n = 0, count = count_of(view); n < count; n++)
        if (view->array->states[element_number(view, n)] & (KT_ELEMENT_KNOWN | KT_ELEMENT_SYMBOLIC)) return true;
    return false;
}

/* What is followed of all elements changes hands, and nothing is computed; false where some are not, or must be in their cells. */
static bool copy_followed(kt_program *program, const kt_view *to, const kt_view *from) {
    kt_elements *a = to->array, *b = from->array;
    size_t count = count_of(to), cells = a->element_cells;
    bool followed = a->image && b->image && to->moved == KT_NO_CELL && from->moved == KT_NO_CELL;
    if (!followed || program->region > a->region || program->trial) return false;
    for (size_t n = 0; n < count; n++)
        if (!(b->states[from->first + (int64_t)n] & (KT_ELEMENT_KNOWN | KT_ELEMENT_SYMBOLIC))) return false;
    memmove(a->image + (size_t)to->first * cells, b->image + (size_t)from->first * cells, count * cells * sizeof *a->image);
    memmove(a->states + to->first, b->states + from->first, count);
    for (size_t n = 0; n < count; n++) a->states[to->first + (int64_t)n] &= (uint8_t)~KT_ELEMENT_STORED;
    return true;
}

/* All elements of a part, in temporary cells where something written later might change them. */
static bool read_all(kt_value *values, kt_program *program, const kt_view *from, const kt_elements *target, kt_span span) {
    for (uint64_t n = 0, count = count_of(from); n < count; n++) {
        kt_view element = element_of(from, n);
        if (!kt_load_element(&values[n], program, &element, span)) return false;
        if (target != from->array || !values[n].runtime || from->moved != KT_NO_CELL) continue;
        uint32_t cell = kt_new_cells(program, target->element_cells);
        if (cell == KT_NO_CELL || !kt_store_cells(program, cell, values[n], span)) return false;
        values[n].as.cell = cell;
    }
    return true;
}

static bool write_all(kt_program *program, const kt_view *to, const kt_value *values, kt_span span) {
    for (uint64_t n = 0, count = count_of(to); n < count; n++) {
        kt_view element = element_of(to, n);
        if (!kt_store_element(program, &element, values[n], span)) return false;
    }
    return true;
}

static bool copy(kt_program *program, const kt_view *to, const kt_view *from, kt_span span) {
    uint64_t count = count_of(to);
    if (!same_shape(program, to, from, span) || !kt_charge(program, count / 8, span)) return false;
    if (!count) return true;
    if (contiguous(to) && contiguous(from)) {
        if (copy_followed(program, to, from)) return true;
        if (!any_followed(from)) return copy_block(program, to, from, span);
    }
    if (!kt_charge(program, count, span)) return false; /* one by one */
    kt_value *values = kt_arena_alloc(&program->statement, count * sizeof *values);
    if (!values) return kt_report_no_memory(&program->report);
    return read_all(values, program, from, to->array, span) && write_all(program, to, values, span);
}

/* a ++ b ++ ...: one behind the other along the first dimension; a copy, so that parts of the target may be among them */
static bool assign_concatenation(kt_program *program, const kt_view *to, const kt_expression *chain) {
    uint64_t count = count_of(to), done = 0;
    uint32_t rows = 0;
    kt_span span = kt_expression_span(chain);
    kt_value *values = kt_arena_alloc(&program->statement, (count + 1) * sizeof *values);
    if (!values) return kt_report_no_memory(&program->report);
    for (const kt_expression *part = chain->as.first; part; part = part->next) {
        kt_view from, piece = *to;
        kt_span at = kt_expression_span(part);
        if (!kt_select_array(&from, program, part)) return false;
        uint32_t size = from.shape.dimensions[0];
        piece.shape.dimensions[0] = size;
        if (!same_shape(program, &piece, &from, at) || !kt_charge(program, count_of(&from) / 8, at)) return false;
        if (size > to->shape.dimensions[0] - rows)
            return kt_error_at(&program->report, KT_SIZES_DIFFER, span, "together these are more than %u elements",
                               to->shape.dimensions[0]);
        if (!read_all(values + done, program, &from, to->array, at)) return false;
        done += count_of(&from);
        rows += size;
    }
    if (rows != to->shape.dimensions[0])
        return kt_error_at(&program->report, KT_SIZES_DIFFER, span, "together these are %u elements, not %u", rows,
                           to->shape.dimensions[0]);
    return write_all(program, to, values, span);
}

/* {{1, 2}, {3, 4}} */
static bool assign_literal(kt_program *program, const kt_view *to, const kt_expression *literal) {
    uint32_t count = 0, n = 0, size = to->shape.dimensions[0];
    for (const kt_expression *item = literal->as.first; item; item = item->next) count++;
    if (count != size)
        return kt_error_at(&program->report, KT_SIZES_DIFFER, kt_expression_span(literal), "%u value%s for %u element%s", count,
                           count == 1 ? "" : "s", size, size == 1 ? "" : "s");
    kt_view inner = *to;
    inner.shape.dimension_count--;
    memmove(inner.shape.dimensions, to->shape.dimensions + 1, inner.shape.dimension_count * sizeof *inner.shape.dimensions);
    memmove(inner.strides, to->strides + 1, inner.shape.dimension_count * sizeof *inner.strides);
    for (const kt_expression *item = literal->as.first; item; item = item->next, n++) {
        inner.first = to->first + n * to->strides[0];
        if (inner.shape.dimension_count) {
            if (!kt_assign_array(program, &inner, item)) return false;
            continue;
        }
        kt_value value;
        if (!kt_charge(program, 1, kt_expression_span(item)) || !kt_evaluate(&value, program, item) ||
            !kt_store_element(program, &inner, value, kt_expression_span(item)))
            return false;
    }
    return true;
}

bool kt_assign_array(kt_program *program, const kt_view *to, const kt_expression *value) {
    kt_span span = kt_expression_span(value);
    kt_view from;
    if (value->kind == KT_EXPRESSION_SET) return assign_literal(program, to, value);
    if (kt_is_concatenation(value)) return assign_concatenation(program, to, value);
    if (!kt_is_array(program, value))
        return kt_error_at(&program->report, KT_WRONG_TYPE, span, "an array is expected here: a list in braces, an array or a part of one");
    return kt_select_array(&from, program, value) && copy(program, to, &from, span);
}
