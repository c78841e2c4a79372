/* SPDX-License-Identifier: Apache-2.0
 *
 * ketch format: programs laid out anew, to standard output or in place.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One file, on a thread of its own, see run_watched. */
typedef struct formatting {
    const char *path;
    ketch_load_options options;
    char *text, *laid_out; /* as it is; as it should be */
    size_t size, laid_size, capacity;
    ketch_diag *diag;
    ketch_status status;
    int error; /* errno of reading */
} formatting;

static int keep(void *user, const void *bytes, size_t size) {
    formatting *job = user;
    if (job->capacity - job->laid_size < size) {
        size_t capacity = 2 * job->capacity + size;
        char *grown = realloc(job->laid_out, capacity);
        if (!grown) return 1;
        job->laid_out = grown;
        job->capacity = capacity;
    }
    memcpy(job->laid_out + job->laid_size, bytes, size);
    job->laid_size += size;
    return 0;
}

static void lay_out(void *user) {
    formatting *job = user;
    job->text = read_source(&job->size, job->path, job->options.max_source_bytes, &job->error);
    if (job->text) job->status = ketch_source_format(job->text, job->size, &job->options, (ketch_sink){keep, job}, job->diag);
}

/* The file becomes what it should be, at once or not at all. */
static int replace(const formatting *job) {
    ketch_file *file;
    ketch_status status = ketch_file_create(&file, job->path, job->diag);
    if (status == KETCH_OK) {
        ketch_sink sink = ketch_file_sink(file);
        (void)sink.write(sink.user, job->laid_out, job->laid_size); /* the commit knows why it failed */
        status = ketch_file_commit(file, job->diag);
    }
    ketch_file_free(&file);
    return status == KETCH_OK ? 0 : failed(status, job->diag, job->path);
}

static int use(const settings *options, output *out, const formatting *job) {
    if (job->error) {
        complain(NULL, "cannot read %s: %s", shown_name(job->path), strerror(job->error));
        return EXIT_RUNTIME;
    }
    if (job->status != KETCH_OK) return failed(job->status, job->diag, shown_name(job->path));
    report(job->diag, shown_name(job->path)); /* warnings */
    bool same = job->size == job->laid_size && !memcmp(job->text, job->laid_out ? job->laid_out : "", job->size);
    if (options->only_check) {
        if (same) return 0;
        if (!options->quiet && (output_text(out, shown_name(job->path)) || output_text(out, ": laid out otherwise\n"))) return EXIT_RUNTIME;
        return EXIT_RUNTIME;
    }
    if (options->in_place) return same ? 0 : replace(job);
    return job->laid_size && out->sink.write(out->sink.user, job->laid_out, job->laid_size) != 0 ? EXIT_RUNTIME : 0;
}

static int format_one(settings *options, output *out, const char *path) {
    double deadline = options->run.timeout_seconds > 0 ? now() + options->run.timeout_seconds : 0;
    formatting *job = calloc(1, sizeof *job);
    ketch_diag *diag = ketch_diag_create();
    int code = EXIT_LIMIT;
    set_stage("formatting", 0, 0);
    if (!job || !diag) {
        complain(NULL, "out of memory");
    } else {
        job->path = path;
        job->options = options->load;
        job->options.name = shown_name(path);
        job->diag = diag;
        if (!run_watched(lay_out, job, deadline)) { /* left behind with all that it uses */
            if (!interrupted()) complain(NULL, "%s: formatting it took longer than the time limit", shown_name(path));
            return EXIT_TIMEOUT;
        }
        code = use(options, out, job);
        free(job->text);
        free(job->laid_out);
    }
    ketch_diag_free(&diag);
    free(job);
    return code;
}

int perform_format(settings *options) {
    int code = require_files(options, COMMAND_FORMAT);
    if (code) return code;
    if (options->in_place && options->only_check) {
        complain("--check changes nothing", "--write and --check exclude each other");
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < options->arguments.count; i++) {
        if (!options->in_place || strcmp(options->arguments.items[i], "-") != 0) continue;
        complain("without --write it is printed", "--write cannot change standard input");
        return EXIT_USAGE;
    }
    static output out; /* not on the stack: a call that was left behind may still look at it */
    code = output_open(&out, NULL);
    if (code == 0) code = each_file(options, &out, format_one);
    int committed = output_commit(&out);
    return committed > code ? committed : code;
}
