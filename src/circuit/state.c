/* SPDX-License-Identifier: Apache-2.0
 *
 * States of the caller's: see state.h.
 */
#include "circuit/state.h"

#include "circuit/spread.h"

#include <string.h>

#define MOST_QUBITS 56                   /* whose bytes, of 16 an amplitude, a size holds */
#define LITTLE      (UINT64_C(16) << 20) /* bytes that are tried without asking what is free */

/* ── Who is at work ── */

static ketch_status lost(ketch_diag *diag) {
    ketch_status status = kt_fail(diag, KT_STATE_LOST, "the state is lost: a run on it failed, was cancelled, or was cut off by a fork");
    kt_hint(diag, "ketch_state_reset makes it |0...0> again");
    return status;
}

ketch_status ketch_state_check(const ketch_state *state, ketch_diag *diag) {
    ketch_diag_clear(diag);
    if (!state) return kt_fail(diag, KT_BAD_ARGUMENT, "state is NULL");
    uint32_t process = atomic_load(&state->at_work);
    if (state->lost || (process && process != kt_process())) return lost(diag);
    return process ? kt_fail(diag, KT_BAD_ARGUMENT, "a run is at work on the state") : KETCH_OK;
}

ketch_status kt_state_claim(ketch_state *state, ketch_diag *diag) {
    uint32_t nobody = 0, here = kt_process();
    if (atomic_compare_exchange_strong(&state->at_work, &nobody, here)) {
        if (!state->lost) return KETCH_OK;
        atomic_store(&state->at_work, 0);
        return lost(diag);
    }
    return nobody == here ? kt_fail(diag, KT_BAD_ARGUMENT, "another run is at work on the state") : lost(diag);
}

void kt_state_release(ketch_state *state, bool whole) {
    if (!whole) state->lost = true;
    atomic_store(&state->at_work, 0);
}

/* ── Making and freeing ── */

static ketch_status check_memory(uint64_t bytes, uint32_t qubits, ketch_diag *diag) {
    uint64_t free_bytes = bytes <= LITTLE ? LITTLE : kt_memory_available();
    if (bytes <= free_bytes) return KETCH_OK;
    char needed[KT_NUMBER_TEXT], available[KT_NUMBER_TEXT];
    kt_bytes_text(needed, (double)bytes);
    kt_bytes_text(available, (double)free_bytes);
    return kt_fail(diag, KT_STATE_TOO_LARGE, "a state of %u qubits takes %s; %s are free here", qubits, needed, available);
}

/* Memory with whatever stands in it. */
static ketch_status new_state(ketch_state **out, uint32_t qubits, ketch_precision precision, ketch_diag *diag) {
    uint64_t bytes = UINT64_C(1) << (qubits + (precision == KETCH_PRECISION_FP32 ? 3 : 4));
    ketch_status status = check_memory(bytes, qubits, diag);
    if (status != KETCH_OK) return status;
    ketch_state *state = kt_zalloc(sizeof *state);
    if (state) state->memory = (kt_state){kt_pages_alloc((size_t)bytes, true), (size_t)bytes, qubits, precision};
    if (state && state->memory.amplitudes) {
        *out = state;
        return KETCH_OK;
    }
    kt_free(state);
    return kt_no_memory(diag);
}

static void set_to_zero(ketch_state *state) {
    memset(state->memory.amplitudes, 0, state->memory.bytes);
    if (state->memory.precision == KETCH_PRECISION_FP32)
        *(float *)state->memory.amplitudes = 1;
    else
        *(double *)state->memory.amplitudes = 1;
    state->drift = 0;
    state->lost = false;
}

ketch_status ketch_state_create(ketch_state **out, uint32_t qubits, ketch_precision precision, ketch_diag *diag) {
    ketch_diag_clear(diag);
    if (!out) return kt_fail(diag, KT_BAD_ARGUMENT, "out is NULL");
    *out = NULL;
    if ((unsigned)precision > KETCH_PRECISION_FP32) return kt_fail(diag, KT_BAD_ARGUMENT, "no precision %d", (int)precision);
    if (qubits < 1) return kt_fail(diag, KT_BAD_ARGUMENT, "a state has at least one qubit");
    if (qubits > MOST_QUBITS) return kt_fail(diag, KT_STATE_TOO_LARGE, "a state of %u qubits fits nowhere", qubits);
    ketch_status status = new_state(out, qubits, precision, diag);
    if (status == KETCH_OK) set_to_zero(*out);
    return status;
}

ketch_status ketch_state_copy(ketch_state **out, const ketch_state *state, ketch_diag *diag) {
    if (out) *out = NULL;
    ketch_status status = ketch_state_check(state, diag);
    if (status == KETCH_OK && !out) status = kt_fail(diag, KT_BAD_ARGUMENT, "out is NULL");
    if (status == KETCH_OK) status = new_state(out, state->memory.wires, state->memory.precision, diag);
    if (status != KETCH_OK) return status;
    memcpy((*out)->memory.amplitudes, state->memory.amplitudes, state->memory.bytes);
    (*out)->drift = state->drift;
    return KETCH_OK;
}

ketch_status ketch_state_reset(ketch_state *state, ketch_diag *diag) {
    ketch_diag_clear(diag);
    if (!state) return kt_fail(diag, KT_BAD_ARGUMENT, "state is NULL");
    if (atomic_load(&state->at_work) == kt_process()) return kt_fail(diag, KT_BAD_ARGUMENT, "a run is at work on the state");
    set_to_zero(state);
    atomic_store(&state->at_work, 0);
    return KETCH_OK;
}

ketch_status ketch_result_take_state(ketch_state **out, ketch_result *result, ketch_diag *diag) {
    ketch_diag_clear(diag);
    if (!out || !result) return kt_fail(diag, KT_BAD_ARGUMENT, "out or result is NULL");
    *out = NULL;
    if (!ketch_result_state(result, NULL, NULL))
        return kt_fail(diag, KT_UNAVAILABLE, "the result holds no state: ask for it with KETCH_OUTPUT_STATE");
    if (!result->state.wires) return kt_fail(diag, KT_UNAVAILABLE, "a circuit without qubits has no state");
    ketch_state *state = *out = kt_zalloc(sizeof *state);
    if (!state) return kt_no_memory(diag);
    state->memory = result->state;
    state->drift = result->drift;
    result->state = (kt_state){0};
    result->outputs &= ~(unsigned)(KETCH_OUTPUT_STATE | KETCH_OUTPUT_AMPLITUDES | KETCH_OUTPUT_PROBABILITIES);
    return KETCH_OK;
}

void ketch_state_free(ketch_state **state) {
    if (!state || !*state) return;
    kt_pages_free((*state)->memory.amplitudes, (*state)->memory.bytes);
    kt_free(*state);
    *state = NULL;
}

/* ── Reading ── */

uint32_t ketch_state_qubits(const ketch_state *state) { return state ? state->memory.wires : 0; }
ketch_precision ketch_state_precision(const ketch_state *state) { return state ? state->memory.precision : KETCH_PRECISION_FP64; }
void *ketch_state_amplitudes(ketch_state *state) { return state ? state->memory.amplitudes : NULL; }

ketch_status kt_check_marginal(const uint32_t *qubits, size_t count, uint32_t qubit_count, ketch_diag *diag) {
    enum { MOST = 30 };
    if (count < 1 || count > MOST || !qubits)
        return kt_fail(diag, KT_BAD_ARGUMENT, "a marginal is over 1 to %d qubits, not %zu", MOST, count);
    for (size_t i = 0; i < count; i++) {
        if (qubits[i] >= qubit_count) return kt_fail(diag, KT_BAD_OPERAND, "qubit %u does not exist", qubits[i]);
        for (size_t j = 0; j < i; j++) {
            if (qubits[i] == qubits[j]) return kt_fail(diag, KT_BAD_OPERAND, "qubit %u is given twice", qubits[i]);
        }
    }
    return KETCH_OK;
}

void kt_state_marginal(double *out, const kt_state *state, const uint8_t *wire_of, const uint32_t *qubits, size_t count) {
    memset(out, 0, ((size_t)1 << count) * sizeof *out);
    uint64_t images[64] = {0};
    for (size_t i = 0; i < count; i++) {
        uint32_t wire = wire_of ? wire_of[qubits[i]] : qubits[i];
        if (wire != KT_IDLE) images[wire] = UINT64_C(1) << i;
    }
    kt_spread spread;
    kt_spread_make(&spread, images);
    int rounding = kt_rounding_enter();
    uint64_t upper = 0;
    for (uint64_t position = 0; position >> state->wires == 0; position++) {
        if (position % 256 == 0) upper = kt_spread_upper(&spread, position);
        out[upper | spread.bytes[0][position % 256]] += kt_state_probability(state, position);
    }
    kt_rounding_leave(rounding);
}

ketch_status ketch_state_marginal(double *out, const ketch_state *state, const uint32_t *qubits, size_t count, ketch_diag *diag) {
    ketch_status status = ketch_state_check(state, diag);
    if (status == KETCH_OK && !out) status = kt_fail(diag, KT_BAD_ARGUMENT, "out is NULL");
    if (status == KETCH_OK) status = kt_check_marginal(qubits, count, state->memory.wires, diag);
    if (status == KETCH_OK) kt_state_marginal(out, &state->memory, NULL, qubits, count);
    return status;
}
