/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room plan: printing plans. write.c is about plans as a whole and the reference engine's steps, write_stages.c about stages
 * of the planned engine.
 */
#ifndef KETCH_PLAN_WRITE_H
#define KETCH_PLAN_WRITE_H

#include "plan/planned.h"

ketch_status kt_write_flush(kt_buffer *out, ketch_sink sink, ketch_diag *diag); /* where there is much */
void kt_write_engine(kt_buffer *out, const kt_plan *plan);
void kt_write_seconds(kt_buffer *out, double seconds); /* "12.3 ms" */
ketch_status kt_write_stages_text(kt_buffer *out, const kt_plan *plan, const ketch_circuit *circuit, ketch_sink sink, ketch_diag *diag);
ketch_status kt_write_stages_json(kt_json *json, const kt_plan *plan, const ketch_circuit *circuit, ketch_sink sink, ketch_diag *diag);
/* write_program.c: what a dynamic circuit does between its steps. */
ketch_status kt_write_program_text(kt_buffer *out, const kt_plan *plan, const ketch_circuit *circuit, ketch_sink sink, ketch_diag *diag);
ketch_status kt_write_program_json(kt_json *json, const kt_plan *plan, const ketch_circuit *circuit, ketch_sink sink, ketch_diag *diag);

#endif
