/* SPDX-License-Identifier: Apache-2.0
 *
 * bench-shots [QUBITS [SHOTS [THREADS]]]: what a million shots cost beside one pass over the state (one Hadamard gate of the
 * reference engine, which makes a pass for each).
 */
#include "bench.h"

enum { REPEATS = 5 };

static ketch_circuit *circuit_of(uint32_t qubits, unsigned layers) {
    ketch_circuit *circuit = NULL;
    bench_ok(ketch_circuit_create(&circuit, qubits, qubits, NULL), NULL);
    for (unsigned layer = 0; layer < layers; layer++) {
        for (uint32_t q = 0; q < qubits; q++) bench_ok(ketch_circuit_append(circuit, "h", 1, &q, NULL, NULL), NULL);
    }
    for (uint32_t q = 0; q < qubits; q++) bench_ok(ketch_circuit_measure(circuit, 1, &q, &q, NULL), NULL);
    return circuit;
}

static ketch_run_info best_run(ketch_session *session, const ketch_circuit *circuit, uint64_t shots, ketch_engine engine) {
    ketch_run_info best = {.struct_size = sizeof best};
    ketch_diag *diag = ketch_diag_create();
    for (int i = 0; i < REPEATS; i++) {
        ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
        options.shots = shots;
        options.seed = 1;
        options.has_seed = 1;
        options.engine = engine;
        ketch_result *result = NULL;
        ketch_run_info info = {.struct_size = sizeof info};
        bench_ok(ketch_run(&result, session, circuit, &options, diag), diag);
        ketch_result_info(&info, result, NULL);
        if (i == 0 || info.sample_seconds < best.sample_seconds) best.sample_seconds = info.sample_seconds;
        if (i == 0 || info.simulate_seconds < best.simulate_seconds) best.simulate_seconds = info.simulate_seconds;
        best.threads = info.threads;
        ketch_result_free(&result);
    }
    ketch_diag_free(&diag);
    return best;
}

int main(int count, char **arguments) {
    uint32_t qubits = (uint32_t)bench_argument(count, arguments, 1, 24);
    uint64_t shots = bench_argument(count, arguments, 2, 1000000);
    ketch_session *session = NULL;
    ketch_session_options options = KETCH_SESSION_OPTIONS_INIT;
    options.threads = (uint32_t)bench_argument(count, arguments, 3, 0);
    bench_ok(ketch_session_create(&session, &options, NULL), NULL);
    ketch_circuit *one = circuit_of(qubits, 1), *two = circuit_of(qubits, 2);
    ketch_run_info few = best_run(session, one, 1, KETCH_ENGINE_AUTO), many = best_run(session, one, shots, KETCH_ENGINE_AUTO);
    ketch_run_info once = best_run(session, one, 1, KETCH_ENGINE_REFERENCE), twice = best_run(session, two, 1, KETCH_ENGINE_REFERENCE);
    double pass = (twice.simulate_seconds - once.simulate_seconds) / qubits; /* without allocation and first touch */
    printf("%u qubits, %u threads\n", (unsigned)qubits, (unsigned)many.threads);
    printf("one pass (a Hadamard gate)  %8.4f s\n", pass);
    printf("sampling 1 shot             %8.4f s\n", few.sample_seconds);
    printf("sampling %lu shots     %8.4f s = %.2f passes\n", (unsigned long)shots, many.sample_seconds, many.sample_seconds / pass);
    ketch_circuit_free(&one);
    ketch_circuit_free(&two);
    ketch_session_free(&session);
    return 0;
}
