/* SPDX-License-Identifier: Apache-2.0
 *
 * ketch explain: what the codes of messages mean, from the library's table, with examples. A wrong line gives just that message behind the
 * declarations of `context`, and the right one none (a test tries them).
 */
#include "cli.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char context[] = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[2] q; bit[2] c;";

static const struct {
    const char *code, *wrong, *right;
} examples[] = {
    {"KQ0102", "rx(2pi) q[0];", "rx(2 * pi) q[0];"},
    {"KQ0103", "h q[0]; /* both", "h q[0]; /* both */"},
    {"KQ0201", "cx q[0] q[1];", "cx q[0], q[1];"},
    {"KQ0202", "h q[0] reset q[1];", "h q[0]; reset q[1];"},
    {"KQ0203", "if (c == 1) { x q[0];", "if (c == 1) { x q[0]; }"},
    {"KQ0301", "cxx q[0], q[1];", "cx q[0], q[1];"},
    {"KQ0302", "rx(theta) q[0];", "input float theta; rx(theta) q[0];"},
    {"KQ0303", "bit c;", "bit d;"},
    {"KQ0304", "rx q[0];", "rx(pi / 2) q[0];"},
    {"KQ0305", "cx q[0];", "cx q[0], q[1];"},
    {"KQ0306", "h q[2];", "h q[1];"},
    {"KQ0307", "cx q[0], q[0];", "cx q[0], q[1];"},
    {"KQ0308", "qubit[3] r; cx q, r;", "qubit[2] r; cx q, r;"},
    {"KQ0312", "qubit[0] r;", "qubit[1] r;"},
    {"KQ0313", "gate g a { g a; }", "gate g a { h a; }"},
    {"KQ0316", "gate g a { reset a; }", "gate g a { x a; } reset q[0];"},
    {"KQ0317", "if (c == 1) { qubit r; x r; }", "qubit r; if (c == 1) { x r; }"},
    {"KQ0322", "ctrl(0) @ x q[0], q[1];", "ctrl(1) @ x q[0], q[1];"},
    {"KQ0323", "const int[8] n = 200;", "const int[16] n = 200;"},
};

static int list_codes(void) {
    for (size_t i = 0; ketch_code_at(i); i++) printf("%s  %s\n", ketch_code_at(i)->code, ketch_code_at(i)->summary);
    return 0;
}

static void explain(const ketch_code_info *about, bool color) {
    const char *bold = color ? "\033[1m" : "", *plain = color ? "\033[0m" : "";
    printf("%s%s%s: %s\n\n", bold, about->code, plain, about->summary);
    print_wrapped(stdout, about->help, 2, 80);
    if (about->status == KETCH_OK)
        puts("\n  A warning: the program runs.");
    else
        printf("\n  An error (%s): ketch ends with exit code %d.\n", ketch_status_name(about->status), exit_code_of(about->status));
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        if (strcmp(examples[i].code, about->code) != 0) continue;
        printf("\n  after    %s\n  wrong    %s\n  right    %s\n", context, examples[i].wrong, examples[i].right);
    }
}

/* "KQ0301", "kq301", "301": the number, or -1. */
static long number_of(const char *text) {
    if (!strncasecmp(text, "KQ", 2)) text += 2;
    size_t size = strlen(text);
    return size && size <= 4 && strspn(text, "0123456789") == size ? strtol(text, NULL, 10) : -1;
}

static int explain_one(const char *word, bool color) {
    long wanted = number_of(word);
    const ketch_code_info *nearest = NULL;
    for (size_t i = 0; ketch_code_at(i); i++) {
        const ketch_code_info *about = ketch_code_at(i);
        long distance = labs(number_of(about->code) - wanted);
        if (!nearest || distance < labs(number_of(nearest->code) - wanted)) nearest = about;
    }
    if (nearest && number_of(nearest->code) == wanted) {
        explain(nearest, color);
        return 0;
    }
    char hint[200];
    if (wanted < 0)
        snprintf(hint, sizeof hint, "codes look like KQ0301; 'ketch explain' lists them");
    else
        snprintf(hint, sizeof hint, "the nearest is %s: %s; 'ketch explain' lists them", nearest->code, nearest->summary);
    complain(hint, "no message has the code '%.60s'", word);
    return EXIT_USAGE;
}

int perform_explain(settings *options) {
    const text_list *words = &options->arguments;
    int worst = words->count ? 0 : list_codes();
    for (size_t i = 0; i < words->count; i++) {
        if (i) putchar('\n');
        int code = explain_one(words->items[i], wants_color(options, STDOUT_FILENO));
        if (code > worst) worst = code;
    }
    return worst;
}
