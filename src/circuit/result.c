/* SPDX-License-Identifier: Apache-2.0
 *
 * Results: counting shots, and reading. See result.h. A row of `words` words holds an outcome, bit b in word b / 64.
 */
#include "circuit/spread.h"
#include "circuit/state.h"

#include <string.h>

#define COPIED_AT_ONCE 4096 /* words */
#define FEW_BITS       8    /* outcomes of so many bits are counted in a table on the stack */
#define FEW            64   /* tallies that are put in order one by one */

ketch_status kt_result_new(ketch_result **out, ketch_diag *diag) {
    *out = kt_zalloc(sizeof **out);
    if (!*out) return kt_no_memory(diag);
    (*out)->info.struct_size = sizeof(*out)->info;
    return KETCH_OK;
}

void kt_result_free(ketch_result *result) {
    if (!result) return;
    kt_pages_free(result->state.amplitudes, result->state.bytes);
    kt_free(result->registers);
    kt_free(result->shapes);
    kt_free(result->outcomes);
    kt_free(result->counts);
    kt_free(result->shots);
    kt_free(result->wire_of);
    kt_arena_free(&result->names);
    kt_buffer_free(&result->text);
    kt_free(result);
}

/* ── Counting ── */

/* Sorts rows of words, as numbers of the words [first_word, last_word): least significant byte first, stably, passing over bytes that are
 * the same in every row. `spare` has the size of `rows`; the sorted rows end in *sorted, one of the two. */
static ketch_status radix_sort(uint64_t **sorted, uint64_t *rows, uint64_t *spare, size_t count, size_t words, size_t first_word,
                               size_t last_word, kt_watch *watch) {
    ketch_status status = KETCH_OK;
    uint64_t differ = 0; /* bits of the word that are not the same in every row */
    for (size_t digit = first_word * 8; digit < last_word * 8 && !status; digit++) {
        size_t word = digit / 8, shift = digit % 8 * 8;
        if (!shift) differ = 0;
        for (size_t i = 0; !shift && i < count && !status; i++) {
            differ |= rows[i * words + word] ^ rows[word];
            status = kt_watch_work(watch, 1);
        }
        if (!(differ >> shift & 255)) continue;
        size_t starts[256] = {0}, next = 0;
        for (size_t i = 0; i < count && !status; i++) {
            starts[rows[i * words + word] >> shift & 255]++;
            status = kt_watch_work(watch, 1);
        }
        for (size_t v = 0; v < 256; v++) {
            size_t size = starts[v];
            starts[v] = next;
            next += size;
        }
        for (size_t i = 0; i < count && !status; i++) {
            uint64_t *to = spare + starts[rows[i * words + word] >> shift & 255]++ * words;
            for (size_t w = 0; w < words; w++) to[w] = rows[i * words + w];
            status = kt_watch_work(watch, words);
        }
        uint64_t *old = rows;
        rows = spare;
        spare = old;
    }
    *sorted = rows;
    return status;
}

/* A tally is two words: the first of its equal rows, and how many there are, complemented so that the most frequent sorts first. */
enum { TALLY_ROW, TALLY_COUNT };

/* Tallies of sorted rows; `tallies` NULL: only how many there are. */
static ketch_status tally_rows(uint64_t *tallies, size_t *distinct, const uint64_t *rows, size_t count, size_t words, kt_watch *watch) {
    ketch_status status = KETCH_OK;
    *distinct = 0;
    for (size_t i = 0; i < count && !status; i++) {
        bool new_row = i == 0 || memcmp(rows + i * words, rows + (i - 1) * words, words * sizeof *rows) != 0;
        *distinct += new_row;
        status = kt_watch_work(watch, words);
        if (!tallies) continue;
        uint64_t *tally = tallies + (*distinct - 1) * KT_TALLY_WORDS;
        if (new_row) tally[TALLY_ROW] = i, tally[TALLY_COUNT] = UINT64_MAX;
        tally[TALLY_COUNT]--;
    }
    return status;
}

/* The same order as by radix_sort: the most frequent first, and otherwise as they stand. */
static void sort_few(uint64_t *tallies, size_t count) {
    for (size_t i = 1; i < count; i++) {
        uint64_t tally[KT_TALLY_WORDS];
        size_t hole = i;
        memcpy(tally, tallies + i * KT_TALLY_WORDS, sizeof tally);
        for (; hole > 0 && tallies[(hole - 1) * KT_TALLY_WORDS + TALLY_COUNT] > tally[TALLY_COUNT]; hole--)
            memcpy(tallies + hole * KT_TALLY_WORDS, tallies + (hole - 1) * KT_TALLY_WORDS, sizeof tally);
        memcpy(tallies + hole * KT_TALLY_WORDS, tally, sizeof tally);
    }
}

/* Outcomes and counts from tallies in their order. */
static ketch_status copy_outcomes(ketch_result *result, const uint64_t *tallies, const uint64_t *rows, kt_watch *watch) {
    size_t words = result->words;
    ketch_status status = KETCH_OK;
    for (size_t i = 0; i < result->outcome_count && !status; i++) {
        const uint64_t *tally = tallies + i * KT_TALLY_WORDS;
        memcpy(result->outcomes + i * words, rows + tally[TALLY_ROW] * words, words * sizeof *rows);
        result->counts[i] = UINT64_MAX - tally[TALLY_COUNT];
        status = kt_watch_work(watch, words);
    }
    return status;
}

/* Room for so many. */
static ketch_status take_outcomes(ketch_result *result, size_t distinct, ketch_diag *diag) {
    result->outcomes = kt_array(distinct, result->words * sizeof *result->outcomes);
    result->counts = kt_array(distinct, sizeof *result->counts);
    result->outcome_count = distinct;
    return result->outcomes && result->counts ? KETCH_OK : kt_no_memory(diag);
}

static ketch_status keep_outcomes(ketch_result *result, const uint64_t *rows, size_t count, kt_watch *watch, ketch_diag *diag) {
    size_t words = result->words, distinct;
    ketch_status status = tally_rows(NULL, &distinct, rows, count, words, watch);
    if (status) return status;
    uint64_t *tallies = kt_array(distinct, 2 * KT_TALLY_WORDS * sizeof *tallies), *sorted; /* and the sort's spare room */
    status = tallies ? take_outcomes(result, distinct, diag) : kt_no_memory(diag);
    if (!status) status = tally_rows(tallies, &distinct, rows, count, words, watch);
    /* the rows ascend already, and the sort is stable: equal counts stay in order of their rows */
    if (!status && distinct <= FEW)
        sort_few(sorted = tallies, distinct);
    else if (!status)
        status = radix_sort(&sorted, tallies, tallies + distinct * KT_TALLY_WORDS, distinct, KT_TALLY_WORDS, TALLY_COUNT, TALLY_COUNT + 1,
                            watch);
    if (!status) status = copy_outcomes(result, sorted, rows, watch);
    kt_free(tallies);
    return status;
}

/* Outcomes of few bits, fewer than there are shots or hardly more: in the order of their numbers they come out of a table. */
static bool fits_table(const ketch_result *result, uint64_t shot_count) {
    return result->bit_count <= FEW_BITS && UINT64_C(1) << result->bit_count <= 4 * shot_count && shot_count <= COPIED_AT_ONCE;
}

static ketch_status count_in_table(ketch_result *result, const uint64_t *rows, size_t count, ketch_diag *diag) {
    uint32_t table[1 << FEW_BITS];
    uint64_t tallies[KT_TALLY_WORDS << FEW_BITS];
    size_t outcomes = (size_t)1 << result->bit_count, distinct = 0;
    memset(table, 0, outcomes * sizeof *table);
    for (size_t i = 0; i < count; i++) table[rows[i]]++;
    for (size_t value = 0; value < outcomes; value++) {
        if (!table[value]) continue;
        tallies[distinct * KT_TALLY_WORDS + TALLY_ROW] = value;
        tallies[distinct++ * KT_TALLY_WORDS + TALLY_COUNT] = UINT64_MAX - table[value];
    }
    uint64_t spare[KT_TALLY_WORDS << FEW_BITS], *sorted = tallies;
    ketch_status status = take_outcomes(result, distinct, diag);
    if (status) return status;
    if (distinct <= FEW)
        sort_few(tallies, distinct);
    else
        status = radix_sort(&sorted, tallies, spare, distinct, KT_TALLY_WORDS, TALLY_COUNT, TALLY_COUNT + 1, NULL);
    for (size_t i = 0; i < distinct; i++) {
        result->outcomes[i] = sorted[i * KT_TALLY_WORDS + TALLY_ROW];
        result->counts[i] = UINT64_MAX - sorted[i * KT_TALLY_WORDS + TALLY_COUNT];
    }
    return status;
}

static ketch_status copy_rows(uint64_t *to, const uint64_t *from, size_t size, kt_watch *watch) {
    ketch_status status = KETCH_OK;
    for (size_t i = 0, piece; i < size && !status; i += piece) {
        piece = size - i < COPIED_AT_ONCE ? size - i : COPIED_AT_ONCE;
        memcpy(to + i, from + i, piece * sizeof *to);
        status = kt_watch_work(watch, piece);
    }
    return status;
}

ketch_status kt_result_count_shots(ketch_result *result, uint64_t *shots, uint64_t shot_count, bool keep, kt_watch *watch,
                                   ketch_diag *diag) {
    size_t count = (size_t)shot_count, words = result->words;
    if (!count) return KETCH_OK;
    if (fits_table(result, shot_count)) {
        ketch_status status = count_in_table(result, shots, count, diag);
        if (!status && keep) result->shots = shots;
        return status;
    }
    uint64_t *spare = kt_array(count, words * sizeof *spare), *copy = keep ? kt_array(count, words * sizeof *copy) : NULL, *sorted;
    ketch_status status = !spare || (keep && !copy) ? kt_no_memory(diag) : KETCH_OK;
    if (!status && keep) status = copy_rows(copy, shots, count * words, watch);
    if (!status) status = radix_sort(&sorted, keep ? copy : shots, spare, count, words, 0, words, watch);
    if (!status) status = keep_outcomes(result, sorted, count, watch, diag);
    kt_free(spare);
    kt_free(copy);
    if (!status && keep) result->shots = shots;
    return status;
}

/* ── Outcomes as text ── */

static char bit_of(const uint64_t *row, uint32_t bit) { return row[bit / 64] >> (bit % 64) & 1 ? '1' : '0'; }

void kt_result_outcome_text(kt_buffer *out, const ketch_result *result, const uint64_t *row, bool bit0_first) {
    for (size_t i = 0; i < result->register_count; i++) {
        const ketch_register *bits = &result->registers[bit0_first ? i : result->register_count - 1 - i];
        if (i) kt_buffer_add(out, " ", 1);
        for (uint32_t b = 0; b < bits->size; b++) {
            char c = bit_of(row, bits->offset + (bit0_first ? b : bits->size - 1 - b));
            kt_buffer_add(out, &c, 1);
        }
    }
}

size_t ketch_result_outcome_count(const ketch_result *result) { return result ? result->outcome_count : 0; }

uint64_t ketch_result_count(const ketch_result *result, size_t outcome) {
    return result && outcome < result->outcome_count ? result->counts[outcome] : 0;
}

const char *ketch_result_bitstring(ketch_result *result, size_t outcome) {
    if (!result || outcome >= result->outcome_count) return NULL;
    kt_buffer_clear(&result->text);
    result->text.failed = false; /* an earlier call's business */
    kt_buffer_add(&result->text, "", 0);
    kt_result_outcome_text(&result->text, result, result->outcomes + outcome * result->words, false);
    return result->text.failed ? NULL : result->text.bytes;
}

const uint64_t *ketch_result_outcomes(const ketch_result *result, const uint64_t **counts, size_t *words_per_outcome) {
    bool any = result && result->outcome_count;
    if (counts) *counts = any ? result->counts : NULL;
    if (words_per_outcome) *words_per_outcome = any ? result->words : 0;
    return any ? result->outcomes : NULL;
}

uint64_t ketch_result_count_of(const ketch_result *result, const char *bitstring) {
    if (!result || !bitstring) return 0;
    size_t digits = 0;
    for (const char *c = bitstring; *c; c++) {
        if (*c != '0' && *c != '1' && *c != ' ') return 0;
        digits += *c != ' ';
    }
    if (digits != result->bit_count) return 0;
    for (size_t i = 0; i < result->outcome_count; i++) {
        const uint64_t *row = result->outcomes + i * result->words;
        size_t bit = digits; /* the registers lie side by side, so without blanks the text is the row from its highest bit down */
        const char *c = bitstring;
        for (; *c; c++) {
            if (*c != ' ' && *c != bit_of(row, (uint32_t)--bit)) break;
        }
        if (!*c) return result->counts[i];
    }
    return 0;
}

ketch_register ketch_result_register(const ketch_result *result, size_t index) {
    return result && index < result->register_count ? result->registers[index] : (ketch_register){0};
}

const uint64_t *ketch_result_shots(const ketch_result *result, size_t *words_per_shot) {
    if (words_per_shot) *words_per_shot = result && result->shots ? result->words : 0;
    return result ? result->shots : NULL;
}

/* ── The state ── */

const void *ketch_result_state(const ketch_result *result, uint32_t *qubits, ketch_precision *precision) {
    bool there = result && result->state.amplitudes && result->outputs & KETCH_OUTPUT_STATE;
    if (qubits) *qubits = there ? result->state.wires : 0;
    if (precision) *precision = there ? result->state.precision : KETCH_PRECISION_FP64;
    return there ? result->state.amplitudes : NULL;
}

void kt_state_amplitude(double out[2], const kt_state *state, uint64_t index) {
    const double zero = 0; /* -0 plus 0 is 0 */
    if (state->precision == KETCH_PRECISION_FP32) {
        const float *amplitude = (const float *)state->amplitudes + 2 * index;
        out[0] = (double)amplitude[0] + zero, out[1] = (double)amplitude[1] + zero;
    } else {
        const double *amplitude = (const double *)state->amplitudes + 2 * index;
        out[0] = amplitude[0] + zero, out[1] = amplitude[1] + zero;
    }
}

double kt_state_probability(const kt_state *state, uint64_t index) {
    double amplitude[2];
    kt_state_amplitude(amplitude, state, index);
    return amplitude[0] * amplitude[0] + amplitude[1] * amplitude[1];
}

void kt_result_amplitude(double out[2], const ketch_result *result, uint64_t index) {
    uint64_t position = 0;
    out[0] = out[1] = 0;
    for (uint32_t q = 0; q < result->qubit_count && q < 64; q++) {
        if (!(index >> q & 1)) continue;
        if (result->wire_of[q] == KT_IDLE) return;
        position |= 1ull << result->wire_of[q];
    }
    kt_state_amplitude(out, &result->state, position);
}

static ketch_status check_state(const double *out, const ketch_result *result, ketch_diag *diag) {
    ketch_diag_clear(diag);
    if (!out || !result) return kt_fail(diag, KT_BAD_ARGUMENT, "out or result is NULL");
    if (!result->state.amplitudes)
        return kt_fail(diag, KT_UNAVAILABLE, "the result holds no amplitudes: ask for them with KETCH_OUTPUT_PROBABILITIES");
    return KETCH_OK;
}

static ketch_status check_index(const ketch_result *result, uint64_t index, ketch_diag *diag) {
    if (result->qubit_count >= 64 || index >> result->qubit_count == 0) return KETCH_OK;
    return kt_fail(diag, KT_BAD_ARGUMENT, "%u qubits have no basis state %llu", result->qubit_count, (unsigned long long)index);
}

ketch_status ketch_result_amplitudes(double *out, const ketch_result *result, const uint64_t *indices, size_t count, ketch_diag *diag) {
    ketch_status status = check_state(out, result, diag);
    if (status == KETCH_OK && count && !indices) status = kt_fail(diag, KT_BAD_ARGUMENT, "indices are NULL");
    for (size_t i = 0; i < count && status == KETCH_OK; i++) status = check_index(result, indices[i], diag);
    if (status != KETCH_OK) return status;
    for (size_t i = 0; i < count; i++) kt_result_amplitude(out + 2 * i, result, indices[i]);
    return KETCH_OK;
}

ketch_status ketch_result_probabilities(double *out, const ketch_result *result, uint64_t first, uint64_t count, ketch_diag *diag) {
    ketch_status status = check_state(out, result, diag);
    if (status == KETCH_OK && count && first + (count - 1) < first) status = kt_fail(diag, KT_BAD_ARGUMENT, "the range wraps around");
    if (status == KETCH_OK && count) status = check_index(result, first + (count - 1), diag);
    if (status != KETCH_OK) return status;
    const uint64_t nowhere = UINT64_C(1) << 63; /* an idle qubit is never 1 */
    uint64_t images[64];
    for (uint32_t q = 0; q < 64; q++)
        images[q] = q < result->qubit_count && result->wire_of[q] != KT_IDLE ? UINT64_C(1) << result->wire_of[q] : nowhere;
    kt_spread spread;
    kt_spread_make(&spread, images);
    int rounding = kt_rounding_enter();
    for (uint64_t i = 0; i < count;) {
        uint64_t index = first + i, upper = kt_spread_upper(&spread, index), left = 256 - (index & 255);
        for (uint64_t end = count - i < left ? count : i + left; i < end; i++, index++) {
            uint64_t position = upper | spread.bytes[0][index & 255];
            out[i] = position & nowhere ? 0 : kt_state_probability(&result->state, position);
        }
    }
    kt_rounding_leave(rounding);
    return KETCH_OK;
}

ketch_status ketch_result_marginal(double *out, const ketch_result *result, const uint32_t *qubits, size_t count, ketch_diag *diag) {
    ketch_status status = check_state(out, result, diag);
    if (status == KETCH_OK) status = kt_check_marginal(qubits, count, result->qubit_count, diag);
    if (status == KETCH_OK) kt_state_marginal(out, &result->state, result->wire_of, qubits, count);
    return status;
}
