/* SPDX-License-Identifier: Apache-2.0
 *
 * bench-session [JOBS [STRUCTURES [THREADS]]]: little jobs, 5 qubits, 100 gates, 100 shots, a new seed each, through every way that there
 * is into a session; microseconds a job, its result read and freed included. Plans are there already.
 */
#include "bench.h"

#include <poll.h>

#define MOST_WAITING 512

typedef struct work {
    ketch_session *session;
    ketch_circuit **circuits;
    size_t structures, jobs;
    ketch_diag *diag;
    uint64_t shots; /* read, so that no result goes unseen */
} work;

static ketch_circuit *build(size_t structure, ketch_diag *diag) {
    ketch_circuit *circuit;
    bench_ok(ketch_circuit_create(&circuit, 5, 0, diag), diag);
    for (uint32_t i = 0; i < 100; i++) {
        uint32_t first = (uint32_t)(i * 3 + (structure >> i % 6)) % 5, operands[2] = {first, (first + 1 + i % 4) % 5};
        double angles[3] = {0.1 * i, 0.2, 0.3};
        bench_ok(ketch_circuit_append(circuit, i % 5 < 3 ? "u3" : "cx", 1, operands, angles, diag), diag);
    }
    return circuit;
}

static ketch_run_options options_of(size_t job) {
    ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
    options.shots = 100;
    options.seed = job;
    options.has_seed = 1;
    return options;
}

static void read_result(work *own, ketch_result *result) {
    for (size_t i = 0; i < ketch_result_outcome_count(result); i++) own->shots += ketch_result_count(result, i);
    ketch_result_free(&result);
}

static void end(work *own, ketch_job *job) {
    ketch_result *result;
    bench_ok(ketch_job_result(&result, job, 0, own->diag), own->diag);
    read_result(own, result);
    ketch_job_free(&job);
}

static ketch_job *submit(work *own, size_t i, unsigned flags) {
    ketch_job *job;
    ketch_run_options options = options_of(i);
    ketch_submit_options how = KETCH_SUBMIT_OPTIONS_INIT;
    how.flags = flags;
    bench_ok(ketch_submit(&job, own->session, own->circuits[i % own->structures], &options, &how, own->diag), own->diag);
    return job;
}

static void run_each(work *own) {
    for (size_t i = 0; i < own->jobs; i++) {
        ketch_run_options options = options_of(i);
        ketch_result *result;
        bench_ok(ketch_run(&result, own->session, own->circuits[i % own->structures], &options, own->diag), own->diag);
        read_result(own, result);
    }
}

static void submit_inline(work *own) {
    for (size_t i = 0; i < own->jobs; i++) end(own, submit(own, i, KETCH_SUBMIT_INLINE | KETCH_SUBMIT_QUIET));
}

static void wait_for_each(work *own) {
    for (size_t i = 0; i < own->jobs; i++) {
        ketch_job *job = submit(own, i, KETCH_SUBMIT_QUIET);
        bench_ok(ketch_job_wait(job, -1), NULL);
        end(own, job);
    }
}

/* As an event loop does it. */
static void through_the_channel(work *own) {
    ketch_job *taken[64];
    struct pollfd poller = {ketch_session_fd(own->session), POLLIN, 0};
    for (size_t begun = 0, ended = 0; ended < own->jobs;) {
        for (; begun < own->jobs && begun - ended < MOST_WAITING; begun++) submit(own, begun, 0);
        poll(&poller, 1, -1);
        for (size_t count; (count = ketch_session_take(taken, own->session, 64)) > 0; ended += count) {
            for (size_t i = 0; i < count; i++) end(own, taken[i]);
        }
    }
}

static void as_a_batch(work *own) {
    ketch_run_options options = options_of(1);
    ketch_submit_options how = KETCH_SUBMIT_OPTIONS_INIT;
    how.flags = KETCH_SUBMIT_QUIET;
    const ketch_circuit **circuits = malloc(own->jobs * sizeof *circuits);
    if (!circuits) exit(1);
    for (size_t i = 0; i < own->jobs; i++) circuits[i] = own->circuits[i * own->structures / own->jobs];
    ketch_batch batch = KETCH_BATCH_INIT;
    batch.circuits = circuits;
    batch.circuit_count = own->jobs;
    ketch_job *job;
    bench_ok(ketch_submit_batch(&job, own->session, &batch, &options, &how, own->diag), own->diag);
    bench_ok(ketch_job_wait(job, -1), NULL);
    for (size_t i = 0; i < own->jobs; i++) {
        ketch_result *result;
        bench_ok(ketch_job_result(&result, job, i, own->diag), own->diag);
        read_result(own, result);
    }
    ketch_job_free(&job);
    free(circuits);
}

int main(int count, char **arguments) {
    static const struct {
        const char *name;
        void (*run)(work *own);
    } ways[] = {
        {"ketch_run", run_each},
        {"submitted, done inline", submit_inline},
        {"submitted, each waited for", wait_for_each},
        {"submitted, taken from the channel", through_the_channel},
        {"one batch", as_a_batch},
    };
    work all = {.jobs = bench_argument(count, arguments, 1, 10000), .structures = bench_argument(count, arguments, 2, 64)};
    ketch_session_options options = KETCH_SESSION_OPTIONS_INIT;
    options.threads = bench_argument(count, arguments, 3, 0);
    all.diag = ketch_diag_create();
    bench_ok(ketch_session_create(&all.session, &options, all.diag), all.diag);
    all.circuits = malloc(all.structures * sizeof *all.circuits);
    if (!all.circuits || !all.jobs || !all.structures) return 1;
    for (size_t i = 0; i < all.structures; i++) all.circuits[i] = build(i, all.diag);
    printf("%zu jobs of %zu structures, %u threads\n", all.jobs, all.structures, (unsigned)ketch_session_threads(all.session));
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
        double seconds[5];
        for (int i = 0; i < 5; i++) {
            double begin = bench_seconds();
            ways[way].run(&all);
            seconds[i] = bench_seconds() - begin;
        }
        bench_sort(seconds, 5);
        printf("%-36s %7.2f us a job, %9.0f jobs/s\n", ways[way].name, seconds[0] / (double)all.jobs * 1e6, (double)all.jobs / seconds[0]);
    }
    int whole = all.shots == (uint64_t)all.jobs * 100 * 5 * sizeof ways / sizeof *ways;
    for (size_t i = 0; i < all.structures; i++) ketch_circuit_free(&all.circuits[i]);
    free(all.circuits);
    ketch_session_free(&all.session);
    ketch_diag_free(&all.diag);
    return whole ? 0 : 1;
}
