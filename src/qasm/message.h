/* SPDX-License-Identifier: Apache-2.0
 *
 * Sources and what is said about them. A place is kept as a pointer into a source's text and a length; line and column are counted only
 * when a message needs them.
 */
#ifndef KETCH_QASM_MESSAGE_H
#define KETCH_QASM_MESSAGE_H

#include "circuit/circuit.h"

/* A file or a text being read. All stay until the end, since everything points into them. */
typedef struct kt_source {
    struct kt_source *older;    /* the one opened before */
    struct kt_source *includer; /* NULL for the program itself */
    const char *name;           /* as messages give it */
    const char *identity;       /* resolved path, to see cycles; NULL if it is no file */
    const char *text;
    size_t size;
    char *owned;          /* to be freed, or NULL */
    const char *line;     /* the line of the place asked for last, */
    const char *line_end; /* where it ends (NULL: not looked for yet), */
    uint32_t line_number; /* and its number */
} kt_source;

/* In code that no run comes to some errors are none: */
typedef enum kt_leniency {
    KT_STRICT,
    KT_WITHOUT_LIMITS, /* limits, and what must be known while reading, as it would be if the code were reached; */
    KT_WITHOUT_VALUES  /* and those that depend on values, which the condition may have asked for */
} kt_leniency;

typedef struct kt_report {
    ketch_diag *diag;
    kt_source *sources; /* the newest first */
    uint32_t errors, max_errors;
    uint32_t warnings;
    bool stopped;        /* enough errors, or no memory: everybody returns */
    bool unheard;        /* the message given last was not kept: its hint is not, either */
    uint8_t leniency;    /* kt_leniency */
    ketch_status status; /* of the first error */
} kt_report;

#define KT_ENOUGH_WARNINGS 100 /* later ones are not even located */

kt_place kt_report_place(kt_report *report, kt_span span);

/* Says it, once `max_errors` allow. All return false, so that `return kt_error_at(...)` ends a predicate. */
bool kt_error_at(kt_report *report, kt_code code, kt_span span, const char *format, ...) KT_PRINTF(4, 5);
void kt_warning_at(kt_report *report, kt_code code, kt_span span, const char *format, ...) KT_PRINTF(4, 5);
bool kt_report_no_memory(kt_report *report);
bool kt_report_status(kt_report *report, ketch_status status); /* somebody else has filled the diagnostic; true for KETCH_OK */

/* Adds a hint to the message given last. */
void kt_hint_add(kt_report *report, const char *format, ...) KT_PRINTF(2, 3);

/* For "%.*s": a name, cut at 60 bytes and at a character. */
#define KT_SHOWN(span) kt_shown_size(span), (span).at
int kt_shown_size(kt_span span);

/* "12" or "data.inc:12": where something was declared, for a message about another place. */
#define KT_WHERE_TEXT 128
const char *kt_where_text(char out[KT_WHERE_TEXT], kt_report *report, kt_span span, kt_span from);

#endif
