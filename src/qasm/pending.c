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

/* quantum side */
KT_PENDING(kt_call_extern(kt_value *out, kt_program *program, const kt_expression *call))
bool kt_evaluate_durationof(kt_value *out, kt_program *program, const kt_expression *expression) {
    return kt_error_at(&program->report, KT_NO_TIMING, kt_expression_span(expression), "`durationof` is not supported yet");
}
KT_PENDING(kt_declare_output(kt_program *program, const kt_statement *statement))
bool kt_declare_stretch(kt_program *program, const kt_statement *statement) {
    return kt_error_at(&program->report, KT_NO_TIMING, statement->as.declaration.type->span, "`stretch` is not supported yet");
}
