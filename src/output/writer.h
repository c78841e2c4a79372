/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room output: what a result has to say, apart from how it is put. A result is up to four sections, each a run of entries
 * that are made one by one; text, JSON and CSV only differ in what they do with an entry:
 *
 *   counts          outcome   number
 *   memory          outcome   number of the shot
 *   probabilities   state     re = probability
 *   amplitudes      state     re, im
 */
#ifndef KETCH_OUTPUT_WRITER_H
#define KETCH_OUTPUT_WRITER_H

#include "output/basis.h"
#include "output/value.h"

typedef enum kt_section { KT_COUNTS, KT_MEMORY, KT_PROBABILITIES, KT_AMPLITUDES, KT_SECTION_COUNT } kt_section;

typedef struct kt_entry {
    const char *label; /* the bitstring */
    const uint64_t *row; /* of an outcome */
    uint64_t number;
    double re, im;
} kt_entry;

typedef struct kt_writer {
    kt_stream stream;
    ketch_result *result;
    const ketch_write_options *options;
    kt_basis basis;
    kt_buffer label;
    bool present[KT_SECTION_COUNT];
    uint64_t *top_states; /* the likeliest, where options->top asks for them */
    size_t top_count;
} kt_writer;

typedef void (*kt_visit)(kt_writer *writer, void *user, const kt_entry *entry);

extern const char *const kt_section_names[KT_SECTION_COUNT];

/* Hands every entry of a section to `visit`, in order, and pumps the stream; stops where the stream has failed. */
void kt_each_entry(kt_writer *writer, kt_section section, kt_visit visit, void *user);

/* Outcomes that the counts will show: all, or the top ones. */
size_t kt_shown_outcomes(const kt_writer *writer);

void kt_result_as_text(kt_writer *writer);
void kt_result_as_json(kt_writer *writer);
void kt_result_as_csv(kt_writer *writer);

#endif
