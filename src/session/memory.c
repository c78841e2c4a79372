/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether memory suffices, asked before any is taken, and what is said where it does not. See prepare.h; who waits for whom is in lanes.c.
 */
#include "session/prepare.h"
#include "session/session.h"

bool kt_takes_much(const kt_plan *plan, const ketch_run_options *options, uint32_t threads) {
    return kt_plan_memory(plan, options, threads) > KT_LITTLE_MEMORY ||
           (plan->branches && kt_plan_shots(plan, options) > KT_LITTLE_MEMORY / kt_plan_state_bytes(plan));
}

/* The most qubits with which the same circuit would fit. */
static uint32_t fitting_qubits(const kt_plan *plan, const ketch_run_options *options, uint32_t threads, ketch_precision precision,
                               uint64_t limit) {
    kt_plan other = *plan;
    other.precision = precision;
    other.given = false; /* a state that is there takes no more memory, one of more qubits would */
    for (other.wires = KT_MAX_WIRES; other.wires > 0; other.wires--) {
        if (kt_plan_memory(&other, options, threads) <= limit) break;
    }
    return other.wires;
}

uint64_t kt_allowed_bytes(const ketch_run_options *options, uint64_t free_bytes) {
    return options->max_memory && options->max_memory < free_bytes ? options->max_memory : free_bytes;
}

void kt_measure_memory(ketch_memory *out, const kt_plan *plan, const ketch_run_options *options, uint32_t threads, uint64_t free_bytes) {
    out->needed_bytes = kt_plan_memory(plan, options, threads);
    out->available_bytes = kt_allowed_bytes(options, free_bytes);
    out->qubits = kt_plan_wires(plan);
    out->fitting_qubits = fitting_qubits(plan, options, threads, plan->precision, out->available_bytes);
    out->fitting_qubits_fp32 = fitting_qubits(plan, options, threads, KETCH_PRECISION_FP32, out->available_bytes);
}

ketch_status kt_refuse(const kt_plan *plan, const ketch_run_options *options, uint32_t threads, uint64_t free_bytes, ketch_diag *diag) {
    char needed[KT_NUMBER_TEXT], available[KT_NUMBER_TEXT];
    ketch_memory measured, *memory = &measured;
    kt_measure_memory(memory, plan, options, threads, free_bytes);
    kt_bytes_text(needed, memory->needed_bytes == UINT64_MAX ? 0x1p64 : (double)memory->needed_bytes);
    kt_bytes_text(available, (double)memory->available_bytes);
    const char *where = options->max_memory && options->max_memory == memory->available_bytes ? "allowed" : "free here";
    ketch_run_options no_shots = *options;
    no_shots.outputs |= KETCH_OUTPUT_NO_SHOTS;
    if (kt_plan_memory(plan, &no_shots, threads) <= memory->needed_bytes / 2)
        return kt_fail(diag, KT_STATE_TOO_LARGE, "%llu shots of %u bits need %s; %s are %s",
                       (unsigned long long)kt_plan_shots(plan, options), plan->outcome_bits, needed, available, where);
    bool fp32 = plan->precision == KETCH_PRECISION_FP32;
    if (fp32)
        return kt_fail(diag, KT_STATE_TOO_LARGE, "%u qubits need %s in fp32; %s are %s (%u qubits would fit)", memory->qubits, needed,
                       available, where, memory->fitting_qubits);
    return kt_fail(diag, KT_STATE_TOO_LARGE, "%u qubits need %s in fp64; %s are %s (%u qubits would fit, %u with --precision fp32)",
                   memory->qubits, needed, available, where, memory->fitting_qubits, memory->fitting_qubits_fp32);
}

ketch_status kt_session_memory(ketch_memory *out, const ketch_circuit *circuit, const ketch_run_options *options, ketch_diag *diag) {
    kt_plan *plan = NULL;
    ketch_status status = kt_plan_make(&plan, circuit, options, NULL, diag);
    if (!status) kt_measure_memory(out, plan, options, kt_processors(), kt_memory_available());
    kt_plan_free(plan);
    return status;
}
