/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzz target: small circuits that parse are run, on one thread and on two, which must agree to the byte.
 */
#include "fuzz.h"

#include <string.h>

enum { SHOTS = 20 };

static ketch_session *session(uint32_t threads) {
    ketch_session *out = NULL;
    ketch_session_options options = KETCH_SESSION_OPTIONS_INIT;
    options.threads = threads;
    fuzz_require(ketch_session_create(&out, &options, NULL) == KETCH_OK);
    return out;
}

static ketch_result *run(const ketch_circuit *circuit, uint32_t threads, unsigned choice, ketch_diag *diag) {
    static ketch_session *sessions[2];
    if (!sessions[threads - 1]) sessions[threads - 1] = session(threads);
    ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
    options.outputs = KETCH_OUTPUT_SHOTS;
    options.precision = choice & 4 ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64;
    options.shots = SHOTS;
    options.seed = choice;
    options.has_seed = 1;
    options.max_qubits = 8;
    options.timeout_seconds = 5;
    ketch_result *result = NULL;
    ketch_status status = ketch_run(&result, sessions[threads - 1], circuit, &options, diag);
    fuzz_require((status == KETCH_OK) == (result != NULL));
    if (status != KETCH_OK) { /* a limit, a parameter without value: said in words, and no fault of the engine */
        fuzz_require(status != KETCH_ERROR_RUNTIME && ketch_diag_count(diag) > 0);
    }
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    unsigned choice = size ? data[size - 1] : 0;
    ketch_load_options options = KETCH_LOAD_OPTIONS_INIT;
    options.prelude = choice & 1 ? "stdgates.inc" : choice & 2 ? "qelib1.inc" : NULL;
    options.safe_include = 1;
    options.max_gates = 300;
    options.max_qubits = 30;
    options.max_bits = 80;
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit = NULL;
    if (ketch_circuit_parse(&circuit, (const char *)data, size, &options, diag) == KETCH_OK) {
        for (size_t i = 0; ketch_circuit_parameter(circuit, i); i++)
            ketch_circuit_bind(circuit, ketch_circuit_parameter(circuit, i), 0.25 * (double)i, diag);
        ketch_result *one = run(circuit, 1, choice, diag), *two = run(circuit, 2, choice, diag);
        fuzz_require(!one == !two);
        if (one) {
            size_t words = 0;
            const uint64_t *shots = ketch_result_shots(one, &words);
            fuzz_require(memcmp(shots, ketch_result_shots(two, NULL), SHOTS * words * sizeof *shots) == 0);
            uint64_t total = 0;
            for (size_t i = 0; i < ketch_result_outcome_count(one); i++) total += ketch_result_count(one, i);
            fuzz_require(total == SHOTS);
        }
        ketch_result_free(&one);
        ketch_result_free(&two);
    }
    ketch_circuit_free(&circuit);
    ketch_diag_free(&diag);
    return 0;
}
