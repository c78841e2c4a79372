/* SPDX-License-Identifier: Apache-2.0
 *
 * Subroutines that are never called are read all the same, so that mistakes in them are found: compiled for qubits and arrays that are made
 * up, and thrown away.
 */
#include "qasm/routine.h"

enum { MADE_UP_LENGTH = 2 }; /* of arrays whose lengths the caller chooses */

static bool make_up_array(kt_argument *out, kt_program *program, const kt_parameter *parameter) {
    kt_elements *elements = kt_arena_alloc(&program->kept, sizeof *elements);
    if (!elements) return kt_report_no_memory(&program->report);
    kt_view *view = &out->view;
    *view = (kt_view){.array = elements, .shape = parameter->shape, .moved = KT_NO_CELL, .readonly = parameter->readonly};
    uint64_t count = 1;
    for (uint32_t i = view->shape.dimension_count; i-- > 0;) {
        if (parameter->any_lengths) view->shape.dimensions[i] = MADE_UP_LENGTH;
        view->strides[i] = (int64_t)count;
        count = kt_saturating_multiply(count, view->shape.dimensions[i]);
    }
    kt_value element = {.type = (uint8_t)parameter->type, .width = parameter->width};
    if (count > UINT32_MAX) count = 1; /* too large for anybody */
    *elements = (kt_elements){
        .type = (uint8_t)parameter->type, .width = parameter->width, .element_cells = kt_value_cells(element), .count = (uint32_t)count};
    return true;
}

static bool make_up(kt_argument *out, kt_program *program, const kt_parameter *parameter) {
    ketch_circuit *circuit = program->circuit;
    *out = (kt_argument){.span = parameter->name};
    if (parameter->kind == KT_AS_ARRAY) return make_up_array(out, program, parameter);
    if (parameter->kind != KT_AS_QUBITS) return true;
    uint32_t count = parameter->width ? parameter->width : 1;
    if (count > KT_MAX_WIDTH - circuit->qubit_count) return false;
    out->selection = (kt_selection){.scalar = !parameter->width, .count = count, .first = circuit->qubit_count, .step = 1};
    circuit->qubit_count += count;
    return true;
}

static void check(kt_program *program, kt_routine *routine) {
    kt_arena_mark mark = kt_arena_save(&program->statement);
    kt_argument *arguments = kt_arena_alloc(&program->statement, ((size_t)routine->parameter_count + 1) * sizeof *arguments);
    kt_trial *trial = kt_trial_begin(program, KT_WITHOUT_LIMITS);
    bool good = arguments && trial;
    if (!arguments) kt_report_no_memory(&program->report);
    for (uint32_t i = 0; good && i < routine->parameter_count; i++) good = make_up(&arguments[i], program, &routine->parameters[i]);
    if (good) kt_compile_routine(program, routine, arguments, routine->name);
    if (trial) kt_trial_end(program, trial);
    kt_arena_restore(&program->statement, mark);
}

static kt_routine *oldest_first(kt_routine *newest) {
    kt_routine *list = NULL;
    while (newest) {
        kt_routine *next = newest->older;
        newest->older = list;
        list = newest;
        newest = next;
    }
    return list;
}

void kt_check_routines(kt_program *program) {
    program->routines = oldest_first(program->routines);
    for (kt_routine *routine = program->routines; routine && !program->report.stopped; routine = routine->older)
        if (!routine->called && !routine->broken) check(program, routine);
}
