/* SPDX-License-Identifier: Apache-2.0
 *
 * Door of the room session: who runs on which threads, with which buffers, under which limits.
 */
#ifndef KETCH_SESSION_SESSION_H
#define KETCH_SESSION_SESSION_H

#include "engine/engine.h"

ketch_status kt_session_create(ketch_session **out, const ketch_session_options *options, ketch_diag *diag);
uint32_t kt_session_threads(const ketch_session *session);
void kt_session_cancel(ketch_session *session);
ketch_status kt_session_run(ketch_result **out, ketch_session *session, const ketch_circuit *circuit, const ketch_run_options *options,
                            ketch_diag *diag);
/* What a run would need and what is there. */
ketch_status kt_session_memory(ketch_memory *out, const ketch_circuit *circuit, const ketch_run_options *options, ketch_diag *diag);
void kt_session_free(ketch_session *session);

/* Hands runs over. Options are complete but for the seed; `batch` NULL: one run of `circuit`. */
ketch_status kt_session_submit(ketch_job **out, ketch_session *session, const ketch_circuit *circuit, const ketch_batch *batch,
                               const ketch_run_options *options, const ketch_submit_options *how, ketch_diag *diag);
uint64_t kt_batch_seed(uint64_t seed, uint64_t circuit, uint64_t row);

/* A process that was forked from the one where the job was submitted sees it ended or lost. */
void kt_job_poll(ketch_job_info *out, const ketch_job *job);
ketch_status kt_job_wait(ketch_job *job, double seconds);
void kt_job_cancel(ketch_job *job);
ketch_status kt_job_result(ketch_result **out, ketch_job *job, size_t element, ketch_diag *diag);
void kt_job_free(ketch_job *job);

ketch_status kt_channel_create(ketch_channel **out, ketch_diag *diag);
ketch_channel *kt_session_channel(ketch_session *session); /* its own */
int kt_channel_fd(ketch_channel *channel);
size_t kt_channel_take(ketch_job **out, ketch_channel *channel, size_t most);
void kt_channel_free(ketch_channel *channel);

#endif
