/* SPDX-License-Identifier: Apache-2.0
 *
 * ketch gates: the table of gates, or some of its records with their matrices.
 */
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_PARAMETERS = 8, MAX_SHOWN_QUBITS = 3 };

static bool has_word(const char *words, const char *word) { return find_word(words, word) >= 0; }

static void list_gates(FILE *stream) {
    fprintf(stream, "%-8s %-12s %-24s %6s %8s  %-11s  %s\n", "name", "also", "parameters", "qubits", "controls", "family", "what it is");
    for (size_t i = 0; ketch_gate_at(i); i++) {
        const ketch_gate_info *gate = ketch_gate_at(i);
        fprintf(stream, "%-8s %-12s %-24s %6u %8u  %-11s  %s\n", gate->name, gate->aliases, gate->parameters, gate->qubit_count,
                gate->control_count, gate->family, gate->help);
    }
}

enum { ENTRY_SIZE = 80 };

/* "0.7071", "-0.5i", "0.5+0.5i": one entry, rounded. */
static void format_entry(char out[ENTRY_SIZE], double re, double im) {
    char parts[2][32];
    double values[2] = {re, im};
    for (int i = 0; i < 2; i++) snprintf(parts[i], sizeof parts[i], "%.4g", fabs(values[i]) < 5e-5 ? 0.0 : round(values[i] * 1e4) / 1e4);
    bool no_re = !strcmp(parts[0], "0"), no_im = !strcmp(parts[1], "0");
    const char *factor = !strcmp(parts[1], "1") ? "" : !strcmp(parts[1], "-1") ? "-" : parts[1];
    if (no_im)
        snprintf(out, ENTRY_SIZE, "%s", parts[0]);
    else if (no_re)
        snprintf(out, ENTRY_SIZE, "%si", factor);
    else
        snprintf(out, ENTRY_SIZE, "%s%s%si", parts[0], factor[0] == '-' ? "" : "+", factor);
}

static void print_matrix(FILE *stream, const double *matrix, size_t side) {
    int width = 0;
    char text[ENTRY_SIZE];
    for (size_t i = 0; i < side * side; i++) {
        format_entry(text, matrix[2 * i], matrix[2 * i + 1]);
        if ((int)strlen(text) > width) width = (int)strlen(text);
    }
    for (size_t row = 0; row < side; row++) {
        fputs("   ", stream);
        for (size_t column = 0; column < side; column++) {
            format_entry(text, matrix[2 * (row * side + column)], matrix[2 * (row * side + column) + 1]);
            fprintf(stream, " %*s", width, text);
        }
        putc('\n', stream);
    }
}

/* The value of the parameter called `name`: from --param, else pi/2. */
static bool parameter_value(double *out, const settings *options, const char *name, size_t size) {
    *out = M_PI / 2;
    for (size_t i = 0; i < options->parameters.count; i++) {
        const char *text = options->parameters.items[i];
        char problem[PROBLEM_SIZE];
        if (strncmp(text, name, size) != 0 || text[size] != '=') continue;
        if (read_expression(out, text + size + 1, problem)) continue;
        complain(NULL, "--param %.*s: %s", (int)size, name, problem);
        return false;
    }
    return true;
}

static void print_gate_text(FILE *stream, const ketch_gate_info *gate, const double *values, const double *matrix) {
    fprintf(stream, "%s: %s\n", gate->name, gate->help);
    if (gate->aliases[0]) fprintf(stream, "  also called   %s\n", gate->aliases);
    fprintf(stream, "  parameters    %s\n", gate->parameters[0] ? gate->parameters : "none");
    fprintf(stream, "  qubits        %u", gate->qubit_count);
    if (gate->control_count == 1) fputs(", the first is a control", stream);
    if (gate->control_count > 1) fprintf(stream, ", the first %u are controls", gate->control_count);
    fprintf(stream, "\n  family        %s\n  inverse       %s\n  provided by   %s\n", gate->family, gate->inverse,
            gate->provided_by[0] ? gate->provided_by : "the C library alone");
    if (gate->qubit_count > MAX_SHOWN_QUBITS) {
        fprintf(stream, "  matrix        %u by %u: see --format json\n", 1u << gate->qubit_count, 1u << gate->qubit_count);
        return;
    }
    fputs("  matrix        ", stream);
    const char *name = gate->parameters;
    for (uint32_t i = 0; i < gate->parameter_count; i++) {
        size_t size = strcspn(name, " ");
        fprintf(stream, "%s%.*s = %.6g", i ? ", " : "at ", (int)size, name, values[i]);
        name += size + strspn(name + size, " ");
    }
    fputs(gate->qubit_count > 1 ? gate->parameter_count ? "; rows and columns count the first qubit as bit 0\n"
                                                        : "rows and columns count the first qubit as bit 0\n"
                                : "\n",
          stream);
    print_matrix(stream, matrix, (size_t)1 << gate->qubit_count);
}

static void print_words_json(FILE *stream, const char *words) {
    putc('[', stream);
    for (const char *next = words; *next;) {
        char word[64];
        size_t size = strcspn(next, " ");
        snprintf(word, sizeof word, "%.*s", (int)size, next);
        if (next != words) fputs(", ", stream);
        write_json_string(stream, word);
        next += size + strspn(next + size, " ");
    }
    putc(']', stream);
}

static void print_gate_json(FILE *stream, const ketch_gate_info *gate, const double *values, const double *matrix) {
    fputs("{\"schema\": \"ketch-gate/1\", \"name\": ", stream);
    write_json_string(stream, gate->name);
    fputs(", \"aliases\": ", stream);
    print_words_json(stream, gate->aliases);
    fputs(", \"parameters\": ", stream);
    print_words_json(stream, gate->parameters);
    fprintf(stream, ", \"qubits\": %u, \"controls\": %u, \"family\": \"%s\", \"inverse\": ", gate->qubit_count, gate->control_count,
            gate->family);
    write_json_string(stream, gate->inverse);
    fputs(", \"provided_by\": ", stream);
    print_words_json(stream, gate->provided_by);
    fputs(", \"help\": ", stream);
    write_json_string(stream, gate->help);
    if (matrix) {
        fputs(", \"values\": [", stream);
        for (uint32_t i = 0; i < gate->parameter_count; i++) fprintf(stream, "%s%.17g", i ? ", " : "", values[i]);
        fputs("], \"matrix\": [", stream);
        for (size_t i = 0; i < (size_t)1 << 2 * gate->qubit_count; i++)
            fprintf(stream, "%s[%.17g, %.17g]", i ? ", " : "", matrix[2 * i], matrix[2 * i + 1]);
        putc(']', stream);
    }
    putc('}', stream);
}

/* Every record called `name` (one name may have several, by language). */
static int show_gate(FILE *stream, const settings *options, const char *name, size_t *shown) {
    bool json = options->write.format != KETCH_FORMAT_TEXT;
    bool found = false;
    for (size_t i = 0; ketch_gate_at(i); i++) {
        const ketch_gate_info *gate = ketch_gate_at(i);
        if (strcmp(gate->name, name) != 0 && !has_word(gate->aliases, name)) continue;
        double values[MAX_PARAMETERS] = {0};
        const char *parameter = gate->parameters;
        for (uint32_t p = 0; p < gate->parameter_count && p < MAX_PARAMETERS; p++) {
            size_t size = strcspn(parameter, " ");
            if (!parameter_value(&values[p], options, parameter, size)) return EXIT_USAGE;
            parameter += size + strspn(parameter + size, " ");
        }
        double *matrix = malloc(((size_t)2 << 2 * gate->qubit_count) * sizeof *matrix);
        ketch_diag *diag = ketch_diag_create();
        ketch_status status = matrix ? ketch_gate_matrix_at(matrix, i, values, diag) : KETCH_ERROR_MEMORY;
        int code = status == KETCH_OK ? 0 : failed(status, diag, NULL);
        if (code == 0) {
            if ((*shown)++) fputs(json ? options->write.format == KETCH_FORMAT_JSON ? ",\n" : "\n" : "\n", stream);
            if (json)
                print_gate_json(stream, gate, values, matrix);
            else
                print_gate_text(stream, gate, values, matrix);
        }
        ketch_diag_free(&diag);
        free(matrix);
        if (code) return code;
        found = true;
    }
    if (found) return 0;
    complain("'ketch gates' lists the names", "no gate is called '%.60s'", name);
    return EXIT_SEMANTICS;
}

static int print_gates(FILE *stream, const settings *options) {
    bool json = options->write.format == KETCH_FORMAT_JSON, lines = options->write.format == KETCH_FORMAT_JSONL;
    int worst = 0;
    size_t shown = 0;
    if (json) fputs("[\n", stream);
    if (!options->arguments.count) {
        if (!json && !lines) list_gates(stream);
        for (size_t i = 0; (json || lines) && ketch_gate_at(i); i++) {
            if (shown++) fputs(json ? ",\n" : "\n", stream);
            print_gate_json(stream, ketch_gate_at(i), NULL, NULL);
        }
    }
    for (size_t i = 0; i < options->arguments.count; i++) {
        int code = show_gate(stream, options, options->arguments.items[i], &shown);
        if (code > worst) worst = code;
    }
    if (json)
        fputs("\n]\n", stream);
    else if (lines && shown)
        putc('\n', stream);
    return worst;
}

int perform_gates(settings *options) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream) {
        complain(NULL, "out of memory");
        return EXIT_LIMIT;
    }
    int code = print_gates(stream, options);
    fclose(stream);
    output out;
    int opened = output_open(&out, options->out_path);
    if (opened) {
        code = opened;
    } else {
        if (size) output_text(&out, text);
        int committed = output_commit(&out);
        if (committed > code) code = committed;
    }
    free(text);
    return code;
}
