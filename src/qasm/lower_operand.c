/* SPDX-License-Identifier: Apache-2.0
 *
 * Operands: q, q[3], q[-1], q[0:2:8], q[{0,3}], c[0:3][1], $5, aliases. Ranges stay arithmetic (first, step, count), so that naming a
 * register of a million qubits costs nothing.
 */
#include "qasm/program.h"

#include <stdio.h>
#include <string.h>

bool kt_operands_reserve(kt_program *program, size_t count) {
    return kt_reserve(&program->operands, &program->operands_capacity, count, sizeof *program->operands) ||
           kt_report_no_memory(&program->report);
}

/* ── Indices ── */

/* "register `q` has 3 qubits: q[0]..q[2]" */
static void hint_size(kt_program *program, uint32_t count, kt_span name) {
    const char *what = program->selecting_qubits ? "qubit" : "bit";
    if (count == 0)
        kt_hint_add(&program->report, "`%.*s` is empty", KT_SHOWN(name));
    else if (count == 1)
        kt_hint_add(&program->report, "register `%.*s` has 1 %s: %.*s[0]", KT_SHOWN(name), what, KT_SHOWN(name));
    else
        kt_hint_add(&program->report, "register `%.*s` has %u %ss: %.*s[0]..%.*s[%u]", KT_SHOWN(name), count, what, KT_SHOWN(name),
                    KT_SHOWN(name), count - 1);
}

/* -1 is the last. OpenQASM 2 has no negative indices. */
static bool resolve_index(int64_t *index, kt_program *program, uint32_t count, kt_span name, const kt_expression *expression) {
    int64_t given = *index;
    if (given < 0 && program->dialect == 3) *index += count;
    if (*index >= 0 && *index < count) return true;
    kt_error_at(&program->report, KT_INDEX_RANGE, kt_expression_span(expression), "the index %lld is out of range", (long long)given);
    hint_size(program, count, name);
    return false;
}

static bool evaluate_ends(kt_ends *out, kt_program *program, const kt_expression *range) {
    const kt_expression *start = range->as.range.start, *step = range->as.range.step, *stop = range->as.range.stop;
    *out = (kt_ends){.step = kt_value_int(1), .has_start = start, .has_stop = stop};
    if (step && !kt_evaluate_position(&out->step, program, step, "a step")) return false;
    if (kt_value_known(out->step) && out->step.as.integer == 0)
        return kt_error_at(&program->report, KT_INDEX_RANGE, kt_expression_span(step), "the step of a range is not 0");
    return (!start || kt_evaluate_position(&out->start, program, start, "an index")) &&
           (!stop || kt_evaluate_position(&out->stop, program, stop, "the end of a range"));
}

static bool select_range(kt_selection *out, kt_program *program, const kt_selection *from, const kt_expression *range, kt_span name) {
    kt_ends ends;
    if (!evaluate_ends(&ends, program, range)) return false;
    if (!kt_value_known(ends.start) || !kt_value_known(ends.step) || !kt_value_known(ends.stop))
        return kt_choose_range(out, program, from, &ends, kt_expression_span(range));
    int64_t start = 0, step = ends.step.as.integer, stop = (int64_t)from->count - 1;
    if (step < 0) start = stop, stop = 0;
    /* Both ends are included. The start exists; the end need only not be reached (q[0:2:12] of 12). */
    if (ends.has_start) start = ends.start.as.integer;
    if (ends.has_start && !resolve_index(&start, program, from->count, name, range->as.range.start)) return false;
    if (ends.has_stop) {
        stop = ends.stop.as.integer;
        if (stop < 0) stop += from->count;
    }
    const int64_t far = (int64_t)1 << 40; /* beyond every register: nothing below overflows */
    stop = stop > far ? far : stop < -far ? -far : stop;
    step = step > far ? far : step < -far ? -far : step;
    int64_t distance = stop - start, count = distance == 0 || (step > 0) == (distance > 0) ? distance / step + 1 : 0;
    int64_t last = count > 0 ? start + (count - 1) * step : 0;
    if (last < 0 || (count > 0 && last >= from->count)) {
        kt_error_at(&program->report, KT_INDEX_RANGE, kt_expression_span(range),
                    "the range, whose ends are both included, goes beyond the register");
        hint_size(program, from->count, name);
        return false;
    }
    *out = (kt_selection){.count = (uint32_t)count, .first = start, .step = count > 1 ? step : 1};
    return true;
}

static bool select_set(kt_selection *out, kt_program *program, const kt_selection *from, const kt_expression *set, kt_span name,
                       kt_arena *arena) {
    uint32_t count = 0, i = 0;
    bool known = true;
    for (const kt_expression *item = set->as.first; item; item = item->next) count++;
    kt_value *indices = kt_arena_alloc(&program->statement, (count + 1) * sizeof *indices);
    uint32_t *list = kt_arena_alloc(arena, (count + 1) * sizeof *list);
    if (!list || !indices) return kt_report_no_memory(&program->report);
    for (const kt_expression *item = set->as.first; item; item = item->next, i++) {
        if (!kt_evaluate_position(&indices[i], program, item, "an index")) return false;
        known = known && kt_value_known(indices[i]);
    }
    if (!known) return kt_choose_cells(out, program, from, indices, count, false, kt_expression_span(set));
    i = 0;
    for (const kt_expression *item = set->as.first; item; item = item->next, i++) {
        if (!resolve_index(&indices[i].as.integer, program, from->count, name, item)) return false;
        list[i] = (uint32_t)indices[i].as.integer;
    }
    *out = (kt_selection){.count = count, .list = list};
    return true;
}

/* Positions in `from`, turned into what stands there. */
bool kt_compose(kt_selection *out, kt_program *program, kt_selection from, kt_selection positions, kt_span span, kt_arena *arena) {
    *out = positions;
    if (!positions.list && !from.list) {
        out->first = from.first + positions.first * from.step;
        out->step = from.step * positions.step;
        return true;
    }
    if (!kt_charge(program, positions.count / 8, span)) return false;
    uint32_t *list = kt_arena_alloc(arena, (positions.count + 1) * sizeof *list);
    if (!list) return kt_report_no_memory(&program->report);
    for (uint32_t i = 0; i < positions.count; i++) list[i] = kt_selection_at(&from, kt_selection_at(&positions, i));
    out->list = list;
    out->moves = from.moves;
    out->from = from.from;
    return true;
}

/* Of a range that the run chooses: one, or several. */
static bool choose_in_choice(kt_selection *out, kt_program *program, const kt_selection *from, const kt_expression *items, kt_span span) {
    bool set = items->kind == KT_EXPRESSION_SET;
    uint32_t count = 0;
    if (items->kind == KT_EXPRESSION_RANGE)
        return kt_error_at(&program->report, KT_NOT_CONSTANT, kt_expression_span(items),
                           "only the run knows how long `%.*s` is, so that it has no range of its own", KT_SHOWN(span));
    for (const kt_expression *item = set ? items->as.first : items; item; item = item->next) count++;
    kt_value *indices = kt_arena_alloc(&program->statement, (count + 1) * sizeof *indices);
    if (!indices) return kt_report_no_memory(&program->report);
    count = 0;
    for (const kt_expression *item = set ? items->as.first : items; item; item = item->next)
        if (!kt_evaluate_position(&indices[count++], program, item, "an index")) return false;
    return kt_choose_cells(out, program, from, indices, count, !set, kt_expression_span(items));
}

static bool choose_index(kt_selection *out, kt_program *program, kt_selection from, const kt_expression *items, kt_span span,
                         kt_arena *arena) {
    kt_selection positions = {0};
    if (items->next)
        return kt_error_at(&program->report, KT_WRONG_KIND, span, "a register has one index; `{...}` lists several of its elements");
    if (kt_is_choice_range(&from)) return choose_in_choice(out, program, &from, items, span);
    if (items->kind == KT_EXPRESSION_RANGE) {
        if (!select_range(&positions, program, &from, items, span)) return false;
    } else if (items->kind == KT_EXPRESSION_SET) {
        if (!select_set(&positions, program, &from, items, span, arena)) return false;
    } else {
        kt_value index;
        int64_t at = (int64_t)items->as.integer;
        if (items->kind != KT_EXPRESSION_INTEGER || at < 0) { /* seldom */
            if (!kt_evaluate_position(&index, program, items, "an index")) return false;
            if (!kt_value_known(index)) return kt_choose_cells(out, program, &from, &index, 1, true, kt_expression_span(items));
            at = index.as.integer;
        }
        if (!resolve_index(&at, program, from.count, span, items)) return false;
        positions = (kt_selection){.scalar = true, .count = 1, .first = at, .step = 1};
    }
    if (positions.moves) return *out = positions, true;
    return kt_compose(out, program, from, positions, span, arena);
}

static bool must_stay(const kt_selection *selection, kt_program *program, kt_span span) {
    return !selection->moves || kt_error_at(&program->report, KT_NOT_CONSTANT, span,
                                            "`%.*s` is chosen while the program runs; here it must be known before", KT_SHOWN(span));
}

bool kt_select_index(kt_selection *out, kt_program *program, kt_selection from, const kt_expression *items, kt_span span, kt_arena *arena) {
    return choose_index(out, program, from, items, span, arena) && must_stay(out, program, kt_expression_span(items));
}

/* ── Physical qubits ── */

/* $k: physical qubits come in order, $0 to the highest one used, so that their order in results is that of their numbers. */
static bool hardware_qubit(uint32_t *out, kt_program *program, const kt_expression *expression) {
    uint64_t number = expression->as.integer;
    ketch_circuit *circuit = program->circuit;
    if (number >= program->hardware_count) {
        uint64_t more = number == UINT64_MAX ? number : number + 1 - program->hardware_count;
        if (more > program->options->max_qubits || more + circuit->qubit_count > program->options->max_qubits)
            return kt_error_at(&program->report, KT_QUBIT_LIMIT, kt_expression_span(expression), "more than %llu qubits",
                               (unsigned long long)program->options->max_qubits);
        if (!kt_reserve(&program->hardware, &program->hardware_capacity, number + 1, sizeof *program->hardware))
            return kt_report_no_memory(&program->report);
        while (program->hardware_count <= number) {
            char name[32];
            int size = snprintf(name, sizeof name, "$%zu", program->hardware_count);
            program->hardware[program->hardware_count] = circuit->qubit_count;
            if (!kt_report_status(&program->report, kt_circuit_add_register(circuit, true, name, (size_t)size, 1, false, program->diag)))
                return false;
            program->hardware_count++;
        }
    }
    *out = program->hardware[number];
    return true;
}

/* ── Operands ── */

bool kt_select(kt_selection *out, kt_program *program, const kt_expression *expression, bool quantum) {
    return kt_choose(out, program, expression, quantum) && must_stay(out, program, kt_expression_span(expression));
}

bool kt_choose(kt_selection *out, kt_program *program, const kt_expression *expression, bool quantum) {
    const kt_expression *index = NULL;
    kt_span span = kt_expression_span(expression);
    uint32_t symbol;
    program->selecting_qubits = quantum;
    if (expression->kind == KT_EXPRESSION_NAME) {
        symbol = expression->as.symbol;
    } else if (expression->kind == KT_EXPRESSION_INDEX && !expression->as.index.base) {
        symbol = expression->as.index.symbol;
        index = expression->as.index.items;
        span.size = program->symbols.items[symbol].size;
    } else if (expression->kind == KT_EXPRESSION_INDEX) {
        kt_selection base;
        if (!kt_choose(&base, program, expression->as.index.base, quantum)) return false;
        if (base.scalar) return kt_error_at(&program->report, KT_WRONG_KIND, span, "a single %s has no index", quantum ? "qubit" : "bit");
        return choose_index(out, program, base, expression->as.index.items, span, &program->statement);
    } else if (expression->kind == KT_EXPRESSION_HARDWARE && quantum) {
        uint32_t qubit = 0;
        if (!hardware_qubit(&qubit, program, expression)) return false;
        *out = (kt_selection){.scalar = true, .count = 1, .first = qubit, .step = 1};
        return true;
    } else {
        return kt_error_at(&program->report, KT_WRONG_KIND, span, "a %s is expected",
                           quantum ? "qubit or qubit register" : "bit or bit register");
    }
    const kt_binding *binding = kt_scope_find(program, symbol);
    if (!binding) return kt_scope_unknown(program, symbol, span, quantum ? "the qubit" : "the bit");
    if (binding->kind == KT_BINDING_SPOILED) return false;
    if (binding->kind != (quantum ? KT_BINDING_QUBITS : KT_BINDING_BITS)) {
        char where[KT_WHERE_TEXT];
        return kt_error_at(&program->report, KT_WRONG_KIND, span, "`%.*s` is no %s (declared at %s)", KT_SHOWN(span),
                           quantum ? "qubit or qubit register" : "bit or bit register",
                           kt_where_text(where, &program->report, binding->span, span));
    }
    *out = binding->as.selection;
    if (!index) return true;
    bool plain = index->kind == KT_EXPRESSION_INTEGER && !index->next && index->as.integer < out->count;
    if (plain && !out->scalar && !out->moves && !out->list) { /* nearly always: q[3] */
        out->scalar = true;
        out->count = 1;
        out->first += (int64_t)index->as.integer * out->step;
        return true;
    }
    if (out->scalar)
        return kt_error_at(&program->report, KT_WRONG_KIND, kt_expression_span(expression), "`%.*s` is a single %s and has no index",
                           KT_SHOWN(span), quantum ? "qubit" : "bit");
    return choose_index(out, program, *out, index, span, &program->statement);
}

/* ── Checks over several operands ── */

bool kt_same_sizes(kt_program *program, const kt_selection *a, const kt_selection *b, kt_span span) {
    if (a->count != b->count)
        return kt_error_at(&program->report, KT_SIZES_DIFFER, span, "%u qubit%s measured into %u bit%s", a->count, a->count == 1 ? "" : "s",
                           b->count, b->count == 1 ? "" : "s");
    if (a->scalar != b->scalar)
        kt_warning_at(&program->report, KT_ONE_BIT_REGISTER, span, "a register of one and a single qubit or bit are measured together");
    return true;
}

static bool given_twice(kt_program *program, const kt_expression *operand) {
    kt_span span = kt_expression_span(operand);
    return kt_error_at(&program->report, KT_QUBIT_TWICE, span, "`%.*s` names a qubit that this operation has already", KT_SHOWN(span));
}

/* Marks index `at`; false if it was marked since the last new stamp. */
static bool stamp(kt_program *program, uint32_t at) {
    if (program->stamps[at] == program->stamp) return false;
    program->stamps[at] = program->stamp;
    return true;
}

/* Room to mark numbers below `size`, none of them marked. */
static bool new_stamps(kt_program *program, size_t size) {
    size_t old = program->stamps_capacity;
    if (!kt_reserve(&program->stamps, &program->stamps_capacity, size, sizeof *program->stamps))
        return kt_report_no_memory(&program->report);
    if (program->stamps_capacity > old) memset(program->stamps + old, 0, (program->stamps_capacity - old) * sizeof *program->stamps);
    program->stamp++;
    return true;
}

static bool new_qubit_stamps(kt_program *program) {
    uint32_t qubits = program->circuit->qubit_count, bits = program->circuit->bit_count;
    return new_stamps(program, qubits > bits ? qubits : bits);
}

bool kt_first_repeated(uint32_t *at, kt_program *program, const uint32_t *numbers, uint32_t count, uint32_t below) {
    *at = count;
    if (!new_stamps(program, below)) return false;
    for (uint32_t i = 0; i < count && *at == count; i++)
        if (!stamp(program, numbers[i])) *at = i;
    return true;
}

bool kt_once_each(kt_program *program, uint32_t *qubits, uint32_t count, uint32_t *kept) {
    if (!new_qubit_stamps(program)) return false;
    *kept = 0;
    for (uint32_t i = 0; i < count; i++)
        if (stamp(program, qubits[i])) qubits[(*kept)++] = qubits[i];
    return true;
}

/* a ++ b ++ ...: parts of one kind, none in another */
bool kt_concatenate(kt_selection *out, kt_program *program, const kt_selection *parts, const kt_expression *expressions, uint32_t count) {
    uint64_t total = 0;
    for (uint32_t i = 0; i < count; i++) total += parts[i].count;
    if (!new_qubit_stamps(program)) return false;
    uint32_t *list = NULL, filled = 0;
    if (!kt_charge(program, total, kt_expression_span(expressions))) return false; /* the list stays */
    if (count > 1 || parts[0].list) {
        if (total > KT_MAX_WIDTH || !(list = kt_arena_alloc(&program->kept, (total + 1) * sizeof *list)))
            return kt_report_no_memory(&program->report);
    }
    for (uint32_t i = 0; list && i < count; i++, expressions = expressions->next)
        for (uint32_t k = 0; k < parts[i].count; k++) {
            list[filled] = kt_selection_at(&parts[i], k);
            kt_span span = kt_expression_span(expressions);
            if (!stamp(program, list[filled++]))
                return kt_error_at(&program->report, KT_QUBIT_TWICE, span, "`%.*s` overlaps with what stands before it", KT_SHOWN(span));
        }
    *out = parts[0];
    if (!list) return true;
    *out = (kt_selection){.scalar = count == 1 && parts[0].scalar, .count = (uint32_t)total, .list = list};
    return true;
}

bool kt_all_different(kt_program *program, const kt_selection *selections, const kt_expression *operands, uint32_t count) {
    enum { FEW = 8 };
    bool single = count <= FEW, moves = false;
    for (uint32_t i = 0; i < count; i++) {
        single = single && selections[i].scalar;
        moves = moves || selections[i].moves;
    }
    if (moves) return true; /* the run looks */
    const kt_expression *operand = operands;
    if (single) { /* nearly always */
        for (uint32_t i = 1; i < count; i++) {
            operand = operand->next;
            for (uint32_t k = 0; k < i; k++)
                if (kt_selection_at(&selections[i], 0) == kt_selection_at(&selections[k], 0)) return given_twice(program, operand);
        }
        return true;
    }
    if (!new_qubit_stamps(program)) return false;
    uint32_t width = 1;
    for (uint32_t i = 0; i < count; i++, operand = operand->next) {
        if (selections[i].scalar) continue;
        width = selections[i].count;
        program->stamp++;
        for (uint32_t k = 0; selections[i].list && k < width; k++)
            if (!stamp(program, selections[i].list[k])) return given_twice(program, operand);
    }
    for (uint32_t k = 0; k < width; k++) { /* each application for itself */
        program->stamp++;
        operand = operands;
        for (uint32_t i = 0; i < count; i++, operand = operand->next)
            if (!stamp(program, kt_selection_at(&selections[i], selections[i].scalar ? 0 : k))) return given_twice(program, operand);
    }
    return true;
}
