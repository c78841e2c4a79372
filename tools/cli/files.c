/* SPDX-License-Identifier: Apache-2.0
 *
 * What all commands that read programs share: one file after the other, reading, loading.
 */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
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

static char *read_descriptor(size_t *size, int descriptor, uint64_t limit, int *error) {
    char *text = NULL;
    size_t capacity = 0;
    *error = 0;
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
        ssize_t got = read(descriptor, text + *size, most < room ? most : room);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) *error = errno;
        if (got <= 0) break;
        *size += (size_t)got;
    }
    if (*error) {
        free(text);
        text = NULL;
    }
    return text;
}

char *read_source(size_t *size, const char *path, uint64_t limit, int *error) {
    static char *input; /* standard input can be read once only */
    static size_t input_size;
    if (!limit) limit = 1u << 30;
    if (strcmp(path, "-") != 0) {
        int descriptor = open(path, O_RDONLY | O_CLOEXEC);
        *error = errno;
        if (descriptor < 0) return NULL;
        char *text = read_descriptor(size, descriptor, limit, error);
        close(descriptor);
        return text;
    }
    *error = 0;
    if (!input) input = read_descriptor(&input_size, STDIN_FILENO, limit, error);
    if (!input) return NULL;
    char *text = malloc(input_size + 1);
    *error = text ? 0 : ENOMEM;
    *size = input_size;
    return text ? memcpy(text, input, input_size) : NULL;
}

static void load(void *user) {
    loading *job = user;
    if (strcmp(job->path, "-") != 0) {
        job->status = ketch_circuit_load(&job->circuit, job->path, job->options, job->diag);
        return;
    }
    size_t size;
    char *text = read_source(&size, job->path, job->options->max_source_bytes, &job->error);
    ketch_load_options options = *job->options;
    options.name = shown_name(job->path);
    options.folder = ".";
    if (text) job->status = ketch_circuit_parse(&job->circuit, text, size, &options, job->diag);
    free(text);
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
            code = bind_inputs(job->circuit, path, options, diag);
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
