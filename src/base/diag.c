/* SPDX-License-Identifier: Apache-2.0
 *
 * Diagnostics: a fixed number of entries, each with room of its own for its strings, taken when the diagnostic is created, so that
 * reporting "out of memory" needs none. Text that is too long is cut with "...".
 */
#include "base/diag.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    MAX_ERRORS = 20,
    MAX_OTHERS = 20,
    MAX_MESSAGES = MAX_ERRORS + MAX_OTHERS,
    TEXT_SIZE = 512,
    HINT_SIZE = 512,
    FILE_SIZE = 1024,
    SOURCE_SIZE = 512,
    EXCERPT = 100, /* characters of a very long line that are shown */
    RENDER_SIZE = MAX_MESSAGES * (TEXT_SIZE + HINT_SIZE + FILE_SIZE + 2 * SOURCE_SIZE + 128)
};

typedef struct strings {
    char text[TEXT_SIZE], hint[HINT_SIZE], file[FILE_SIZE], source[SOURCE_SIZE];
} strings;

struct ketch_diag {
    size_t count, errors, others, dropped_errors, dropped_others;
    strings *last; /* of the message recorded last, or NULL if it found no room */
    ketch_message messages[MAX_MESSAGES];
    strings entries[MAX_MESSAGES];
    char rendered[RENDER_SIZE];
};

static const ketch_code_info codes[KT_CODE_COUNT] = {
#define KT_CODE(name, number, status, summary, help) [KT_##name] = {number, status, summary, help},
#include "base/codes.def"
#undef KT_CODE
};

const ketch_code_info *ketch_code_at(size_t index) { return index < KT_CODE_COUNT ? &codes[index] : NULL; }

ketch_status kt_code_status(kt_code code) { return codes[code].status; }

const char *ketch_status_name(ketch_status status) {
    static const char *const names[] = {
        [KETCH_OK] = "ok",
        [KETCH_ERROR_RUNTIME] = "run-time error",
        [KETCH_ERROR_USAGE] = "usage",
        [KETCH_ERROR_SYNTAX] = "syntax",
        [KETCH_ERROR_SEMANTICS] = "semantics",
        [KETCH_ERROR_LIMIT] = "limit",
        [KETCH_ERROR_TIMEOUT] = "timeout",
        [KETCH_ERROR_MEMORY] = "out of memory",
        [KETCH_ERROR_CANCELLED] = "cancelled",
        [KETCH_ERROR_IO] = "input or output",
        [KETCH_ERROR_UNAVAILABLE] = "unavailable",
    };
    size_t index = (size_t)status;
    return index < sizeof names / sizeof *names ? names[index] : "unknown status";
}

ketch_diag *ketch_diag_create(void) {
    ketch_diag *diag = kt_alloc(sizeof *diag);
    if (diag) ketch_diag_clear(diag);
    return diag;
}

void ketch_diag_free(ketch_diag **diag) {
    if (!diag) return;
    kt_free(*diag);
    *diag = NULL;
}

void ketch_diag_clear(ketch_diag *diag) {
    if (!diag) return;
    diag->count = diag->errors = diag->others = diag->dropped_errors = diag->dropped_others = 0;
    diag->last = NULL;
    diag->rendered[0] = '\0';
}

size_t ketch_diag_count(const ketch_diag *diag) { return diag ? diag->count : 0; }

size_t ketch_diag_dropped(const ketch_diag *diag) { return diag ? diag->dropped_errors + diag->dropped_others : 0; }

size_t kt_error_count(const ketch_diag *diag) { return diag ? diag->errors + diag->dropped_errors : 0; }

const ketch_message *ketch_diag_message(const ketch_diag *diag, size_t index) {
    return diag && index < diag->count ? &diag->messages[index] : NULL;
}

static bool is_continuation(char c) { return ((unsigned char)c & 0xc0) == 0x80; }

static uint32_t characters(const char *text, size_t size) {
    uint32_t count = 0;
    for (size_t i = 0; i < size; i++) count += !is_continuation(text[i]);
    return count;
}

/* Copies what fits, cut at a character, with "..." where it was cut. */
static void keep(char *out, size_t room, const char *text, size_t size) {
    if (size < room) {
        memcpy(out, text, size);
        out[size] = '\0';
        return;
    }
    size_t kept = room - 4;
    while (kept && is_continuation(text[kept])) kept--;
    memcpy(out, text, kept);
    memcpy(out + kept, "...", 4);
}

/* The source line, or the part around the column, tabs as one blank and control bytes as '?': one character stays one character. */
static void keep_source(ketch_message *message, strings *entry, const kt_place *place) {
    size_t column = place->column ? place->column - 1 : 0, size = place->source_size;
    const char *line = place->source_line;
    if (column > size) column = size;
    message->column = characters(line, column) + (place->column != 0);
    size_t span = place->length ? place->length : 1;
    message->length = column < size ? characters(line + column, span < size - column ? span : size - column) : 1;
    if (!message->length) message->length = 1;
    size_t first = 0, last = size;
    if (characters(line, size) > EXCERPT || size >= SOURCE_SIZE - 8) {
        first = column > EXCERPT / 2 ? column - EXCERPT / 2 : 0;
        last = size - first > EXCERPT ? first + EXCERPT : size;
        while (first > 0 && is_continuation(line[first])) first--;
        while (last < size && is_continuation(line[last])) last++;
    }
    char *out = entry->source;
    size_t used = 0;
    if (first) used += (size_t)snprintf(out, 4, "...");
    message->source_column = characters(line + first, column - first) + (first ? 4 : 1);
    for (size_t i = first; i < last && used < SOURCE_SIZE - 4; i++) {
        unsigned char c = (unsigned char)line[i];
        out[used++] = c == '\t' ? ' ' : c < 0x20 || c == 0x7f ? '?' : (char)c;
    }
    if (last < size) {
        memcpy(out + used, "...", 3);
        used += 3;
    }
    out[used] = '\0';
    uint32_t shown = characters(out, used);
    if (message->source_column + message->length > shown + 1)
        message->length = message->source_column <= shown ? shown + 1 - message->source_column : 1;
}

static void record(ketch_diag *diag, ketch_severity severity, const char *code, const kt_place *place, const char *format,
                   va_list arguments) {
    if (!diag) return;
    bool error = severity == KETCH_SEVERITY_ERROR;
    size_t *kept = error ? &diag->errors : &diag->others;
    if (*kept == (size_t)(error ? MAX_ERRORS : MAX_OTHERS)) {
        (*(error ? &diag->dropped_errors : &diag->dropped_others))++;
        diag->last = NULL;
        return;
    }
    ++*kept;
    ketch_message *message = &diag->messages[diag->count];
    strings *entry = &diag->entries[diag->count];
    diag->count++;
    diag->last = entry;
    entry->hint[0] = entry->file[0] = entry->source[0] = '\0';
    int size = vsnprintf(entry->text, TEXT_SIZE, format, arguments);
    if (size >= TEXT_SIZE) { /* cut at a character */
        size_t cut = TEXT_SIZE - 4;
        while (cut && is_continuation(entry->text[cut])) cut--;
        memcpy(entry->text + cut, "...", 4);
    }
    for (char *c = entry->text; *c; c++) { /* a message stays on its line */
        if ((unsigned char)*c < 0x20 || *c == 0x7f) *c = '?';
    }
    *message = (ketch_message){.severity = severity,
                               .code = code,
                               .text = entry->text,
                               .hint = entry->hint,
                               .file = entry->file,
                               .source_line = entry->source,
                               .length = 1,
                               .source_column = 1};
    if (!place) return;
    if (place->file) keep(entry->file, FILE_SIZE, place->file, strlen(place->file));
    message->line = place->line;
    message->column = place->column;
    if (place->source_line) keep_source(message, entry, place);
}

ketch_status kt_fail(ketch_diag *diag, kt_code code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    record(diag, KETCH_SEVERITY_ERROR, codes[code].code, NULL, format, arguments);
    va_end(arguments);
    return codes[code].status;
}

ketch_status kt_fail_at(ketch_diag *diag, kt_code code, const kt_place *place, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    record(diag, KETCH_SEVERITY_ERROR, codes[code].code, place, format, arguments);
    va_end(arguments);
    return codes[code].status;
}

void kt_warn_at(ketch_diag *diag, kt_code code, const kt_place *place, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    record(diag, KETCH_SEVERITY_WARNING, codes[code].code, place, format, arguments);
    va_end(arguments);
}

void kt_note(ketch_diag *diag, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    record(diag, KETCH_SEVERITY_NOTE, "", NULL, format, arguments);
    va_end(arguments);
}

void kt_hint(ketch_diag *diag, const char *format, ...) {
    if (!diag || !diag->last) return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(diag->last->hint, HINT_SIZE, format, arguments);
    va_end(arguments);
}

ketch_status kt_no_memory(ketch_diag *diag) { return kt_fail(diag, KT_NO_MEMORY, "out of memory"); }

static KT_PRINTF(3, 4) size_t add(char *out, size_t used, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(out + used, RENDER_SIZE - used, format, arguments);
    va_end(arguments);
    size_t end = used + (size_t)(size > 0 ? size : 0);
    return end < RENDER_SIZE ? end : RENDER_SIZE - 1;
}

static size_t render(char *out, size_t used, const ketch_message *message) {
    static const char *const words[] = {"error", "warning", "note"};
    if (message->file[0]) used = add(out, used, "%s:", message->file);
    if (message->line) used = add(out, used, "%u:%u:", message->line, message->column);
    used = add(out, used, "%s%s", message->file[0] || message->line ? " " : "", words[message->severity]);
    if (message->code[0]) used = add(out, used, "[%s]", message->code);
    used = add(out, used, ": %s\n", message->text);
    if (message->source_line[0]) {
        used = add(out, used, "  %s\n  %*s^", message->source_line, (int)message->source_column - 1, "");
        for (uint32_t i = 1; i < message->length; i++) used = add(out, used, "~");
        used = add(out, used, "\n");
    }
    if (message->hint[0]) used = add(out, used, "  hint: %s\n", message->hint);
    return used;
}

const char *ketch_diag_text(const ketch_diag *diag) {
    if (!diag) return "";
    char *out = ((ketch_diag *)(uintptr_t)diag)->rendered; /* a cache of what the entries say */
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < diag->count; i++) used = render(out, used, &diag->messages[i]);
    if (diag->dropped_errors) used = add(out, used, "error: and %zu more errors\n", diag->dropped_errors);
    if (diag->dropped_others) add(out, used, "note: and %zu more warnings and notes\n", diag->dropped_others);
    return out;
}
