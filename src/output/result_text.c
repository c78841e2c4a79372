/* SPDX-License-Identifier: Apache-2.0
 *
 * A result for people: columns that line up, bars where asked for, no row wider than the terminal if it can be helped.
 *
 *   b[1] a[2]  count
 *   0 00         514  50.20%  ████████████████████
 *   1 11         510  49.80%  ███████████████████▊
 *
 *    x b[1]  count                     with registers that are no plain bits: their values, a column each
 *   -3    1    514  50.20%
 *
 * The heading over the bits names the registers in the order in which their bits stand. Rows that would read as zero are not shown
 * but counted. Every number in full is in the other formats.
 */
#include "output/writer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DECIMALS = 9, HEADING_LIMIT = 40, MIN_BAR = 8, MAX_BAR = 60 };

typedef struct text_table {
    kt_section section;
    const char *heading; /* over the bits */
    size_t label_width, number_width, bar_width;
    double largest; /* what a whole bar stands for */
    uint64_t hidden;
    kt_buffer line, label;
    size_t *value_widths; /* of the registers, where some have values; else NULL */
} text_table;

/* "b[1] a[2]", or "outcome" where there are too many registers to name; freed with the buffer. */
static const char *outcome_heading(kt_buffer *out, const kt_writer *writer) {
    const ketch_result *result = writer->result;
    bool bit0_first = writer->options->bit0_first;
    if (result->info.all_qubits_measured) return "outcome";
    for (size_t i = 0; i < result->register_count && out->size <= HEADING_LIMIT; i++) {
        const ketch_register *named = &result->registers[bit0_first ? i : result->register_count - 1 - i];
        kt_buffer_format(out, "%s%s[%u]", out->size ? " " : "", named->name, named->size);
    }
    return !out->size || out->size > HEADING_LIMIT ? "outcome" : out->bytes;
}

/* The register that stands at a place, from the left. */
static size_t register_at(const kt_writer *writer, size_t place) {
    return writer->options->bit0_first ? place : writer->result->register_count - 1 - place;
}

static void value_text(kt_buffer *out, const kt_writer *writer, size_t index, const uint64_t *row) {
    const ketch_result *result = writer->result;
    kt_json json = {.out = out};
    kt_buffer_clear(out);
    kt_write_value(&json, NULL, result, index, row, writer->options->bit0_first);
    if (!kt_is_plain(&result->registers[index]) || out->failed) return;
    out->bytes[--out->size] = '\0'; /* bits stand without quotes */
    memmove(out->bytes, out->bytes + 1, out->size--);
}

static void register_heading(kt_buffer *out, const ketch_register *named) {
    kt_buffer_clear(out);
    kt_buffer_text(out, named->name);
    if (kt_is_plain(named)) kt_buffer_format(out, "[%u]", named->size);
}

/* Columns that the registers take, and together. */
static void measure_values(kt_writer *writer, text_table *table) {
    const ketch_result *result = writer->result;
    if (!kt_has_values(result)) return;
    if (!(table->value_widths = kt_array(result->register_count, sizeof *table->value_widths))) {
        kt_stream_fail(&writer->stream, kt_no_memory(writer->stream.diag));
        return;
    }
    table->label_width = result->register_count - 1;
    for (size_t i = 0; i < result->register_count; i++) {
        size_t *width = &table->value_widths[i], columns;
        register_heading(&table->line, &result->registers[i]);
        *width = kt_text_columns(table->line.bytes);
        for (size_t o = 0; o < result->outcome_count && !table->line.failed; o++) {
            value_text(&table->line, writer, i, result->outcomes + o * result->words);
            if ((columns = table->line.size) > *width) *width = columns;
        }
        table->label_width += *width;
    }
}

/* Values or, without a row, the registers' names; in columns. */
static const char *in_columns(kt_writer *writer, text_table *table, const uint64_t *row) {
    kt_buffer_clear(&table->label);
    for (size_t place = 0; place < writer->result->register_count; place++) {
        size_t index = register_at(writer, place);
        if (row)
            value_text(&table->line, writer, index, row);
        else
            register_heading(&table->line, &writer->result->registers[index]);
        if (place) kt_buffer_text(&table->label, " ");
        kt_text_right(&table->label, table->line.bytes ? table->line.bytes : "", table->value_widths[index]);
    }
    return table->label.bytes ? table->label.bytes : "";
}

static void add_color(kt_buffer *out, const kt_writer *writer, const char *escape) {
    if (writer->options->color) kt_buffer_text(out, escape);
}

/* Bars end in eighths of a column; in ASCII they are rounded to whole ones. */
static void add_bar(kt_buffer *out, const kt_writer *writer, const text_table *table, double value) {
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    if (!table->bar_width || !(table->largest > 0)) return;
    double columns = value / table->largest * (double)table->bar_width;
    unsigned steps = (unsigned)lround(columns * 8);
    if (writer->options->ascii) steps = (unsigned)lround(columns) * 8;
    if (!steps) return;
    kt_buffer_text(out, "  ");
    add_color(out, writer, "\033[36m");
    kt_buffer_repeat(out, writer->options->ascii ? "#" : "█", steps / 8);
    kt_buffer_text(out, eighths[steps % 8]);
    add_color(out, writer, "\033[0m");
}

/* All decimals shown would be zeros. */
static bool reads_as_zero(double value) { return fabs(value) < 0.5 * pow(10, -DECIMALS); }

/* A column of fixed decimals, which would show little of small numbers: these get an exponent. */
static void add_number(text_table *table, kt_buffer *out, double value) {
    kt_buffer_clear(&table->line);
    if (fabs(value) < 1e-4 && fabs(value) > 1e-15) { /* less than that is rounding */
        char text[KT_NUMBER_TEXT];
        kt_buffer_add(&table->line, text, kt_number_round(text, value, 6));
    } else {
        kt_text_fixed(&table->line, value, DECIMALS);
    }
    kt_buffer_text(out, "  ");
    kt_text_right(out, table->line.bytes ? table->line.bytes : "", table->number_width);
}

static void write_count(kt_writer *writer, void *user, const kt_entry *entry) {
    text_table *table = user;
    kt_buffer *out = &writer->stream.out;
    double share = (double)entry->number / (double)writer->result->info.shots;
    kt_text_left(out, table->value_widths ? in_columns(writer, table, entry->row) : entry->label, table->label_width);
    kt_buffer_format(out, "  %*llu  ", (int)table->number_width, (unsigned long long)entry->number);
    kt_buffer_clear(&table->line);
    kt_text_fixed(&table->line, 100 * share, 2);
    kt_text_right(out, table->line.bytes ? table->line.bytes : "", 6);
    kt_buffer_text(out, "%");
    add_bar(out, writer, table, (double)entry->number);
    kt_buffer_text(out, "\n");
}

static void write_shot(kt_writer *writer, void *user, const kt_entry *entry) {
    text_table *table = user;
    kt_buffer_text(&writer->stream.out, table->value_widths ? in_columns(writer, table, entry->row) : entry->label);
    kt_buffer_text(&writer->stream.out, "\n");
}

static void write_probability(kt_writer *writer, void *user, const kt_entry *entry) {
    text_table *table = user;
    kt_buffer *out = &writer->stream.out;
    if (reads_as_zero(entry->re) && !writer->top_states) {
        table->hidden++;
        return;
    }
    kt_text_left(out, entry->label, table->label_width);
    add_number(table, out, entry->re);
    add_bar(out, writer, table, entry->re);
    kt_buffer_text(out, "\n");
}

static void write_amplitude(kt_writer *writer, void *user, const kt_entry *entry) {
    text_table *table = user;
    kt_buffer *out = &writer->stream.out;
    bool chosen = writer->options->amplitudes || writer->top_states;
    if (!chosen && reads_as_zero(entry->re) && reads_as_zero(entry->im)) {
        table->hidden++;
        return;
    }
    kt_text_left(out, entry->label, table->label_width);
    add_number(table, out, entry->re);
    add_number(table, out, entry->im);
    add_number(table, out, entry->re * entry->re + entry->im * entry->im);
    kt_buffer_text(out, "\n");
}

static void measure_counts(const kt_writer *writer, text_table *table) {
    const ketch_result *result = writer->result;
    char digits[KT_NUMBER_TEXT];
    table->largest = result->outcome_count ? (double)result->counts[0] : 0;
    table->number_width =
        (size_t)snprintf(digits, sizeof digits, "%llu", result->outcome_count ? (unsigned long long)result->counts[0] : 0ull);
    if (table->number_width < 5) table->number_width = 5;
    table->label_width = result->bit_count + (result->register_count ? result->register_count - 1 : 0);
}

static void measure_states(const kt_writer *writer, text_table *table) {
    table->number_width = DECIMALS + 2 + (table->section == KT_AMPLITUDES);
    table->label_width = writer->result->qubit_count;
    table->heading = "state";
    if (table->section != KT_PROBABILITIES || !writer->options->histogram) return;
    for (uint64_t state = 0; state < writer->basis.count; state++) {
        if (writer->top_states && state) break; /* the likeliest is the first of them */
        double probability = kt_basis_probability(&writer->basis, writer->top_count ? writer->top_states[0] : state);
        if (probability > table->largest) table->largest = probability;
    }
}

static void write_heading(kt_writer *writer, const text_table *table) {
    kt_buffer *out = &writer->stream.out;
    add_color(out, writer, "\033[1m");
    kt_text_left(out, table->heading, table->label_width);
    if (table->section == KT_AMPLITUDES) {
        static const char *const columns[] = {"real", "imaginary", "probability"};
        for (size_t i = 0; i < 3; i++) {
            kt_buffer_text(out, "  ");
            kt_text_right(out, columns[i], table->number_width);
        }
    } else {
        kt_buffer_text(out, "  ");
        kt_text_right(out, table->section == KT_COUNTS ? "count" : "probability", table->number_width);
    }
    add_color(out, writer, "\033[0m");
    kt_buffer_text(out, "\n");
}

/* What is not shown is said. */
static void write_rest(kt_writer *writer, const text_table *table) {
    kt_buffer *out = &writer->stream.out;
    const ketch_result *result = writer->result;
    const char *dots = writer->options->ascii ? "..." : "…";
    if (table->section == KT_COUNTS && kt_shown_outcomes(writer) < result->outcome_count) {
        uint64_t shots = 0;
        for (size_t i = kt_shown_outcomes(writer); i < result->outcome_count; i++) shots += result->counts[i];
        kt_buffer_format(out, "%s %zu more outcomes in %llu shots\n", dots, result->outcome_count - kt_shown_outcomes(writer),
                         (unsigned long long)shots);
    }
    if (table->hidden)
        kt_buffer_format(out, "%s %llu more state%s below 5e-10\n", dots, (unsigned long long)table->hidden, table->hidden == 1 ? "" : "s");
}

static void write_table(kt_writer *writer, kt_section section) {
    static const kt_visit visits[KT_SECTION_COUNT] = {write_count, write_shot, write_probability, write_amplitude};
    text_table table = {.section = section, .heading = "outcome"};
    kt_buffer heading = {0};
    if (section == KT_COUNTS) {
        measure_counts(writer, &table);
        table.heading = outcome_heading(&heading, writer);
        measure_values(writer, &table);
    } else if (section != KT_MEMORY) {
        measure_states(writer, &table);
    }
    if (section == KT_MEMORY) measure_values(writer, &table);
    if (table.value_widths && section == KT_COUNTS) table.heading = in_columns(writer, &table, NULL);
    size_t heading_width = kt_text_columns(table.heading);
    if (table.label_width < heading_width) table.label_width = heading_width;
    if (writer->options->histogram) {
        size_t taken = table.label_width + 2 + table.number_width + (section == KT_COUNTS ? 9 : 0) + 2;
        size_t left = writer->options->width > taken ? writer->options->width - taken : 0;
        table.bar_width = left < MIN_BAR ? 0 : left > MAX_BAR ? MAX_BAR : left;
    }
    if (section != KT_MEMORY) write_heading(writer, &table);
    kt_each_entry(writer, section, visits[section], &table);
    if (section != KT_MEMORY) write_rest(writer, &table);
    if (heading.failed || table.line.failed || table.label.failed) kt_stream_fail(&writer->stream, kt_no_memory(writer->stream.diag));
    kt_buffer_free(&heading);
    kt_buffer_free(&table.line);
    kt_buffer_free(&table.label);
    kt_free(table.value_widths);
}

void kt_result_as_text(kt_writer *writer) {
    kt_buffer *out = &writer->stream.out;
    if (writer->options->name) kt_text_heading(out, writer->options->name);
    size_t sections = 0;
    for (kt_section section = 0; section < KT_SECTION_COUNT; section++) sections += writer->present[section];
    bool first = true;
    for (kt_section section = 0; section < KT_SECTION_COUNT; section++) {
        if (!writer->present[section]) continue;
        if (!first) kt_buffer_text(out, "\n");
        first = false;
        if (sections > 1) {
            add_color(out, writer, "\033[1m");
            kt_buffer_text(out, kt_section_names[section]);
            add_color(out, writer, "\033[0m");
            kt_buffer_text(out, "\n");
        }
        write_table(writer, section);
    }
}
