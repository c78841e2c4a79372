/* SPDX-License-Identifier: Apache-2.0
 *
 * include: the libraries that are built in, and files.
 *
 * "qelib1.inc" and "stdgates.inc" always mean the built-in ones, also where a file of that name lies beside the program: many programs
 * travel with a copy, of one of several versions, and what it defines is in the gate table, in one piece and with matrices.
 */
#include "qasm/program.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_INCLUDES = 1000, DEEPEST = 200 }; /* whatever the options say: the stack is not unlimited */

/* ── Libraries ── */

static const struct {
    const char *name;
    int dialect;
    unsigned provides;
} libraries[] = {{"qelib1.inc", 2, KT_IN_PAPER | KT_IN_QELIB1}, {"stdgates.inc", 3, KT_IN_STDGATES}};

bool kt_include_library(kt_program *program, kt_span name, kt_span at, bool *known) {
    size_t i = 0, count = sizeof libraries / sizeof *libraries;
    while (i < count && (strlen(libraries[i].name) != name.size || memcmp(libraries[i].name, name.at, name.size) != 0)) i++;
    *known = i < count;
    if (!*known) return false;
    if (libraries[i].dialect != program->dialect) {
        kt_error_at(&program->report, KT_INCLUDE_DIALECT, at, "%s belongs to OpenQASM %d; this program is OpenQASM %d", libraries[i].name,
                    libraries[i].dialect, program->dialect);
        kt_hint_add(&program->report, "include \"%s\";", libraries[!i].name);
        return false;
    }
    if ((program->provided & libraries[i].provides) == libraries[i].provides) return true;
    unsigned protects = libraries[i].provides & ~(unsigned)KT_IN_QELIB1;
    if (kt_names_clash(program, at, protects, libraries[i].name)) return false;
    program->provided |= libraries[i].provides;
    kt_gate_names_changed(program);
    return true;
}

/* ── Files ── */

/* "a/b.qasm": the first 1 byte; no slash: nothing. */
static size_t folder_size(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + (slash == path) : 0;
}

/* The path of `name` in the folder, if there is such a file. */
static bool find_in(char path[PATH_MAX], const char *folder, size_t size, kt_span name) {
    const char *slash = size && folder[size - 1] != '/' ? "/" : "";
    int written = snprintf(path, PATH_MAX, "%.*s%s%.*s", (int)size, folder, slash, (int)name.size, name.at);
    struct stat status;
    return written > 0 && written < PATH_MAX && stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

static bool is_folder(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Where there is none, path is the one tried last, or empty. */
static bool find_file(char path[PATH_MAX], const kt_program *program, kt_span name) {
    *path = '\0';
    if (memchr(name.at, '\0', name.size) || name.size >= PATH_MAX) return false;
    if (name.at[0] == '/') return find_in(path, "", 0, name);
    const kt_source *source = program->source;
    if (source->identity) {
        if (find_in(path, source->name, folder_size(source->name), name)) return true;
    } else if (program->folder && find_in(path, program->folder, strlen(program->folder), name)) {
        return true;
    }
    for (size_t i = 0; i < program->options->include_dir_count; i++)
        if (find_in(path, program->options->include_dirs[i], strlen(program->options->include_dirs[i]), name)) return true;
    return false;
}

/* Is the resolved path in this folder, once that is resolved too? */
static bool lies_in(const char *resolved, const char *folder) {
    char root[PATH_MAX];
    if (!realpath(*folder ? folder : ".", root)) return false;
    size_t size = strlen(root);
    return strncmp(resolved, root, size) == 0 && (resolved[size] == '/' || root[size - 1] == '/');
}

static bool is_allowed(const kt_program *program, const char *resolved) {
    if (program->folder && lies_in(resolved, program->folder)) return true;
    for (size_t i = 0; i < program->options->include_dir_count; i++)
        if (lies_in(resolved, program->options->include_dirs[i])) return true;
    return false;
}

/* "a -> b -> a" */
static bool report_cycle(kt_program *program, const kt_source *again, kt_span at) {
    kt_buffer way = {0};
    const kt_source *chain[64];
    size_t count = 0;
    for (const kt_source *source = program->source; source && count < sizeof chain / sizeof *chain; source = source->includer) {
        chain[count++] = source;
        if (source == again) break;
    }
    while (count-- > 0) {
        kt_buffer_text(&way, chain[count]->name);
        kt_buffer_text(&way, " -> ");
    }
    kt_buffer_text(&way, again->name);
    kt_error_at(&program->report, KT_INCLUDE_CYCLE, at, "a file that includes itself: %s", way.failed ? again->name : way.bytes);
    kt_buffer_free(&way);
    return false;
}

static bool missing(kt_program *program, kt_span at, kt_span name) {
    kt_error_at(&program->report, KT_INCLUDE_MISSING, at, "the file `%.*s` is not found", KT_SHOWN(name));
    if (program->options->include_dir_count)
        kt_hint_add(&program->report, "looked in the program's folder and in %zu folder%s given by --include-dir",
                    program->options->include_dir_count, program->options->include_dir_count == 1 ? "" : "s");
    else
        kt_hint_add(&program->report, "looked in the program's folder; --include-dir adds others");
    return false;
}

static bool read_included(kt_program *program, kt_source *source) {
    source->line = source->text;
    source->line_number = 1;
    source->older = program->report.sources;
    program->report.sources = source;
    program->source_bytes += source->size;
    program->include_depth++;
    bool good = kt_read_source(program, source);
    program->include_depth--;
    return good;
}

/* The next of the sources that are given in place of files. */
static bool read_given(kt_program *program, kt_span at) {
    if (!program->given_count) return kt_error_at(&program->report, KT_INCLUDE_MISSING, at, "the source of this include was not kept");
    const kt_kept_source *given = program->given++;
    program->given_count--;
    kt_source *source = kt_arena_alloc(&program->kept, sizeof *source);
    if (!source) return kt_report_no_memory(&program->report);
    *source = (kt_source){.includer = program->source, .name = given->name, .text = given->text, .size = given->size};
    return read_included(program, source);
}

static bool read_file(kt_program *program, const char *path, const char *resolved, kt_span at) {
    kt_source *source = kt_arena_alloc(&program->kept, sizeof *source);
    char *name = kt_arena_copy(&program->kept, path, strlen(path)), *identity = kt_arena_copy(&program->kept, resolved, strlen(resolved));
    if (!source || !name || !identity) return kt_report_no_memory(&program->report);
    *source = (kt_source){.includer = program->source, .name = name, .identity = identity};
    uint64_t left = program->options->max_source_bytes - program->source_bytes;
    ketch_status status = kt_file_read(&source->owned, &source->size, path, left < SIZE_MAX ? (size_t)left : SIZE_MAX, program->diag);
    if (status != KETCH_OK) {
        kt_report_status(&program->report, status);
        kt_place place = kt_report_place(&program->report, at);
        kt_hint_add(&program->report, "included at %s:%u", place.file, place.line);
        return false;
    }
    source->text = source->owned;
    return read_included(program, source);
}

/* Finds the file and checks that it may be read. */
static bool find_include(char path[PATH_MAX], char resolved[PATH_MAX], kt_program *program, kt_span name, kt_span at) {
    if (!find_file(path, program, name) || !realpath(path, resolved)) {
        if (!is_folder(path)) return missing(program, at, name);
        return kt_error_at(&program->report, KT_INCLUDE_MISSING, at, "`%.*s` is a folder", KT_SHOWN(name));
    }
    if (program->options->safe_include && !is_allowed(program, resolved))
        return kt_error_at(&program->report, KT_INCLUDE_UNSAFE, at, "`%.*s` lies outside the folders that may be read", KT_SHOWN(name));
    for (const kt_source *source = program->source; source; source = source->includer)
        if (source->identity && strcmp(source->identity, resolved) == 0) return report_cycle(program, source, at);
    return true;
}

/* A library is taken at once. */
static bool open_include(char path[PATH_MAX], char resolved[PATH_MAX], bool *library, kt_program *program, const kt_statement *statement) {
    kt_span name = statement->as.text, at = statement->name;
    *library = false;
    if (program->depth)
        return kt_error_at(&program->report, KT_NOT_HERE, statement->span, "an include stands at the top of a program, not in a block");
    if (program->dialect == 2 && *at.at == '\'')
        kt_warning_at(&program->report, KT_SINGLE_QUOTES, at, "single quotes, which OpenQASM 2 does not know");
    bool good = kt_include_library(program, name, at, library);
    if (*library) return good;
    if (!program->given && !find_include(path, resolved, program, name, at)) return false;
    uint32_t deepest = program->options->max_include_depth < DEEPEST ? program->options->max_include_depth : DEEPEST;
    if (program->include_depth >= deepest)
        return kt_error_at(&program->report, KT_INCLUDE_LIMIT, at, "files include files more than %u deep", deepest);
    if (program->include_count++ == MOST_INCLUDES) { /* files that include the next one twice, and so on */
        kt_error_at(&program->report, KT_INCLUDE_LIMIT, at, "more than %d includes in all", MOST_INCLUDES);
        program->report.stopped = true;
        return false;
    }
    return true;
}

bool kt_include(kt_program *program, const kt_statement *statement) {
    char path[PATH_MAX], resolved[PATH_MAX];
    bool library;
    if (!open_include(path, resolved, &library, program, statement)) {
        program->include_failed = true;
        return false;
    }
    if (library) return true;
    return program->given ? read_given(program, statement->name) : read_file(program, path, resolved, statement->name);
}
