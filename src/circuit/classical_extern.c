/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls of functions that the caller of the library has given: cells to values, and the result back.
 */
#include "circuit/classical_run.h"

#include <math.h>
#include <string.h>

static const kt_scalar scalars[] = {
    [KETCH_TYPE_BITS] = KT_SCALAR_BITS,       [KETCH_TYPE_BOOL] = KT_SCALAR_BOOL,         [KETCH_TYPE_INT] = KT_SCALAR_INT,
    [KETCH_TYPE_UINT] = KT_SCALAR_UINT,       [KETCH_TYPE_FLOAT] = KT_SCALAR_FLOAT,       [KETCH_TYPE_ANGLE] = KT_SCALAR_ANGLE,
    [KETCH_TYPE_COMPLEX] = KT_SCALAR_COMPLEX, [KETCH_TYPE_DURATION] = KT_SCALAR_DURATION,
};

static uint32_t cells_of(ketch_value_type type) { return type.type == KETCH_TYPE_VOID ? 0 : kt_cells_of(scalars[type.type], type.width); }

/* Between an angle and its radians, by the instructions. */
static uint64_t convert(kt_instruction code, uint32_t width, uint64_t cell) {
    uint64_t cells[2] = {cell, 0};
    kt_compute(cells, &(kt_op){.code = (uint8_t)code, .width = (uint16_t)width, .left = 0, .destination = 1});
    return cells[1];
}

static ketch_value value_of(ketch_value_type type, const uint64_t *cells) {
    ketch_value value = {.type = type};
    switch (type.type) {
    case KETCH_TYPE_BITS: value.as.words = cells; break;
    case KETCH_TYPE_INT: value.as.integer = (int64_t)cells[0]; break;
    case KETCH_TYPE_ANGLE: value.as.number = kt_cell_double(convert(KT_DO_ANGLE_TO_FLOAT, type.width, cells[0])); break;
    case KETCH_TYPE_FLOAT:
    case KETCH_TYPE_DURATION: value.as.number = kt_cell_double(cells[0]); break;
    case KETCH_TYPE_COMPLEX:
        value.as.complex[0] = kt_cell_double(cells[0]);
        value.as.complex[1] = kt_cell_double(cells[1]);
        break;
    default: value.as.natural = cells[0]; break;
    }
    return value;
}

static double rounded(double number, uint32_t width) { return width == 32 ? (double)(float)number : number; }

/* What a type cannot hold is wrapped or rounded, as an assignment would. */
static void keep(uint64_t *cells, ketch_value value) {
    uint32_t width = value.type.width;
    switch (value.type.type) {
    case KETCH_TYPE_VOID: break;
    case KETCH_TYPE_BITS: kt_take_bits(cells, value.as.words, 0, width); break;
    case KETCH_TYPE_BOOL: cells[0] = value.as.natural != 0; break;
    case KETCH_TYPE_INT: cells[0] = kt_wrap_signed((uint64_t)value.as.integer, width); break;
    case KETCH_TYPE_UINT: cells[0] = kt_wrap_unsigned(value.as.natural, width); break;
    case KETCH_TYPE_FLOAT: cells[0] = kt_double_cell(rounded(value.as.number, width)); break;
    case KETCH_TYPE_DURATION: cells[0] = kt_double_cell(value.as.number); break;
    case KETCH_TYPE_ANGLE: cells[0] = convert(KT_DO_FLOAT_TO_ANGLE, width, kt_double_cell(value.as.number)); break;
    case KETCH_TYPE_COMPLEX:
        for (int part = 0; part < 2; part++) cells[part] = kt_double_cell(rounded(value.as.complex[part], width / 2));
        break;
    }
}

ketch_status kt_machine_extern(kt_machine *machine, const kt_op *op, uint32_t at) {
    const kt_extern *callee = &machine->circuit->externs[op->data];
    if (!callee->function)
        return kt_machine_fail(machine, at, KT_EXTERN_MISSING, "no function was given for the extern `%s`", callee->name);
    uint64_t *cells = machine->memory.cells;
    bool words = callee->returns.type == KETCH_TYPE_BITS;
    ketch_value *arguments = kt_array(callee->argument_count, sizeof *arguments), result = {.type = callee->returns};
    if (words) result.as.result = kt_zalloc(cells_of(callee->returns) * sizeof *cells);
    ketch_status status = KETCH_OK;
    if (!arguments || (words && !result.as.result)) {
        status = kt_no_memory(machine->diag);
    } else {
        uint32_t cell = op->left;
        for (uint32_t i = 0; i < callee->argument_count; i++) {
            arguments[i] = value_of(callee->arguments[i], cells + cell);
            cell += cells_of(callee->arguments[i]);
        }
        uint64_t *room = result.as.result;
        int failed = callee->function(callee->user, arguments, callee->argument_count, &result);
        result.type = callee->returns;
        if (words) result.as.result = room;
        if (failed)
            status = kt_machine_fail(machine, at, KT_EXTERN_FAILED, "the extern `%s` has failed (%d)", callee->name, failed);
        else if (callee->returns.type == KETCH_TYPE_ANGLE && !isfinite(result.as.number))
            status = kt_machine_fail(machine, at, KT_EXTERN_FAILED, "the extern `%s` gave an angle that is NaN or infinite", callee->name);
        else
            keep(cells + op->destination, result);
    }
    if (words) kt_free(result.as.result);
    kt_free(arguments);
    return status;
}
