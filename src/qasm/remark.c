/* SPDX-License-Identifier: Apache-2.0
 *
 * What the source says to tools: annotations and pragmas, kept as they are, and calibrations, which are skipped.
 */
#include "qasm/program.h"

static bool remark(kt_program *program, const char *text, size_t size, uint32_t line) {
    if (!kt_charge(program, kt_weight(size), program->statement_span)) return false;
    while (size && (text[size - 1] == ' ' || text[size - 1] == '\t' || text[size - 1] == '\r')) size--;
    program->notes++;
    return kt_report_status(&program->report, kt_circuit_add_remark(program->circuit, text, size, line, program->diag));
}

bool kt_keep_annotations(kt_program *program, const kt_statement *statement) {
    for (const kt_annotation *annotation = statement->annotations; annotation; annotation = annotation->next) {
        kt_place place = kt_report_place(&program->report, annotation->span);
        if (!remark(program, annotation->span.at, annotation->span.size, place.line)) return false;
    }
    return true;
}

/* pragma text, #pragma text */
bool kt_lower_pragma(kt_program *program, const kt_statement *statement) {
    const char *end = statement->as.text.at + statement->as.text.size;
    return remark(program, statement->span.at, (size_t)(end - statement->span.at), statement->line);
}

/* What a gate does is said by its `gate` definition or by the table; one that only pulses define is refused where it is called. */
bool kt_lower_calibration(kt_program *program, const kt_statement *statement) {
    if (!program->calibration_warned) {
        kt_warning_at(&program->report, KT_CALIBRATION_SKIPPED, statement->span, "calibrations are skipped: pulses are not simulated");
        program->calibration_warned = true;
    }
    if (statement->op != KT_TOKEN_DEFCAL || statement->symbol < KT_TOKEN_NAME) return true;
    kt_gate_name *name = kt_gate_name_of(program, statement->symbol);
    if (name) name->calibrated = true;
    return name != NULL;
}
