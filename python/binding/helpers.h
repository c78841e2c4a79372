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

/* All outcomes of a result as text, each with a line's end; returns its size, and writes nothing where `text` is NULL. */
size_t kp_outcomes(char *text, const ketch_result *result);

/* A result as bytes: its head, and its arrays as they lie in it. */
typedef struct kp_pieces {
    kp_bytes head;
    ketch_bytes arrays[4];
    size_t count;
} kp_pieces;
ketch_status kp_result_pieces(kp_pieces *pieces, const ketch_result *result, ketch_diag *diag);

/* How many threads threadpoolctl asks for; 0: it does not. See threads.c. */
int ketch_get_num_threads(void);
void ketch_set_num_threads(int threads);

#endif
