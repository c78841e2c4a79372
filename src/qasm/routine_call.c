/* SPDX-License-Identifier: Apache-2.0
 *
 * Carrying out a call: inlined, as if the body stood there, or by CALL to the subroutine compiled out of line.
 *
 * Inlined, everything known of the arguments is known in the body, and its gates are planned with those around. That is the way for what is
 * not recursive, and for a recursion whose depth is settled by known arguments, as far as the budgets allow.
 *
 * Out of line a body is compiled once for the same qubits and arrays, at the first call. Arguments and result have cells of their own,
 * outside of those that a call from inside the body saves and RETURN gives back:
 *
 *     ... | jump over | label f: n := argument ... result := ... return | over: | argument := 5 | call f | x := result | ...
 */
#include "qasm/routine.h"

#include <string.h>

enum { MOST_RECURSIONS = 65536 }; /* calls of recursive subroutines that are inlined, in all */

/* How deep reading may go by calls, counted in levels of the texts called: the machine's own stack is finite. */
enum { DEEPEST_INLINED = 1500, DEEPEST = 3000, OWN_LEVELS = 8 };

/* Statements of a call that may never be made, if it is inlined: a tree of such calls is mostly made of what does not happen. */
enum { LONGEST_CONDITIONAL = 4096 };

/* What is seen from a body, and what is put back behind it. */
typedef struct view {
    uint32_t visible, known_names, nested;
} view;

static bool enter(view *before, kt_program *program, const kt_routine *routine) {
    *before = (view){program->visible, program->known_names, program->nested};
    if (!kt_scope_enter(program)) return false;
    program->visible = (uint32_t)program->bindings_count;
    program->known_names = routine->visible;
    program->nested += routine->nesting + OWN_LEVELS;
    return true;
}

static void leave(const view *before, kt_program *program) {
    kt_scope_leave(program);
    program->visible = before->visible;
    program->known_names = before->known_names;
    program->nested = before->nested;
}

static bool is_classical(const kt_parameter *parameter) { return parameter->kind == KT_BY_VALUE || parameter->kind == KT_AS_BITS; }
static bool is_array(const kt_parameter *parameter) { return parameter->kind == KT_AS_ARRAY; }

/* ── Inlined ── */

/* Of a recursion: without arguments that are values nothing can settle it. */
static bool all_known(const kt_routine *routine, const kt_argument *arguments) {
    bool some = false;
    for (uint32_t i = 0; i < routine->parameter_count; i++) {
        const kt_parameter *parameter = &routine->parameters[i];
        if (is_classical(parameter) && !kt_value_known(arguments[i].value)) return false;
        some = some || is_classical(parameter);
    }
    return some;
}

/* A recursion goes on inlined while each call is certain to be reached and knows its arguments. */
static bool recursion_is_settled(const kt_program *program, const kt_routine *routine, const kt_argument *arguments) {
    const kt_exit *exit = program->exit;
    for (; exit; exit = exit->outer) {
        if (exit->routine == routine) break;
        if (exit->compiled) return false;
    }
    if (exit && (exit->compiled || exit->depth != program->circuit->condition_depth)) return false;
    return all_known(routine, arguments);
}

static bool may_inline(const kt_program *program, const kt_routine *routine, const kt_argument *arguments) {
    kt_extent call = routine->extent;
    call.quantum = true; /* of any length */
    if (!kt_may_unroll(program, &call, 1)) return false;
    if (program->circuit->condition_depth && call.statements > LONGEST_CONDITIONAL) return false;
    if (program->nested + routine->nesting > DEEPEST_INLINED) return false;
    if (routine->recursive && program->recursions >= MOST_RECURSIONS) return false;
    return !routine->recursive || recursion_is_settled(program, routine, arguments);
}

static bool end_without_value(kt_program *program, const kt_routine *routine) {
    return kt_emit(program, (kt_op){.code = KT_DO_FAIL}, routine->name);
}

/* Behind an inlined body: what it returns, in cells of the caller where it is no constant. */
static bool finish_inlined(kt_value *out, kt_program *program, kt_exit *exit) {
    const kt_routine *routine = exit->routine;
    bool good = true, falls = program->flow == KT_FLOW_ON;
    *out = exit->value;
    if (falls && routine->returns) good = end_without_value(program, routine);
    if (exit->breaks) {
        if (program->flow == KT_FLOW_RETURN && routine->returns && !exit->value.runtime)
            good = kt_store_cells(program, exit->result, exit->value, routine->name) && good;
        *out = kt_result_in(routine, exit->result);
        good = kt_exit_land(program, exit, &exit->breaks) && good;
    }
    if (program->flow == KT_FLOW_RETURN) program->flow = KT_FLOW_ON;
    return good;
}

static bool call_inlined(kt_value *out, kt_program *program, kt_routine *routine, const kt_argument *arguments) {
    view before;
    kt_exit exit = {.routine = routine, .value = kt_value_bool(false)};
    if (routine->returns) {
        exit.value = (kt_value){.type = (uint8_t)routine->type, .width = routine->width};
        exit.result = kt_new_cells(program, kt_result_cells(routine));
        if (exit.result == KT_NO_CELL) return false;
    }
    if (!enter(&before, program, routine)) return false;
    bool good = true;
    for (uint32_t i = 0; i < routine->parameter_count; i++)
        good = kt_bind_parameter(program, &routine->parameters[i], &arguments[i]) && good;
    program->unrolled++;
    program->recursions += routine->recursive;
    kt_exit_open(program, &exit, routine->body);
    good = kt_lower_list(program, routine->body) && good;
    good = finish_inlined(out, program, &exit) && good;
    kt_exit_close(program, &exit);
    leave(&before, program);
    return good;
}

/* ── Out of line ── */

static bool same_selection(const kt_selection *a, const kt_selection *b) {
    if (a->moves != b->moves || a->scalar != b->scalar) return false;
    if (a->moves) return !a->list == !b->list && (!a->list || a->count == b->count) && same_selection(a->from, b->from);
    if (a->count != b->count) return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (kt_selection_at(a, i) != kt_selection_at(b, i)) return false;
    return true;
}

static bool same_view(const kt_view *a, const kt_view *b) {
    if (a->array != b->array || a->first != b->first || a->moved != b->moved || a->readonly != b->readonly) return false;
    for (uint32_t i = 0; i < a->shape.dimension_count; i++)
        if (a->shape.dimensions[i] != b->shape.dimensions[i] || a->strides[i] != b->strides[i]) return false;
    return true;
}

static bool same_key(const kt_routine *routine, const kt_argument *a, const kt_argument *b) {
    for (uint32_t i = 0; i < routine->parameter_count; i++) {
        const kt_parameter *parameter = &routine->parameters[i];
        if (parameter->kind == KT_AS_QUBITS && !same_selection(&a[i].selection, &b[i].selection)) return false;
        if (parameter->kind == KT_AS_ARRAY && !same_view(&a[i].view, &b[i].view)) return false;
    }
    return true;
}

static const kt_argument *keep_key(kt_program *program, const kt_routine *routine, const kt_argument *arguments) {
    kt_argument *key = kt_arena_alloc(&program->kept, ((size_t)routine->parameter_count + 1) * sizeof *key);
    if (!key) return kt_report_no_memory(&program->report), NULL;
    memcpy(key, arguments, routine->parameter_count * sizeof *key);
    for (uint32_t i = 0; i < routine->parameter_count; i++) {
        kt_selection *selection = &key[i].selection;
        if (routine->parameters[i].kind != KT_AS_QUBITS || !selection->list) continue;
        uint32_t *list = kt_arena_alloc(&program->kept, ((size_t)selection->count + 1) * sizeof *list);
        if (!list || !kt_charge(program, selection->count / 8, arguments[i].span)) return kt_report_no_memory(&program->report), NULL;
        memcpy(list, selection->list, selection->count * sizeof *list);
        selection->list = list;
    }
    return key;
}

/* Cells in which a run-time choice of qubits is told. */
static uint32_t choice_cells(const kt_selection *selection) { return !selection->moves ? 0 : selection->list ? selection->count : 3; }

static uint32_t choice_cell(const kt_selection *selection, uint32_t i) {
    if (selection->list) return selection->list[i];
    return i == 0 ? (uint32_t)selection->first : i == 1 ? (uint32_t)selection->step : selection->count;
}

/* Cells in which an argument is handed over. */
static uint32_t cells_of(const kt_parameter *parameter, const kt_argument *argument) {
    if (is_classical(parameter)) return kt_value_cells((kt_value){.type = (uint8_t)parameter->type, .width = parameter->width});
    return parameter->kind == KT_AS_QUBITS ? choice_cells(&argument->selection) : 0;
}

static uint32_t argument_cells(const kt_routine *routine, const kt_argument *arguments) {
    uint32_t cells = 0;
    for (uint32_t i = 0; i < routine->parameter_count; i++) cells += cells_of(&routine->parameters[i], &arguments[i]);
    return cells;
}

/* Before the call: to `cell`. */
static bool hand_over(kt_program *program, uint32_t cell, const kt_parameter *parameter, const kt_argument *argument) {
    if (is_classical(parameter)) return kt_store_cells(program, cell, argument->value, argument->span);
    uint32_t count = cells_of(parameter, argument);
    for (uint32_t i = 0; i < count; i++)
        if (!kt_store_cells(program, cell + i, kt_in_cells(KT_TYPE_INT, 0, choice_cell(&argument->selection, i)), argument->span))
            return false;
    return true;
}

/* In the body: from `cell`. A choice gets cells of the body's own, which a call from inside saves. */
static bool receive(kt_program *program, uint32_t cell, const kt_parameter *parameter, const kt_argument *key) {
    kt_argument argument = *key;
    uint32_t count = cells_of(parameter, key);
    if (is_classical(parameter)) {
        argument.value = kt_in_cells(parameter->type, parameter->width, cell);
    } else if (count) {
        kt_selection *selection = &argument.selection;
        uint32_t own = kt_new_kept_cells(program, count), *list = kt_arena_alloc(&program->kept, count * sizeof *list);
        if (own == KT_NO_CELL) return false;
        if (!list) return kt_report_no_memory(&program->report);
        for (uint32_t i = 0; i < count; i++) {
            list[i] = own + i;
            if (!kt_store_cells(program, own + i, kt_in_cells(KT_TYPE_INT, 0, cell + i), key->span)) return false;
        }
        if (selection->list)
            selection->list = list;
        else
            selection->first = list[0], selection->step = list[1], selection->count = list[2];
    }
    bool good = kt_bind_parameter(program, parameter, &argument);
    program->cells.top = program->cells.kept;
    return good;
}

static bool compile_body(kt_program *program, kt_routine *routine, kt_compiled *compiled) {
    kt_exit exit = {.routine = routine, .compiled = true, .result = compiled->result};
    view before;
    uint32_t cell = compiled->arguments, line = program->line;
    kt_flow flow = program->flow;
    if (!enter(&before, program, routine)) return false;
    program->region++;
    program->circuit->condition_depth++;
    program->line = routine->line;
    bool good = true;
    for (uint32_t i = 0; i < routine->parameter_count; i++) {
        good = receive(program, cell, &routine->parameters[i], &compiled->key[i]) && good;
        cell += cells_of(&routine->parameters[i], &compiled->key[i]);
    }
    kt_exit_open(program, &exit, routine->body);
    good = kt_lower_list(program, routine->body) && good;
    if (program->flow != KT_FLOW_NOWHERE)
        good = (routine->returns ? end_without_value(program, routine) : kt_emit(program, (kt_op){.code = KT_DO_RETURN}, (kt_span){0})) &&
               good;
    kt_exit_close(program, &exit);
    program->circuit->condition_depth--;
    program->region--;
    leave(&before, program);
    program->flow = flow;
    program->line = line;
    return good;
}

/* Four numbers in the pool of operands. */
static bool new_saved(uint32_t *out, kt_program *program) {
    ketch_circuit *circuit = program->circuit;
    if (circuit->operands_count > UINT32_MAX - 4 ||
        !kt_reserve(&circuit->operands, &circuit->operands_capacity, circuit->operands_count + 4, sizeof *circuit->operands))
        return kt_report_no_memory(&program->report);
    *out = (uint32_t)circuit->operands_count;
    memset(circuit->operands + *out, 0, 4 * sizeof *circuit->operands);
    circuit->operands_count += 4;
    return true;
}

kt_compiled *kt_compile_routine(kt_program *program, kt_routine *routine, const kt_argument *arguments, kt_span call) {
    kt_compiled *compiled = kt_arena_alloc(&program->kept, sizeof *compiled);
    uint32_t over = 0, first, count, first_bit = program->circuit->bit_count;
    if (!compiled) return kt_report_no_memory(&program->report), NULL;
    if (program->nested + routine->nesting > DEEPEST) {
        kt_error_at(&program->report, KT_NESTING_LIMIT, call, "subroutines call subroutines too deep");
        return NULL;
    }
    *compiled = (kt_compiled){.next = routine->compiled, .open = true, .key = keep_key(program, routine, arguments)};
    if (!compiled->key || !new_saved(&compiled->saved, program) || !new_saved(&compiled->nothing, program)) return NULL;
    kt_cells outside = kt_cells_begin_routine(program);
    uint32_t given_cells = argument_cells(routine, arguments), outer_cells = given_cells + kt_result_cells(routine);
    compiled->arguments = kt_new_kept_cells(program, outer_cells);
    if (compiled->arguments == KT_NO_CELL) return NULL;
    compiled->result = compiled->arguments + given_cells;
    routine->compiled = compiled;
    bool good = kt_jump(program, &over, (kt_op){.code = KT_OP_JUMP}, (kt_span){0}) && kt_label(&compiled->entry, program) &&
                compile_body(program, routine, compiled);
    good = kt_cells_end_routine(&first, &count, program, outside) && kt_land(program, &over) && good;
    compiled->open = false;
    if (!good) return NULL;
    uint32_t *saved = program->circuit->operands + compiled->saved;
    saved[0] = first + outer_cells;
    saved[1] = count - outer_cells;
    saved[2] = first_bit;
    saved[3] = program->circuit->bit_count - first_bit;
    return compiled;
}

/* Arrays are in their cells before the call, and what it does to them is not followed. */
static bool settle_arrays(kt_program *program, const kt_routine *routine, const kt_argument *arguments) {
    for (uint32_t i = 0; i < routine->parameter_count; i++)
        if (is_array(&routine->parameters[i]) && !kt_store_view(program, &arguments[i].view)) return false;
    return true;
}

static void forget_arrays(kt_program *program, const kt_routine *routine, const kt_argument *arguments) {
    for (uint32_t i = 0; i < routine->parameter_count; i++)
        if (is_array(&routine->parameters[i])) kt_forget_view(program, &arguments[i].view);
}

static bool call_compiled(kt_value *out, kt_program *program, kt_routine *routine, const kt_argument *arguments, kt_span span) {
    kt_compiled *compiled = routine->compiled;
    if (!settle_arrays(program, routine, arguments) || !kt_settle_outputs(program)) return false;
    forget_arrays(program, routine, arguments);
    while (compiled && !same_key(routine, compiled->key, arguments)) compiled = compiled->next;
    if (!compiled && !(compiled = kt_compile_routine(program, routine, arguments, span))) return false;
    uint32_t cell = compiled->arguments;
    for (uint32_t i = 0; i < routine->parameter_count; i++) {
        if (!hand_over(program, cell, &routine->parameters[i], &arguments[i])) return false;
        cell += cells_of(&routine->parameters[i], &arguments[i]);
    }
    program->circuit->unbounded = program->circuit->unbounded || routine->recursive;
    kt_op op = {.code = KT_DO_CALL, .left = compiled->open ? compiled->saved : compiled->nothing, .data = compiled->entry};
    if (!kt_emit(program, op, span)) return false;
    forget_arrays(program, routine, arguments);
    *out = kt_value_bool(false);
    if (!routine->returns) return true;
    uint32_t result = kt_new_cells(program, kt_result_cells(routine));
    if (result == KT_NO_CELL) return false;
    *out = kt_result_in(routine, result);
    return kt_store_cells(program, result, kt_result_in(routine, compiled->result), span);
}

/* Of a trial: that the arguments are good is enough. */
static bool call_tried(kt_value *out, kt_program *program, const kt_routine *routine) {
    uint32_t result = kt_new_cells(program, kt_result_cells(routine));
    *out = routine->returns ? kt_result_in(routine, result) : kt_value_bool(false);
    return result != KT_NO_CELL;
}

bool kt_carry_out_call(kt_value *out, kt_program *program, kt_routine *routine, const kt_argument *arguments, kt_span call) {
    if (program->trial) return call_tried(out, program, routine);
    uint32_t errors = program->report.errors, line = program->line;
    kt_span statement = program->statement_span;
    bool good = may_inline(program, routine, arguments) ? call_inlined(out, program, routine, arguments)
                                                        : call_compiled(out, program, routine, arguments, call);
    if (program->report.errors != errors) routine->broken = true;
    program->line = line; /* the calling statement goes on */
    program->statement_span = statement;
    return good;
}
