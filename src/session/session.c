/* SPDX-License-Identifier: Apache-2.0
 *
 * A session: threads, the flag that cancels, a state kept from the last run, plans kept from runs before, and the check that memory
 * suffices before any is taken.
 */
#include "session/session.h"

#include "session/cache.h"
#include "session/job.h"

#define MOST_THREADS  4096
#define LITTLE_MEMORY (UINT64_C(16) << 20) /* runs that take less do not ask what is free: asking takes longer than they do */

struct ketch_session {
    atomic_bool cancelled;
    kt_engine engine;
    kt_plan_cache cache;
    pthread_mutex_t turn; /* one run at a time */
    ketch_channel channel;
};

ketch_status kt_session_create(ketch_session **out, const ketch_session_options *options, ketch_diag *diag) {
    *out = NULL;
    uint32_t threads = (uint32_t)options->threads;
    if (options->threads > MOST_THREADS)
        return kt_fail(diag, KT_BAD_ARGUMENT, "%llu threads; at most %d", (unsigned long long)options->threads, MOST_THREADS);
    ketch_session *session = kt_zalloc(sizeof *session);
    if (!session) return kt_no_memory(diag);
    atomic_init(&session->cancelled, false);
    pthread_mutex_init(&session->turn, NULL);
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
    kt_channel_close(&session->channel);
    pthread_mutex_destroy(&session->turn);
    kt_engine_close(&session->engine);
    kt_cache_free(&session->cache);
    kt_free(session);
}

/* ── Memory ─────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The most qubits with which the same circuit would fit. */
static uint32_t fitting_qubits(const kt_plan *plan, const ketch_run_options *options, uint32_t threads, ketch_precision precision,
                               uint64_t limit) {
    kt_plan other = *plan;
    other.precision = precision;
    for (other.wires = KT_MAX_WIRES; other.wires > 0; other.wires--) {
        if (kt_plan_memory(&other, options, threads) <= limit) break;
    }
    return other.wires;
}

static uint64_t add(uint64_t a, uint64_t b) { return a + b < a ? UINT64_MAX : a + b; }

static uint64_t allowed_bytes(const ketch_run_options *options, uint64_t free_bytes) {
    return options->max_memory && options->max_memory < free_bytes ? options->max_memory : free_bytes;
}

static void measure_memory(ketch_memory *out, const kt_plan *plan, const ketch_run_options *options, uint32_t threads,
                           uint64_t free_bytes) {
    out->needed_bytes = kt_plan_memory(plan, options, threads);
    out->available_bytes = allowed_bytes(options, free_bytes);
    out->qubits = kt_plan_wires(plan);
    out->fitting_qubits = fitting_qubits(plan, options, threads, plan->precision, out->available_bytes);
    out->fitting_qubits_fp32 = fitting_qubits(plan, options, threads, KETCH_PRECISION_FP32, out->available_bytes);
}

static ketch_status refuse(const kt_plan *plan, const ketch_run_options *options, uint32_t threads, uint64_t free_bytes, ketch_diag *diag) {
    char needed[KT_NUMBER_TEXT], available[KT_NUMBER_TEXT];
    ketch_memory measured, *memory = &measured;
    measure_memory(memory, plan, options, threads, free_bytes);
    kt_bytes_text(needed, memory->needed_bytes == UINT64_MAX ? 0x1p64 : (double)memory->needed_bytes);
    kt_bytes_text(available, (double)memory->available_bytes);
    const char *where = options->max_memory && options->max_memory == memory->available_bytes ? "allowed" : "free here";
    ketch_run_options no_shots = *options;
    no_shots.outputs |= KETCH_OUTPUT_NO_SHOTS;
    if (kt_plan_memory(plan, &no_shots, threads) <= memory->needed_bytes / 2)
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
    uint32_t threads = session->engine.threads;
    uint64_t needed = kt_plan_memory(plan, options, threads), free_bytes = LITTLE_MEMORY, state = kt_plan_state_bytes(plan);
    bool much = needed > LITTLE_MEMORY || (plan->branches && options->shots > LITTLE_MEMORY / state);
    if (much) /* a spare state will be used again, or freed */
        free_bytes = add(kt_memory_available(), session->engine.spare.bytes);
    session->engine.memory_limit = allowed_bytes(options, free_bytes);
    if (needed > session->engine.memory_limit) return refuse(plan, options, threads, free_bytes, diag);
    return kt_engine_run(out, &session->engine, plan, circuit, options, diag);
}

/* What the plan says of how the run went. */
static void describe_plan(ketch_run_info *info, const kt_plan *plan, bool reused) {
    info->engine = plan->planned ? "planned" : "reference";
    info->instruction_set = plan->planned ? kt_tile_kernels_of((kt_isa)plan->isa)->name : kt_instruction_set();
    info->tile_bits = plan->planned ? plan->tile_bits : 0;
    info->passes = plan->planned ? plan->totals.stages : plan->totals.gates;
    info->without = plan->without;
    info->plan_reused = reused;
}

/* A plan that lives until the next call: one that was kept, or a new one, in *own where it could not be kept. */
static ketch_status find_plan(const kt_plan **out, kt_plan **own, bool *reused, ketch_session *session, const ketch_circuit *circuit,
                              const ketch_run_options *options, ketch_diag *diag) {
    bool caching = !(options->without & KETCH_WITHOUT_CACHE);
    uint64_t key[2];
    *own = NULL;
    *out = NULL;
    if (caching) {
        kt_plan_key(key, circuit, options);
        *out = kt_cache_find(&session->cache, key);
    }
    *reused = *out;
    if (*reused) return KETCH_OK;
    kt_planning planning = {&session->engine, diag};
    kt_watch watch = {.look = look_while_planning, .user = &planning};
    ketch_status status = kt_plan_make(own, circuit, options, &watch, diag);
    *out = *own;
    if (!status && caching && kt_cache_keep(&session->cache, key, *own)) *own = NULL;
    return status;
}

static ketch_status run_alone(ketch_result **out, ketch_session *session, const ketch_circuit *circuit, const ketch_run_options *options,
                              ketch_diag *diag) {
    *out = NULL;
    double started = kt_seconds();
    atomic_store(&session->cancelled, false); /* a cancel before this line was meant for the run before */
    ketch_run_options seeded = *options;
    if (options->trace) {
        seeded.shots = 1;
        seeded.engine = KETCH_ENGINE_REFERENCE;
    }
    bool draws = !(options->outputs & KETCH_OUTPUT_NO_SHOTS);
    if (draws && !seeded.has_seed && !kt_system_seed(&seeded.seed)) return kt_fail(diag, KT_GENERAL, "the system gives no random seed");
    session->engine.deadline = options->timeout_seconds > 0 ? started + options->timeout_seconds : 0;
    const kt_plan *plan = NULL;
    kt_plan *own = NULL;
    bool reused = false;
    ketch_status status = kt_circuit_check_bound(circuit, diag);
    if (!status) status = kt_circuit_check_externs(circuit, diag);
    if (!status) status = find_plan(&plan, &own, &reused, session, circuit, &seeded, diag);
    double planned = kt_seconds();
    if (!status) status = run_plan(out, session, plan, circuit, &seeded, diag);
    if (!status) {
        describe_plan(&(*out)->info, plan, reused);
        (*out)->info.plan_seconds = planned - started;
        (*out)->info.total_seconds = kt_seconds() - started;
    }
    kt_plan_free(own);
    return status;
}

ketch_status kt_session_run(ketch_result **out, ketch_session *session, const ketch_circuit *circuit, const ketch_run_options *options,
                            ketch_diag *diag) {
    pthread_mutex_lock(&session->turn);
    ketch_status status = run_alone(out, session, circuit, options, diag);
    pthread_mutex_unlock(&session->turn);
    return status;
}

ketch_channel *kt_session_channel(ketch_session *session) { return &session->channel; }

static ketch_status run_element(ketch_session *session, ketch_job *job, size_t i, ketch_diag *diag) {
    const ketch_batch *batch = &job->batch;
    size_t rows = batch->row_count ? batch->row_count : 1, row = i % rows;
    ketch_run_options options = job->options;
    options.seed = kt_batch_seed(options.seed, i / rows, row);
    ketch_circuit *copy = NULL;
    const ketch_circuit *circuit = job->circuit ? job->circuit : batch->circuits[i / rows];
    ketch_status status = KETCH_OK;
    if (batch->row_count) {
        status = kt_circuit_copy(&copy, circuit, diag);
        if (!status)
            status = kt_circuit_bind(copy, batch->parameter_count, batch->parameters, batch->table + row * batch->parameter_count, diag);
        circuit = copy;
    }
    ketch_result *result = NULL;
    if (!status) status = kt_session_run(&result, session, circuit, &options, diag);
    atomic_store(&job->elements[i].result, result);
    kt_circuit_free(copy);
    return status;
}

ketch_status kt_session_submit(ketch_job **out, ketch_session *session, const ketch_circuit *circuit, const ketch_batch *batch,
                               const ketch_run_options *options, const ketch_submit_options *how, ketch_diag *diag) {
    ketch_channel *channel = how->channel ? how->channel : &session->channel;
    kt_mailbox *box = how->flags & KETCH_SUBMIT_QUIET ? NULL : kt_channel_mailbox(channel);
    if (!box && !(how->flags & KETCH_SUBMIT_QUIET)) return kt_no_memory(diag);
    ketch_status status = kt_job_new(out, circuit, batch, options, box, diag);
    kt_mailbox_release(box);
    if (status) return status;
    ketch_job *job = *out;
    atomic_store(&job->state, KETCH_JOB_RUNNING);
    job->began = kt_seconds();
    job->diag = ketch_diag_create();
    for (size_t i = 0; i < job->element_count; i++) {
        kt_element *element = &job->elements[i];
        element->status = job->status ? KETCH_ERROR_CANCELLED : run_element(session, job, i, job->diag);
        if (element->status && !job->status) {
            job->status = element->status;
            job->failed = i;
        }
        atomic_fetch_add(&job->done, 1);
    }
    job->ended = kt_seconds();
    kt_job_end(job, KETCH_JOB_RUNNING);
    return KETCH_OK;
}

ketch_status kt_session_memory(ketch_memory *out, const ketch_circuit *circuit, const ketch_run_options *options, ketch_diag *diag) {
    kt_plan *plan = NULL;
    ketch_status status = kt_plan_make(&plan, circuit, options, NULL, diag);
    if (!status) measure_memory(out, plan, options, kt_processors(), kt_memory_available());
    kt_plan_free(plan);
    return status;
}
