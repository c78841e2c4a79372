/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzz target: bytes are restored as if they were a saved result. What comes out is sound: all of it can be read and written, what is
 * shown twice is the same, and saved again it comes to itself, however its bytes are divided.
 *
 *   program | choice             is run, and its result saved; its last bytes say which of the saved ones are changed
 *   "KETCHRES" ... | choice      saved bytes as they are, divided where the choice says
 */
#include "fuzz.h"

#include <math.h>
#include <stdbool.h>

enum { PIECES = 5, CHANGES = 4, STATES = 64, MARGINAL = 3, MOST_TEXT = 1 << 20 };

/* A saved result, and where each of its pieces ends. */
typedef struct saved {
    fuzz_bytes all;
    size_t ends[PIECES], count;
} saved;

static int keep_piece(void *user, const void *data, size_t size) {
    saved *to = user;
    fuzz_require(to->count < PIECES);
    fuzz_keep(&to->all, data, size);
    to->ends[to->count++] = to->all.size;
    return 0;
}

static saved save(const ketch_result *result, ketch_diag *diag) {
    saved out = {.count = 0};
    fuzz_require(ketch_result_save(result, (ketch_sink){keep_piece, &out}, diag) == KETCH_OK);
    return out;
}

/* NULL: refused in words. */
static ketch_result *restored(const saved *from, ketch_diag *diag) {
    void *blocks[PIECES];
    ketch_bytes pieces[PIECES];
    ketch_result *result = NULL;
    for (size_t i = 0, begin = 0; i < from->count; begin = from->ends[i++]) {
        size_t size = from->ends[i] - begin;
        blocks[i] = fuzz_exact(from->all.data + begin, size);
        pieces[i] = (ketch_bytes){blocks[i], size};
    }
    ketch_status status = ketch_result_restore(&result, pieces, from->count, diag);
    for (size_t i = 0; i < from->count; i++) free(blocks[i]);
    fuzz_require((status == KETCH_OK) == (result != NULL));
    fuzz_require(result || status == KETCH_ERROR_SYNTAX || status == KETCH_ERROR_MEMORY);
    if (!result) fuzz_said(diag);
    return result;
}

/* ── Reading ── */

static void touch(const void *data, size_t size) {
    static volatile uint8_t seen;
    for (size_t i = 0; i < size; i++) seen = seen ^ ((const uint8_t *)data)[i];
}

static ketch_run_info info_of(const ketch_result *result) {
    ketch_run_info info = KETCH_RUN_INFO_INIT;
    fuzz_require(ketch_result_info(&info, result, NULL) == KETCH_OK);
    touch(info.engine, strlen(info.engine));
    touch(info.instruction_set, strlen(info.instruction_set));
    return info;
}

/* The last register is leftmost, bit 0 rightmost. */
static bool shows(const char *text, const uint64_t *row, const ketch_result *result, size_t registers) {
    for (size_t i = registers; i-- > 0;) {
        ketch_register bits = ketch_result_register(result, i);
        if (i + 1 < registers && *text++ != ' ') return false;
        for (uint32_t b = bits.offset + bits.size; b-- > bits.offset;)
            if (*text++ != (row[b / 64] >> b % 64 & 1 ? '1' : '0')) return false;
    }
    return !*text;
}

static void read_outcomes(ketch_result *result, uint64_t shots) {
    size_t registers = 0, bits = 0, words = 0, count = ketch_result_outcome_count(result);
    for (ketch_register each; (each = ketch_result_register(result, registers)).name; registers++) {
        fuzz_require(each.name[0] && each.size && each.offset == bits);
        bits += each.size;
    }
    const uint64_t *counts, *rows = ketch_result_outcomes(result, &counts, &words);
    fuzz_require(!count == !rows && (!rows || words == (bits ? (bits + 63) / 64 : 1)));
    uint64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        const char *text = ketch_result_bitstring(result, i);
        fuzz_require(text && shows(text, rows + i * words, result, registers));
        fuzz_require(counts[i] && counts[i] == ketch_result_count(result, i) && (!i || counts[i] <= counts[i - 1]));
        fuzz_require(i >= STATES || ketch_result_count_of(result, text) >= counts[i]); /* that of the first that reads so */
        total += counts[i];
    }
    fuzz_require(total == shots && !ketch_result_bitstring(result, count) && !ketch_result_count(result, count));
    const uint64_t *bits_of_shots = ketch_result_shots(result, &words);
    if (bits_of_shots) touch(bits_of_shots, (size_t)shots * words * sizeof *bits_of_shots);
}

static bool same_number(double a, double b) { return a == b || (isnan(a) && isnan(b)); }

static void read_state(const ketch_result *result, const ketch_run_info *info, ketch_diag *diag) {
    uint32_t qubits = 0, chosen[MARGINAL];
    ketch_precision precision;
    uint64_t indices[STATES];
    double amplitudes[2 * STATES], out[STATES];
    const void *state = ketch_result_state(result, &qubits, &precision);
    size_t count = info->qubits < 6 ? (size_t)1 << info->qubits : STATES;
    for (size_t i = 0; i < count; i++) indices[i] = i;
    ketch_status status = ketch_result_amplitudes(amplitudes, result, indices, count, diag);
    fuzz_require(status == KETCH_OK || (status == KETCH_ERROR_UNAVAILABLE && !state && fuzz_said(diag)));
    fuzz_require(ketch_result_probabilities(out, result, 0, count, diag) == status);
    for (uint32_t n = 0; n < MARGINAL && n < info->qubits; n++) {
        chosen[n] = info->qubits - 1 - n;
        fuzz_require(ketch_result_marginal(out, result, chosen, n + 1, diag) == status);
    }
    if (status == KETCH_OK && info->qubits < 64) {
        indices[0] = UINT64_C(1) << info->qubits;
        fuzz_require(ketch_result_amplitudes(out, result, indices, 1, diag) == KETCH_ERROR_USAGE && fuzz_said(diag));
    }
    if (!state) return;
    fuzz_require(qubits == info->qubits && precision == info->precision && (uintptr_t)state % 64 == 0);
    touch(state, (size_t)(precision == KETCH_PRECISION_FP32 ? 8 : 16) << qubits);
    for (size_t i = 0; i < 2 * count; i++)
        fuzz_require(
            same_number(amplitudes[i], precision == KETCH_PRECISION_FP32 ? (double)((const float *)state)[i] : ((const double *)state)[i]));
}

static void write_out(ketch_result *result, unsigned choice, ketch_diag *diag) {
    ketch_write_options how = KETCH_WRITE_OPTIONS_INIT;
    size_t room = MOST_TEXT;
    ketch_sink sink = {fuzz_drop, &room};
    how.histogram = choice & 1;
    how.color = how.bit0_first = choice & 2 ? 1 : 0;
    how.ascii = how.omit_run = choice & 4 ? 1 : 0;
    how.top = choice & 8 ? 3 : 0;
    how.name = choice & 64 ? "a, b" : NULL;
    for (ketch_format format = KETCH_FORMAT_TEXT; format <= KETCH_FORMAT_CSV; format++) {
        how.format = format;
        room = MOST_TEXT;
        fuzz_require(fuzz_fine(ketch_result_write(result, &how, sink, diag)));
    }
    how.format = KETCH_FORMAT_SVG;
    fuzz_require(ketch_result_write(result, &how, sink, diag) == KETCH_ERROR_USAGE && fuzz_said(diag));
    room = MOST_TEXT;
    ketch_status status = ketch_result_write_state(result, sink, diag);
    fuzz_require(ketch_result_state(result, NULL, NULL) ? fuzz_fine(status) : status == KETCH_ERROR_UNAVAILABLE && fuzz_said(diag));
}

/* ── Saved again ── */

static void comes_to_itself(const ketch_result *result, ketch_diag *diag) {
    saved first = save(result, diag);
    ketch_result *other = restored(&first, diag);
    fuzz_require(other);
    saved second = save(other, diag);
    fuzz_require(fuzz_same(&first.all, &second.all));
    ketch_result_free(&other);
    free(second.all.data);
    first.ends[0] = first.all.size - 1;
    first.count = 1;
    fuzz_require(!restored(&first, diag));
    fuzz_keep(&first.all, "", 1);
    first.ends[0] = first.all.size;
    fuzz_require(!restored(&first, diag));
    first.ends[0]--; /* whole, in one piece */
    other = restored(&first, diag);
    fuzz_require(other);
    ketch_result_free(&other);
    free(first.all.data);
}

/* The state taken out may hold anything. A run on it ends, well or in words, and the result goes on without it. */
static void take_state(ketch_result *result, ketch_diag *diag) {
    static ketch_circuit *circuit;
    static const char program[] = "OPENQASM 3.0; qubit q; bit c; U(1, 2, 3) q; c = measure q;";
    ketch_run_options options = fuzz_brief();
    bool there = ketch_result_state(result, NULL, NULL) && info_of(result).qubits;
    ketch_status status;
    fuzz_require(circuit || ketch_circuit_parse(&circuit, program, strlen(program), NULL, NULL) == KETCH_OK);
    fuzz_require((ketch_result_take_state(&options.state, result, diag) == KETCH_OK) == there);
    if (!there) fuzz_said(diag);
    if (!there) return;
    ketch_result *after = fuzz_run(circuit, 1, &options, &status, diag);
    fuzz_require(after || status == KETCH_ERROR_RUNTIME || status == KETCH_ERROR_LIMIT);
    ketch_result_free(&after);
    ketch_state_free(&options.state);
    comes_to_itself(result, diag);
}

/* Whether it was restored; then everything is done with it. */
static bool restore(const saved *from, unsigned choice, ketch_diag *diag) {
    ketch_result *result = restored(from, diag);
    if (!result) return false;
    ketch_run_info info = info_of(result);
    read_outcomes(result, info.shots);
    read_state(result, &info, diag);
    write_out(result, choice, diag);
    comes_to_itself(result, diag);
    take_state(result, diag);
    ketch_result_free(&result);
    return true;
}

/* ── What is restored ── */

/* What a run left comes back whole: it is saved as the same bytes, and written as the same text. */
static void compare(ketch_result *result, const saved *bytes, ketch_diag *diag) {
    ketch_write_options how = KETCH_WRITE_OPTIONS_INIT;
    fuzz_bytes before = {0}, after = {0};
    ketch_result *other = restored(bytes, diag);
    fuzz_require(other);
    saved again = save(other, diag);
    fuzz_require(again.count == bytes->count && fuzz_same(&again.all, &bytes->all));
    how.format = KETCH_FORMAT_JSON;
    fuzz_require(ketch_result_write(result, &how, (ketch_sink){fuzz_keep, &before}, diag) == KETCH_OK);
    fuzz_require(ketch_result_write(other, &how, (ketch_sink){fuzz_keep, &after}, diag) == KETCH_OK);
    fuzz_require(fuzz_same(&before, &after));
    ketch_result_free(&other);
    free(again.all.data);
    free(before.data);
    free(after.data);
}

/* Every second change is in the first piece, which says what the others are. One that is refused is undone. */
static void change(saved *bytes, const uint8_t *data, size_t size, unsigned choice, ketch_diag *diag) {
    for (size_t i = 0; i < CHANGES && 2 * i + 1 < size; i++) { /* where, and to what */
        size_t at = (data[size - 1 - 2 * i] * (size_t)257 + size) % (i % 2 ? bytes->all.size : bytes->ends[0]);
        uint8_t was = bytes->all.data[at];
        bytes->all.data[at] = data[size - 2 - 2 * i];
        if (!restore(bytes, choice, diag)) bytes->all.data[at] = was;
    }
}

static void run(const uint8_t *data, size_t size, unsigned choice, ketch_diag *diag) {
    ketch_load_options options = fuzz_limits();
    ketch_circuit *circuit = NULL;
    if (ketch_circuit_parse(&circuit, (const char *)data, size, &options, diag) != KETCH_OK) return;
    ketch_result *result = fuzz_result(circuit, choice, diag);
    if (result) {
        saved bytes = save(result, diag);
        compare(result, &bytes, diag);
        fuzz_require(restore(&bytes, choice, diag));
        change(&bytes, data, size, choice, diag);
        free(bytes.all.data);
    }
    ketch_result_free(&result);
    ketch_circuit_free(&circuit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ketch_diag *diag = ketch_diag_create();
    if (size > 8 && memcmp(data, "KETCHRES", 8) == 0) {
        unsigned choice = data[--size];
        saved bytes = {.ends = {size * choice / 255, size - (size - size * choice / 255) / 2, size}, .count = 3};
        fuzz_keep(&bytes.all, data, size);
        restore(&bytes, choice, diag);
        free(bytes.all.data);
    } else if (size) {
        run(data, size - 1, data[size - 1], diag);
    }
    ketch_diag_free(&diag);
    return 0;
}
