/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything that goes to standard error: messages as text (coloured on terminals) or as JSON lines, and the progress bar.
 */
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static struct { bool json, quiet, verbose, color, bar_shown; } style;

bool is_terminal(int descriptor) {
    const char *terminal = getenv("TERM");
    return isatty(descriptor) && terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

bool wants_color(const settings *options, int descriptor) {
    if (options->color != COLOR_AUTO) return options->color == COLOR_ALWAYS;
    const char *refused = getenv("NO_COLOR");
    return is_terminal(descriptor) && !(refused && *refused);
}

unsigned terminal_width(void) {
    struct winsize size;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) return size.ws_col;
    return 80;
}

void report_setup(const settings *options) {
    style.json = options->json_errors;
    style.quiet = options->quiet;
    style.verbose = options->verbose;
    style.color = !options->json_errors && wants_color(options, STDERR_FILENO);
}

/* Bytes of the valid UTF-8 character at `text` (which ends with a NUL), or 0. */
static size_t character_size(const unsigned char *text) {
    unsigned char c = text[0], low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80, high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    size_t size = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
    if (size > 1 && (text[1] < low || text[1] > high)) return 0; /* also overlong forms, surrogates and beyond U+10FFFF */
    for (size_t i = 2; i < size; i++) {
        if ((text[i] & 0xc0) != 0x80) return 0;
    }
    return size;
}

void write_json_string(FILE *stream, const char *text) {
    putc('"', stream);
    for (const unsigned char *c = (const unsigned char *)text; *c;) {
        size_t size = character_size(c);
        if (!size)
            fputs("\\ufffd", stream); /* file names may be any bytes */
        else if (*c == '"' || *c == '\\')
            fprintf(stream, "\\%c", *c);
        else if (*c < 0x20)
            fprintf(stream, "\\u%04x", *c);
        else
            fwrite(c, 1, size, stream);
        c += size ? size : 1;
    }
    putc('"', stream);
}

static const char *const severity_words[] = {"error", "warning", "note"};

static void write_json_message(const ketch_message *message) {
    fprintf(stderr,
            "{\"schema\": \"ketch-message/1\", \"severity\": \"%s\", \"code\": \"%s\", \"text\": ", severity_words[message->severity],
            message->code);
    write_json_string(stderr, message->text);
    if (message->hint[0]) {
        fputs(", \"hint\": ", stderr);
        write_json_string(stderr, message->hint);
    }
    if (message->file[0]) {
        fputs(", \"file\": ", stderr);
        write_json_string(stderr, message->file);
    }
    if (message->line) fprintf(stderr, ", \"line\": %u, \"column\": %u, \"length\": %u", message->line, message->column, message->length);
    if (message->source_line[0]) {
        fputs(", \"source_line\": ", stderr);
        write_json_string(stderr, message->source_line);
        fprintf(stderr, ", \"source_column\": %u", message->source_column);
    }
    fputs("}\n", stderr);
}

/* As ketch_diag_text writes it, with colours where they are wanted. */
static void write_text_message(const ketch_message *message) {
    static const char *const colors[] = {"\033[1;31m", "\033[1;35m", "\033[1;36m"};
    const char *color = style.color ? colors[message->severity] : "", *bold = style.color ? "\033[1m" : "",
               *plain = style.color ? "\033[0m" : "";
    if (message->file[0]) fprintf(stderr, "%s%s:", bold, message->file);
    if (message->line) fprintf(stderr, "%u:%u:", message->line, message->column);
    if (message->file[0]) fprintf(stderr, "%s ", plain);
    fprintf(stderr, "%s%s", color, severity_words[message->severity]);
    if (message->code[0]) fprintf(stderr, "[%s]", message->code);
    fprintf(stderr, "%s: %s\n", plain, message->text);
    if (message->source_line[0]) {
        fprintf(stderr, "  %s\n  %*s%s^", message->source_line, (int)message->source_column - 1, "", color);
        for (uint32_t i = 1; i < message->length; i++) putc('~', stderr);
        fprintf(stderr, "%s\n", plain);
    }
    if (message->hint[0]) fprintf(stderr, "  %shint%s: %s\n", bold, plain, message->hint);
}

/* A name in a message must not tell the terminal what to do. */
static void say(ketch_severity severity, char *text, const char *hint) {
    for (char *c = text; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) *c = '?';
    }
    clear_progress();
    ketch_message message = {.severity = severity, .code = "", .text = text, .hint = hint ? hint : "", .file = "", .source_line = ""};
    if (!style.json) fputs("ketch: ", stderr);
    (style.json ? write_json_message : write_text_message)(&message);
}

void complain(const char *hint, const char *format, ...) {
    char text[1200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    say(KETCH_SEVERITY_ERROR, text, hint);
}

void note(const char *format, ...) {
    if (style.quiet) return;
    char text[1200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    say(KETCH_SEVERITY_NOTE, text, NULL);
}

void report(const ketch_diag *diag, const char *name) {
    clear_progress();
    for (size_t i = 0; i < ketch_diag_count(diag); i++) {
        ketch_message message = *ketch_diag_message(diag, i);
        if (style.quiet && message.severity != KETCH_SEVERITY_ERROR) continue;
        if (!style.verbose && message.severity == KETCH_SEVERITY_NOTE) continue;
        if (!message.file[0] && name) message.file = name;
        (style.json ? write_json_message : write_text_message)(&message);
    }
    if (ketch_diag_dropped(diag)) {
        char text[80];
        snprintf(text, sizeof text, "and %zu more messages", ketch_diag_dropped(diag));
        say(KETCH_SEVERITY_NOTE, text, NULL);
    }
}

int exit_code_of(ketch_status status) {
    static const int codes[] = {
        [KETCH_OK] = 0,
        [KETCH_ERROR_RUNTIME] = EXIT_RUNTIME,
        [KETCH_ERROR_USAGE] = EXIT_USAGE,
        [KETCH_ERROR_SYNTAX] = EXIT_SYNTAX,
        [KETCH_ERROR_SEMANTICS] = EXIT_SEMANTICS,
        [KETCH_ERROR_LIMIT] = EXIT_LIMIT,
        [KETCH_ERROR_TIMEOUT] = EXIT_TIMEOUT,
        [KETCH_ERROR_MEMORY] = EXIT_LIMIT,
        [KETCH_ERROR_CANCELLED] = EXIT_RUNTIME,
        [KETCH_ERROR_IO] = EXIT_RUNTIME,
        [KETCH_ERROR_UNAVAILABLE] = EXIT_USAGE,
        [KETCH_ERROR_BUSY] = EXIT_RUNTIME,
        [KETCH_ERROR_LOST] = EXIT_RUNTIME,
    };
    return codes[status];
}

int failed(ketch_status status, const ketch_diag *diag, const char *name) {
    if (ketch_diag_count(diag))
        report(diag, name);
    else
        complain(NULL, "%s", ketch_status_name(status));
    return exit_code_of(status);
}

void show_progress(const ketch_progress *progress, const char *name) {
    enum { BAR = 24 };
    if (style.json || !is_terminal(STDERR_FILENO)) return;
    int filled = (int)(progress->fraction * BAR + 0.5);
    double left = progress->fraction > 0.01 ? progress->seconds * (1 / progress->fraction - 1) : 0;
    fprintf(stderr, "\r\033[K%s: %s [%.*s%.*s] %3.0f%%  %.1f s", name, progress->stage, filled, "########################", BAR - filled,
            "------------------------", 100 * progress->fraction, progress->seconds);
    if (left > 0) fprintf(stderr, ", about %.0f s left", left);
    fflush(stderr);
    style.bar_shown = true;
}

void clear_progress(void) {
    if (!style.bar_shown) return;
    fputs("\r\033[K", stderr);
    style.bar_shown = false;
}
