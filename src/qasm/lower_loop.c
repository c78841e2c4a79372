/* SPDX-License-Identifier: Apache-2.0
 *
 * `for` and `while`. Turns are carried out while reading as long as that is known to end within the budgets; whatever remains is a loop of
 * the program:
 *
 *     for int i in [a:s:b] body                       while (condition) body
 *
 *            counter := a, last := b, step := s              jump to C where the condition is false
 *         T: label                                        T: label
 *            i := counter                                    body
 *            body                                         C: label
 *         C: label                                           t := condition
 *            loop counter last step T                        jump to T if t
 *         B: label                                        B: label
 *
 * Where the turns are over the items of a set, an array or a register, the counter is the number of the item.
 */
#include "qasm/program.h"

/* ── Items ── */

static bool whole(kt_program *program, kt_value *value, const kt_expression *expression, const char *what) {
    kt_span span = kt_expression_span(expression);
    if (!kt_evaluate(value, program, expression)) return false;
    if (value->type == KT_TYPE_INT || value->type == KT_TYPE_UINT) return true;
    char text[KT_VALUE_TEXT];
    return kt_error_at(&program->report, KT_WRONG_TYPE, span, "%s of a range is an integer, not %s", what,
                       kt_value_type_text(text, *value));
}

static uint64_t magnitude(int64_t number) { return number < 0 ? -(uint64_t)number : (uint64_t)number; }

/* Beside a uint, an integer as written is one, too; a variable, or what is computed from one, may be below 0. */
static bool is_natural(kt_value value) {
    return value.type == KT_TYPE_UINT || (kt_value_known(value) && !value.followed && value.as.integer >= 0);
}

static bool range_items(kt_loop_items *out, kt_program *program, const kt_expression *range) {
    kt_span span = out->span;
    out->kind = KT_LOOP_RANGE;
    if (!range->as.range.start || !range->as.range.stop)
        return kt_error_at(&program->report, KT_SYNTAX, span, "the range of a loop has a start and an end");
    out->step = kt_value_int(1);
    if (!whole(program, &out->start, range->as.range.start, "the start") ||
        (range->as.range.step && !whole(program, &out->step, range->as.range.step, "the step")) ||
        !whole(program, &out->stop, range->as.range.stop, "the end"))
        return false;
    if (range->as.range.step) out->step_span = kt_expression_span(range->as.range.step);
    bool natural = out->start.type == KT_TYPE_UINT ? is_natural(out->stop) : out->stop.type == KT_TYPE_UINT && is_natural(out->start);
    out->type = natural ? KT_TYPE_UINT : KT_TYPE_INT;
    if (kt_value_known(out->step) && out->step.as.integer == 0)
        return kt_error_at(&program->report, KT_INDEX_RANGE, kt_expression_span(range->as.range.step), "the step of a range is not 0");
    out->known = kt_value_known(out->start) && kt_value_known(out->stop) && kt_value_known(out->step);
    if (!out->known) return true;
    int64_t step = out->step.as.integer;
    uint64_t start = out->start.as.natural, stop = out->stop.as.natural;
    bool up = out->step.type == KT_TYPE_UINT || step > 0;
    bool ahead = natural ? start <= stop : (int64_t)start <= (int64_t)stop;
    bool behind = natural ? start >= stop : (int64_t)start >= (int64_t)stop;
    out->turns = 0;
    if (up ? ahead : behind)
        out->turns = kt_saturating_add((up ? stop - start : start - stop) / (up ? (uint64_t)step : magnitude(step)), 1);
    return true;
}

bool kt_loop_items_of(kt_loop_items *out, kt_program *program, const kt_expression *values) {
    *out = (kt_loop_items){.span = kt_expression_span(values), .known = true};
    if (values->kind == KT_EXPRESSION_RANGE) return range_items(out, program, values);
    if (values->kind == KT_EXPRESSION_SET) {
        out->kind = KT_LOOP_SET;
        out->set = values;
        for (const kt_expression *item = values->as.first; item; item = item->next) out->turns++;
        return true;
    }
    if (kt_is_array(program, values)) {
        out->kind = KT_LOOP_ARRAY;
        if (!kt_select_array(&out->view, program, values)) return false;
        if (out->view.shape.dimension_count != 1)
            return kt_error_at(&program->report, KT_WRONG_TYPE, out->span, "a loop goes over an array of one dimension, not of %u",
                               out->view.shape.dimension_count);
        out->turns = out->view.shape.dimensions[0];
        return true;
    }
    kt_value value;
    out->kind = KT_LOOP_BITS;
    if (!kt_evaluate(&value, program, values)) return false;
    if (value.type != KT_TYPE_BITS) {
        char text[KT_VALUE_TEXT];
        kt_error_at(&program->report, KT_WRONG_TYPE, out->span, "a loop goes over a range, a set, an array or bits, not over %s",
                    kt_value_type_text(text, value));
        if (value.type == KT_TYPE_INT || value.type == KT_TYPE_UINT) kt_hint_add(&program->report, "[0:n - 1] is the range of n numbers");
        return false;
    }
    out->turns = value.width;
    out->element = value;
    return true;
}

/* Item number `turn`, known while reading. */
bool kt_loop_item(kt_value *out, kt_program *program, const kt_loop_items *items, uint64_t turn) {
    switch (items->kind) {
    case KT_LOOP_RANGE:
        *out = (kt_value){.type = (uint8_t)items->type, .followed = true};
        out->as.natural = items->start.as.natural + turn * items->step.as.natural;
        return true;
    case KT_LOOP_SET: *out = items->values[turn]; return true;
    case KT_LOOP_ARRAY: {
        kt_view element = items->view;
        element.first += (int64_t)turn * element.strides[0];
        element.shape.dimension_count = 0;
        return kt_load_element(out, program, &element, items->span);
    }
    default: {
        kt_value bits = items->element;
        if (!bits.runtime) {
            *out = kt_value_bool(bits.as.words[turn / 64] >> turn % 64 & 1);
            return true;
        }
        uint32_t cell = kt_new_cells(program, 1);
        if (cell == KT_NO_CELL) return false;
        *out = kt_in_cells(KT_TYPE_BOOL, 0, cell);
        return kt_emit(program, (kt_op){.code = KT_DO_SLICE, .width = 1, .destination = cell, .left = bits.as.cell, .data = (uint32_t)turn},
                       (kt_span){0});
    }
    }
}

/* ── The loop variable ── */

/* Do all numbers between two fit? */
static bool holds(kt_type type, uint32_t width, const kt_loop_items *items) {
    const kt_value *const ends[] = {&items->start, &items->stop};
    if (items->kind != KT_LOOP_RANGE || (type != KT_TYPE_INT && type != KT_TYPE_UINT)) return false;
    if (type == items->type && (!width || width == 64)) return true;
    for (size_t i = 0; i < 2; i++) {
        if (!items->known) return false;
        int64_t end = ends[i]->as.integer;
        if (ends[i]->type == KT_TYPE_UINT && end < 0) return false;
        if (type == KT_TYPE_UINT && (end < 0 || (width && width < 64 && end >> width))) return false;
        if (type == KT_TYPE_INT && width && width < 64 && (end >> (width - 1)) != 0 && (end >> (width - 1)) != -1) return false;
    }
    return true;
}

/* `counted`: the value is the counter of these items; where the body leaves it alone, it is the variable itself. */
static bool declare(kt_program *program, const kt_statement *loop, kt_value value, const kt_loop_items *counted) {
    kt_type type;
    uint32_t width;
    const kt_type_name *name = loop->as.control.type;
    if (!kt_evaluate_type(&type, &width, program, name)) {
        kt_scope_declare(program, KT_BINDING_SPOILED, loop->symbol, loop->name);
        return false;
    }
    if (name->keyword == KT_TOKEN_BIT) {
        kt_binding *bits = kt_declare_bits(program, width, loop->symbol, loop->name);
        if (!bits) return false;
        kt_selection selection = bits->as.selection;
        return kt_set_bits(program, &selection, value, loop->name);
    }
    kt_binding *binding = kt_declare_variable(program, type, width, loop->symbol, loop->name);
    if (!binding) return false;
    if (!counted || !holds(type, width, counted) || kt_is_assigned(program, loop->as.control.body, loop->symbol))
        return kt_set_variable(program, binding, value, loop->name);
    binding->as.variable.value = kt_in_cells(type, width, value.as.cell);
    binding->as.variable.cell = value.as.cell;
    kt_show_from_here(program, binding);
    return true;
}

static bool lower_turn(kt_program *program, const kt_statement *loop, kt_value item, const kt_loop_items *counted) {
    const kt_statement *body = loop->as.control.body;
    if (!kt_scope_enter(program)) return false;
    bool good = declare(program, loop, item, counted);
    good = kt_lower_list(program, body->kind == KT_STATEMENT_BLOCK ? body->as.block : body) && good;
    kt_scope_leave(program);
    return good;
}

/* The body of a loop without turns; `items` of a `for`. */
static bool try_turn(kt_program *program, const kt_statement *loop, const kt_loop_items *items, bool known) {
    kt_statement *body = loop->as.control.body;
    kt_exit exit = {.compiled = true};
    if (body->read) return true;
    body->read = true;
    kt_trial *trial = kt_trial_begin(program, known ? KT_WITHOUT_VALUES : KT_WITHOUT_LIMITS);
    if (!trial) return !program->report.stopped;
    kt_exit_open(program, &exit, body);
    if (!items)
        kt_lower_body(program, body);
    else if (items->kind == KT_LOOP_RANGE)
        lower_turn(program, loop, kt_in_cells(items->type, 0, 0), NULL);
    else if (items->kind == KT_LOOP_ARRAY)
        lower_turn(program, loop, kt_in_cells((kt_type)items->view.array->type, items->view.array->width, 0), NULL);
    kt_exit_close(program, &exit);
    return kt_trial_end(program, trial);
}

/* Behind an unrolled turn: does another one follow? */
static bool turn_follows(bool *good, kt_program *program, kt_exit *exit) {
    if (program->flow == KT_FLOW_CONTINUE) program->flow = KT_FLOW_ON;
    *good = kt_exit_land(program, exit, &exit->continues) && *good;
    return program->flow == KT_FLOW_ON && !program->report.stopped;
}

/* Behind the last one. */
static bool finish(kt_program *program, kt_exit *exit) {
    if (program->flow == KT_FLOW_BREAK) program->flow = KT_FLOW_ON;
    bool good = kt_exit_land(program, exit, &exit->breaks);
    kt_exit_close(program, exit);
    return good;
}

/* ── for, as a loop of the program ── */

/* What counts the turns: three cells, and the jump past the loop where there is none. */
typedef struct kt_turns {
    uint32_t counter, last, step;
    uint32_t empty;
    kt_type type;
} kt_turns;

static bool emit3(kt_program *program, uint8_t code, uint32_t destination, uint32_t left, uint32_t right, kt_span span) {
    return kt_emit(program, (kt_op){.code = code, .width = 64, .destination = destination, .left = left, .right = right}, span);
}

/* Ranges whose bounds the run knows: is there a turn? */
static bool skip_if_empty(kt_program *program, const kt_loop_items *items, kt_turns *counter) {
    bool natural = items->type == KT_TYPE_UINT;
    uint8_t ordered = natural ? KT_DO_LESS_EQUAL_U : KT_DO_LESS_EQUAL_S;
    uint32_t cell = kt_new_cells(program, 3), zero = cell + 1, other = cell + 2;
    if (cell == KT_NO_CELL) return false;
    kt_op skip = {.code = KT_DO_JUMP_IF_NOT, .left = cell};
    if (kt_value_known(items->step)) {
        bool up = items->step.type == KT_TYPE_UINT || items->step.as.integer > 0;
        return emit3(program, ordered, cell, up ? counter->counter : counter->last, up ? counter->last : counter->counter, (kt_span){0}) &&
               kt_jump(program, &counter->empty, skip, (kt_span){0});
    }
    /* The sign of the step decides, and 0 fails: t := start <= end; u := end <= start; where the step is negative, u counts. */
    uint32_t upwards = 0, fine = 0;
    kt_op if_step = {.code = KT_DO_JUMP_IF, .left = counter->step};
    bool good = kt_jump(program, &fine, if_step, (kt_span){0}) && kt_emit(program, (kt_op){.code = KT_DO_FAIL}, items->step_span) &&
                kt_land(program, &fine);
    good = good && kt_store_cells(program, zero, kt_value_int(0), items->span) &&
           emit3(program, ordered, cell, counter->counter, counter->last, (kt_span){0}) &&
           emit3(program, items->step.type == KT_TYPE_UINT ? KT_DO_LESS_U : KT_DO_LESS_S, other, zero, counter->step, (kt_span){0}) &&
           kt_jump(program, &upwards, (kt_op){.code = KT_DO_JUMP_IF, .left = other}, (kt_span){0}) &&
           emit3(program, ordered, cell, counter->last, counter->counter, (kt_span){0}) && kt_land(program, &upwards);
    return good && kt_jump(program, &counter->empty, skip, (kt_span){0});
}

/* The cells are in the scope at hand. `done` turns have been carried out. */
static bool start_counter(kt_turns *out, kt_program *program, const kt_loop_items *items, uint64_t done) {
    uint32_t cells = kt_new_kept_cells(program, 3);
    if (cells == KT_NO_CELL) return false;
    *out = (kt_turns){.counter = cells, .last = cells + 1, .step = cells + 2, .type = KT_TYPE_INT};
    if (items->kind != KT_LOOP_RANGE)
        return kt_store_cells(program, out->counter, kt_value_int((int64_t)done), items->span) &&
               kt_store_cells(program, out->last, kt_value_int((int64_t)items->turns - 1), items->span) &&
               kt_store_cells(program, out->step, kt_value_int(1), items->span);
    kt_value start = items->start;
    out->type = items->type;
    if (done) start.as.natural += done * items->step.as.natural;
    return kt_store_cells(program, out->counter, start, items->span) && kt_store_cells(program, out->last, items->stop, items->span) &&
           kt_store_cells(program, out->step, items->step, items->span) && (items->known || skip_if_empty(program, items, out));
}

/* The item of the turn that the counter is at. */
static bool fetch(kt_value *out, kt_program *program, const kt_loop_items *items, const kt_turns *counter) {
    uint32_t cell;
    if (items->kind == KT_LOOP_RANGE) {
        *out = kt_in_cells(items->type, 0, counter->counter);
        return true;
    }
    if (items->kind == KT_LOOP_ARRAY) return kt_load_element_at(out, program, &items->view, counter->counter, items->span);
    uint32_t count = items->kind == KT_LOOP_BITS ? 1 : kt_value_cells(items->element);
    if ((cell = kt_new_cells(program, count)) == KT_NO_CELL) return false;
    if (items->kind == KT_LOOP_BITS) {
        *out = kt_in_cells(KT_TYPE_BOOL, 0, cell);
        return kt_emit(program,
                       (kt_op){.code = KT_DO_GET_BIT,
                               .width = (uint16_t)items->turns,
                               .destination = cell,
                               .left = items->cell,
                               .right = counter->counter},
                       items->span);
    }
    *out = kt_in_cells((kt_type)items->element.type, items->element.width, cell);
    uint32_t at = counter->counter;
    if (count > 1) {
        uint32_t size = kt_new_cells(program, 2);
        if (size == KT_NO_CELL || !kt_store_cells(program, size, kt_value_int(count), items->span) ||
            !emit3(program, KT_DO_MULTIPLY_S, size + 1, counter->counter, size, (kt_span){0}))
            return false;
        at = size + 1;
    }
    return kt_emit(program, (kt_op){.code = KT_DO_LOAD_AT, .destination = cell, .left = items->cell, .right = count, .data = at},
                   (kt_span){0});
}

/* The items of a set, or the bits, in cells of the scope at hand. Those of a set get the type of the loop variable. */
static bool lay_out(kt_loop_items *items, kt_program *program, const kt_statement *loop) {
    if (items->kind == KT_LOOP_BITS) {
        uint32_t cells = kt_value_cells(items->element);
        if (items->turns > UINT16_MAX)
            return kt_error_at(&program->report, KT_LOOP_LIMIT, items->span, "a loop over more than %u bits", UINT16_MAX);
        items->cell = kt_new_kept_cells(program, cells);
        return items->cell != KT_NO_CELL && kt_store_cells(program, items->cell, items->element, items->span);
    }
    if (items->kind != KT_LOOP_SET) return true;
    kt_type type;
    uint32_t width;
    if (!kt_evaluate_type(&type, &width, program, loop->as.control.type)) return false;
    items->element = (kt_value){.type = (uint8_t)type, .width = width};
    uint32_t each = kt_value_cells(items->element), count = 0;
    uint32_t cell = items->cell = kt_new_kept_cells(program, (uint32_t)items->turns * each);
    if (cell == KT_NO_CELL) return false;
    for (const kt_expression *item = items->set->as.first; item; item = item->next, cell += each) {
        kt_value value;
        kt_span span = kt_expression_span(item);
        bool read = items->values != NULL;
        if (read) value = items->values[count++];
        if ((!read && (!kt_evaluate(&value, program, item) || !kt_convert(&value, program, type, width, false, value, span))) ||
            !kt_store_cells(program, cell, value, span))
            return false;
        program->cells.top = program->cells.kept;
    }
    return true;
}

/* The items of a set, before the first turn: what the turns change does not change them. Run-time ones are in cells of the scope at hand.
 */
bool kt_loop_read_set(kt_loop_items *items, kt_program *program, kt_typed type) {
    uint64_t count = 0;
    if (items->kind != KT_LOOP_SET) return true;
    if (!(items->values = kt_arena_alloc(&program->statement, items->turns * sizeof *items->values)))
        return kt_report_no_memory(&program->report);
    for (const kt_expression *item = items->set->as.first; item; item = item->next, count++) {
        kt_value *value = &items->values[count];
        kt_span span = kt_expression_span(item);
        if (!kt_evaluate(value, program, item) || !kt_convert(value, program, type.type, type.width, false, *value, span)) return false;
        if (!value->runtime) continue;
        kt_value held = *value;
        if ((held.as.cell = kt_new_cells(program, kt_value_cells(*value))) == KT_NO_CELL ||
            !kt_store_cells(program, held.as.cell, *value, span))
            return false;
        *value = held;
    }
    return true;
}

static bool compile_for(kt_program *program, const kt_statement *loop, kt_loop_items *items, uint64_t done) {
    kt_exit exit = {.compiled = true};
    kt_turns counter = {0};
    uint32_t top = 0;
    kt_value item;
    if (!kt_scope_enter(program)) return false;
    bool good = lay_out(items, program, loop) && kt_region_begin(program, loop);
    good = good && start_counter(&counter, program, items, done);
    if (!good) {
        kt_scope_leave(program);
        return false;
    }
    kt_region_enter(program);
    if (!items->known) program->circuit->unbounded = true;
    kt_exit_open(program, &exit, loop->as.control.body);
    good = kt_label(&top, program) && fetch(&item, program, items, &counter) && lower_turn(program, loop, item, items);
    kt_op next = {.code = KT_DO_LOOP, .destination = counter.step, .left = counter.counter, .right = counter.last, .data = top};
    if (counter.type == KT_TYPE_UINT) next.width |= KT_LOOP_BOUNDS_U;
    if (items->kind == KT_LOOP_RANGE && items->step.type == KT_TYPE_UINT) next.width |= KT_LOOP_STEP_U;
    bool comes_back = program->flow != KT_FLOW_NOWHERE || exit.continues;
    good = kt_exit_land(program, &exit, &exit.continues) && good;
    program->line = loop->line;
    if (comes_back) good = kt_emit(program, next, loop->span) && good;
    kt_exit_close(program, &exit);
    kt_region_end(program, loop);
    good = kt_land(program, &counter.empty) && kt_exit_land(program, &exit, &exit.breaks) && good;
    kt_scope_leave(program);
    program->flow = KT_FLOW_ON;
    return good;
}

bool kt_lower_for(kt_program *program, const kt_statement *loop) {
    kt_loop_items items;
    kt_extent turn;
    bool good = true;
    if (!kt_loop_items_of(&items, program, loop->as.control.condition)) return false;
    if (items.known && !items.turns)
        return try_turn(program, loop, &items, !items.start.followed && !items.step.followed && !items.stop.followed);
    loop->as.control.body->read = true;
    kt_extent_of(&turn, program, loop->as.control.body);
    turn.operations = kt_saturating_add(turn.operations, !turn.quantum);
    if (!kt_check_certain(program, items.turns, &turn, loop->span, "loop")) return false;
    uint64_t done = 0;
    bool unrolls = items.known && kt_may_unroll(program, &turn, items.turns);
    if (!unrolls) return compile_for(program, loop, &items, 0);
    kt_exit exit = {.compiled = false};
    kt_typed type = {0};
    if (items.kind == KT_LOOP_SET && !kt_evaluate_type(&type.type, &type.width, program, loop->as.control.type)) return false;
    if (!kt_loop_read_set(&items, program, type) || !kt_scope_enter(program)) return false; /* a scope: the items' cells are held */
    kt_exit_open(program, &exit, loop->as.control.body);
    bool follows = true;
    while (good && follows && done < items.turns && (done == 0 || program->unrolled < program->options->max_unroll)) {
        kt_arena_mark mark = kt_arena_save(&program->statement);
        kt_value item;
        good = kt_loop_item(&item, program, &items, done++) && lower_turn(program, loop, item, NULL) && good;
        program->cells.top = program->cells.kept;
        program->unrolled++;
        follows = turn_follows(&good, program, &exit);
        if (program->flow != KT_FLOW_RETURN) kt_arena_restore(&program->statement, mark);
    }
    if (good && follows && done < items.turns) good = compile_for(program, loop, &items, done) && good;
    good = finish(program, &exit) && good;
    kt_scope_leave(program);
    return good;
}

/* ── while ── */

typedef struct kt_counted {
    bool reads, changes; /* the condition reads variables; the body assigns some of them */
} kt_counted;

/* Is the condition's value settled in each turn by what is known while reading, as far as one can see? It reads numbers only, which the
 * body assigns, and assigns on its straight way alone. */
static bool counts_down(kt_program *program, const kt_expression *expression, const kt_statement *body, kt_counted *counted) {
    const kt_expression *first = NULL;
    const kt_binding *binding;
    switch (expression->kind) {
    case KT_EXPRESSION_NAME:
        binding = kt_scope_find(program, expression->as.symbol);
        if (!binding || binding->kind == KT_BINDING_VALUE) return true;
        if (binding->kind != KT_BINDING_VARIABLE || !kt_value_known(kt_value_of_variable(program, &binding->as.variable))) return false;
        counted->reads = true;
        counted->changes = counted->changes || kt_is_assigned(program, body, expression->as.symbol);
        for (const kt_statement *statement = body; statement; statement = statement->next) {
            bool branches =
                statement->kind == KT_STATEMENT_IF || statement->kind == KT_STATEMENT_WHILE || statement->kind == KT_STATEMENT_SWITCH;
            kt_statement alone = *statement;
            alone.next = NULL;
            if (branches && kt_is_assigned(program, &alone, expression->as.symbol)) return false;
        }
        return true;
    case KT_EXPRESSION_CAST: return counts_down(program, expression->as.cast.operand, body, counted);
    case KT_EXPRESSION_UNARY:
    case KT_EXPRESSION_CHAIN: first = expression->as.first; break;
    case KT_EXPRESSION_INTEGER:
    case KT_EXPRESSION_REAL:
    case KT_EXPRESSION_BOOL: return true;
    default: return false;
    }
    for (; first; first = first->next)
        if (!counts_down(program, first, body, counted)) return false;
    return true;
}

static bool is_known_true(kt_value truth) { return kt_value_known(truth) && truth.as.natural; }

/* `entry`: the condition's value before the first turn. */
static bool compile_while(kt_program *program, const kt_statement *loop, kt_value entry, bool endless) {
    const kt_expression *condition = loop->as.control.condition;
    kt_exit exit = {.compiled = true};
    uint32_t over = 0, top, cell = 0;
    kt_span span = kt_expression_span(condition);
    if (!kt_value_known(entry) && !kt_to_cells(&cell, program, entry, span)) return false;
    if (!kt_region_begin(program, loop)) return false;
    bool good = kt_value_known(entry) || kt_jump(program, &over, (kt_op){.code = KT_DO_JUMP_IF_NOT, .left = cell}, (kt_span){0});
    kt_region_enter(program);
    program->circuit->unbounded = true;
    kt_exit_open(program, &exit, loop->as.control.body);
    good = good && kt_label(&top, program) && kt_lower_body(program, loop->as.control.body);
    if (program->flow != KT_FLOW_NOWHERE || exit.continues) {
        kt_value truth;
        good = kt_exit_land(program, &exit, &exit.continues) && good;
        program->flow = KT_FLOW_ON;
        program->line = loop->line;
        if (good && endless) {
            good = kt_emit(program, (kt_op){.code = KT_OP_JUMP, .data = top}, loop->span);
        } else if (good && kt_truth(&truth, program, condition)) {
            if (kt_value_known(truth))
                good = !truth.as.natural || kt_emit(program, (kt_op){.code = KT_OP_JUMP, .data = top}, loop->span);
            else
                good = kt_to_cells(&cell, program, truth, span) &&
                       kt_emit(program, (kt_op){.code = KT_DO_JUMP_IF, .left = cell, .data = top}, loop->span);
        } else {
            good = false;
        }
    }
    kt_exit_close(program, &exit);
    kt_region_end(program, loop);
    bool leads_on = !endless || exit.breaks;
    good = kt_land(program, &over) && kt_exit_land(program, &exit, &exit.breaks) && good;
    program->flow = leads_on ? KT_FLOW_ON : KT_FLOW_NOWHERE;
    return good;
}

bool kt_lower_while(kt_program *program, const kt_statement *loop) {
    const kt_expression *condition = loop->as.control.condition;
    const kt_statement *body = loop->as.control.body;
    kt_value truth;
    kt_extent turn;
    kt_counted counted = {0};
    bool good = true;
    bool settled = counts_down(program, condition, body->kind == KT_STATEMENT_BLOCK ? body->as.block : body, &counted);
    bool endless = settled && !counted.reads; /* a constant */
    if (!kt_truth(&truth, program, condition)) return false;
    if (kt_value_known(truth) && !truth.as.natural) return try_turn(program, loop, NULL, !truth.followed);
    kt_extent_of(&turn, program, body);
    if (!kt_value_known(truth)) endless = false;
    bool stays = settled && !counted.changes && is_known_true(truth);
    if (stays && !turn.breaks && !turn.ends && !program->circuit->condition_depth) {
        /* where its text has a mistake, that may be why */
        if (!kt_try_body(program, loop->as.control.body, false) || !program->parser.complete) return false;
        kt_error_at(&program->report, KT_ENDLESS_LOOP, loop->span, "this loop never ends");
        kt_hint_add(&program->report, counted.reads ? "it changes nothing that its condition reads, and no `break` leads out of it"
                                                    : "its condition is always true, and no `break` leads out of it");
        return false;
    }
    loop->as.control.body->read = true;
    kt_exit exit = {.compiled = false};
    kt_exit_open(program, &exit, body);
    bool follows = true;
    uint64_t begun = program->unrolled;
    enum { SHORT = 1024 };
    while (good && follows && settled && counted.changes && is_known_true(truth) && kt_may_unroll(program, &turn, 1) &&
           !exit.break_branched && (turn.quantum || program->unrolled - begun < SHORT)) {
        kt_arena_mark mark = kt_arena_save(&program->statement);
        good = kt_lower_body(program, body) && good;
        program->cells.top = program->cells.kept;
        program->unrolled++;
        follows = turn_follows(&good, program, &exit);
        if (program->flow != KT_FLOW_RETURN) kt_arena_restore(&program->statement, mark);
        if (!follows) break;
        if (!kt_truth(&truth, program, condition)) good = follows = false;
        if (kt_value_known(truth) && !truth.as.natural) follows = false;
    }
    if (good && follows) good = compile_while(program, loop, truth, endless) && good;
    return finish(program, &exit) && good;
}
