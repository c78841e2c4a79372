/* SPDX-License-Identifier: Apache-2.0
 *
 * A result as bytes, and back. Small things come first, one after the other as in saved.h, then the large arrays as they lie in memory,
 * each handed to the sink in one piece, so that who keeps them need not copy them:
 *
 *   "KETCHRES" | version | order of bytes | run | registers | wires | outcomes | counts | then the bits of shots | amplitudes
 *
 * Reading trusts nothing, as with circuits. What a result says of itself (counts, amplitudes, times) is believed.
 */
#include "circuit/saved.h"
#include "circuit/state.h"

#include <string.h>

#define MAGIC      "KETCHRES"
#define VERSION    1
#define ORDER      UINT32_C(0x01020304) /* as the machine has it: arrays are not turned round */
#define MOST_WIRES 48

enum { STATE_OUTPUTS = KETCH_OUTPUT_STATE | KETCH_OUTPUT_AMPLITUDES | KETCH_OUTPUT_PROBABILITIES };

/* Numbers of the run, in the order in which they are written: (field, bytes). */
#define EACH_NUMBER(DO)                                                                                                            \
    DO(shots, 8)                                                                                                                   \
    DO(seed, 8)                                                                                                                    \
    DO(threads, 4) DO(simulated_qubits, 4) DO(precision, 1) DO(peak_memory_bytes, 8) DO(circuit_hash[0], 8) DO(circuit_hash[1], 8) \
        DO(all_qubits_measured, 1) DO(tile_bits, 4) DO(passes, 8) DO(without, 4) DO(plan_reused, 1)
#define EACH_DOUBLE(DO) DO(norm) DO(plan_seconds) DO(simulate_seconds) DO(sample_seconds) DO(total_seconds)

/* ── Writing ── */

static void put_run(kt_buffer *out, const ketch_run_info *info) {
#define PUT(field, bytes) kt_saved_put(out, (uint64_t)info->field, bytes);
    EACH_NUMBER(PUT)
#undef PUT
#define PUT(field) kt_saved_put_double(out, info->field);
    EACH_DOUBLE(PUT)
#undef PUT
    kt_saved_put_text(out, info->instruction_set ? info->instruction_set : "");
    kt_saved_put_text(out, info->engine ? info->engine : "");
}

static void put_registers(kt_buffer *out, const ketch_result *result) {
    kt_saved_put(out, result->register_count, 4);
    for (size_t i = 0; i < result->register_count; i++) {
        const ketch_register *bits = &result->registers[i];
        const kt_dimensions *shape = &result->shapes[i];
        kt_saved_put_text(out, bits->name);
        kt_saved_put(out, bits->size, 4);
        kt_saved_put(out, bits->type.type, 1);
        kt_saved_put(out, bits->type.width, 4);
        kt_saved_put(out, shape->dimension_count, 1);
        for (uint32_t d = 0; d < shape->dimension_count; d++) kt_saved_put(out, shape->dimensions[d], 4);
    }
}

static bool give(ketch_sink sink, const void *bytes, size_t size) { return !size || sink.write(sink.user, bytes, size) == 0; }

ketch_status kt_result_save(const ketch_result *result, ketch_sink sink, ketch_diag *diag) {
    kt_buffer head = {0};
    const kt_state *state = &result->state;
    kt_buffer_add(&head, MAGIC, 8);
    kt_saved_put(&head, VERSION, 4);
    const uint32_t order = ORDER;
    kt_buffer_add(&head, &order, sizeof order);
    put_run(&head, &result->info);
    kt_saved_put(&head, state->amplitudes ? result->outputs : result->outputs & ~(unsigned)STATE_OUTPUTS, 4); /* it may have been taken */
    put_registers(&head, result);
    kt_saved_put(&head, result->qubit_count, 4);
    kt_buffer_add(&head, result->wire_of, result->qubit_count);
    kt_saved_put(&head, state->amplitudes ? state->wires : UINT32_MAX, 4);
    kt_saved_put_double(&head, result->drift);
    kt_saved_put(&head, result->shots != NULL, 1);
    kt_saved_put(&head, result->outcome_count, 8);
    size_t row = result->words * sizeof *result->outcomes;
    size_t amplitudes = state->amplitudes ? (size_t)(state->precision == KETCH_PRECISION_FP32 ? 8 : 16) << state->wires : 0;
    bool failed = head.failed;
    bool given = !failed && give(sink, head.bytes, head.size) && give(sink, result->outcomes, result->outcome_count * row) &&
                 give(sink, result->counts, result->outcome_count * sizeof *result->counts) &&
                 give(sink, result->shots, result->shots ? (size_t)result->info.shots * row : 0) &&
                 give(sink, state->amplitudes, amplitudes);
    kt_buffer_free(&head);
    if (failed) return kt_no_memory(diag);
    return given ? KETCH_OK : kt_fail(diag, KT_SINK_FAILED, "the sink did not take all bytes");
}

/* ── Reading ── */

/* Bytes in pieces, of which the first holds all but the arrays: those begin where `head` stopped. */
typedef struct kt_pieces {
    const ketch_bytes *at, *end;
    size_t taken; /* of *at */
} kt_pieces;

/* Whether `count` items of `size` bytes are left, without counting beyond. */
static bool left(const kt_pieces *pieces, uint64_t count, size_t size) {
    uint64_t there = 0;
    for (const ketch_bytes *piece = pieces->at; piece < pieces->end; piece++)
        there += piece->size - (piece == pieces->at ? pieces->taken : 0);
    return count <= there / size;
}

/* What `left` has found. */
static void take(void *out, kt_pieces *pieces, size_t size) {
    for (unsigned char *to = out; size;) {
        size_t some = pieces->at->size - pieces->taken;
        if (some > size) some = size;
        if (some) memcpy(to, (const unsigned char *)pieces->at->bytes + pieces->taken, some);
        to += some, size -= some, pieces->taken += some;
        if (pieces->taken == pieces->at->size) pieces->at++, pieces->taken = 0;
    }
}

/* An array of its own, never NULL where the reader goes on. */
static void *take_array(kt_saved_reader *reader, kt_pieces *pieces, uint64_t count, size_t size) {
    if (reader->status == KETCH_OK && !left(pieces, count, size)) kt_saved_wrong(reader, "it ends too early");
    if (reader->status != KETCH_OK) return NULL;
    void *array = kt_array((size_t)count + 1, size);
    if (array)
        take(array, pieces, (size_t)count * size);
    else
        reader->status = kt_no_memory(reader->diag);
    return array;
}

static char *read_text(kt_saved_reader *reader, ketch_result *result, bool name) {
    kt_saved_text text = kt_saved_text_of(reader, name);
    char *copy = kt_arena_copy(&result->names, text.bytes, text.size);
    if (!copy && reader->status == KETCH_OK) reader->status = kt_no_memory(reader->diag);
    return copy;
}

static void read_run(kt_saved_reader *reader, ketch_result *result) {
    ketch_run_info *info = &result->info;
#define READ(field, bytes) info->field = kt_saved_number(reader, bytes);
    EACH_NUMBER(READ)
#undef READ
#define READ(field) info->field = kt_saved_double(reader);
    EACH_DOUBLE(READ)
#undef READ
    info->instruction_set = read_text(reader, result, false);
    info->engine = read_text(reader, result, false);
    if ((unsigned)info->precision > KETCH_PRECISION_FP32) kt_saved_wrong(reader, "there is no such precision");
}

/* Whether a type of this width is read from bits as output/value.c reads it. */
static bool fits(ketch_value_type type) {
    switch (type.type) {
    case KETCH_TYPE_VOID: return true;
    case KETCH_TYPE_BITS: return type.width > 0;
    case KETCH_TYPE_BOOL: return type.width == 1;
    case KETCH_TYPE_INT:
    case KETCH_TYPE_UINT:
    case KETCH_TYPE_ANGLE: return type.width > 0 && type.width <= 64;
    case KETCH_TYPE_FLOAT:
    case KETCH_TYPE_DURATION: return type.width == 64;
    case KETCH_TYPE_COMPLEX: return type.width == 128;
    default: return false;
    }
}

static void read_register(kt_saved_reader *reader, ketch_result *result) {
    ketch_register bits = {.name = read_text(reader, result, true), .offset = result->bit_count};
    kt_dimensions shape = {0};
    bits.size = (uint32_t)kt_saved_number(reader, 4);
    bits.type.type = (ketch_type)kt_saved_number(reader, 1);
    bits.type.width = (uint32_t)kt_saved_number(reader, 4);
    shape.dimension_count = (uint32_t)kt_saved_number(reader, 1);
    uint64_t width = bits.type.width; /* of all elements */
    if (shape.dimension_count > sizeof shape.dimensions / sizeof *shape.dimensions) {
        kt_saved_wrong(reader, "an array has too many dimensions");
        return;
    }
    for (uint32_t d = 0; d < shape.dimension_count; d++) {
        shape.dimensions[d] = (uint32_t)kt_saved_number(reader, 4);
        width = width > bits.size ? width : width * shape.dimensions[d];
    }
    if (!bits.size || bits.size > KT_MAX_WIDTH - result->bit_count) kt_saved_wrong(reader, "a register has no such size");
    if (!fits(bits.type) || (bits.type.type != KETCH_TYPE_VOID && width != bits.size))
        kt_saved_wrong(reader, "a register has no such type");
    if (reader->status != KETCH_OK) return;
    result->shapes[result->register_count] = shape;
    result->registers[result->register_count++] = bits;
    result->bit_count += bits.size;
}

static void read_registers(kt_saved_reader *reader, ketch_result *result) {
    size_t count = kt_saved_count(reader, 14);
    result->registers = kt_array(count + 1, sizeof *result->registers);
    result->shapes = kt_array(count + 1, sizeof *result->shapes);
    if ((!result->registers || !result->shapes) && reader->status == KETCH_OK) reader->status = kt_no_memory(reader->diag);
    for (size_t i = 0; i < count && reader->status == KETCH_OK; i++) read_register(reader, result);
    result->words = result->bit_count > 64 ? ((size_t)result->bit_count + 63) / 64 : 1;
}

static void read_wires(kt_saved_reader *reader, ketch_result *result) {
    result->qubit_count = result->info.qubits = (uint32_t)kt_saved_count(reader, 1);
    result->wire_of = kt_alloc((size_t)result->qubit_count + 1);
    if (!result->wire_of && reader->status == KETCH_OK) reader->status = kt_no_memory(reader->diag);
    for (uint32_t q = 0; q < result->qubit_count && reader->status == KETCH_OK; q++)
        result->wire_of[q] = (uint8_t)kt_saved_number(reader, 1);
    result->state.wires = (uint32_t)kt_saved_number(reader, 4);
    result->state.precision = result->info.precision;
    result->drift = kt_saved_double(reader);
    bool needed = result->outputs & STATE_OUTPUTS;
    if (needed != (result->state.wires != UINT32_MAX)) kt_saved_wrong(reader, "its outputs are not those that it has");
    if (!needed || reader->status != KETCH_OK) return;
    uint64_t seen = 0;
    for (uint32_t q = 0; q < result->qubit_count; q++) {
        uint8_t wire = result->wire_of[q];
        if (result->outputs & KETCH_OUTPUT_STATE && wire != q) { /* given as an array, whose index bits are the qubits */
            kt_saved_wrong(reader, "a state lacks qubits");
            return;
        }
        if (wire == KT_IDLE) continue;
        if (wire >= MOST_WIRES || wire >= result->state.wires || seen >> wire & 1) {
            kt_saved_wrong(reader, "a qubit is not in the state");
            return;
        }
        seen |= UINT64_C(1) << wire;
    }
    if (result->state.wires > MOST_WIRES) kt_saved_wrong(reader, "a state has too many qubits");
    if (result->outputs & KETCH_OUTPUT_STATE && result->state.wires != result->qubit_count) kt_saved_wrong(reader, "a state lacks qubits");
}

static void read_outcomes(kt_saved_reader *reader, kt_pieces *pieces, ketch_result *result, uint64_t count, bool kept) {
    size_t words = result->words, row = words * sizeof *result->outcomes;
    uint64_t shots = result->info.shots, total = 0;
    result->outcomes = take_array(reader, pieces, count, row);
    result->counts = take_array(reader, pieces, count, sizeof *result->counts);
    if (kept) result->shots = take_array(reader, pieces, shots, row);
    if (reader->status != KETCH_OK) return;
    result->outcome_count = (size_t)count;
    for (size_t i = 0; i < count; i++) {
        uint64_t times = result->counts[i];
        if (!times || times > shots - total || (i && times > result->counts[i - 1])) {
            kt_saved_wrong(reader, "its counts are none");
            return;
        }
        total += times;
    }
    if (total != shots) kt_saved_wrong(reader, "its counts are not those of its shots");
}

static void read_amplitudes(kt_saved_reader *reader, kt_pieces *pieces, kt_state *state) {
    size_t size = state->precision == KETCH_PRECISION_FP32 ? 8 : 16;
    uint64_t count = UINT64_C(1) << state->wires;
    if (!left(pieces, count, size)) kt_saved_wrong(reader, "it ends too early");
    if (reader->status != KETCH_OK) return;
    state->bytes = (size_t)count * size;
    state->amplitudes = kt_pages_alloc(state->bytes, true);
    if (state->amplitudes)
        take(state->amplitudes, pieces, state->bytes);
    else
        reader->status = kt_no_memory(reader->diag);
}

static void read_result(kt_saved_reader *reader, kt_pieces *pieces, ketch_result *result) {
    char magic[8] = {0};
    uint32_t order = 0;
    for (size_t i = 0; i < sizeof magic; i++) magic[i] = (char)kt_saved_number(reader, 1);
    uint64_t version = kt_saved_number(reader, 4), native = kt_saved_number(reader, 4);
    for (size_t i = 0; i < sizeof order; i++) ((unsigned char *)&order)[i] = (unsigned char)(native >> (8 * i));
    if (memcmp(magic, MAGIC, sizeof magic) != 0 || version != VERSION || order != ORDER)
        kt_saved_wrong(reader, "it does not begin as one, of this version, for this machine");
    read_run(reader, result);
    result->outputs = (unsigned)kt_saved_number(reader, 4);
    read_registers(reader, result);
    read_wires(reader, result);
    bool kept = kt_saved_number(reader, 1), state = result->state.wires != UINT32_MAX;
    uint64_t outcomes = kt_saved_number(reader, 8);
    if (!state) result->state.wires = 0;
    pieces->taken = (size_t)(reader->at - reader->first);
    read_outcomes(reader, pieces, result, outcomes, kept);
    if (state && reader->status == KETCH_OK) read_amplitudes(reader, pieces, &result->state);
    if (reader->status == KETCH_OK && left(pieces, 1, 1)) kt_saved_wrong(reader, "it goes on after its end");
}

ketch_status kt_result_restore(ketch_result **out, const ketch_bytes *pieces, size_t count, ketch_diag *diag) {
    kt_pieces rest = {pieces, pieces + count, 0};
    const unsigned char *head = count ? pieces->bytes : NULL;
    kt_saved_reader reader = {.kind = "result", .first = head, .at = head, .end = head ? head + pieces->size : NULL, .diag = diag};
    ketch_result *result = NULL;
    *out = NULL;
    reader.status = kt_result_new(&result, diag);
    if (reader.status == KETCH_OK) read_result(&reader, &rest, result);
    if (reader.status == KETCH_OK)
        *out = result;
    else
        kt_result_free(result);
    return reader.status;
}
