/* SPDX-License-Identifier: Apache-2.0
 *
 * Door of the room session: who runs on which threads, with which buffers, under which limits.
 */
#ifndef KETCH_SESSION_SESSION_H
#define KETCH_SESSION_SESSION_H

#include "engine/engine.h"

ketch_status kt_session_create(ketch_session **out, uint32_t threads, ketch_diag *diag);
uint32_t kt_session_threads(const ketch_session *session);
void kt_session_cancel(ketch_session *session);
ketch_status kt_session_run(ketch_result **out, ketch_session *session, const ketch_circuit *circuit, const ketch_run_options *options,
                            ketch_diag *diag);
/* What a run would need and what is there. */
ketch_status kt_session_memory(ketch_memory *out, const ketch_circuit *circuit, const ketch_run_options *options, ketch_diag *diag);
void kt_session_free(ketch_session *session);

#endif
