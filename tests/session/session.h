/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of the scheduler share: circuits of a known lane, whole results as bytes, and looks at the threads of this process.
 */
#ifndef KETCH_TESTS_SESSION_SESSION_H
#define KETCH_TESTS_SESSION_SESSION_H

#include "../api/api.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#define FOREVER (-1.0)

static inline double seconds_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static inline ketch_session *session_of(uint64_t threads, uint64_t jobs, uint64_t memory) {
    ketch_session *session = NULL;
    ketch_session_options options = {sizeof options, threads, jobs, memory};
    OK(NULL, ketch_session_create(&session, &options, NULL));
    return session;
}

static inline ketch_run_options seeded(uint64_t seed) {
    ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
    options.seed = seed;
    options.has_seed = 1;
    options.outputs = KETCH_OUTPUT_SHOTS;
    return options;
}

/* Little: over in a moment. Middling: some milliseconds on one thread, too small for more. Large: worth several threads. Endless: seconds.
 */
static inline ketch_circuit *little(void) { return heavy(5, 10); }
static inline ketch_circuit *middling(void) { return heavy(14, 100); }
static inline ketch_circuit *large(void) { return heavy(18, 20); }
static inline ketch_circuit *endless(void) { return heavy(24, 100); }
static inline ketch_circuit *as_large_as_endless(void) { return heavy(24, 1); }

/* A result whole, but for what differs from run to run. */
static inline bytes whole(ketch_result *result) {
    bytes all = {0};
    ketch_write_options write = KETCH_WRITE_OPTIONS_INIT;
    write.format = KETCH_FORMAT_JSON;
    write.omit_run = 1;
    OK(NULL, ketch_result_write(result, &write, into(&all), NULL));
    return all;
}

static inline bytes run_whole(ketch_session *session, const ketch_circuit *circuit, const ketch_run_options *options) {
    ketch_result *result = NULL;
    ketch_diag *diag = ketch_diag_create();
    OK(diag, ketch_run(&result, session, circuit, options, diag));
    bytes all = whole(result);
    ketch_result_free(&result);
    ketch_diag_free(&diag);
    return all;
}

static inline bytes element_whole(ketch_job *job, size_t element) {
    ketch_result *result = NULL;
    ketch_diag *diag = ketch_diag_create();
    OK(diag, ketch_job_result(&result, job, element, diag));
    bytes all = whole(result);
    ketch_result_free(&result);
    ketch_diag_free(&diag);
    return all;
}

static inline ketch_job *submitted(ketch_session *session, const ketch_circuit *circuit, const ketch_run_options *options, unsigned flags) {
    ketch_job *job = NULL;
    ketch_submit_options how = KETCH_SUBMIT_OPTIONS_INIT;
    how.flags = flags;
    ketch_diag *diag = ketch_diag_create();
    OK(diag, ketch_submit(&job, session, circuit, options, &how, diag));
    ketch_diag_free(&diag);
    return job;
}

/* Each of the circuits with each row of the table. */
static inline ketch_batch batch_of(const ketch_circuit *const *circuits, size_t circuit_count, const char *const *parameters,
                                   size_t parameter_count, const double *table, size_t row_count) {
    ketch_batch batch = KETCH_BATCH_INIT;
    batch.circuits = circuits;
    batch.circuit_count = circuit_count;
    batch.parameters = parameters;
    batch.parameter_count = parameter_count;
    batch.table = table;
    batch.row_count = row_count;
    return batch;
}

static inline ketch_job_info info_of(ketch_job *job) {
    ketch_job_info info = KETCH_JOB_INFO_INIT;
    OK(NULL, ketch_job_poll(&info, job, NULL));
    return info;
}

/* Waits until one of the jobs is planned and runs. */
static inline void see_one_running(ketch_job *const *jobs, size_t count) {
    for (int i = 0; i < 300000; i++) { /* sanitizers plan slowly */
        for (size_t k = 0; k < count; k++) {
            ketch_job_info info = info_of(jobs[k]);
            if (info.state == KETCH_JOB_RUNNING && !strcmp(info.stage, "simulate")) return;
        }
        usleep(1000);
    }
    fail_msg("no job runs");
}

static inline void see_running(ketch_job *job) { see_one_running(&job, 1); }

/* A job is announced when it has ended, not before: whoever waits for a job may be a moment early for its channel. */
static inline size_t take_all(ketch_job **out, ketch_session *session, size_t wanted) {
    size_t count = 0;
    for (int i = 0; i < 20000 && count < wanted; i++) {
        count += ketch_session_take(out + count, session, wanted - count);
        if (count < wanted) usleep(1000);
    }
    return count;
}

static inline int count_threads(void) {
    int count = -2; /* . and .. */
    DIR *folder = opendir("/proc/self/task");
    assert_non_null(folder);
    while (readdir(folder)) count++;
    closedir(folder);
    return count;
}

#endif
