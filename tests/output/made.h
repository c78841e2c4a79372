/* SPDX-License-Identifier: Apache-2.0
 *
 * Results made by hand, for the tests of this folder.
 */
#ifndef KETCH_TESTS_OUTPUT_MADE_H
#define KETCH_TESTS_OUTPUT_MADE_H

#include "check.h"
#include "output/output.h"

#include <string.h>

/* A result over `qubits` qubits, of which those with a wire are simulated; amplitudes 0. */
static inline ketch_result *made_state(uint32_t qubits, const uint8_t *wire_of, uint32_t wires, ketch_precision precision) {
    ketch_result *result;
    assert_int_equal(kt_result_new(&result, NULL), KETCH_OK);
    result->outputs = KETCH_OUTPUT_NO_SHOTS | KETCH_OUTPUT_STATE | KETCH_OUTPUT_PROBABILITIES;
    result->qubit_count = qubits;
    result->wire_of = kt_array(qubits, 1);
    memcpy(result->wire_of, wire_of, qubits);
    size_t size = precision == KETCH_PRECISION_FP32 ? sizeof(float[2]) : sizeof(double[2]);
    result->state = (kt_state){.bytes = size << wires, .wires = wires, .precision = precision};
    result->state.amplitudes = kt_pages_alloc(result->state.bytes, true);
    memset(result->state.amplitudes, 0, result->state.bytes);
    result->info.precision = precision;
    return result;
}

/* Counts over registers of these sizes, named a, b, c ...; `counts` in descending order, outcome i being `outcomes[i]`. */
static inline ketch_result *made_counts(size_t registers, const uint32_t *sizes, size_t count, const uint64_t *outcomes,
                                        const uint64_t *counts) {
    static const char *const names[] = {"a", "b", "c", "d"};
    ketch_result *result;
    assert_int_equal(kt_result_new(&result, NULL), KETCH_OK);
    result->words = 1;
    result->registers = kt_array(registers, sizeof *result->registers);
    for (size_t i = 0; i < registers; i++) {
        result->registers[i] = (ketch_register){names[i], result->bit_count, sizes[i]};
        result->bit_count += sizes[i];
    }
    result->register_count = registers;
    result->outcomes = kt_array(count, sizeof *outcomes);
    result->counts = kt_array(count, sizeof *counts);
    result->outcome_count = count;
    for (size_t i = 0; i < count; i++) {
        result->outcomes[i] = outcomes[i];
        result->counts[i] = counts[i];
        result->info.shots += counts[i];
    }
    return result;
}

#endif
