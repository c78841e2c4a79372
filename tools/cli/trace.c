/* SPDX-License-Identifier: Apache-2.0
 *
 * ketch run --trace: one shot, told statement by statement.
 *
 *    5  h q[0];
 *           0.7071|00> + 0.7071|01>
 *    6  c[0] = measure q[0];
 *           c = 01
 *           |01>
 *
 * The library calls before each statement, so what is shown below one is what the next call brings: the variables that changed since, and
 * the state if it did.
 */
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_QUBITS = 6, MOST_AMPLITUDES = 1 << MOST_QUBITS };

struct tracer {
    const settings *options;
    output *out;
    int code;   /* the exit code of a write that failed */
    char *text; /* the source, for its lines */
    size_t size;
    char **values; /* the variables in scope before the last statement: "name = value" */
    size_t value_count;
    double state[2 * MOST_AMPLITUDES]; /* shown last */
    bool begun;
};

static void put(tracer *trace, const char *text) {
    if (!trace->code) trace->code = output_text(trace->out, text);
}

static const char *color(const tracer *trace, const char *code) { return trace->options->write.color ? code : ""; }

/* ── The source ── */

/* Line `number` without the blanks around it. */
static const char *find_line(size_t *size, const tracer *trace, uint32_t number) {
    const char *at = trace->text, *end = at + trace->size;
    for (; at && number > 1; number--) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (at) at++;
    }
    *size = 0;
    if (!at || !number) return NULL;
    while (at < end && (*at == ' ' || *at == '\t')) at++;
    while (at + *size < end && at[*size] != '\n' && at[*size] != '\r') ++*size;
    while (*size && (at[*size - 1] == ' ' || at[*size - 1] == '\t')) --*size;
    return *size ? at : NULL;
}

static void put_statement(tracer *trace, const ketch_trace *seen) {
    size_t size;
    const char *line = find_line(&size, trace, seen->line);
    char statement[201], number[60];
    snprintf(statement, sizeof statement, "%.*s", (int)(!line ? 200 : size < 200 ? size : 200), line ? line : seen->operation);
    for (char *c = statement; *c; c++) { /* a source must not tell the terminal what to do */
        if ((unsigned char)*c < 0x20 || *c == 0x7f) *c = '?';
    }
    snprintf(number, sizeof number, "%s%4u%s  %s", color(trace, "\033[2m"), seen->line, color(trace, "\033[0m"), color(trace, "\033[1m"));
    put(trace, number);
    put(trace, statement);
    put(trace, color(trace, "\033[0m"));
    put(trace, "\n");
}

/* ── Variables ── */

/* "name = value"; to be freed. */
static char *text_of(const ketch_trace_variable *variable) {
    size_t size = strlen(variable->name) + strlen(variable->value) + 4;
    char *text = malloc(size);
    if (text) snprintf(text, size, "%s = %s", variable->name, variable->value);
    return text;
}

/* Was it shown like this last? Of several with one name, in scopes inside one another, the innermost counts, which stands last. */
static bool is_known(const tracer *trace, const char *name, const char *text) {
    size_t size = strlen(name);
    for (size_t i = trace->value_count; i-- > 0;) {
        const char *before = trace->values[i];
        if (!strncmp(before, name, size) && before[size] == ' ') return !strcmp(before, text);
    }
    return false;
}

static void forget_values(tracer *trace) {
    for (size_t i = 0; i < trace->value_count; i++) free(trace->values[i]);
    free(trace->values);
    trace->values = NULL;
    trace->value_count = 0;
}

static void put_variables(tracer *trace, const ketch_trace *seen) {
    char **values = calloc(seen->variable_count + 1, sizeof *values);
    size_t count = 0;
    for (size_t i = 0; values && i < seen->variable_count; i++) {
        char *text = text_of(&seen->variables[i]);
        if (!text) break;
        values[count++] = text;
        if (!trace->begun || is_known(trace, seen->variables[i].name, text)) continue;
        put(trace, "          ");
        put(trace, color(trace, "\033[36m"));
        put(trace, text);
        put(trace, color(trace, "\033[0m"));
        put(trace, "\n");
    }
    forget_values(trace);
    trace->values = values;
    trace->value_count = count;
}

/* ── The state ── */

static void format_number(char out[32], double value) {
    snprintf(out, 32, "%.4f", value);
    size_t size = strlen(out);
    while (out[size - 1] == '0') out[--size] = '\0';
    if (out[size - 1] == '.') out[--size] = '\0';
}

/* "0.5|01>", "-0.7071i|1>", "(0.5-0.5i)|0>"; the sign is apart, and a factor of 1 is left out. */
static void format_term(char out[160], bool *negative, double re, double im, uint64_t state, uint32_t qubits, bool ascii, bool bit0_first) {
    char first[32], second[32], label[MOST_QUBITS + 1], factor[80];
    bool no_re = fabs(re) < 5e-5, no_im = fabs(im) < 5e-5;
    *negative = no_re ? im < 0 : re < 0;
    if (*negative) re = -re, im = -im;
    format_number(first, no_re ? im : re);
    format_number(second, fabs(im));
    if (no_re || no_im)
        snprintf(factor, sizeof factor, "%s%s", strcmp(first, "1") != 0 ? first : "", no_re ? "i" : "");
    else
        snprintf(factor, sizeof factor, "(%s%s%si)", first, im < 0 ? "-" : "+", second);
    for (uint32_t q = 0; q < qubits; q++) label[bit0_first ? q : qubits - 1 - q] = state >> q & 1 ? '1' : '0';
    label[qubits] = '\0';
    snprintf(out, 160, "%s|%s%s", factor, label, ascii ? ">" : "⟩");
}

static void put_state(tracer *trace, const ketch_trace *seen) {
    if (!seen->amplitudes || seen->qubits > MOST_QUBITS || !seen->qubits) return;
    size_t count = (size_t)1 << seen->qubits;
    bool same = trace->begun;
    for (size_t i = 0; i < 2 * count; i++) same = same && fabs(trace->state[i] - seen->amplitudes[i]) < 1e-9;
    if (same) return;
    memcpy(trace->state, seen->amplitudes, 2 * count * sizeof(double));
    size_t column = 10, width = trace->options->write.width;
    bool first = true;
    put(trace, "          ");
    for (size_t s = 0; s < count; s++) {
        double re = seen->amplitudes[2 * s], im = seen->amplitudes[2 * s + 1];
        char term[160], joined[200];
        bool negative;
        if (fabs(re) < 5e-5 && fabs(im) < 5e-5) continue;
        format_term(term, &negative, re, im, s, seen->qubits, trace->options->write.ascii, trace->options->write.bit0_first);
        snprintf(joined, sizeof joined, "%s%s", first ? negative ? "-" : "" : negative ? " - " : " + ", term);
        size_t columns = strlen(joined) - (trace->options->write.ascii ? 0 : 2);
        if (!first && column + columns > width) {
            put(trace, "\n         ");
            column = 9;
        }
        put(trace, joined);
        column += columns;
        first = false;
    }
    put(trace, "\n");
}

/* ── Following a run ── */

static int follow(void *user, const ketch_trace *seen) {
    tracer *trace = user;
    put_variables(trace, seen);
    put_state(trace, seen);
    trace->begun = true;
    if (seen->line) put_statement(trace, seen);
    return trace->code != 0 || interrupted();
}

tracer *begin_trace(ketch_run_options *run, const settings *options, output *out, const char *path) {
    tracer *trace = calloc(1, sizeof *trace);
    int error;
    if (!trace) {
        complain(NULL, "out of memory");
        return NULL;
    }
    trace->options = options;
    trace->out = out;
    trace->text = read_source(&trace->size, path, options->load.max_source_bytes, &error); /* without it, operations are shown */
    run->trace = follow;
    run->trace_user = trace;
    return trace;
}

int end_trace(tracer *trace) {
    int code = trace->code;
    forget_values(trace);
    free(trace->text);
    free(trace);
    return code;
}
