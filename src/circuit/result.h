/* SPDX-License-Identifier: Apache-2.0
 *
 * What a run leaves: outcomes counted, the bits of each shot, and the state, with the map from qubits to the state's index bits (an idle
 * qubit has none: it is 0). Made by the engine, read by the front door and by output.
 */
#ifndef KETCH_CIRCUIT_RESULT_H
#define KETCH_CIRCUIT_RESULT_H

#include "base/base.h"

#define KT_IDLE 0xffu /* in wire_of: the qubit was not simulated and is 0 */

#define KT_TALLY_WORDS 2 /* see result.c */

typedef struct kt_dimensions { /* of an array; dimension_count 0: a scalar */
    uint32_t dimension_count;
    uint32_t dimensions[7];
} kt_dimensions;

/* Amplitudes and how to give them back. */
typedef struct kt_state {
    void *amplitudes; /* 2^wires complex numbers, interleaved */
    size_t bytes;     /* as given to kt_pages_alloc */
    uint32_t wires;
    ketch_precision precision;
} kt_state;

struct ketch_result {
    /* outcomes */
    uint32_t bit_count;        /* of an outcome: the counted registers side by side */
    size_t words;              /* a row of outcome or shot: max(1, ceil(bit_count / 64)) */
    ketch_register *registers; /* in order of declaration; names live in `names` */
    kt_dimensions *shapes;     /* of the registers */
    size_t register_count;
    uint64_t *outcomes; /* outcome_count rows; most frequent first, then by value */
    uint64_t *counts;
    size_t outcome_count;
    uint64_t *shots; /* info.shots rows, or NULL */
    /* state */
    unsigned outputs;     /* KETCH_OUTPUT_... that were asked for */
    kt_state state;       /* amplitudes NULL if not kept */
    double drift;         /* see ketch_state */
    uint32_t qubit_count; /* declared */
    uint8_t *wire_of;     /* by qubit: index bit in the state, or KT_IDLE */
    ketch_run_info info;
    kt_arena names;
    kt_buffer text; /* for ketch_result_bitstring */
};

/* A result without outcomes or state, everything else zero. */
ketch_status kt_result_new(ketch_result **out, ketch_diag *diag);

/* Fills outcomes and counts from `shot_count` rows of `result->words` words (scrambled by it, and still the caller's; with `keep`
 * untouched, and the result's). After a failure the result is fit to be freed only. `watch` may be NULL. */
ketch_status kt_result_count_shots(ketch_result *result, uint64_t *shots, uint64_t shot_count, bool keep, kt_watch *watch,
                                   ketch_diag *diag);

/* Words that counting takes beyond the rows: for each shot (a row to sort with, and one to keep), and for each outcome (itself, its count,
 * its tally and another to sort with). */
static inline uint64_t kt_counting_shot_words(size_t row_words, bool keep) { return (uint64_t)row_words * (keep ? 2 : 1); }
static inline uint64_t kt_counting_outcome_words(size_t row_words) { return (uint64_t)row_words + 1 + 2 * KT_TALLY_WORDS; }

/* One outcome as text: bit 0 rightmost and the last register leftmost, or all of it reversed; a space between registers. */
void kt_result_outcome_text(kt_buffer *out, const ketch_result *result, const uint64_t *row, bool bit0_first);

/* An amplitude as text shall have it, without negative zeros: of a basis state over the wires, and over the declared qubits (0 where an
 * idle qubit is 1). */
void kt_state_amplitude(double out[2], const kt_state *state, uint64_t index);
double kt_state_probability(const kt_state *state, uint64_t index);
void kt_result_amplitude(double out[2], const ketch_result *result, uint64_t index);

/* result_saved.c: as bytes, and back. */
ketch_status kt_result_save(const ketch_result *result, ketch_sink sink, ketch_diag *diag);
ketch_status kt_result_restore(ketch_result **out, const ketch_bytes *pieces, size_t count, ketch_diag *diag);

void kt_result_free(ketch_result *result);

#endif
