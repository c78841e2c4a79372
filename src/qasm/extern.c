/* SPDX-License-Identifier: Apache-2.0
 *
 * `extern`: functions of the caller's. A call puts its arguments side by side into cells.
 */
#include "qasm/program.h"

/* A type as it crosses the interface. */
static bool type_of(ketch_value_type *out, kt_program *program, const kt_type_name *name) {
    kt_type type = KT_TYPE_BITS;
    uint32_t width = 0;
    kt_type_name bits = *name;
    if (name->keyword == KT_TOKEN_CREG) bits.keyword = KT_TOKEN_BIT;
    if (name->keyword == KT_TOKEN_ARRAY || name->keyword == KT_TOKEN_READONLY || name->keyword == KT_TOKEN_MUTABLE)
        return kt_error_at(&program->report, KT_WRONG_TYPE, name->span, "arrays are not handed over to extern functions");
    if (!kt_evaluate_type(&type, &width, program, &bits)) return false;
    kt_value value = {.type = (uint8_t)type, .width = width};
    bool single = bits.keyword == KT_TOKEN_BIT; /* a single bit, too */
    *out = kt_value_type_of(single ? KT_SCALAR_BITS : kt_scalar_of(type), kt_value_width(value));
    return true;
}

bool kt_lower_extern(kt_program *program, const kt_statement *statement) {
    uint32_t count = 0, index;
    ketch_value_type returns = {KETCH_TYPE_VOID, 0};
    if (program->depth) {
        kt_scope_spoil(program, statement->symbol);
        return kt_error_at(&program->report, KT_NOT_HERE, statement->span, "an extern is declared at the top of a program, not in a block");
    }
    for (const kt_argument_definition *argument = statement->as.routine.arguments; argument; argument = argument->next) count++;
    ketch_value_type *types = kt_arena_alloc(&program->statement, (count + 1) * sizeof *types);
    if (!types) return kt_report_no_memory(&program->report);
    bool good = true;
    count = 0;
    for (const kt_argument_definition *argument = statement->as.routine.arguments; argument && good; argument = argument->next)
        good = type_of(&types[count++], program, argument->type);
    if (good && statement->as.routine.returns) good = type_of(&returns, program, statement->as.routine.returns);
    if (!good) return kt_scope_spoil(program, statement->symbol), false;
    kt_binding *binding = kt_scope_declare(program, KT_BINDING_EXTERN, statement->symbol, statement->name);
    if (!binding) return false;
    ketch_status status =
        kt_circuit_add_extern(&index, program->circuit, statement->name.at, statement->name.size, types, count, returns, program->diag);
    binding->as.index = index;
    return kt_report_status(&program->report, status);
}

/* A value of such a type in cells. */
static kt_value value_of(ketch_value_type type, uint32_t cell) {
    static const uint8_t types[] = {
        [KETCH_TYPE_BITS] = KT_TYPE_BITS,       [KETCH_TYPE_BOOL] = KT_TYPE_BOOL,        [KETCH_TYPE_INT] = KT_TYPE_INT,
        [KETCH_TYPE_UINT] = KT_TYPE_UINT,       [KETCH_TYPE_FLOAT] = KT_TYPE_FLOAT,      [KETCH_TYPE_ANGLE] = KT_TYPE_ANGLE,
        [KETCH_TYPE_COMPLEX] = KT_TYPE_COMPLEX, [KETCH_TYPE_DURATION] = KT_TYPE_DURATION};
    bool single = type.type == KETCH_TYPE_BOOL || (type.type == KETCH_TYPE_BITS && type.width == 1);
    if (single) return kt_in_cells(KT_TYPE_BOOL, 0, cell);
    return kt_in_cells((kt_type)types[type.type], type.type == KETCH_TYPE_DURATION ? 0 : type.width, cell);
}

/* `out` NULL: a statement, whose value nobody wants. */
bool kt_call_extern(kt_value *out, kt_program *program, const kt_expression *call) {
    ketch_circuit *circuit = program->circuit;
    uint32_t index = kt_scope_find(program, call->as.call.symbol)->as.index, count = 0, cells = 0;
    kt_extern *callee = &circuit->externs[index];
    kt_span span = kt_expression_span(call);
    for (const kt_expression *item = call->as.call.arguments; item; item = item->next) count++;
    if (count != callee->argument_count)
        return kt_error_at(&program->report, KT_BAD_CALL, span, "`%s` takes %u argument%s, not %u", callee->name, callee->argument_count,
                           callee->argument_count == 1 ? "" : "s", count);
    if (out && callee->returns.type == KETCH_TYPE_VOID)
        return kt_error_at(&program->report, KT_WRONG_TYPE, span, "`%s` gives no value", callee->name);
    kt_value *values = kt_arena_alloc(&program->statement, (count + 1) * sizeof *values);
    if (!values) return kt_report_no_memory(&program->report);
    count = 0;
    for (const kt_expression *item = call->as.call.arguments; item; item = item->next, count++) {
        kt_value wanted = value_of(callee->arguments[count], 0);
        if (!kt_evaluate(&values[count], program, item) ||
            !kt_convert(&values[count], program, (kt_type)wanted.type, wanted.width, false, values[count], kt_expression_span(item)))
            return false;
        cells += kt_value_cells(wanted);
    }
    uint32_t first = kt_new_cells(program, cells), result = kt_new_cells(program, 2 + (callee->returns.width + 63) / 64), cell = first;
    if (first == KT_NO_CELL || result == KT_NO_CELL) return false;
    for (uint32_t i = 0; i < count; cell += kt_value_cells(values[i++]))
        if (!kt_store_cells(program, cell, values[i], span)) return false;
    if (!program->trial && !callee->called && !kt_save_place(&callee->place, program, span)) return false;
    callee->called = callee->called || !program->trial;
    if (out) *out = value_of(callee->returns, result);
    return kt_emit(program, (kt_op){.code = KT_DO_EXTERN, .width = 64, .destination = result, .left = first, .data = index}, span);
}
