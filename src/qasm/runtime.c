/* SPDX-License-Identifier: Apache-2.0
 *
 * Values that the program computes while it runs: instructions, and the cells that they work on.
 */
#include "qasm/program.h"

/* ── Instructions ── */

bool kt_emit(kt_program *program, kt_op op, kt_span span) {
    ketch_circuit *circuit = program->circuit;
    uint32_t place = 0;
    if (!kt_charge(program, 1, span)) return false;
    if (span.at) {
        kt_place where = kt_report_place(&program->report, span);
        if (!kt_report_status(&program->report, kt_circuit_add_place(&place, circuit, &where, program->diag))) return false;
        if (!kt_reserve(&circuit->op_places, &circuit->op_places_capacity, circuit->op_places_count + 1, sizeof *circuit->op_places))
            return kt_report_no_memory(&program->report);
    }
    if (!op.line) op.line = program->line;
    op.conditional = circuit->condition_depth > 0;
    if (circuit->ops_count >= UINT32_MAX ||
        !kt_reserve(&circuit->ops, &circuit->ops_capacity, circuit->ops_count + 1, sizeof *circuit->ops))
        return kt_report_no_memory(&program->report);
    if (span.at) circuit->op_places[circuit->op_places_count++] = (kt_op_place){(uint32_t)circuit->ops_count, place};
    circuit->ops[circuit->ops_count++] = op;
    if (circuit->cell_count < program->cells.high) circuit->cell_count = program->cells.high;
    circuit->dynamic = true;
    return true;
}

/* ── Cells ── */

uint32_t kt_new_cells(kt_program *program, uint32_t count) {
    kt_cells *cells = &program->cells;
    if ((uint64_t)cells->top + count > program->options->max_cells) {
        kt_error_at(&program->report, KT_CELL_LIMIT, (kt_span){0}, "classical variables take more than %llu cells of 8 bytes",
                    (unsigned long long)program->options->max_cells);
        return KT_NO_CELL;
    }
    uint32_t first = cells->top;
    cells->top += count;
    if (cells->top > cells->high) cells->high = cells->top;
    return first;
}

uint32_t kt_new_kept_cells(kt_program *program, uint32_t count) {
    uint32_t first = kt_new_cells(program, count);
    program->cells.kept = program->cells.top;
    return first;
}

kt_value kt_in_cells(kt_type type, uint32_t width, uint32_t cell) {
    return (kt_value){.type = (uint8_t)type, .runtime = true, .width = width, .as.cell = cell};
}
