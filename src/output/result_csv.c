/* SPDX-License-Identifier: Apache-2.0
 *
 * A result as CSV (RFC 4180, lines end with LF): one table a section, with an empty line between two of them. A name, where given, is the
 * first column.
 */
#include "output/writer.h"

#include <string.h>

static void write_field(kt_buffer *out, const char *text) {
    if (!strpbrk(text, ",\"\r\n")) {
        kt_buffer_text(out, text);
        return;
    }
    kt_buffer_text(out, "\"");
    for (const char *c = text; *c; c++) kt_buffer_repeat(out, (char[]){*c, '\0'}, *c == '"' ? 2 : 1);
    kt_buffer_text(out, "\"");
}

static void begin_row(kt_writer *writer) {
    if (!writer->options->name) return;
    write_field(&writer->stream.out, writer->options->name);
    kt_buffer_text(&writer->stream.out, ",");
}

/* Registers that are not plain bits have a column each, with their values as JSON. */
static void write_values(kt_writer *writer, const kt_entry *entry) {
    const ketch_result *result = writer->result;
    kt_buffer text = {0};
    for (size_t i = 0; i < result->register_count; i++) {
        if (kt_is_plain(&result->registers[i])) continue;
        kt_json json = {.out = &text};
        kt_buffer_clear(&text);
        kt_write_value(&json, NULL, result, i, entry->row, writer->options->bit0_first);
        kt_buffer_text(&writer->stream.out, ",");
        write_field(&writer->stream.out, text.bytes ? text.bytes : "");
    }
    if (text.failed) kt_stream_fail(&writer->stream, kt_no_memory(writer->stream.diag));
    kt_buffer_free(&text);
}

static void write_count(kt_writer *writer, void *user, const kt_entry *entry) {
    (void)user;
    begin_row(writer);
    kt_buffer_format(&writer->stream.out, "%s,%llu", entry->label, (unsigned long long)entry->number);
    write_values(writer, entry);
    kt_buffer_text(&writer->stream.out, "\n");
}

static void write_shot(kt_writer *writer, void *user, const kt_entry *entry) {
    (void)user;
    begin_row(writer);
    kt_buffer_format(&writer->stream.out, "%llu,%s\n", (unsigned long long)entry->number, entry->label);
}

static void write_probability(kt_writer *writer, void *user, const kt_entry *entry) {
    (void)user;
    begin_row(writer);
    kt_buffer_format(&writer->stream.out, "%s,", entry->label);
    kt_buffer_number(&writer->stream.out, entry->re);
    kt_buffer_text(&writer->stream.out, "\n");
}

static void write_amplitude(kt_writer *writer, void *user, const kt_entry *entry) {
    (void)user;
    begin_row(writer);
    kt_buffer_format(&writer->stream.out, "%s,", entry->label);
    kt_buffer_number(&writer->stream.out, entry->re);
    kt_buffer_text(&writer->stream.out, ",");
    kt_buffer_number(&writer->stream.out, entry->im);
    kt_buffer_text(&writer->stream.out, "\n");
}

void kt_result_as_csv(kt_writer *writer) {
    static const struct {
        const char *heading;
        kt_visit visit;
    } tables[KT_SECTION_COUNT] = {
        [KT_COUNTS] = {"outcome,count", write_count},
        [KT_MEMORY] = {"shot,outcome", write_shot},
        [KT_PROBABILITIES] = {"state,probability", write_probability},
        [KT_AMPLITUDES] = {"state,re,im", write_amplitude},
    };
    bool first = true;
    for (kt_section section = 0; section < KT_SECTION_COUNT; section++) {
        if (!writer->present[section]) continue;
        if (!first) kt_buffer_text(&writer->stream.out, "\n");
        first = false;
        if (writer->options->name) kt_buffer_text(&writer->stream.out, "name,");
        kt_buffer_text(&writer->stream.out, tables[section].heading);
        for (size_t i = 0; section == KT_COUNTS && i < writer->result->register_count; i++) {
            if (kt_is_plain(&writer->result->registers[i])) continue;
            kt_buffer_text(&writer->stream.out, ",");
            write_field(&writer->stream.out, writer->result->registers[i].name);
        }
        kt_buffer_text(&writer->stream.out, "\n");
        kt_each_entry(writer, section, tables[section].visit, NULL);
    }
}
