/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzz target: small programs that parse are run, on one thread and on two, which must agree to the byte; and, where nothing in them is
 * left to chance, with nothing unrolled and no value followed by the reader, which must come to the same.
 */
#include "fuzz.h"

#include <stdbool.h>

enum { SHOTS = 20 };

/* An error of the run is the program's own, not the engine's, if it is one of these, and stands in the source. */
static bool of_the_program(const ketch_diag *diag) {
    static const char *const codes[] = {"KQ0719", "KQ0720", "KQ0723", "KQ0725"};
    const ketch_message *message = fuzz_said(diag);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (strcmp(message->code, codes[i]) == 0) return message->line > 0;
    }
    return false;
}

static ketch_result *run(const ketch_circuit *circuit, uint32_t threads, unsigned choice, ketch_diag *diag) {
    ketch_run_options options = fuzz_brief();
    ketch_status status;
    options.outputs = KETCH_OUTPUT_SHOTS;
    options.precision = choice & 4 ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64;
    options.shots = SHOTS;
    options.seed = choice;
    options.max_qubits = 8;
    options.timeout_seconds = 5;
    options.max_call_depth = 60;
    ketch_result *result = fuzz_run(circuit, threads, &options, &status, diag);
    /* else a limit was met, a parameter has no value: no fault of the engine */
    fuzz_require(status != KETCH_ERROR_RUNTIME || of_the_program(diag));
    return result;
}

static ketch_circuit *read(const uint8_t *data, size_t size, unsigned choice, uint64_t unroll, ketch_diag *diag) {
    ketch_load_options options = fuzz_limits();
    options.prelude = fuzz_prelude(choice);
    options.max_gates = 300;
    options.max_qubits = 30;
    options.max_bits = 80;
    options.max_unroll = unroll;
    ketch_circuit *circuit = NULL;
    if (ketch_circuit_parse(&circuit, (const char *)data, size, &options, diag) != KETCH_OK) return NULL;
    fuzz_bind_all(circuit, diag);
    return circuit;
}

/* What a program without chance comes to: the one outcome of all shots. */
static const char *only_outcome(ketch_result *result) {
    fuzz_require(ketch_result_outcome_count(result) == 1);
    return ketch_result_bitstring(result, 0);
}

static void compare_unrolled(ketch_result *wanted, const uint8_t *data, size_t size, unsigned choice, ketch_diag *diag) {
    ketch_circuit *circuit = read(data, size, choice, KETCH_UNROLL_NONE, diag);
    ketch_result *result = circuit ? run(circuit, 1, choice, diag) : NULL;
    if (result) fuzz_require(strcmp(only_outcome(wanted), only_outcome(result)) == 0); /* else some limit was met */
    ketch_result_free(&result);
    ketch_circuit_free(&circuit);
}

/* Is nothing in it left to chance? A program that measures nothing and has gates is measured at its end. */
static bool certain(const ketch_circuit *circuit) {
    ketch_circuit_summary summary = {.struct_size = sizeof summary};
    fuzz_require(ketch_circuit_summarize(&summary, circuit, NULL) == KETCH_OK);
    return summary.measurements + summary.resets == 0 && summary.bits > 0 && summary.qubits == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    unsigned choice = size ? data[size - 1] : 0;
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit = read(data, size, choice, 64, diag);
    if (circuit) {
        ketch_result *one = run(circuit, 1, choice, diag), *two = run(circuit, 2, choice, diag);
        fuzz_require(!one == !two);
        if (one) {
            size_t words = 0;
            const uint64_t *shots = ketch_result_shots(one, &words);
            fuzz_require(memcmp(shots, ketch_result_shots(two, NULL), SHOTS * words * sizeof *shots) == 0);
            uint64_t total = 0;
            for (size_t i = 0; i < ketch_result_outcome_count(one); i++) total += ketch_result_count(one, i);
            fuzz_require(total == SHOTS);
            if (certain(circuit)) compare_unrolled(one, data, size, choice, diag);
        }
        ketch_result_free(&one);
        ketch_result_free(&two);
    }
    ketch_circuit_free(&circuit);
    ketch_diag_free(&diag);
    return 0;
}
