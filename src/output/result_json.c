/* SPDX-License-Identifier: Apache-2.0
 *
 * A result as one JSON document (docs/result.schema.json). The object `result` is promised: the same circuit, options and seed give the
 * same bytes. What promises nothing (time, threads, memory, and the last bits of the norm) is in `run`, and may be left out as a whole.
 */
#include "output/writer.h"

#include "circuit/circuit.h"

#include <stdio.h>

static void write_amplitude(kt_writer *writer, void *json, const kt_entry *entry) {
    (void)writer;
    kt_json_open_inline(json, entry->label, '[');
    kt_json_number(json, NULL, entry->re);
    kt_json_number(json, NULL, entry->im);
    kt_json_close(json, ']');
}

static void write_count(kt_writer *writer, void *json, const kt_entry *entry) {
    (void)writer;
    kt_json_integer(json, entry->label, entry->number);
}

static void write_values(kt_writer *writer, void *json, const kt_entry *entry) {
    const ketch_result *result = writer->result;
    kt_json_open_inline(json, entry->label, '{');
    for (size_t i = 0; i < result->register_count; i++)
        kt_write_value(json, result->registers[i].name, result, i, entry->row, writer->options->bit0_first);
    kt_json_close(json, '}');
}

static void write_shot(kt_writer *writer, void *json, const kt_entry *entry) {
    (void)writer;
    kt_json_string(json, NULL, entry->label);
}

static void write_probability(kt_writer *writer, void *json, const kt_entry *entry) {
    (void)writer;
    kt_json_number(json, entry->label, entry->re);
}

static void write_sections(kt_writer *writer, kt_json *json) {
    static const kt_visit visits[KT_SECTION_COUNT] = {write_count, write_shot, write_probability, write_amplitude};
    for (kt_section section = 0; section < KT_SECTION_COUNT; section++) {
        if (!writer->present[section]) continue;
        char bracket = section == KT_MEMORY ? '[' : '{';
        kt_json_open(json, kt_section_names[section], bracket);
        kt_each_entry(writer, section, visits[section], json);
        kt_json_close(json, bracket == '[' ? ']' : '}');
        if (section != KT_COUNTS || !kt_has_values(writer->result)) continue;
        kt_json_open(json, "values", '{');
        kt_each_entry(writer, section, write_values, json);
        kt_json_close(json, '}');
    }
}

/* "bit[2]", "array[int[8], 3]" */
static void write_type(const ketch_result *result, size_t index, kt_json *json) {
    const ketch_register *bits = &result->registers[index];
    kt_buffer text = {0};
    if (kt_is_plain(bits))
        kt_buffer_format(&text, "bit[%u]", bits->size);
    else
        kt_type_text(&text, bits->type, &result->shapes[index]);
    if (text.failed)
        json->out->failed = true;
    else
        kt_json_string(json, "type", text.bytes);
    kt_buffer_free(&text);
}

static void write_registers(const ketch_result *result, kt_json *json) {
    kt_json_open(json, "registers", '[');
    for (size_t i = 0; i < result->register_count; i++) {
        kt_json_open_inline(json, NULL, '{');
        kt_json_string(json, "name", result->registers[i].name);
        kt_json_integer(json, "offset", result->registers[i].offset);
        kt_json_integer(json, "size", result->registers[i].size);
        write_type(result, i, json);
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}

static void write_result(kt_writer *writer, kt_json *json) {
    const ketch_result *result = writer->result;
    kt_json_open(json, "result", '{');
    kt_json_integer(json, "qubits", result->qubit_count);
    kt_json_string(json, "precision", result->info.precision == KETCH_PRECISION_FP32 ? "fp32" : "fp64");
    kt_json_string(json, "order", writer->options->bit0_first ? "msb" : "lsb");
    if (writer->present[KT_COUNTS]) {
        kt_json_integer(json, "shots", result->info.shots);
        kt_json_bool(json, "all_qubits_measured", result->info.all_qubits_measured != 0);
        write_registers(result, json);
        kt_json_integer(json, "outcomes", result->outcome_count);
    }
    write_sections(writer, json);
    kt_json_close(json, '}');
}

static void write_run(const ketch_run_info *info, kt_json *json) {
    static const char *const parts[] = {"stages", "frame", "merging", "blocks",     "tables",
                                        "linear", "start", "sums",    "huge-pages", "cache"}; /* KETCH_WITHOUT_... */
    char hash[40];
    snprintf(hash, sizeof hash, "%016llx%016llx", (unsigned long long)info->circuit_hash[1], (unsigned long long)info->circuit_hash[0]);
    kt_json_open(json, "run", '{');
    kt_json_string(json, "ketch", KETCH_VERSION);
    kt_json_integer(json, "seed", info->seed);
    kt_json_integer(json, "threads", info->threads);
    kt_json_string(json, "instruction_set", info->instruction_set ? info->instruction_set : "");
    kt_json_string(json, "engine", info->engine ? info->engine : "");
    kt_json_integer(json, "tile", info->tile_bits);
    kt_json_open_inline(json, "without", '[');
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (info->without >> i & 1) kt_json_string(json, NULL, parts[i]);
    }
    kt_json_close(json, ']');
    kt_json_integer(json, "passes", info->passes);
    kt_json_bool(json, "plan_reused", info->plan_reused != 0);
    kt_json_integer(json, "simulated_qubits", info->simulated_qubits);
    kt_json_number(json, "norm", info->norm);
    kt_json_open_inline(json, "seconds", '{');
    kt_json_number(json, "plan", info->plan_seconds);
    kt_json_number(json, "simulate", info->simulate_seconds);
    kt_json_number(json, "sample", info->sample_seconds);
    kt_json_number(json, "total", info->total_seconds);
    kt_json_close(json, '}');
    kt_json_integer(json, "peak_memory_bytes", info->peak_memory_bytes);
    kt_json_string(json, "input_hash", hash);
    kt_json_close(json, '}');
}

void kt_result_as_json(kt_writer *writer) {
    const ketch_write_options *options = writer->options;
    kt_json json = {.out = &writer->stream.out, .indent = options->format == KETCH_FORMAT_JSON};
    kt_json_open(&json, NULL, '{');
    kt_json_string(&json, "schema", "ketch-result/1");
    if (options->name) kt_json_string(&json, "name", options->name);
    write_result(writer, &json);
    if (!options->omit_run) write_run(&writer->result->info, &json);
    kt_json_close(&json, '}');
    kt_buffer_text(&writer->stream.out, "\n");
}
