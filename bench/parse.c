/* SPDX-License-Identifier: Apache-2.0
 *
 * bench-parse [GATES [REPEATS]]: reading an OpenQASM 2 file of a million gates (about 14 MB) into the flat list, on one core: gates
 * a second, and bytes a gate by how much the largest resident size of the process grew. Each repeat is a process of its own.
 */
#include "bench.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { QUBITS = 28, MAX_REPEATS = 100 };

static unsigned draw(unsigned below) {
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % below;
}

/* A mix as exporters write it: two-qubit gates, rotations with decimals and with fractions of pi, plain gates. */
static void write_source(FILE *file, unsigned long gates) {
    fprintf(file, "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[%d];\ncreg c[%d];\n", QUBITS, QUBITS);
    for (unsigned long i = 0; i < gates; i++) {
        unsigned a = draw(QUBITS), b = (a + 1 + draw(QUBITS - 1)) % QUBITS;
        switch (draw(8)) {
        case 0:
        case 1:
        case 2: fprintf(file, "cx q[%u],q[%u];\n", a, b); break;
        case 3: fprintf(file, "rz(%.6f) q[%u];\n", 6.283185307 * draw(1000000) / 1e6, a); break;
        case 4: fprintf(file, "u3(pi/%u,0,-pi/4) q[%u];\n", 1 + draw(16), a); break;
        case 5: fprintf(file, "t q[%u];\n", a); break;
        case 6: fprintf(file, "h q[%u];\n", a); break;
        default: fprintf(file, "x q[%u];\n", a); break;
        }
    }
}

typedef struct measured {
    double seconds;
    long growth; /* bytes */
    uint64_t held, gates;
} measured;

static long peak_bytes(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss * 1024;
}

static measured measure(const char *path) {
    static const char tiny[] = "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[1]; h q[0];";
    ketch_circuit *circuit = NULL;
    ketch_diag *diag = ketch_diag_create();
    bench_ok(ketch_circuit_parse(&circuit, tiny, sizeof tiny - 1, NULL, diag), diag); /* all code has been touched once */
    ketch_circuit_free(&circuit);
    measured out = {0};
    long before = peak_bytes();
    double start = bench_seconds();
    bench_ok(ketch_circuit_load(&circuit, path, NULL, diag), diag);
    out.seconds = bench_seconds() - start;
    out.growth = peak_bytes() - before;
    ketch_circuit_summary summary = {.struct_size = sizeof summary};
    ketch_circuit_summarize(&summary, circuit, NULL);
    out.held = summary.memory_bytes;
    out.gates = summary.gates;
    ketch_circuit_free(&circuit);
    ketch_diag_free(&diag);
    return out;
}

int main(int count, char **arguments) {
    unsigned long gates = bench_argument(count, arguments, 1, 1000000), repeats = bench_argument(count, arguments, 2, 7);
    if (!gates || !repeats || repeats > MAX_REPEATS) return fputs("usage: bench-parse [GATES [REPEATS]]\n", stderr), 2;
    char path[] = "/tmp/ketch-bench-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");
    if (!file) return perror(path), 1;
    write_source(file, gates);
    fclose(file);
    struct stat status;
    stat(path, &status);

    double seconds[MAX_REPEATS];
    measured last = {0};
    for (unsigned long i = 0; i < repeats; i++) {
        int channel[2];
        if (pipe(channel)) return perror("pipe"), 1;
        pid_t child = fork();
        if (child == 0) {
            measured own = measure(path);
            _exit(write(channel[1], &own, sizeof own) == (ssize_t)sizeof own ? 0 : 1);
        }
        close(channel[1]);
        int got = read(channel[0], &last, sizeof last) == (ssize_t)sizeof last;
        close(channel[0]);
        waitpid(child, NULL, 0);
        if (!got || last.gates != gates) {
            unlink(path);
            return fputs("bench-parse: the file was not read\n", stderr), 1;
        }
        seconds[i] = last.seconds;
    }
    unlink(path);
    bench_sort(seconds, repeats);
    printf("%lu gates, %.1f MB of text\n", gates, (double)status.st_size / 1e6);
    printf("best %.3f s, median %.3f s of %lu\n", seconds[0], seconds[repeats / 2], repeats);
    printf("%.2f million gates/s, %.0f MB/s\n", (double)gates / seconds[0] / 1e6, (double)status.st_size / seconds[0] / 1e6);
    printf("%.1f bytes a gate at the peak, text included; %.1f held by the circuit\n", (double)last.growth / (double)gates,
           (double)last.held / (double)gates);
    return 0;
}
