/* SPDX-License-Identifier: Apache-2.0
 *
 * What is declared in program.h and has no body yet: each function here goes where its owner is.
 */
#include "qasm/program.h"

static bool pending(kt_program *program) {
    return kt_error_at(&program->report, KT_NO_VARIABLES, (kt_span){0}, "this is not supported yet");
}

#define KT_PENDING(declaration) \
    bool declaration { return pending(program); }
#pragma GCC diagnostic ignored "-Wunused-parameter"

/* values */
KT_PENDING(kt_evaluate_constant(kt_value *out, kt_program *program, const kt_expression *expression))
KT_PENDING(kt_to_cells(uint32_t *cell, kt_program *program, kt_value value, kt_span span))
KT_PENDING(kt_store_cells(kt_program *program, uint32_t cell, kt_value value, kt_span span))
KT_PENDING(kt_convert(kt_value *out, kt_program *program, kt_type type, uint32_t width, bool explicitly, kt_value value, kt_span span))
KT_PENDING(kt_unary(kt_value *out, kt_program *program, uint8_t op, kt_value a, kt_span span))
KT_PENDING(kt_binary(kt_value *out, kt_program *program, uint8_t op, kt_value a, kt_value b, kt_span span))
KT_PENDING(kt_truth(kt_value *out, kt_program *program, const kt_expression *condition))
kt_binding *kt_declare_variable(kt_program *program, kt_type type, uint32_t width, uint32_t symbol, kt_span name) {
    pending(program);
    return NULL;
}
KT_PENDING(kt_set_variable(kt_program *program, kt_binding *binding, kt_value value, kt_span span))
void kt_forget_variable(kt_binding *binding) {}
kt_binding *kt_declare_bits(kt_program *program, uint32_t width, uint32_t symbol, kt_span name) {
    pending(program);
    return NULL;
}
KT_PENDING(kt_set_bits(kt_program *program, const kt_selection *bits, kt_value value, kt_span span))
KT_PENDING(kt_load_bits(kt_value *out, kt_program *program, const kt_selection *bits, kt_span span))
void kt_forget_bits(kt_program *program, const kt_selection *bits) {}
bool kt_materialize(kt_program *program, const kt_statement *tree) {
    program->region++;
    return true;
}
void kt_forget(kt_program *program, const kt_statement *tree) {}
bool kt_is_array(kt_program *program, const kt_expression *expression) { return false; }
KT_PENDING(kt_select_array(kt_view *out, kt_program *program, const kt_expression *expression))
KT_PENDING(kt_bind_array(kt_program *program, const kt_view *view, uint32_t symbol, kt_span name))
KT_PENDING(kt_declare_array(kt_program *program, const kt_statement *statement))
KT_PENDING(kt_assign_value(kt_program *program, const kt_expression *target, kt_value value, kt_span span))
KT_PENDING(kt_assign(kt_program *program, const kt_expression *target, uint8_t op, const kt_expression *value, kt_span span))

/* control flow */
KT_PENDING(kt_call_routine(kt_value *out, kt_program *program, const kt_expression *call))

KT_PENDING(kt_call_routine_statement(kt_program *program, const kt_statement *call))

/* quantum side */
KT_PENDING(kt_call_extern(kt_value *out, kt_program *program, const kt_expression *call))
KT_PENDING(kt_evaluate_durationof(kt_value *out, kt_program *program, const kt_expression *expression))
