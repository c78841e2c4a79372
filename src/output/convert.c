/* SPDX-License-Identifier: Apache-2.0
 *
 * Circuits as programs of other languages: which one, and how what cannot be said is refused. See convert.h.
 */
#include "output/convert.h"

#include <stdarg.h>
#include <stdio.h>

void kt_conversion_refuse(kt_conversion *conversion, const char *format, ...) {
    if (conversion->stream.status != KETCH_OK) return;
    char what[200], line[32] = "";
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    ketch_diag *diag = conversion->stream.diag;
    if (conversion->line) snprintf(line, sizeof line, "line %u: ", conversion->line);
    kt_stream_fail(&conversion->stream, kt_fail(diag, KT_CANNOT_CONVERT, "%sOpenQASM %d cannot say: %s", line, conversion->version, what));
}

bool kt_conversion_going(kt_conversion *conversion) {
    if (conversion->writing) return kt_stream_pump(&conversion->stream);
    conversion->stream.status = conversion->stream.out.failed && conversion->stream.status == KETCH_OK
                                    ? kt_no_memory(conversion->stream.diag)
                                    : conversion->stream.status;
    if (conversion->stream.out.size >= KT_PIECE) kt_buffer_clear(&conversion->stream.out);
    return conversion->stream.status == KETCH_OK;
}

ketch_status kt_output_converted(const ketch_circuit *circuit, ketch_language language, ketch_sink sink, ketch_diag *diag) {
    switch (language) {
    case KETCH_LANGUAGE_QASM2: return kt_convert_qasm(circuit, 2, sink, diag);
    case KETCH_LANGUAGE_QASM3: return kt_convert_qasm(circuit, 3, sink, diag);
    case KETCH_LANGUAGE_JSON: return kt_convert_json(circuit, sink, diag);
    default: return kt_fail(diag, KT_BAD_ARGUMENT, "no language %d", (int)language);
    }
}
