/* SPDX-License-Identifier: Apache-2.0
 *
 * Basis states in order, and the likeliest of them. See basis.h.
 */
#include "output/basis.h"

#include <string.h>

ketch_status kt_basis_open(kt_basis *basis, const ketch_result *result, bool bit0_first, ketch_diag *diag) {
    *basis = (kt_basis){.result = result, .bit0_first = bit0_first, .straight = true};
    if (!result->state.amplitudes) return KETCH_OK;
    basis->label = kt_alloc((size_t)result->qubit_count + 1);
    if (!basis->label) return kt_no_memory(diag);
    uint32_t used = 0;
    for (uint32_t q = 0; q < result->qubit_count; q++) {
        if (result->wire_of[q] == KT_IDLE) continue;
        basis->qubits[used] = q;
        basis->wires[used] = result->wire_of[q];
        if (basis->wires[used] != used) basis->straight = false;
        used++;
    }
    basis->count = 1ull << used;
    return KETCH_OK;
}

void kt_basis_close(kt_basis *basis) {
    kt_free(basis->label);
    *basis = (kt_basis){0};
}

static uint64_t address_of(const kt_basis *basis, uint64_t state) {
    if (basis->straight) return state;
    uint64_t address = 0;
    for (uint32_t r = 0; state >> r; r++) address |= (state >> r & 1) << basis->wires[r];
    return address;
}

void kt_basis_amplitude(double out[2], const kt_basis *basis, uint64_t state) {
    kt_state_amplitude(out, &basis->result->state, address_of(basis, state));
}

double kt_basis_probability(const kt_basis *basis, uint64_t state) {
    double amplitude[2];
    kt_basis_amplitude(amplitude, basis, state);
    return amplitude[0] * amplitude[0] + amplitude[1] * amplitude[1];
}

static char *blank_label(kt_basis *basis) {
    memset(basis->label, '0', basis->result->qubit_count);
    basis->label[basis->result->qubit_count] = '\0';
    return basis->label;
}

static void set_qubit(kt_basis *basis, uint32_t qubit) {
    basis->label[basis->bit0_first ? qubit : basis->result->qubit_count - 1 - qubit] = '1';
}

const char *kt_basis_label(kt_basis *basis, uint64_t state) {
    blank_label(basis);
    for (uint32_t r = 0; state; r++, state >>= 1) {
        if (state & 1) set_qubit(basis, basis->qubits[r]);
    }
    return basis->label;
}

const char *kt_basis_label_of_index(kt_basis *basis, uint64_t index) {
    blank_label(basis);
    for (uint32_t q = 0; index; q++, index >>= 1) {
        if (index & 1) set_qubit(basis, q);
    }
    return basis->label;
}

/* A heap whose root is the least likely of the states kept: a likelier one takes its place. */
typedef struct kept_state {
    double probability;
    uint64_t state;
} kept_state;

static bool is_before(kept_state a, kept_state b) {
    return a.probability > b.probability || (a.probability == b.probability && a.state < b.state);
}

static void sink_down(kept_state *heap, size_t count, size_t i) {
    for (;;) {
        size_t worst = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < count; child++) {
            if (is_before(heap[worst], heap[child])) worst = child;
        }
        if (worst == i) return;
        kept_state moved = heap[i];
        heap[i] = heap[worst];
        heap[worst] = moved;
        i = worst;
    }
}

static void rise(kept_state *heap, size_t i) {
    while (i && is_before(heap[(i - 1) / 2], heap[i])) {
        kept_state moved = heap[i];
        heap[i] = heap[(i - 1) / 2];
        heap[(i - 1) / 2] = moved;
        i = (i - 1) / 2;
    }
}

ketch_status kt_basis_top(uint64_t **states, size_t *count, const kt_basis *basis, uint64_t top, ketch_diag *diag) {
    kept_state *heap = NULL;
    size_t kept = 0, capacity = 0;
    *states = NULL;
    *count = 0;
    for (uint64_t state = 0; state < basis->count; state++) {
        kept_state candidate = {kt_basis_probability(basis, state), state};
        if (!(candidate.probability > 0)) continue;
        if (kept < top) {
            if (!kt_reserve(&heap, &capacity, kept + 1, sizeof *heap)) goto no_memory;
            heap[kept] = candidate;
            rise(heap, kept++);
        } else if (kept && is_before(candidate, heap[0])) {
            heap[0] = candidate;
            sink_down(heap, kept, 0);
        }
    }
    *states = kt_array(kept ? kept : 1, sizeof **states);
    if (!*states) goto no_memory;
    *count = kept;
    while (kept) { /* the root is the last in order, again and again */
        (*states)[kept - 1] = heap[0].state;
        heap[0] = heap[--kept];
        sink_down(heap, kept, 0);
    }
    kt_free(heap);
    return KETCH_OK;
no_memory:
    kt_free(heap);
    return kt_no_memory(diag);
}
