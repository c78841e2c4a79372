/* SPDX-License-Identifier: Apache-2.0
 *
 * What a result holds, entry by entry, and the choice of format. See writer.h.
 */
#include "output/writer.h"

const char *const kt_section_names[KT_SECTION_COUNT] = {"counts", "memory", "probabilities", "amplitudes"};

size_t kt_shown_outcomes(const kt_writer *writer) {
    size_t count = writer->result->outcome_count;
    return writer->options->top && writer->options->top < count ? (size_t)writer->options->top : count;
}

static const char *outcome_label(kt_writer *writer, const uint64_t *row) {
    kt_buffer_clear(&writer->label);
    kt_result_outcome_text(&writer->label, writer->result, row, writer->options->bit0_first);
    if (writer->label.failed) kt_stream_fail(&writer->stream, kt_no_memory(writer->stream.diag));
    return writer->label.size ? writer->label.bytes : "";
}

static void each_outcome(kt_writer *writer, kt_visit visit, void *user) {
    const ketch_result *result = writer->result;
    size_t shown = kt_shown_outcomes(writer);
    for (size_t i = 0; i < shown && kt_stream_pump(&writer->stream); i++) {
        const uint64_t *row = result->outcomes + i * result->words;
        kt_entry entry = {.label = outcome_label(writer, row), .row = row, .number = result->counts[i]};
        visit(writer, user, &entry);
    }
}

static void each_shot(kt_writer *writer, kt_visit visit, void *user) {
    const ketch_result *result = writer->result;
    for (uint64_t i = 0; i < result->info.shots && kt_stream_pump(&writer->stream); i++) {
        const uint64_t *row = result->shots + i * result->words;
        kt_entry entry = {.label = outcome_label(writer, row), .row = row, .number = i};
        visit(writer, user, &entry);
    }
}

static void visit_state(kt_writer *writer, kt_section section, uint64_t state, kt_visit visit, void *user) {
    kt_entry entry = {0};
    if (section == KT_PROBABILITIES) {
        entry.re = kt_basis_probability(&writer->basis, state);
    } else {
        double amplitude[2];
        kt_basis_amplitude(amplitude, &writer->basis, state);
        entry.re = amplitude[0];
        entry.im = amplitude[1];
    }
    if (entry.re == 0 && entry.im == 0) return; /* states that cannot occur are left out */
    entry.label = kt_basis_label(&writer->basis, state);
    visit(writer, user, &entry);
}

static void each_state(kt_writer *writer, kt_section section, kt_visit visit, void *user) {
    if (writer->top_states) {
        for (size_t i = 0; i < writer->top_count && kt_stream_pump(&writer->stream); i++)
            visit_state(writer, section, writer->top_states[i], visit, user);
    } else {
        for (uint64_t state = 0; state < writer->basis.count && kt_stream_pump(&writer->stream); state++)
            visit_state(writer, section, state, visit, user);
    }
}

static void each_chosen_amplitude(kt_writer *writer, kt_visit visit, void *user) {
    const ketch_write_options *options = writer->options;
    for (size_t i = 0; i < options->amplitude_count && kt_stream_pump(&writer->stream); i++) {
        double amplitude[2];
        kt_result_amplitude(amplitude, writer->result, options->amplitudes[i]);
        kt_entry entry = {.label = kt_basis_label_of_index(&writer->basis, options->amplitudes[i]), .re = amplitude[0], .im = amplitude[1]};
        visit(writer, user, &entry);
    }
}

void kt_each_entry(kt_writer *writer, kt_section section, kt_visit visit, void *user) {
    if (section == KT_COUNTS)
        each_outcome(writer, visit, user);
    else if (section == KT_MEMORY)
        each_shot(writer, visit, user);
    else if (section == KT_AMPLITUDES && writer->options->amplitudes)
        each_chosen_amplitude(writer, visit, user);
    else
        each_state(writer, section, visit, user);
}

/* Which sections there are; what was asked for but is not held is an error. */
static ketch_status find_sections(kt_writer *writer, ketch_diag *diag) {
    const ketch_result *result = writer->result;
    const ketch_write_options *options = writer->options;
    writer->present[KT_COUNTS] = !(result->outputs & KETCH_OUTPUT_NO_SHOTS);
    writer->present[KT_MEMORY] = result->shots != NULL;
    writer->present[KT_PROBABILITIES] = (result->outputs & KETCH_OUTPUT_PROBABILITIES) != 0;
    writer->present[KT_AMPLITUDES] = options->amplitudes || (result->outputs & KETCH_OUTPUT_AMPLITUDES);
    if (!writer->present[KT_PROBABILITIES] && !writer->present[KT_AMPLITUDES]) return KETCH_OK;
    if (!result->state.amplitudes)
        return kt_fail(diag, KT_UNAVAILABLE, "the result holds no amplitudes: they were not asked for before the run");
    for (size_t i = 0; i < options->amplitude_count; i++) {
        if (result->qubit_count < 64 && options->amplitudes[i] >> result->qubit_count)
            return kt_fail(diag, KT_BAD_ARGUMENT, "basis state %llu does not exist: there are %u qubits",
                           (unsigned long long)options->amplitudes[i], result->qubit_count);
    }
    ketch_status status = kt_basis_open(&writer->basis, result, options->bit0_first, diag);
    bool top = options->top && (writer->present[KT_PROBABILITIES] || !options->amplitudes);
    if (status == KETCH_OK && top) status = kt_basis_top(&writer->top_states, &writer->top_count, &writer->basis, options->top, diag);
    return status;
}

ketch_status kt_output_result(ketch_result *result, const ketch_write_options *options, ketch_sink sink, ketch_diag *diag) {
    kt_writer writer = {.stream = {.sink = sink, .diag = diag}, .result = result, .options = options};
    ketch_status status = find_sections(&writer, diag);
    if (status == KETCH_OK) {
        switch (options->format) {
        case KETCH_FORMAT_TEXT: kt_result_as_text(&writer); break;
        case KETCH_FORMAT_JSON:
        case KETCH_FORMAT_JSONL: kt_result_as_json(&writer); break;
        case KETCH_FORMAT_CSV: kt_result_as_csv(&writer); break;
        default:
            kt_stream_fail(&writer.stream, kt_fail(diag, KT_BAD_ARGUMENT, "a result is written as text, JSON, JSON lines or CSV"));
            break;
        }
        status = kt_stream_end(&writer.stream);
    }
    kt_free(writer.top_states);
    kt_buffer_free(&writer.label);
    kt_basis_close(&writer.basis);
    return status;
}
