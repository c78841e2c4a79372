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
    char **values; /* by variable: "name = value" when it was shown last */
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
    char text[400];
    if (line)
        snprintf(text, sizeof text, "%s%4u%s  %s%.*s%s\n", color(trace, "\033[2m"), seen->line, color(trace, "\033[0m"),
                 color(trace, "\033[1m"), (int)(size < 200 ? size : 200), line, color(trace, "\033[0m"));
    else
        snprintf(text, sizeof text, "%s%4u%s  %s%.200s%s\n", color(trace, "\033[2m"), seen->line, color(trace, "\033[0m"),
                 color(trace, "\033[1m"), seen->operation, color(trace, "\033[0m"));
    for (char *c = text; *c; c++) { /* a source must not tell the terminal what to do */
        if (((unsigned char)*c < 0x20 && *c != '\n' && *c != '\033') || *c == 0x7f) *c = '?';
    }
    put(trace, text);
}

/* ── Variables ── */

static void put_variables(tracer *trace, const ketch_trace *seen) {
    if (seen->variable_count > trace->value_count) {
        char **grown = realloc(trace->values, seen->variable_count * sizeof *grown);
        if (!grown) return;
        trace->values = grown;
        while (trace->value_count < seen->variable_count) grown[trace->value_count++] = NULL;
    }
    for (size_t i = 0; i < seen->variable_count; i++) {
        const ketch_trace_variable *variable = &seen->variables[i];
        size_t size = strlen(variable->name) + strlen(variable->value) + 4;
        char *now_shown = malloc(size);
        if (!now_shown) return;
        snprintf(now_shown, size, "%s = %s", variable->name, variable->value);
        if (trace->begun && (!trace->values[i] || strcmp(trace->values[i], now_shown) != 0)) {
            put(trace, "          ");
            put(trace, color(trace, "\033[36m"));
            put(trace, now_shown);
            put(trace, color(trace, "\033[0m"));
            put(trace, "\n");
        }
        free(trace->values[i]);
        trace->values[i] = now_shown;
    }
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
    size_t count = (size_t)1 << seen->qubits, bytes = 2 * count * sizeof(double);
    if (trace->begun && memcmp(trace->state, seen->amplitudes, bytes) == 0) return;
    memcpy(trace->state, seen->amplitudes, bytes);
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

void end_trace(tracer *trace) {
    if (!trace) return;
    put(trace, "\n");
    for (size_t i = 0; i < trace->value_count; i++) free(trace->values[i]);
    free(trace->values);
    free(trace->text);
    free(trace);
}
