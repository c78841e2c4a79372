/* SPDX-License-Identifier: Apache-2.0
 *
 * What all commands that read circuits share: one file after the other, loading, binding parameters.
 */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *shown_name(const char *path) { return strcmp(path, "-") ? path : "<stdin>"; }

int each_file(settings *options, output *out, int (*one)(settings *options, output *out, const char *path)) {
    const text_list *files = &options->arguments;
    int worst = 0;
    size_t finished = 0;
    for (size_t i = 0; i < files->count && !output_broken(out); i++) {
        int code = interrupted() ? 0 : one(options, out, files->items[i]);
        if (interrupted()) {
            report_interruption(shown_name(files->items[i]), finished, files->count, out->path);
            return 128 + interrupted();
        }
        finished += code == 0;
        if (code > worst) worst = code;
    }
    return worst;
}

/* Loading on a thread of its own: everything it uses is here, since it may be left behind. */
typedef struct loading {
    const char *path;
    const ketch_load_options *options;
    ketch_circuit *circuit;
    ketch_diag *diag;
    ketch_status status;
    int error; /* errno of reading standard input */
} loading;

/* All of standard input, up to one byte more than the limit (which the parser then reports). */
static char *read_input(size_t *size, uint64_t limit, int *error) {
    char *text = NULL;
    size_t capacity = 0;
    for (*size = 0; *size <= limit;) {
        if (capacity - *size < 65536) {
            capacity = capacity ? 2 * capacity : 1 << 17;
            char *grown = realloc(text, capacity);
            if (!grown) {
                *error = ENOMEM;
                break;
            }
            text = grown;
        }
        size_t room = capacity - *size, most = limit - *size < room ? (size_t)(limit - *size) + 1 : room;
        ssize_t got = read(STDIN_FILENO, text + *size, most < room ? most : room);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) *error = errno;
        if (got <= 0) break;
        *size += (size_t)got;
    }
    return text;
}

static void load(void *user) {
    loading *job = user;
    if (strcmp(job->path, "-") != 0) {
        job->status = ketch_circuit_load(&job->circuit, job->path, job->options, job->diag);
        return;
    }
    uint64_t limit = job->options->max_source_bytes ? job->options->max_source_bytes : 1u << 30;
    size_t size;
    char *text = read_input(&size, limit, &job->error);
    ketch_load_options options = *job->options;
    options.name = shown_name(job->path);
    options.folder = ".";
    if (!job->error) job->status = ketch_circuit_parse(&job->circuit, text ? text : "", size, &options, job->diag);
    free(text);
}

/* --param NAME=VALUE, all of them. */
static int bind_parameters(ketch_circuit *circuit, const char *path, const settings *options, ketch_diag *diag) {
    for (size_t i = 0; i < options->parameters.count; i++) {
        const char *text = options->parameters.items[i], *equals = strchr(text, '=');
        char problem[PROBLEM_SIZE], name[200];
        double value;
        if (!equals || equals == text || (size_t)(equals - text) >= sizeof name) {
            complain("write --param theta=pi/4", "--param: '%.60s' is not NAME=VALUE", text);
            return EXIT_USAGE;
        }
        if (!read_expression(&value, equals + 1, problem)) {
            complain(NULL, "--param %.*s: %s", (int)(equals - text), text, problem);
            return EXIT_USAGE;
        }
        snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
        ketch_status status = ketch_circuit_bind(circuit, name, value, diag);
        if (status != KETCH_OK) return failed(status, diag, shown_name(path));
    }
    return 0;
}

int load_circuit(ketch_circuit **out, const char *path, const settings *options, double deadline) {
    *out = NULL;
    set_stage("reading", 0, 0);
    loading *job = malloc(sizeof *job);
    ketch_diag *diag = ketch_diag_create();
    int code = EXIT_LIMIT;
    if (!job || !diag) {
        complain(NULL, "out of memory");
    } else {
        double start = now();
        *job = (loading){.path = path, .options = &options->load, .diag = diag};
        if (!run_watched(load, job, deadline)) { /* left behind with all that it uses */
            if (!interrupted()) complain(NULL, "%s: reading it took longer than the time limit", shown_name(path));
            return EXIT_TIMEOUT;
        }
        if (job->error) {
            complain(NULL, "cannot read standard input: %s", strerror(job->error));
            code = EXIT_RUNTIME;
        } else if (job->status != KETCH_OK) {
            code = failed(job->status, diag, shown_name(path));
        } else {
            report(diag, shown_name(path)); /* warnings */
            if (options->verbose) note("%s: read in %.3f ms", shown_name(path), 1e3 * (now() - start));
            code = bind_parameters(job->circuit, path, options, diag);
            if (code == 0)
                *out = job->circuit;
            else
                ketch_circuit_free(&job->circuit);
        }
    }
    ketch_diag_free(&diag);
    free(job);
    return code;
}

int require_files(const settings *options, command_number command) {
    if (options->arguments.count) return 0;
    char hint[120];
    snprintf(hint, sizeof hint, "ketch %s FILE reads a file, ketch %s - standard input; see 'ketch help %s'", commands[command].name,
             commands[command].name, commands[command].name);
    complain(hint, "ketch %s needs a file", commands[command].name);
    return EXIT_USAGE;
}
