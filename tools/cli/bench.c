/* SPDX-License-Identifier: Apache-2.0
 *
 * ketch bench: becomes bench/compare, which is installed as share/ketch/bench/compare, with this program as the one that it measures.
 */
#include "cli.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* `path` of a file that lies relative to the folder of `program`, which stays the same when both are moved. False: too long. */
static bool beside(char path[PATH_MAX], const char *program, const char *file) {
    const char *slash = strrchr(program, '/');
    int folder = *file == '/' || !slash ? 0 : (int)(slash + 1 - program);
    int size = snprintf(path, PATH_MAX, "%.*s%s", folder, program, file);
    return size >= 0 && size < PATH_MAX;
}

/* The options as they were given, in the form --name=value; frees nothing, since the process is about to become another. */
static bool pass_options(const char **out, const text_list *passed) {
    for (size_t i = 0; i < passed->count; i += 2) {
        const char *name = passed->items[i], *value = passed->items[i + 1];
        size_t size = strlen(name) + (value ? strlen(value) : 0) + sizeof "--=";
        char *option = malloc(size);
        if (!option) return false;
        snprintf(option, size, "--%s%s%s", name, value ? "=" : "", value ? value : "");
        *out++ = option;
    }
    return true;
}

int perform_bench(settings *options) {
    char program[PATH_MAX], script[PATH_MAX];
    if (options->arguments.count) {
        complain("'ketch help bench' lists the options", "ketch bench takes no files: '%.120s'", options->arguments.items[0]);
        return EXIT_USAGE;
    }
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    program[size > 0 ? size : 0] = '\0';
    if (!beside(script, program, KETCH_BENCH_FOLDER "/compare") || access(script, R_OK) != 0) {
        complain("in a tree of sources, run bench/compare", "the scripts of 'ketch bench' are not installed: %.500s: %s", script,
                 strerror(errno));
        return EXIT_RUNTIME;
    }
    const char *const head[] = {"python3", "-B", script, "--ketch", program}; /* -B: leaves nothing beside the scripts */
    enum { HEAD = sizeof head / sizeof *head };
    const char **command = calloc(HEAD + options->passed.count / 2 + 1, sizeof *command);
    if (!command || !pass_options(command + HEAD, &options->passed)) {
        complain(NULL, "out of memory");
        return EXIT_LIMIT;
    }
    memcpy(command, head, sizeof head);
    execvp(command[0], (char *const *)command);
    complain("'ketch bench' needs Python 3 with the modules venv and pip", "python3 cannot be run: %s", strerror(errno));
    for (size_t i = HEAD; command[i]; i++) free((char *)command[i]);
    free(command);
    return EXIT_RUNTIME;
}
