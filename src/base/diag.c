/* SPDX-License-Identifier: Apache-2.0
 *
 * Diagnostics: a fixed number of entries, each with room of its own for its strings, taken when the diagnostic is created, so that
 * reporting "out of memory" needs none. Text that is too long is cut with "...".
 */
#include "base/diag.h"

#include "base/memory.h"
#include "base/utf8.h"

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
    EXCERPT = 100, /* bytes of a longer line that are shown */
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
        [KETCH_ERROR_BUSY] = "busy",
        [KETCH_ERROR_LOST] = "lost",
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
    char shown[4];
    for (size_t i = 0, written; i < size; count++) i += kt_utf8_show(shown, &written, text + i, size - i);
    return count;
}

/* Copies what fits as it is shown, with "..." where it was cut. */
static void keep(char *out, size_t room, const char *text, size_t size) {
    size_t used = 0;
    for (size_t i = 0, written; i < size; used += written) {
        char shown[4];
        i += kt_utf8_show(shown, &written, text + i, size - i);
        if (used + written + 4 > room) {
            memcpy(out + used, "...", 4);
            return;
        }
        memcpy(out + used, shown, written);
    }
    out[used] = '\0';
}

/* Formats, then keeps. */
static void keep_formatted(char *out, size_t room, const char *format, va_list arguments) {
    char raw[2 * TEXT_SIZE];
    int size = vsnprintf(raw, sizeof raw, format, arguments);
    keep(out, room, raw, size < 0 ? 0 : (size_t)size < sizeof raw ? (size_t)size : sizeof raw - 1);
}

/* The source line, or the part around the column where it is long. */
static void keep_source(ketch_message *message, strings *entry, const kt_place *place) {
    size_t column = place->column ? place->column - 1 : 0, size = place->source_size;
    const char *line = place->source_line;
    if (column > size) column = size;
    message->column = characters(line, column) + (place->column != 0);
    size_t span = place->length ? place->length : 1;
    message->length = column < size ? characters(line + column, span < size - column ? span : size - column) : 1;
    size_t first = 0, last = size;
    if (size > EXCERPT) {
        first = column > EXCERPT / 2 ? column - EXCERPT / 2 : 0;
        last = size - first > EXCERPT ? first + EXCERPT : size;
        for (int i = 0; i < 3 && first > 0 && is_continuation(line[first]); i++) first--;
        for (int i = 0; i < 3 && last < size && is_continuation(line[last]); i++) last++;
    }
    size_t cut = first ? 3 : 0;
    memcpy(entry->source, "...", cut);
    keep(entry->source + cut, SOURCE_SIZE - cut - 3, line + first, last - first);
    if (last < size) strcat(entry->source, "...");
    message->source_column = (uint32_t)cut + characters(line + first, column - first) + 1;
    uint32_t shown = characters(entry->source, strlen(entry->source));
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
    keep_formatted(entry->text, TEXT_SIZE, format, arguments);
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
    message->system_error = place->system_error;
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
    keep_formatted(diag->last->hint, HINT_SIZE, format, arguments);
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

/* A string of the one is at the same place in the other; those that are constants are the same. */
static void move_string(const char **string, ketch_diag *to, const ketch_diag *from) {
    uintptr_t begin = (uintptr_t)from->entries, at = (uintptr_t)*string;
    if (at >= begin && at - begin < sizeof from->entries) *string = (const char *)to->entries + (at - begin);
}

void kt_diag_copy(ketch_diag *to, const ketch_diag *from) {
    if (!to || !from) return;
    memcpy(to, from, offsetof(ketch_diag, rendered));
    to->last = NULL;
    for (size_t i = 0; i < to->count; i++) {
        ketch_message *message = &to->messages[i];
        move_string(&message->text, to, from);
        move_string(&message->hint, to, from);
        move_string(&message->file, to, from);
        move_string(&message->source_line, to, from);
    }
}
