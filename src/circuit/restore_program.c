/* SPDX-License-Identifier: Apache-2.0
 *
 * A program restored: its sources are read again, as they were, and its inputs get their values, which must be such as their types hold.
 */
#include "circuit/saved.h"

#include <math.h>

/* ── Values ── */

static bool in_width(uint64_t number, uint32_t width) { return width == 0 || width >= 64 || number >> width == 0; }

static bool is_signed(uint64_t cell, uint32_t width) {
    uint64_t above = width && width < 64 ? cell >> (width - 1) : 0;
    return above == 0 || above == UINT64_MAX >> (width - 1);
}

/* Could a scalar of the type have left these cells? */
static bool holds(const kt_input *input, const uint64_t *cells) {
    uint32_t count = kt_cells_of((kt_scalar)input->type, input->width), width = input->width ? input->width : 1;
    switch ((kt_scalar)input->type) {
    case KT_SCALAR_BITS: return width % 64 == 0 || cells[count - 1] >> width % 64 == 0;
    case KT_SCALAR_BOOL: return *cells <= 1;
    case KT_SCALAR_INT: return is_signed(*cells, input->width);
    case KT_SCALAR_UINT:
    case KT_SCALAR_ANGLE: return in_width(*cells, input->width);
    default: break;
    }
    for (uint32_t i = 0; i < count; i++)
        if (!isfinite(kt_cell_double(cells[i]))) return false;
    return true;
}

static void read_words(kt_saved_reader *reader, ketch_circuit *circuit) {
    size_t count = kt_saved_count(reader, 8);
    if (reader->status == KETCH_OK && count != circuit->input_words_count)
        kt_saved_wrong(reader, "inputs have other values than they are declared");
    for (size_t i = 0; i < circuit->input_words_count && reader->status == KETCH_OK; i++)
        circuit->input_words[i] = kt_saved_number(reader, 8);
    for (size_t i = 0; i < circuit->inputs_count && reader->status == KETCH_OK; i++) {
        const kt_input *input = &circuit->inputs[i];
        if (!input->in_cells || !input->bound) continue;
        size_t cells = kt_cells_in_all((kt_scalar)input->type, input->width, &input->dimensions);
        for (size_t at = 0; at < cells; at += kt_cells_of((kt_scalar)input->type, input->width))
            if (!holds(input, circuit->input_words + input->words + at))
                kt_saved_wrong(reader, "an input has a value that its type does not hold");
    }
}

/* Those that expressions use are bound by name, so that all that follows from them is found. */
static void read_values(kt_saved_reader *reader, ketch_circuit *circuit) {
    size_t count = kt_saved_count(reader, 9), bound = 0;
    if (reader->status == KETCH_OK && count != circuit->inputs_count) kt_saved_wrong(reader, "there are other inputs than are declared");
    const char **names = kt_array(circuit->inputs_count, sizeof *names);
    double *values = kt_array(circuit->inputs_count, sizeof *values);
    if ((!names || !values) && reader->status == KETCH_OK) reader->status = kt_no_memory(reader->diag);
    for (size_t i = 0; i < circuit->inputs_count && reader->status == KETCH_OK; i++) {
        bool given = kt_saved_number(reader, 1) == 1;
        double value = kt_saved_double(reader);
        if (!given) continue;
        circuit->inputs[i].bound = circuit->inputs[i].in_cells;
        circuit->inputs[i].value = value;
        if (circuit->inputs[i].in_cells) continue;
        names[bound] = circuit->inputs[i].name;
        values[bound++] = value;
    }
    read_words(reader, circuit);
    if (reader->status == KETCH_OK && bound) reader->status = kt_circuit_bind(circuit, bound, names, values, reader->diag);
    kt_free(names);
    kt_free(values);
}

/* ── The door ── */

static kt_kept_source read_source(kt_saved_reader *reader, char **name) {
    kt_saved_text text = kt_saved_text_of(reader, false);
    uint64_t size = kt_saved_number(reader, 8);
    kt_kept_source source = {.text = (const char *)reader->at, .size = (size_t)size};
    if (reader->status == KETCH_OK && size > (size_t)(reader->end - reader->at)) kt_saved_wrong(reader, "a source ends too early");
    if (reader->status == KETCH_OK && !(*name = kt_strndup(text.bytes, text.size))) reader->status = kt_no_memory(reader->diag);
    source.name = *name;
    if (reader->status == KETCH_OK) reader->at += size;
    return source;
}

void kt_saved_program(ketch_circuit **out, kt_saved_reader *reader, const ketch_load_options *options, kt_read_sources *read) {
    static const char *const preludes[] = {NULL, NULL, "qelib1.inc", "stdgates.inc"};
    ketch_load_options as_before = *options;
    uint64_t prelude = kt_saved_number(reader, 1);
    as_before.max_unroll = kt_saved_number(reader, 8);
    if (prelude > 3 || !as_before.max_unroll) kt_saved_wrong(reader, "it was read in a way that there is not");
    as_before.prelude = preludes[prelude & 3];
    if (reader->status == KETCH_OK && as_before.max_unroll > options->max_unroll)
        reader->status = kt_fail(reader->diag, KT_GATE_LIMIT, "the program was read with max_unroll %llu; the limit is %llu",
                                 (unsigned long long)as_before.max_unroll, (unsigned long long)options->max_unroll);
    size_t count = kt_saved_count(reader, 12);
    kt_kept_source *sources = kt_array(count + 1, sizeof *sources);
    char **names = kt_zalloc((count + 1) * sizeof *names);
    if ((!sources || !names) && reader->status == KETCH_OK) reader->status = kt_no_memory(reader->diag);
    for (size_t i = 0; i < count && reader->status == KETCH_OK; i++) sources[i] = read_source(reader, &names[i]);
    if (reader->status == KETCH_OK && !count) kt_saved_wrong(reader, "a program has no source");
    if (reader->status == KETCH_OK) reader->status = read(out, sources, count, &as_before, reader->diag);
    if (*out && reader->status == KETCH_OK) read_values(reader, *out);
    if (reader->status == KETCH_OK && reader->at != reader->end) kt_saved_wrong(reader, "more follows");
    for (size_t i = 0; names && i < count; i++) kt_free(names[i]);
    kt_free(names);
    kt_free(sources);
}
