/* SPDX-License-Identifier: Apache-2.0
 *
 * bench-start PROGRAM [ARGUMENT...]: the time of a whole process, from fork to exit: best and median of many. Without arguments the
 * program is given a circuit of five qubits to run, and --version; /bin/true is timed beside it, for what any process takes.
 */
#include "bench.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REPEATS = 300 };
extern char **environ;

static const char source[] = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[5];\ncreg c[5];\nh q[0];\n"
                             "cx q[0],q[1];\ncx q[1],q[2];\ncx q[2],q[3];\ncx q[3],q[4];\nmeasure q -> c;\n";

static int time_process(const char *label, char **command) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    double seconds[REPEATS];
    for (int i = 0; i < REPEATS; i++) {
        pid_t child;
        int status;
        double start = bench_seconds();
        if (posix_spawn(&child, command[0], &actions, NULL, command, environ) || waitpid(child, &status, 0) != child || status) {
            fprintf(stderr, "bench-start: %s did not end well\n", command[0]);
            return 1;
        }
        seconds[i] = bench_seconds() - start;
    }
    posix_spawn_file_actions_destroy(&actions);
    bench_sort(seconds, REPEATS);
    printf("%-24s best %.2f ms, median %.2f ms of %d\n", label, seconds[0] * 1e3, seconds[REPEATS / 2] * 1e3, REPEATS);
    return 0;
}

int main(int count, char **arguments) {
    if (count < 2) return fputs("usage: bench-start PROGRAM [ARGUMENT...]\n", stderr), 2;
    if (count > 2) return time_process(arguments[1], arguments + 1);
    char path[] = "/tmp/ketch-bench-XXXXXX.qasm";
    int file = mkstemps(path, 5);
    if (file < 0 || write(file, source, sizeof source - 1) < 0 || close(file)) return perror(path), 1;
    char *program = arguments[1], true_path[] = "/bin/true", version_option[] = "--version", run_word[] = "run";
    char *nothing[] = {true_path, NULL}, *version[] = {program, version_option, NULL}, *run[] = {program, run_word, path, NULL};
    int failed = time_process("/bin/true", nothing) || time_process("ketch --version", version) || time_process("ketch run, 5 qubits", run);
    unlink(path);
    return failed;
}
