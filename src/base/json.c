/* SPDX-License-Identifier: Apache-2.0
 *
 * The JSON writer. See json.h.
 */
#include "base/json.h"

#include "base/utf8.h"

#include <math.h>
#include <string.h>

static void write_escaped(kt_buffer *out, const char *text, size_t size);

/* What comes before a member: comma, new line, name. */
static void begin_member(kt_json *json, const char *name) {
    uint64_t bit = 1ull << (json->depth & 63);
    bool inlined = !json->indent || (json->inlined & bit);
    if (json->occupied & bit) kt_buffer_text(json->out, inlined ? ", " : ",");
    if (json->depth && !inlined) {
        kt_buffer_text(json->out, "\n");
        kt_buffer_repeat(json->out, "  ", json->depth);
    }
    json->occupied |= bit;
    if (name) {
        kt_buffer_text(json->out, "\"");
        write_escaped(json->out, name, strlen(name));
        kt_buffer_text(json->out, "\": ");
    }
}

static void open_container(kt_json *json, const char *name, char bracket, bool inlined) {
    begin_member(json, name);
    uint64_t outer = 1ull << (json->depth & 63);
    kt_buffer_add(json->out, &bracket, 1);
    json->depth++;
    uint64_t bit = 1ull << (json->depth & 63);
    json->occupied &= ~bit;
    json->inlined = inlined || (json->inlined & outer && json->depth > 1) ? json->inlined | bit : json->inlined & ~bit;
}

void kt_json_open(kt_json *json, const char *name, char bracket) { open_container(json, name, bracket, false); }

void kt_json_open_inline(kt_json *json, const char *name, char bracket) { open_container(json, name, bracket, true); }

void kt_json_close(kt_json *json, char bracket) {
    uint64_t bit = 1ull << (json->depth & 63);
    bool broken = json->indent && (json->occupied & bit) && !(json->inlined & bit);
    json->depth--;
    if (broken) {
        kt_buffer_text(json->out, "\n");
        kt_buffer_repeat(json->out, "  ", json->depth);
    }
    kt_buffer_add(json->out, &bracket, 1);
}

static void write_escaped(kt_buffer *out, const char *text, size_t size) {
    size_t i = 0, plain = 0; /* text[plain, i) still to be copied */
    while (i < size) {
        unsigned char c = (unsigned char)text[i];
        size_t length = kt_utf8_size(text + i, size - i);
        if (length && c != '"' && c != '\\' && c >= 0x20) {
            i += length;
            continue;
        }
        kt_buffer_add(out, text + plain, i - plain);
        if (!length)
            kt_buffer_text(out, "\xef\xbf\xbd"); /* U+FFFD */
        else if (c == '"')
            kt_buffer_text(out, "\\\"");
        else if (c == '\\')
            kt_buffer_text(out, "\\\\");
        else if (c == '\n')
            kt_buffer_text(out, "\\n");
        else if (c == '\t')
            kt_buffer_text(out, "\\t");
        else
            kt_buffer_format(out, "\\u%04x", c);
        plain = ++i;
    }
    kt_buffer_add(out, text + plain, size - plain);
}

void kt_json_text(kt_json *json, const char *name, const char *text, size_t size) {
    begin_member(json, name);
    kt_buffer_text(json->out, "\"");
    write_escaped(json->out, text, size);
    kt_buffer_text(json->out, "\"");
}

void kt_json_string(kt_json *json, const char *name, const char *text) { kt_json_text(json, name, text, strlen(text)); }

void kt_json_number(kt_json *json, const char *name, double value) {
    begin_member(json, name);
    if (isfinite(value))
        kt_buffer_number(json->out, value);
    else
        kt_buffer_text(json->out, "null");
}

void kt_json_integer(kt_json *json, const char *name, uint64_t value) {
    begin_member(json, name);
    kt_buffer_format(json->out, "%llu", (unsigned long long)value);
}

void kt_json_negative(kt_json *json, const char *name, uint64_t size) {
    begin_member(json, name);
    kt_buffer_format(json->out, "-%llu", (unsigned long long)size);
}

void kt_json_bool(kt_json *json, const char *name, bool value) {
    begin_member(json, name);
    kt_buffer_text(json->out, value ? "true" : "false");
}

void kt_json_null(kt_json *json, const char *name) {
    begin_member(json, name);
    kt_buffer_text(json->out, "null");
}
