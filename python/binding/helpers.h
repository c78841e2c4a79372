/* SPDX-License-Identifier: Apache-2.0
 *
 * What Python needs beside ketch.h: functions that free the object itself (CFFI's finalizers have no address of a pointer), bytes
 * collected from a sink, and many values in one call. Names begin with kp_.
 */
#ifndef KETCH_PYTHON_HELPERS_H
#define KETCH_PYTHON_HELPERS_H

#include <ketch/ketch.h>

void kp_diag_free(ketch_diag *diag);
void kp_circuit_free(ketch_circuit *circuit);
void kp_session_free(ketch_session *session);
void kp_channel_free(ketch_channel *channel);
void kp_job_free(ketch_job *job);
void kp_result_free(ketch_result *result);
void kp_state_free(ketch_state *state);

/* Bytes that a sink was given, one after the other. */
typedef struct kp_bytes {
    char *bytes;
    size_t size, capacity;
} kp_bytes;
ketch_sink kp_bytes_sink(kp_bytes *bytes);
void kp_bytes_free(kp_bytes *bytes);

/* ketch_submit; where the run was over before it returned, *result is what it gave, else *job goes on. */
ketch_status kp_submit(ketch_result **result, ketch_job **job, ketch_session *session, const ketch_circuit *circuit,
                       const ketch_run_options *options, const ketch_submit_options *how, ketch_diag *diag);

/* Characters of an outcome as text: the same for all outcomes of a result. */
size_t kp_outcome_width(ketch_result *result);
/* All outcomes of a result, each as `width` characters and a line's end, into `text`, their numbers into `counts`. Returns how many were
 * written: fewer than there are where memory runs out. */
size_t kp_counts(char *text, uint64_t *counts, ketch_result *result, size_t width);

/* How many threads threadpoolctl asks for; 0: it does not. See threads.c. */
int ketch_get_num_threads(void);
void ketch_set_num_threads(int threads);

#endif
