/* SPDX-License-Identifier: Apache-2.0
 *
 * A session: threads, the flag that cancels, a state kept from the last run, and the check that memory suffices before any is taken.
 */
#include "session/session.h"

#define MOST_THREADS  4096
#define LITTLE_MEMORY (UINT64_C(16) << 20) /* runs that take less do not ask what is free: asking takes longer than they do */

struct ketch_session {
    atomic_bool cancelled;
    kt_engine engine;
};

ketch_status kt_session_create(ketch_session **out, uint32_t threads, ketch_diag *diag) {
    *out = NULL;
    if (threads > MOST_THREADS) return kt_fail(diag, KT_BAD_ARGUMENT, "%u threads; at most %d", threads, MOST_THREADS);
    ketch_session *session = kt_zalloc(sizeof *session);
    if (!session) return kt_no_memory(diag);
    atomic_init(&session->cancelled, false);
    session->engine.threads = threads ? threads : kt_processors();
    session->engine.cancelled = &session->cancelled;
    *out = session;
    return KETCH_OK;
}

uint32_t kt_session_threads(const ketch_session *session) { return session->engine.threads; }

/* A store and nothing else, so that a signal handler may call it. */
void kt_session_cancel(ketch_session *session) { atomic_store_explicit(&session->cancelled, true, memory_order_relaxed); }

void kt_session_free(ketch_session *session) {
    if (!session) return;
    if (session->engine.spare.amplitudes) kt_pages_free(session->engine.spare.amplitudes, session->engine.spare.bytes);
    kt_free(session);
}

/* ── Memory ─────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The most qubits with which the same circuit would fit. */
static uint32_t fitting_qubits(const kt_plan *plan, const ketch_run_options *options, ketch_precision precision, uint64_t limit) {
    kt_plan other = *plan;
    other.precision = precision;
    for (other.wires = KT_MAX_WIRES; other.wires > 0; other.wires--) {
        if (kt_plan_memory(&other, options) <= limit) break;
    }
    return other.wires;
}

static uint64_t add(uint64_t a, uint64_t b) { return a + b < a ? UINT64_MAX : a + b; }

static void measure_memory(ketch_memory *out, const kt_plan *plan, const ketch_run_options *options, uint64_t free_bytes) {
    out->needed_bytes = kt_plan_memory(plan, options);
    out->available_bytes = options->max_memory && options->max_memory < free_bytes ? options->max_memory : free_bytes;
    out->qubits = kt_plan_wires(plan);
    out->fitting_qubits = fitting_qubits(plan, options, plan->precision, out->available_bytes);
    out->fitting_qubits_fp32 = fitting_qubits(plan, options, KETCH_PRECISION_FP32, out->available_bytes);
}

static ketch_status refuse(const ketch_memory *memory, const kt_plan *plan, const ketch_run_options *options, ketch_diag *diag) {
    char needed[KT_NUMBER_TEXT], available[KT_NUMBER_TEXT];
    kt_bytes_text(needed, memory->needed_bytes == UINT64_MAX ? 0x1p64 : (double)memory->needed_bytes);
    kt_bytes_text(available, (double)memory->available_bytes);
    const char *where = options->max_memory && options->max_memory == memory->available_bytes ? "allowed" : "free here";
    if (kt_plan_state_bytes(plan) <= memory->needed_bytes / 2)
        return kt_fail(diag, KT_STATE_TOO_LARGE, "%llu shots of %u bits need %s; %s are %s", (unsigned long long)options->shots,
                       plan->outcome_bits, needed, available, where);
    bool fp32 = plan->precision == KETCH_PRECISION_FP32;
    if (fp32)
        return kt_fail(diag, KT_STATE_TOO_LARGE, "%u qubits need %s in fp32; %s are %s (%u qubits would fit)", memory->qubits, needed,
                       available, where, memory->fitting_qubits);
    return kt_fail(diag, KT_STATE_TOO_LARGE, "%u qubits need %s in fp64; %s are %s (%u qubits would fit, %u with --precision fp32)",
                   memory->qubits, needed, available, where, memory->fitting_qubits, memory->fitting_qubits_fp32);
}

/* ── Running ────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct kt_planning {
    const kt_engine *engine;
    ketch_diag *diag;
} kt_planning;

static ketch_status look_while_planning(void *user) {
    const kt_planning *planning = user;
    const kt_engine *engine = planning->engine;
    if (atomic_load_explicit(engine->cancelled, memory_order_relaxed))
        return kt_fail(planning->diag, KT_RUN_CANCELLED, "cancelled while planning");
    if (engine->deadline > 0 && kt_seconds() >= engine->deadline)
        return kt_fail(planning->diag, KT_RUN_TIMEOUT, "time limit reached while planning");
    return KETCH_OK;
}

static ketch_status run_plan(ketch_result **out, ketch_session *session, const kt_plan *plan, const ketch_circuit *circuit,
                             const ketch_run_options *options, ketch_diag *diag) {
    ketch_memory memory;
    uint64_t free_bytes = LITTLE_MEMORY; /* a spare state will be used again, or freed */
    if (kt_plan_memory(plan, options) > LITTLE_MEMORY) free_bytes = add(kt_memory_available(), session->engine.spare.bytes);
    measure_memory(&memory, plan, options, free_bytes);
    if (memory.needed_bytes > memory.available_bytes) return refuse(&memory, plan, options, diag);
    session->engine.memory_limit = memory.available_bytes;
    return kt_engine_run(out, &session->engine, plan, circuit, options, diag);
}

ketch_status kt_session_run(ketch_result **out, ketch_session *session, const ketch_circuit *circuit, const ketch_run_options *options,
                            ketch_diag *diag) {
    *out = NULL;
    double started = kt_seconds();
    atomic_store(&session->cancelled, false); /* a cancel before this line was meant for the run before */
    ketch_run_options seeded = *options;
    if (!seeded.has_seed && !kt_system_seed(&seeded.seed)) return kt_fail(diag, KT_GENERAL, "the system gives no random seed");
    session->engine.deadline = options->timeout_seconds > 0 ? started + options->timeout_seconds : 0;
    kt_planning planning = {&session->engine, diag};
    kt_watch watch = {.look = look_while_planning, .user = &planning};
    kt_plan *plan = NULL;
    ketch_status status = kt_circuit_check_bound(circuit, diag);
    if (!status) status = kt_plan_make(&plan, circuit, &seeded, &watch, diag);
    double planned = kt_seconds();
    if (!status) status = run_plan(out, session, plan, circuit, &seeded, diag);
    kt_plan_free(plan);
    if (status) return status;
    (*out)->info.plan_seconds = planned - started;
    (*out)->info.total_seconds = kt_seconds() - started;
    return KETCH_OK;
}

ketch_status kt_session_memory(ketch_memory *out, const ketch_circuit *circuit, const ketch_run_options *options, ketch_diag *diag) {
    kt_plan *plan = NULL;
    ketch_status status = kt_plan_make(&plan, circuit, options, NULL, diag);
    if (!status) measure_memory(out, plan, options, kt_memory_available());
    kt_plan_free(plan);
    return status;
}
