/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the system grants fewer threads than were asked for, a run takes what there is. Each case is a process of its own, as a user who
 * has no other, whose tasks are limited.
 */
#include "lab.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ASKED = 6, NOBODY_ELSE = 47113, FAILED = 99, HAD = 100 /* and so many threads; OpenMP would end the process with 1 */ };

/* In the child: HAD plus the threads that the run says it had, or FAILED. */
static int run_limited(const ketch_circuit *circuit, const ketch_result *expected, rlim_t tasks) {
    struct rlimit limit = {tasks, tasks};
    ketch_session *session;
    ketch_result *result;
    ketch_run_options options = lab_with(1000, KETCH_OUTPUT_STATE, 1).options;
    if (geteuid() == 0 && setresuid(NOBODY_ELSE, NOBODY_ELSE, NOBODY_ELSE)) return FAILED;
    if (setrlimit(RLIMIT_NPROC, &limit)) return FAILED;
    if (kt_session_create(&session, &(ketch_session_options){.threads = ASKED}, diag)) return FAILED;
    for (int time = 0; time < 3; time++) {
        if (kt_session_run(&result, session, circuit, &options, diag)) return FAILED;
        if (memcmp(result->state.amplitudes, expected->state.amplitudes, expected->state.bytes) != 0) return FAILED;
        if (time < 2) kt_result_free(result);
    }
    return HAD + (int)result->info.threads;
}

static int in_a_child(const ketch_circuit *circuit, const ketch_result *expected, rlim_t tasks) {
    int status;
    pid_t child = fork();
    if (child == 0) _exit(run_limited(circuit, expected, tasks));
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) > HAD);
    return WEXITSTATUS(status) - HAD;
}

static void as_many_as_start(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(18, 0);
    busy_gates(circuit, 100);
    lab_setup lab = lab_with(1000, KETCH_OUTPUT_STATE, 1);
    ketch_result *expected = lab_run(&lab, circuit);
    bool alone = geteuid() == 0; /* else this user's other processes count, and no thread at all may be started */
    for (int tasks = 1; tasks <= ASKED + 2; tasks++) {
        int threads = in_a_child(circuit, expected, (rlim_t)tasks), most = tasks < ASKED ? tasks : ASKED;
        /* the session's coordinator stands beside the thread that calls, and a sanitizer has up to two of its own */
        if (threads > most || (alone && threads < most - 3) || threads < 1) fail_msg("%d threads of %d tasks", threads, tasks);
        if (!alone) break;
    }
    kt_result_free(expected);
    ketch_circuit_free(&circuit);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_many_as_start)};
    return RUN_WITH_BOTH_ENGINES(tests, NULL, NULL);
}
