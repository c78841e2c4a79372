/* SPDX-License-Identifier: Apache-2.0
 *
 * Places and messages. See message.h.
 */
#include "qasm/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static kt_source *source_of(const kt_report *report, const char *at) {
    for (kt_source *source = report->sources; source; source = source->older)
        if (at >= source->text && at <= source->text + source->size) return source;
    return NULL;
}

kt_place kt_report_place(kt_report *report, kt_span span) {
    kt_source *source = span.at ? source_of(report, span.at) : NULL;
    if (!source) return (kt_place){.file = report->sources ? report->sources->name : ""};
    const char *end = source->text + source->size;
    if (span.at < source->line) {
        source->line = source->text;
        source->line_number = 1;
        source->line_end = NULL;
    }
    /* Messages and parameters come mostly in order, so counting goes on where it stopped. */
    for (;; source->line_number++) {
        if (!source->line_end) source->line_end = memchr(source->line, '\n', (size_t)(end - source->line));
        if (!source->line_end) source->line_end = end;
        if (span.at <= source->line_end) break;
        source->line = source->line_end + 1;
        source->line_end = NULL;
    }
    const char *line_end = source->line_end;
    if (line_end > span.at && line_end[-1] == '\r') line_end--;
    size_t left = (size_t)(line_end - span.at);
    return (kt_place){.file = source->name,
                      .line = source->line_number,
                      .column = (uint32_t)(span.at - source->line) + 1,
                      .length = span.size < left ? span.size
                                : left           ? (uint32_t)left
                                                 : 1,
                      .source_line = source->line,
                      .source_size = (size_t)(line_end - source->line)};
}

enum { MESSAGE_SIZE = 512 };

static bool is_pardoned(kt_leniency leniency, kt_code code) {
    switch (code) {
    case KT_NESTING_LIMIT:
    case KT_GATE_LIMIT:
    case KT_QUBIT_LIMIT:
    case KT_BIT_LIMIT:
    case KT_STATEMENT_LIMIT:
    case KT_POWER_LIMIT:
    case KT_CELL_LIMIT:
    case KT_LOOP_LIMIT:
    case KT_NOT_CONSTANT:
    case KT_BAD_MODIFIER: return leniency >= KT_WITHOUT_LIMITS;
    case KT_INDEX_RANGE:
    case KT_QUBIT_TWICE:
    case KT_SIZES_DIFFER:
    case KT_BAD_WIDTH:
    case KT_ARITHMETIC:
    case KT_ANGLE_NOT_FINITE:
    case KT_BAD_TIME: return leniency >= KT_WITHOUT_VALUES;
    default: return false;
    }
}

bool kt_error_at(kt_report *report, kt_code code, kt_span span, const char *format, ...) {
    if ((report->unheard = report->stopped || is_pardoned((kt_leniency)report->leniency, code))) return false;
    char text[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    kt_place place = kt_report_place(report, span);
    ketch_status status = kt_fail_at(report->diag, code, &place, "%s", text);
    if (!report->errors++) report->status = status;
    report->stopped = report->errors >= report->max_errors;
    return false;
}

void kt_warning_at(kt_report *report, kt_code code, kt_span span, const char *format, ...) {
    if ((report->unheard = report->stopped || report->warnings++ > KT_ENOUGH_WARNINGS)) return;
    char text[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    kt_place place = kt_report_place(report, span);
    kt_warn_at(report->diag, code, &place, "%s", text);
}

bool kt_report_no_memory(kt_report *report) {
    if (report->stopped) return false;
    return kt_report_status(report, kt_no_memory(report->diag));
}

bool kt_report_status(kt_report *report, ketch_status status) {
    if (status == KETCH_OK) return true;
    report->unheard = false;
    if (!report->errors++) report->status = status;
    if (status == KETCH_ERROR_MEMORY || report->errors >= report->max_errors) report->stopped = true;
    return false;
}

void kt_hint_add(kt_report *report, const char *format, ...) {
    if (report->unheard) return;
    char text[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    kt_hint(report->diag, "%s", text);
}

int kt_shown_size(kt_span span) {
    uint32_t size = span.size < 60 ? span.size : 60;
    while (size < span.size && size && ((unsigned char)span.at[size] & 0xc0) == 0x80) size--;
    return (int)size;
}

const char *kt_where_text(char out[KT_WHERE_TEXT], kt_report *report, kt_span span, kt_span from) {
    kt_place place = kt_report_place(report, span), here = kt_report_place(report, from);
    if (place.file == here.file)
        snprintf(out, KT_WHERE_TEXT, "line %u", place.line);
    else
        snprintf(out, KT_WHERE_TEXT, "%.100s:%u", place.file, place.line);
    return out;
}
