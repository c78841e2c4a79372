/* SPDX-License-Identifier: Apache-2.0
 *
 * Jobs: submitted, announced, read; batches; the same bytes in every lane.
 */
#include "session.h"

#include <fcntl.h>
#include <math.h>
#include <poll.h>

static bool readable(int fd, int milliseconds) {
    struct pollfd poller = {fd, POLLIN, 0};
    return poll(&poller, 1, milliseconds) == 1;
}

/* ── The same bytes ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void a_lane_changes_no_byte(void **state) {
    (void)state;
    ketch_circuit *circuits[] = {little(), middling(), large(), parsed(TELEPORT), parsed(BELL)};
    ketch_session *sessions[] = {session_of(1, 0, 0), session_of(2, 0, 0), session_of(5, 0, 0)};
    for (size_t c = 0; c < LENGTH(circuits); c++) {
        ketch_run_options options = seeded(11 + c), narrow = options;
        narrow.threads = 1;
        bytes wanted = run_whole(sessions[0], circuits[c], &options);
        for (size_t s = 0; s < LENGTH(sessions); s++) {
            bytes ran = run_whole(sessions[s], circuits[c], &options);
            assert_string_equal(ran.data, wanted.data);
            free(ran.data);
            ketch_job *jobs[] = {
                submitted(sessions[s], circuits[c], &options, 0),
                submitted(sessions[s], circuits[c], &options, KETCH_SUBMIT_INLINE),
                submitted(sessions[s], circuits[c], &narrow, KETCH_SUBMIT_QUIET),
                submitted(sessions[s], circuits[c], &narrow, 0),
            };
            for (size_t j = 0; j < LENGTH(jobs); j++) {
                OK(NULL, ketch_job_wait(jobs[j], FOREVER));
                bytes got = element_whole(jobs[j], 0);
                assert_string_equal(got.data, wanted.data);
                free(got.data);
                ketch_job_free(&jobs[j]);
            }
        }
        free(wanted.data);
    }
    for (size_t s = 0; s < LENGTH(sessions); s++) ketch_session_free(&sessions[s]);
    for (size_t c = 0; c < LENGTH(circuits); c++) ketch_circuit_free(&circuits[c]);
}

/* Element (i, j) alone, with its seed. */
static void elements_of_a_batch(void **state) {
    (void)state;
    enum { ROWS = 9 };
    static const char *const names[] = {"phi", "theta"};
    double table[ROWS][2];
    for (int row = 0; row < ROWS; row++) {
        table[row][0] = 0.1 * row;
        table[row][1] = 1 - 0.2 * row;
    }
    ketch_circuit *circuits[] = {parsed(PARAMETERS), parsed(PARAMETERS "h q[0]; cx q[0], q[1];"), parsed(PARAMETERS "h q;")};
    ketch_session *session = session_of(3, 0, 0);
    ketch_run_options options = seeded(77);
    ketch_batch batch = batch_of((const ketch_circuit *const *)circuits, LENGTH(circuits), names, 2, table[0], ROWS);
    ketch_job *job = NULL;
    ketch_diag *diag = ketch_diag_create();
    ketch_submit_options how = KETCH_SUBMIT_OPTIONS_INIT;
    how.flags = KETCH_SUBMIT_INLINE; /* which is for single runs */
    OK(diag, ketch_submit_batch(&job, session, &batch, &options, &how, diag));
    OK(NULL, ketch_job_wait(job, FOREVER));
    ketch_job_info info = info_of(job);
    assert_int_equal(info.status, KETCH_OK);
    assert_int_equal(info.elements, LENGTH(circuits) * ROWS);
    assert_int_equal(info.done, info.elements);
    assert_true(info.fraction == 1);
    assert_int_equal(ketch_batch_seed(77, 0, 0), 77);
    for (size_t i = 0; i < LENGTH(circuits); i++) {
        for (size_t j = 0; j < ROWS; j++) {
            ketch_run_options alone = options;
            alone.seed = ketch_batch_seed(77, i, j);
            OK(NULL, ketch_circuit_bind_all(circuits[i], 2, names, table[j], NULL));
            bytes wanted = run_whole(session, circuits[i], &alone), got = element_whole(job, i * ROWS + j);
            assert_string_equal(got.data, wanted.data);
            free(wanted.data);
            free(got.data);
        }
    }
    ketch_job_free(&job);
    ketch_session_free(&session);
    ketch_diag_free(&diag);
    for (size_t i = 0; i < LENGTH(circuits); i++) ketch_circuit_free(&circuits[i]);
}

/* Seeds differ, and depend on the batch's. */
static void seeds_of_a_batch(void **state) {
    (void)state;
    enum { SIDE = 24 };
    uint64_t seeds[2 * SIDE * SIDE];
    for (uint64_t k = 0; k < LENGTH(seeds); k++) seeds[k] = ketch_batch_seed(k / (SIDE * SIDE), k / SIDE % SIDE, k % SIDE);
    for (size_t i = 0; i < LENGTH(seeds); i++) {
        for (size_t j = 0; j < i; j++) assert_true(seeds[i] != seeds[j]);
    }
}

static void an_element_that_fails_ends_the_job(void **state) {
    (void)state;
    enum { ROWS = 2000 };
    static const char *const names[] = {"theta", "phi"};
    double *table = calloc(2 * ROWS, sizeof *table);
    table[2 * 40] = INFINITY; /* no angle */
    ketch_circuit *circuit = parsed(PARAMETERS);
    ketch_session *session = session_of(2, 0, 0);
    ketch_batch batch = batch_of((const ketch_circuit *const[]){circuit}, 1, names, 2, table, ROWS);
    ketch_job *job = NULL;
    ketch_diag *diag = ketch_diag_create();
    ketch_result *result = NULL;
    OK(diag, ketch_submit_batch(&job, session, &batch, NULL, NULL, diag));
    OK(NULL, ketch_job_wait(job, FOREVER));
    ketch_job_info info = info_of(job);
    assert_int_not_equal(info.status, KETCH_OK);
    assert_int_not_equal(info.status, KETCH_ERROR_CANCELLED);
    assert_true(info.done < ROWS);
    OK(diag, ketch_job_result(&result, job, 0, diag));
    ketch_result_free(&result);
    EXPECT(KETCH_ERROR_UNAVAILABLE, diag, ketch_job_result(&result, job, 0, diag));
    EXPECT(info.status, diag, ketch_job_result(&result, job, 40, diag));
    assert_non_null(strstr(ketch_diag_text(diag), "error["));
    EXPECT(KETCH_ERROR_CANCELLED, diag, ketch_job_result(&result, job, ROWS - 1, diag));
    assert_non_null(strstr(ketch_diag_text(diag), "element 40"));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_job_result(&result, job, ROWS, diag));
    ketch_job_free(&job);
    ketch_session_free(&session);
    ketch_circuit_free(&circuit);
    ketch_diag_free(&diag);
    free(table);
}

/* ── Announcing ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void channels(void **state) {
    (void)state;
    enum { JOBS = 50 };
    ketch_circuit *circuit = little();
    ketch_session *session = session_of(2, 0, 0);
    ketch_channel *channel = NULL;
    ketch_job *jobs[JOBS] = {0}, *taken[JOBS] = {0};
    OK(NULL, ketch_channel_create(&channel, session, NULL));
    int own = ketch_session_fd(session), fd = ketch_channel_fd(channel);
    assert_true(own >= 0 && fd >= 0 && own != fd);
    assert_int_equal(ketch_channel_fd(channel), fd);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_false(readable(fd, 0));
    ketch_submit_options how = KETCH_SUBMIT_OPTIONS_INIT;
    how.channel = channel;
    for (int i = 0; i < JOBS; i++) OK(NULL, ketch_submit(&jobs[i], session, circuit, NULL, &how, NULL));
    size_t count = 0;
    while (count < JOBS) {
        assert_true(readable(fd, 20000));
        size_t some = ketch_channel_take(taken + count, channel, 7);
        assert_true(some <= 7);
        count += some;
    }
    for (int i = 0; i < 1000 && readable(fd, 0); i++) { /* a wake may come late, for what was taken with others */
        assert_int_equal(ketch_channel_take(&(ketch_job *){NULL}, channel, 1), 0);
        usleep(1000);
    }
    assert_false(readable(fd, 0));
    for (int i = 0; i < JOBS; i++) {
        int found = 0;
        for (int j = 0; j < JOBS; j++) found += taken[j] == jobs[i];
        assert_int_equal(found, 1); /* each once */
        ketch_job_free(&jobs[i]);
    }
    assert_false(readable(own, 0)); /* others' jobs */

    ketch_job *quiet = submitted(session, circuit, NULL, KETCH_SUBMIT_QUIET), *heard = submitted(session, circuit, NULL, 0);
    OK(NULL, ketch_job_wait(quiet, FOREVER));
    OK(NULL, ketch_job_wait(heard, FOREVER));
    assert_true(readable(own, 20000));
    assert_int_equal(ketch_session_take(taken, session, JOBS), 1);
    assert_ptr_equal(taken[0], heard);
    ketch_job_free(&quiet);
    ketch_job_free(&heard);

    /* freed before they are taken; a channel freed before its jobs end */
    ketch_job *freed = submitted(session, circuit, NULL, 0);
    OK(NULL, ketch_job_wait(freed, FOREVER));
    ketch_job_free(&freed);
    assert_int_equal(ketch_session_take(taken, session, JOBS), 0);
    OK(NULL, ketch_submit(&jobs[0], session, circuit, NULL, &how, NULL));
    OK(NULL, ketch_submit(&jobs[1], session, circuit, NULL, &how, NULL));
    OK(NULL, ketch_job_wait(jobs[0], FOREVER));
    ketch_channel_free(&channel);
    assert_null(channel);
    for (int i = 0; i < 2; i++) {
        OK(NULL, ketch_job_wait(jobs[i], FOREVER));
        assert_int_equal(info_of(jobs[i]).status, KETCH_OK);
        ketch_job_free(&jobs[i]);
    }
    ketch_session_free(&session);
    ketch_circuit_free(&circuit);
}

static void inline_is_done_at_once(void **state) {
    (void)state;
    ketch_circuit *circuit = little();
    ketch_session *session = session_of(2, 0, 0);
    int before = count_threads();
    for (int i = 0; i < 100; i++) {
        ketch_job *job = submitted(session, circuit, NULL, KETCH_SUBMIT_INLINE);
        assert_int_equal(info_of(job).state, KETCH_JOB_ENDED);
        assert_int_equal(info_of(job).status, KETCH_OK);
        ketch_job_free(&job);
    }
    assert_int_equal(count_threads(), before);
    ketch_session_free(&session);
    ketch_circuit_free(&circuit);
}

/* What is unfit for a run is found by submitting or by running. */
static void what_is_wrong_is_said(void **state) {
    (void)state;
    ketch_circuit *unbound = parsed(PARAMETERS), *huge = NULL;
    ketch_session *session = session_of(2, 0, 1 << 20);
    ketch_diag *diag = ketch_diag_create();
    OK(diag, ketch_circuit_create(&huge, 30, 0, diag));
    for (uint32_t q = 0; q < 30; q++) OK(diag, ketch_circuit_append(huge, "h", 1, &q, NULL, diag));
    const struct {
        ketch_circuit *circuit;
        ketch_status status;
        const char *code;
    } cases[] = {{unbound, KETCH_ERROR_SEMANTICS, "theta"}, {huge, KETCH_ERROR_MEMORY, "30 qubits need"}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        for (unsigned flags = 0; flags < 2; flags++) {
            ketch_job *job = NULL;
            ketch_result *result = NULL;
            ketch_submit_options how = KETCH_SUBMIT_OPTIONS_INIT;
            how.flags = flags;
            ketch_status status = ketch_submit(&job, session, cases[i].circuit, NULL, &how, diag);
            if (status == KETCH_OK) {
                OK(NULL, ketch_job_wait(job, FOREVER));
                assert_int_equal(info_of(job).status, cases[i].status);
                status = ketch_job_result(&result, job, 0, diag);
            }
            assert_int_equal(status, cases[i].status);
            assert_non_null(strstr(ketch_diag_text(diag), cases[i].code));
            ketch_job_free(&job);
        }
        ketch_result *result = NULL;
        EXPECT(cases[i].status, diag, ketch_run(&result, session, cases[i].circuit, NULL, diag));
    }
    ketch_job *job = (ketch_job *)diag;
    ketch_batch none = KETCH_BATCH_INIT;
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_submit_batch(&job, session, &none, NULL, NULL, diag));
    assert_null(job);
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_submit(&job, session, NULL, NULL, NULL, diag));
    ketch_submit_options unknown = {sizeof unknown, 64, NULL};
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_submit(&job, session, huge, NULL, &unknown, diag));
    EXPECT(KETCH_ERROR_USAGE, NULL, ketch_job_wait(NULL, 0));
    assert_int_equal(ketch_channel_fd(NULL), -1);
    assert_int_equal(ketch_channel_take(NULL, NULL, 1), 0);
    ketch_job_cancel(NULL);
    ketch_job_free(NULL);
    ketch_channel_free(NULL);
    ketch_session_free(&session);
    ketch_circuit_free(&unbound);
    ketch_circuit_free(&huge);
    ketch_diag_free(&diag);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lane_changes_no_byte),
        cmocka_unit_test(elements_of_a_batch),
        cmocka_unit_test(seeds_of_a_batch),
        cmocka_unit_test(channels),
        cmocka_unit_test(an_element_that_fails_ends_the_job),
        cmocka_unit_test(inline_is_done_at_once),
        cmocka_unit_test(what_is_wrong_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
