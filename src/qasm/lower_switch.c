/* SPDX-License-Identifier: Apache-2.0
 *
 * `switch`: the cases' values are different constants, one case at most is carried out, and none falls through to the next.
 */
#include "qasm/program.h"

#include <stdlib.h>

typedef struct label { /* a value of some case */
    int64_t value;
    kt_span span;
    uint32_t number; /* in the order of the source */
} label;

static int by_value(const void *a, const void *b) {
    const label *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* A case's value; an int64_t stands for a uint64_t of the same bits, which the value switched on is compared with as such. */
static bool label_value(int64_t *out, kt_program *program, const kt_expression *expression) {
    kt_value value;
    kt_span span = kt_expression_span(expression);
    if (!kt_evaluate_constant(&value, program, expression)) return false;
    if (value.type != KT_TYPE_INT && value.type != KT_TYPE_UINT) {
        char text[KT_VALUE_TEXT];
        return kt_error_at(&program->report, KT_BAD_CASE, span, "the value of a case is a constant integer, not %s",
                           kt_value_type_text(text, value));
    }
    *out = value.as.integer;
    return true;
}

/* All values of all cases, in order. */
static bool read_labels(label **out, uint32_t *count, kt_program *program, const kt_statement *statement) {
    uint32_t total = 0;
    const kt_case *otherwise = NULL, *item;
    bool good = true;
    for (item = statement->as.control.cases; item; item = item->next) {
        for (const kt_expression *value = item->values; value; value = value->next) total++;
        if (item->values) continue;
        if (otherwise)
            good = kt_error_at(&program->report, KT_BAD_CASE, item->span, "this `switch` has a `default` already");
        else if (item->next)
            good = kt_error_at(&program->report, KT_BAD_CASE, item->next->span, "`default` is the last of a `switch`");
        otherwise = item;
    }
    if (!total) good = kt_error_at(&program->report, KT_BAD_CASE, statement->span, "a `switch` has at least one `case`") && good;
    label *labels = kt_arena_alloc(&program->statement, (2 * (size_t)total + 1) * sizeof *labels), *sorted = labels + total;
    if (!labels) return kt_report_no_memory(&program->report);
    uint32_t number = 0;
    for (item = statement->as.control.cases; item; item = item->next)
        for (const kt_expression *value = item->values; value; value = value->next, number++) {
            labels[number] = (label){.span = kt_expression_span(value), .number = number};
            good = label_value(&labels[number].value, program, value) && good;
            sorted[number] = labels[number];
        }
    if (!good) return false;
    qsort(sorted, total, sizeof *sorted, by_value);
    for (uint32_t i = 1; i < total; i++) {
        char where[KT_WHERE_TEXT];
        if (sorted[i].value == sorted[i - 1].value)
            good = kt_error_at(&program->report, KT_BAD_CASE, sorted[i].span, "the value %lld has a case already (%s)",
                               (long long)sorted[i].value, kt_where_text(where, &program->report, sorted[i - 1].span, sorted[i].span));
    }
    *out = labels;
    *count = total;
    return good;
}

static bool lower_case(kt_program *program, const kt_case *item) {
    if (item->body) item->body->read = true;
    if (!kt_scope_enter(program)) return false;
    bool good = kt_lower_list(program, item->body);
    kt_scope_leave(program);
    return good;
}

static bool take_known(kt_program *program, const kt_statement *statement, const label *labels, int64_t value, bool followed) {
    const kt_case *taken = NULL;
    for (const kt_case *item = statement->as.control.cases; item; item = item->next) {
        if (!item->values && !taken) taken = item;
        for (const kt_expression *expression = item->values; expression; expression = expression->next)
            if (labels++->value == value) taken = item;
    }
    bool good = true;
    for (const kt_case *item = statement->as.control.cases; item; item = item->next)
        if (item != taken) good = kt_try_list(program, item->body, !followed) && good;
    return (!taken || lower_case(program, taken)) && good;
}

/* Tests in order, each a jump to its case; behind them the default case, then the others. */
static bool compile_cases(kt_program *program, const kt_statement *statement, const label *labels, uint32_t cell, bool *reached) {
    uint32_t past = 0, constant = kt_new_cells(program, 2), count = 0;
    for (const kt_case *item = statement->as.control.cases; item; item = item->next) count++;
    uint32_t *chains = kt_arena_alloc(&program->statement, (count + 1) * sizeof *chains), at = 0;
    if (constant == KT_NO_CELL) return false;
    if (!chains) return kt_report_no_memory(&program->report);
    const kt_case *otherwise = NULL, *item;
    for (item = statement->as.control.cases; item; item = item->next, at++) {
        chains[at] = 0;
        if (!item->values) otherwise = item;
        for (const kt_expression *value = item->values; value; value = value->next) {
            kt_op test = {.code = KT_DO_EQUAL, .width = 64, .destination = constant + 1, .left = cell, .right = constant};
            if (!kt_store_cells(program, constant, kt_value_int(labels++->value), kt_expression_span(value)) ||
                !kt_emit(program, test, (kt_span){0}) ||
                !kt_jump(program, &chains[at], (kt_op){.code = KT_DO_JUMP_IF, .left = constant + 1}, (kt_span){0}))
                return false;
        }
    }
    bool good = !otherwise || lower_case(program, otherwise);
    *reached = program->flow != KT_FLOW_NOWHERE;
    at = 0;
    const kt_case *before = otherwise;
    for (item = statement->as.control.cases; item && !program->report.stopped; item = item->next, at++) {
        if (!item->values) continue;
        if (program->flow != KT_FLOW_NOWHERE) good = kt_jump(program, &past, (kt_op){.code = KT_OP_JUMP}, (kt_span){0}) && good;
        program->flow = KT_FLOW_ON;
        if (before) kt_forget(program, before->body); /* nothing else has been followed since */
        before = item;
        good = kt_land(program, &chains[at]) && good;
        good = lower_case(program, item) && good;
        *reached = *reached || program->flow != KT_FLOW_NOWHERE;
    }
    return kt_land(program, &past) && good;
}

bool kt_lower_switch(kt_program *program, const kt_statement *statement) {
    const kt_expression *expression = statement->as.control.condition;
    kt_span span = kt_expression_span(expression);
    kt_value value;
    label *labels = NULL;
    uint32_t count, cell = 0;
    if (program->before_switch) {
        kt_error_at(&program->report, KT_OTHER_DIALECT, statement->span, "`switch` belongs to OpenQASM 3.1; this program is OpenQASM 3.0");
        kt_hint_add(&program->report, "OPENQASM 3.1;");
        return false;
    }
    bool good = read_labels(&labels, &count, program, statement);
    if (!kt_evaluate(&value, program, expression) || !good) return false;
    if (value.type != KT_TYPE_INT && value.type != KT_TYPE_UINT) {
        char text[KT_VALUE_TEXT];
        kt_error_at(&program->report, KT_WRONG_TYPE, span, "`switch` takes an integer, not %s", kt_value_type_text(text, value));
        if (value.type == KT_TYPE_BITS || value.type == KT_TYPE_BOOL)
            kt_hint_add(&program->report, "a cast makes one of bits: switch (int(c))");
        return false;
    }
    if (kt_value_known(value)) return take_known(program, statement, labels, value.as.integer, value.followed);
    bool reached = true;
    if (!kt_to_cells(&cell, program, value, span) || !kt_region_begin(program, statement)) return false;
    kt_region_enter(program);
    good = compile_cases(program, statement, labels, cell, &reached);
    kt_region_end(program, statement);
    program->flow = reached ? KT_FLOW_ON : KT_FLOW_NOWHERE;
    return good;
}
