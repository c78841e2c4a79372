/* SPDX-License-Identifier: Apache-2.0
 *
 * bench-small [REPEATS [ENGINE]]: whole calls of ketch_run for small circuits that are built already, state only; 60 % u3, 40 % cx. ENGINE:
 * 0 (the library chooses), 1 reference, 2 planned. The session finds its plan of the first call again; beside it stands what a call takes
 * that plans anew.
 */
#include "bench.h"

static uint64_t random_state = 1;

static uint32_t random_below(uint32_t n) { /* a linear congruence: which gates, no draws */
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((random_state >> 33) % n);
}

static ketch_circuit *build(uint32_t qubits, uint32_t gates, ketch_diag *diag) {
    ketch_circuit *circuit;
    bench_ok(ketch_circuit_create(&circuit, qubits, 0, diag), diag);
    for (uint32_t i = 0; i < gates; i++) {
        uint32_t first = random_below(qubits), operands[2] = {first, (first + 1 + random_below(qubits - 1)) % qubits};
        double angles[3] = {0.001 * random_below(6283), 0.001 * random_below(6283), 0.001 * random_below(6283)};
        bench_ok(ketch_circuit_append(circuit, i % 5 < 3 ? "u3" : "cx", 1, operands, angles, diag), diag);
    }
    return circuit;
}

static void measure(const char *label, const ketch_circuit *circuit, const ketch_run_options *options, size_t repeats, ketch_diag *diag) {
    double *seconds = malloc(repeats * sizeof *seconds);
    ketch_session *session;
    ketch_session_options one = KETCH_SESSION_OPTIONS_INIT;
    one.threads = 1;
    bench_ok(ketch_session_create(&session, &one, diag), diag);
    for (size_t i = 0; seconds && i < repeats; i++) {
        ketch_result *result;
        double start = bench_seconds();
        bench_ok(ketch_run(&result, session, circuit, options, diag), diag);
        ketch_result_free(&result);
        seconds[i] = bench_seconds() - start;
    }
    if (seconds) {
        bench_sort(seconds, repeats);
        printf("%-36s best %7.2f us, median %7.2f us of %zu\n", label, seconds[0] * 1e6, seconds[repeats / 2] * 1e6, repeats);
    }
    free(seconds);
    ketch_session_free(&session);
}

int main(int count, char **arguments) {
    static const uint32_t sizes[][2] = {{5, 100}, {10, 200}, {14, 280}};
    ketch_diag *diag = ketch_diag_create();
    size_t repeats = bench_argument(count, arguments, 1, 5000);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        ketch_circuit *circuit = build(sizes[i][0], sizes[i][1], diag);
        for (int precision = 0; precision < 2; precision++) {
            for (int anew = 0; anew < 2; anew++) {
                char label[100];
                ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
                options.outputs = KETCH_OUTPUT_STATE | KETCH_OUTPUT_NO_SHOTS;
                options.precision = (ketch_precision)precision;
                options.engine = (ketch_engine)bench_argument(count, arguments, 2, KETCH_ENGINE_AUTO);
                if (anew) options.without = KETCH_WITHOUT_CACHE;
                snprintf(label, sizeof label, "%u qubits, %u gates, %s%s", sizes[i][0], sizes[i][1], precision ? "fp32" : "fp64",
                         anew ? ", planned anew" : "");
                measure(label, circuit, &options, sizes[i][0] < 12 ? repeats : repeats / 20 + 1, diag);
            }
        }
        ketch_circuit_free(&circuit);
    }
    ketch_diag_free(&diag);
    return 0;
}
