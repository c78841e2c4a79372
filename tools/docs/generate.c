/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes docs/errors.md and docs/gates.md from the library's own tables, through the public header: generate errors|gates.
 */
#include <ketch/ketch.h>

#include <stdio.h>
#include <string.h>

/* In a table's cell a bar would end the cell. */
static void cell(const char *text) {
    for (; *text; text++) {
        if (*text == '|') putchar('\\');
        putchar(*text);
    }
}

/* Words separated by spaces, each as code. */
static void code_words(const char *words) {
    const char *between = "";
    while (*words) {
        size_t size = strcspn(words, " ");
        printf("%s`%.*s`", between, (int)size, words);
        words += size + strspn(words + size, " ");
        between = ", ";
    }
}

/* 0 unless a code belongs to no section. */
static int errors(void) {
    size_t written = 0, codes = 0;
    static const struct {
        const char *prefix, *title;
    } sections[] = {
        {"KQ00", "Internal"}, {"KQ01", "Tokens"},        {"KQ02", "Syntax"},     {"KQ03", "Meaning"},
        {"KQ04", "Limits"},   {"KQ05", "Not supported"}, {"KQ06", "Parameters"}, {"KQ07", "Building and running"},
        {"KQ08", "Files"},    {"KQ09", "Arguments"},     {"KQ10", "Warnings"},
    };
    puts("# Messages\n\n"
         "Every error and warning has a code that never changes its meaning. Generated from the table in the code by\n"
         "`tools/refresh-docs`; do not edit.\n\n"
         "The status is what the call returns when the message is its first error.");
    for (size_t s = 0; s < sizeof sections / sizeof *sections; s++) {
        const ketch_code_info *info;
        int titled = 0;
        for (size_t i = 0; (info = ketch_code_at(i)); i++) {
            if (strncmp(info->code, sections[s].prefix, 4) != 0) continue;
            if (!titled)
                printf("\n## %sxx: %s\n\n| code | summary | status | what to do |\n| --- | --- | --- | --- |\n", sections[s].prefix,
                       sections[s].title);
            titled = 1;
            printf("| %s | ", info->code);
            cell(info->summary);
            printf(" | %s | ", ketch_status_name(info->status));
            cell(info->help);
            puts(" |");
            written++;
        }
    }
    while (ketch_code_at(codes)) codes++;
    return written == codes ? 0 : 1;
}

static void gates(void) {
    puts("# Gates\n\n"
         "The gates that Ketch knows by name. Generated from the table in the code by `tools/refresh-docs`; do not edit.\n\n"
         "Operands are controls first, then targets; angles are in radians. The family decides which kernel runs. In OpenQASM 3 any of\n"
         "them takes further controls with `ctrl @`, and every gate has `inv @` and `pow(x) @`.\n\n"
         "| gate | other names | angles | qubits | controls | family | inverse | provided by | what it does |\n"
         "| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    const ketch_gate_info *gate;
    for (size_t i = 0; (gate = ketch_gate_at(i)); i++) {
        printf("| `%s` | ", gate->name);
        code_words(gate->aliases);
        printf(" | %s | %u | %u | %s | `%s` | ", gate->parameters, (unsigned)gate->qubit_count, (unsigned)gate->control_count, gate->family,
               gate->inverse);
        cell(*gate->provided_by ? gate->provided_by : "calls only");
        printf(" | ");
        cell(gate->help);
        puts(" |");
    }
}

int main(int count, char **arguments) {
    int missing = 0;
    if (count == 2 && strcmp(arguments[1], "errors") == 0) {
        missing = errors();
    } else if (count == 2 && strcmp(arguments[1], "gates") == 0) {
        gates();
    } else {
        fputs("usage: generate errors|gates\n", stderr);
        return 2;
    }
    if (missing) fputs("generate: a code belongs to no section of errors.md\n", stderr);
    return fflush(stdout) == 0 && !ferror(stdout) && !missing ? 0 : 1;
}
