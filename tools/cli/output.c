/* SPDX-License-Identifier: Apache-2.0
 *
 * Where results go. Standard output is written without any buffer of the program's own (the library sends pieces of 64 KiB), so that a full
 * disk or a closed pipe is noticed by the call that meets it.
 */
#include "cli.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int failure; /* errno of the first failed write to standard output */

static int write_standard(void *user, const void *bytes, size_t size) {
    output *out = user;
    out->used = true;
    for (const char *next = bytes; size && !failure;) {
        if (interrupted()) return 1;
        ssize_t put = write(STDOUT_FILENO, next, size);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) {
            failure = errno;
            break;
        }
        next += put;
        size -= (size_t)put;
    }
    out->broken = failure != 0;
    return out->broken;
}

static int write_file(void *user, const void *bytes, size_t size) {
    output *out = user;
    lock_output();
    int refused = 1;
    if (!interrupted() && out->file) {
        ketch_sink sink = ketch_file_sink(out->file);
        refused = sink.write(sink.user, bytes, size);
        out->used = true;
        out->broken = refused != 0;
    }
    unlock_output();
    return refused;
}

int output_open(output *out, const char *path) {
    if (path && !strcmp(path, "-")) path = NULL;
    *out = (output){.path = path, .sink = {path ? write_file : write_standard, out}};
    if (!path) return 0;
    ketch_diag *diag = ketch_diag_create();
    ketch_status status = ketch_file_create(&out->file, path, diag);
    int code = status == KETCH_OK ? 0 : failed(status, diag, path);
    ketch_diag_free(&diag);
    return code;
}

int output_commit(output *out) {
    int code = 0;
    if (!out->path) {
        if (failure) {
            complain(NULL, "cannot write to standard output: %s", strerror(failure));
            code = EXIT_RUNTIME;
        }
        return code;
    }
    if (out->used) {
        ketch_diag *diag = ketch_diag_create();
        ketch_status status = ketch_file_commit(out->file, diag);
        if (status != KETCH_OK) code = failed(status, diag, out->path);
        ketch_diag_free(&diag);
    }
    output_discard(out);
    return code;
}

void output_discard(output *out) {
    lock_output();
    ketch_file_free(&out->file);
    unlock_output();
}

int output_text(output *out, const char *text) { return out->sink.write(out->sink.user, text, strlen(text)) == 0 ? 0 : EXIT_RUNTIME; }

static bool is_array(const settings *options) { return options->write.format == KETCH_FORMAT_JSON && options->arguments.count > 1; }

int begin_document(output *out, const settings *options) {
    if (is_array(options)) return output_text(out, out->used ? "," : "[");
    return out->used && options->write.format != KETCH_FORMAT_JSONL ? output_text(out, "\n") : 0;
}

void end_documents(output *out, const settings *options) {
    if (is_array(options) && !interrupted() && (out->used || !out->path)) output_text(out, out->used ? "]\n" : "[]\n");
}

bool output_broken(const output *out) { return out->broken; }

int output_status(output *out, ketch_status status, const ketch_diag *diag, const char *name) {
    if (status == KETCH_OK) return 0;
    if (status == KETCH_ERROR_IO && (out->broken || interrupted())) return EXIT_RUNTIME;
    return failed(status, diag, name);
}
