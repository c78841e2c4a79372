/* SPDX-License-Identifier: Apache-2.0 */
#include "helpers.h"

#include <stdlib.h>
#include <string.h>

void kp_diag_free(ketch_diag *diag) { ketch_diag_free(&diag); }
void kp_circuit_free(ketch_circuit *circuit) { ketch_circuit_free(&circuit); }
void kp_session_free(ketch_session *session) { ketch_session_free(&session); }
void kp_channel_free(ketch_channel *channel) { ketch_channel_free(&channel); }
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

/* As ketch_result_bitstring writes them: bit 0 rightmost and the last register leftmost. */
size_t kp_outcomes(char *text, const ketch_result *result) {
    size_t words, registers = 0, width = 0, count = ketch_result_outcome_count(result);
    const uint64_t *row = ketch_result_outcomes(result, NULL, &words);
    for (ketch_register bits; (bits = ketch_result_register(result, registers)).name; registers++) width += bits.size + 1;
    for (size_t i = 0; text && i < count; i++, row += words) {
        for (size_t r = registers; r-- > 0;) {
            ketch_register bits = ketch_result_register(result, r);
            for (uint32_t b = bits.offset + bits.size; b-- > bits.offset;) *text++ = (char)('0' + (row[b / 64] >> b % 64 & 1));
            *text++ = r ? ' ' : '\n';
        }
    }
    return count * width;
}

static int keep_pieces(void *user, const void *bytes, size_t size) {
    kp_pieces *pieces = user;
    if (!pieces->head.size) return collect(&pieces->head, bytes, size);
    if (pieces->count == sizeof pieces->arrays / sizeof *pieces->arrays) return -1;
    pieces->arrays[pieces->count++] = (ketch_bytes){bytes, size};
    return 0;
}

ketch_status kp_result_pieces(kp_pieces *pieces, const ketch_result *result, ketch_diag *diag) {
    return ketch_result_save(result, (ketch_sink){keep_pieces, pieces}, diag);
}
