/* SPDX-License-Identifier: Apache-2.0 */
#include "helpers.h"

#include <stdlib.h>
#include <string.h>

void kp_diag_free(ketch_diag *diag) { ketch_diag_free(&diag); }
void kp_circuit_free(ketch_circuit *circuit) { ketch_circuit_free(&circuit); }
void kp_session_free(ketch_session *session) { ketch_session_free(&session); }
void kp_channel_free(ketch_channel *channel) { ketch_channel_free(&channel); }
void kp_job_free(ketch_job *job) { ketch_job_free(&job); }
void kp_result_free(ketch_result *result) { ketch_result_free(&result); }
void kp_state_free(ketch_state *state) { ketch_state_free(&state); }

static int collect(void *user, const void *bytes, size_t size) {
    kp_bytes *all = user;
    if (size > all->capacity - all->size) {
        if (size > SIZE_MAX / 2 - all->size) return -1;
        size_t capacity = 2 * (all->size + size);
        char *larger = realloc(all->bytes, capacity);
        if (!larger) return -1;
        all->bytes = larger;
        all->capacity = capacity;
    }
    memcpy(all->bytes + all->size, bytes, size);
    all->size += size;
    return 0;
}

ketch_sink kp_bytes_sink(kp_bytes *bytes) { return (ketch_sink){collect, bytes}; }

void kp_bytes_free(kp_bytes *bytes) {
    free(bytes->bytes);
    *bytes = (kp_bytes){0};
}

ketch_status kp_submit(ketch_result **result, ketch_job **job, ketch_session *session, const ketch_circuit *circuit,
                       const ketch_run_options *options, const ketch_submit_options *how, ketch_diag *diag) {
    ketch_job_info info = KETCH_JOB_INFO_INIT;
    ketch_status status = ketch_submit(job, session, circuit, options, how, diag);
    if (status != KETCH_OK || ketch_job_poll(&info, *job, NULL) != KETCH_OK || info.state != KETCH_JOB_ENDED) return status;
    status = ketch_job_result(result, *job, 0, diag);
    ketch_job_free(job);
    return status;
}

size_t kp_outcome_width(ketch_result *result) {
    const char *first = ketch_result_bitstring(result, 0);
    return first ? strlen(first) : 0;
}

size_t kp_counts(char *text, uint64_t *counts, ketch_result *result, size_t width) {
    size_t total = ketch_result_outcome_count(result);
    for (size_t i = 0; i < total; i++, text += width + 1) {
        const char *bits = ketch_result_bitstring(result, i);
        if (!bits) return i;
        memcpy(text, bits, width);
        text[width] = '\n';
        counts[i] = ketch_result_count(result, i);
    }
    return total;
}
