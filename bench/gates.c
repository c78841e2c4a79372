/* SPDX-License-Identifier: Apache-2.0
 *
 * bench-gates [QUBITS [THREADS [fp32]]]: seconds a gate of the reference engine, for each kind of gate and low, middle and high qubits.
 */
#include "bench.h"

enum { GATES = 12, REPEATS = 3 };

/* Simulation time of `count` times the gate on top of a layer of Hadamard gates, best of a few. */
static double simulate(ketch_session *session, const char *gate, uint32_t operands, uint32_t first, uint32_t qubits, unsigned count,
                       ketch_precision precision) {
    static const double angles[] = {0.3, 0.4, 0.5, 0.6};
    ketch_circuit *circuit = NULL;
    uint32_t targets[8];
    for (uint32_t i = 0; i < operands; i++) targets[i] = (first + i) % qubits;
    bench_ok(ketch_circuit_create(&circuit, qubits, 0, NULL), NULL);
    for (uint32_t q = 0; q < qubits; q++) bench_ok(ketch_circuit_append(circuit, "h", 1, &q, NULL, NULL), NULL);
    for (unsigned i = 0; i < count; i++) bench_ok(ketch_circuit_append(circuit, gate, 1, targets, angles, NULL), NULL);
    double best = 1e300;
    for (int i = 0; i < REPEATS; i++) {
        ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
        options.shots = 1;
        options.precision = precision;
        options.engine = KETCH_ENGINE_REFERENCE;
        ketch_result *result = NULL;
        ketch_diag *diag = ketch_diag_create();
        bench_ok(ketch_run(&result, session, circuit, &options, diag), diag);
        ketch_run_info info = {.struct_size = sizeof info};
        ketch_result_info(&info, result, NULL);
        if (info.simulate_seconds < best) best = info.simulate_seconds;
        ketch_result_free(&result);
        ketch_diag_free(&diag);
    }
    ketch_circuit_free(&circuit);
    return best;
}

int main(int count, char **arguments) {
    static const char *const gates[] = {"x", "h", "ry", "rx", "rz", "cx", "cz", "crx", "swap", "rxx", "rzz", "ccx"};
    uint32_t qubits = (uint32_t)bench_argument(count, arguments, 1, 22);
    ketch_precision precision = count > 3 && strcmp(arguments[3], "fp32") == 0 ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64;
    ketch_session *session = NULL;
    ketch_session_options options = KETCH_SESSION_OPTIONS_INIT;
    options.threads = (uint32_t)bench_argument(count, arguments, 2, 0);
    bench_ok(ketch_session_create(&session, &options, NULL), NULL);
    uint32_t places[] = {0, qubits / 2, qubits - 3};
    printf("%u qubits, %u threads, %s; nanoseconds an amplitude\n%-8s %8s %8s %8s\n", (unsigned)qubits,
           (unsigned)ketch_session_threads(session), precision == KETCH_PRECISION_FP32 ? "fp32" : "fp64", "gate", "low", "middle", "high");
    for (size_t g = 0; g < sizeof gates / sizeof *gates; g++) {
        const ketch_gate_info *info = NULL;
        for (size_t i = 0; (info = ketch_gate_at(i)) && strcmp(info->name, gates[g]) != 0;) i++;
        if (!info) continue;
        printf("%-8s", gates[g]);
        for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
            double bare = simulate(session, gates[g], info->qubit_count, places[p], qubits, 0, precision);
            double loaded = simulate(session, gates[g], info->qubit_count, places[p], qubits, GATES, precision);
            printf(" %8.3f", (loaded - bare) / GATES / (double)((uint64_t)1 << qubits) * 1e9);
            fflush(stdout);
        }
        putchar('\n');
    }
    ketch_session_free(&session);
    return 0;
}
