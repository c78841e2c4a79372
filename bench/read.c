/* SPDX-License-Identifier: Apache-2.0
 *
 * bench-read FILE [REPEATS]: reads an OpenQASM file as often as said and prints the seconds of the fastest time.
 */
#include "bench.h"

int main(int count, char **arguments) {
    unsigned long repeats = bench_argument(count, arguments, 2, 5);
    if (count < 2 || !repeats) return fputs("usage: bench-read FILE [REPEATS]\n", stderr), 2;
    ketch_diag *diag = ketch_diag_create();
    double best = 0;
    for (unsigned long i = 0; i < repeats; i++) {
        ketch_circuit *circuit = NULL;
        double start = bench_seconds();
        bench_ok(ketch_circuit_load(&circuit, arguments[1], NULL, diag), diag);
        double seconds = bench_seconds() - start;
        if (i == 0 || seconds < best) best = seconds;
        ketch_circuit_free(&circuit);
    }
    ketch_diag_free(&diag);
    printf("%.9g\n", best);
    return 0;
}
