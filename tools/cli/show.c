/* SPDX-License-Identifier: Apache-2.0
 *
 * ketch check, info, draw, plan and convert: circuits looked at, not run.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Not in a locale that says it knows ASCII only by naming another character set, nor on a dumb terminal. */
static bool must_be_ascii(int descriptor) {
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    if (isatty(descriptor) && !is_terminal(descriptor)) return true;
    for (size_t i = 0; i < 3; i++) {
        const char *locale = getenv(variables[i]);
        if (!locale || !*locale) continue;
        const char *charset = strchr(locale, '.');
        return charset && strncasecmp(charset, ".utf-8", 6) != 0 && strncasecmp(charset, ".utf8", 5) != 0;
    }
    return false;
}

void prepare_text(settings *options, int descriptor) {
    bool to_file = options->out_path != NULL;
    if (!options->write.width) options->write.width = to_file ? 80 : terminal_width();
    options->write.color = to_file ? options->color == COLOR_ALWAYS : wants_color(options, descriptor);
    options->write.histogram = !to_file && isatty(descriptor);
    if (!to_file && must_be_ascii(descriptor)) options->write.ascii = 1;
}

/* One library call on a circuit, on a thread of its own, see run_watched. */
typedef struct showing {
    const ketch_circuit *circuit;
    const settings *options;
    ketch_write_options write;
    ketch_sink sink;
    ketch_diag *diag;
    ketch_status status;
} showing;

static void describe(void *user) {
    showing *job = user;
    job->status = ketch_circuit_describe(job->circuit, &job->write, job->sink, job->diag);
}

static void draw(void *user) {
    showing *job = user;
    job->status = ketch_circuit_draw(job->circuit, &job->write, job->sink, job->diag);
}

static void plan(void *user) {
    showing *job = user;
    job->status = ketch_plan_write(job->circuit, &job->options->run, &job->write, job->sink, job->diag);
}

static void convert(void *user) {
    static const ketch_language languages[] = {KETCH_LANGUAGE_QASM2, KETCH_LANGUAGE_QASM3, KETCH_LANGUAGE_JSON};
    showing *job = user;
    job->status = ketch_circuit_convert(job->circuit, languages[job->options->language - 1], job->sink, job->diag);
}

static int show_one(settings *options, output *out, const char *path, void (*call)(void *)) {
    double deadline = options->run.timeout_seconds > 0 ? now() + options->run.timeout_seconds : 0;
    ketch_circuit *circuit;
    int code = load_circuit(&circuit, path, options, deadline);
    if (code) return code;
    set_stage("writing about", 0, 0);
    bool several = options->arguments.count > 1,
         json = options->write.format == KETCH_FORMAT_JSON || options->write.format == KETCH_FORMAT_JSONL;
    ketch_write_options write = options->write;
    if (several || json) write.name = shown_name(path);
    code = begin_document(out, options);
    showing *job = malloc(sizeof *job);
    ketch_diag *diag = ketch_diag_create();
    if (!job || !diag) code = EXIT_LIMIT;
    if (code == 0) {
        *job = (showing){.circuit = circuit, .options = options, .write = write, .sink = out->sink, .diag = diag};
        if (!run_watched(call, job, 0)) return EXIT_RUNTIME; /* interrupted: left behind with all that it uses */
        code = output_status(out, job->status, diag, shown_name(path));
    }
    ketch_diag_free(&diag);
    free(job);
    ketch_circuit_free(&circuit);
    return code;
}

static int describe_one(settings *options, output *out, const char *path) { return show_one(options, out, path, describe); }
static int draw_one(settings *options, output *out, const char *path) { return show_one(options, out, path, draw); }
static int plan_one(settings *options, output *out, const char *path) { return show_one(options, out, path, plan); }
static int convert_one(settings *options, output *out, const char *path) { return show_one(options, out, path, convert); }

static int check_one(settings *options, output *out, const char *path) {
    double deadline = options->run.timeout_seconds > 0 ? now() + options->run.timeout_seconds : 0;
    ketch_circuit *circuit;
    int code = load_circuit(&circuit, path, options, deadline);
    if (code) return code;
    ketch_circuit_summary summary = KETCH_CIRCUIT_SUMMARY_INIT;
    ketch_circuit_summarize(&summary, circuit, NULL);
    ketch_circuit_free(&circuit);
    char text[160];
    snprintf(text, sizeof text, ": ok (%llu qubit%s, %llu gate%s)\n", (unsigned long long)summary.qubits, summary.qubits == 1 ? "" : "s",
             (unsigned long long)summary.gates, summary.gates == 1 ? "" : "s");
    if (options->quiet) return 0;
    code = output_text(out, shown_name(path));
    return code ? code : output_text(out, text);
}

static int show(settings *options, command_number command, int (*one)(settings *, output *, const char *)) {
    int code = require_files(options, command);
    if (code) return code;
    static output out; /* not on the stack: a call that was left behind may still look at it */
    prepare_text(options, STDOUT_FILENO);
    code = output_open(&out, options->out_path);
    if (code) return code;
    if (command == COMMAND_DRAW && options->write.format == KETCH_FORMAT_SVG && options->arguments.count > 1) {
        complain("draw them one by one", "--format svg draws one file, not %zu", options->arguments.count);
        code = EXIT_USAGE;
    } else {
        code = each_file(options, &out, one);
        if (command != COMMAND_CHECK) end_documents(&out, options);
    }
    int committed = interrupted() ? (output_discard(&out), 0) : output_commit(&out);
    return committed > code ? committed : code;
}

int perform_check(settings *options) { return show(options, COMMAND_CHECK, check_one); }
int perform_info(settings *options) { return show(options, COMMAND_INFO, describe_one); }
int perform_draw(settings *options) { return show(options, COMMAND_DRAW, draw_one); }
int perform_plan(settings *options) { return show(options, COMMAND_PLAN, plan_one); }

int perform_convert(settings *options) {
    if (!options->language) {
        complain("ketch convert --to qasm3 FILE; there are qasm2, qasm3 and json", "ketch convert needs --to");
        return EXIT_USAGE;
    }
    return show(options, COMMAND_CONVERT, convert_one);
}
