/* SPDX-License-Identifier: Apache-2.0
 *
 * The front door: each function of the public header checks its arguments, fills in what options leave open, and calls one room. There is
 * no algorithm here.
 */
#include "circuit/circuit.h"
#include "engine/engine.h"
#include "output/output.h"
#include "plan/plan.h"
#include "qasm/qasm.h"
#include "session/session.h"

#include <math.h>
#include <string.h>

const char *ketch_version(void) { return KETCH_VERSION; }

#define QUOTE(text) #text
#define TEXT(text)  QUOTE(text)

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif
#if defined(__x86_64__)
#define ARCHITECTURE "x86-64"
#elif defined(__aarch64__)
#define ARCHITECTURE "aarch64"
#else
#define ARCHITECTURE "generic"
#endif
#define BUILD_INFO(sets)                                        \
    "version: " KETCH_VERSION "\n"                              \
    "compiler: " COMPILER "\n"                                  \
    "openmp: " TEXT(_OPENMP) "\n"                               \
                             "blas: " KETCH_BLAS "\n"           \
                             "architecture: " ARCHITECTURE "\n" \
                             "instruction sets: " sets "\n"

const char *ketch_build_info(void) {
    static const char *const by_best[KT_ISA_COUNT] = {
        [KT_ISA_PLAIN] = BUILD_INFO("plain"),
        [KT_ISA_AVX2] = BUILD_INFO("plain avx2"),
        [KT_ISA_AVX512] = BUILD_INFO("plain avx2 avx512"),
    };
    return by_best[kt_isa_best()];
}

/* ── Options ── */

static ketch_status check_size(size_t given, const char *name, ketch_diag *diag) {
    if (given >= 2 * sizeof given && given <= 4096) return KETCH_OK;
    ketch_status status = kt_fail(diag, KT_BAD_OPTION_SIZE, "%s.struct_size is %zu", name, given);
    kt_hint(diag, "initialise it with KETCH_..._INIT, or set struct_size = sizeof(%s)", name);
    return status;
}

/* Copies an options structure of the caller's size into one of ours: what the caller does not know of is zero, what we do not know of must
 * be. */
static ketch_status read_options(void *out, size_t size, const void *options, const char *name, ketch_diag *diag) {
    memset(out, 0, size);
    memcpy(out, &size, sizeof size);
    if (!options) return KETCH_OK;
    size_t given;
    memcpy(&given, options, sizeof given);
    ketch_status status = check_size(given, name, diag);
    if (status != KETCH_OK) return status;
    for (size_t i = size; i < given; i++) {
        if (((const unsigned char *)options)[i])
            return kt_fail(diag, KT_BAD_OPTION_SIZE, "%s holds an option that this version (" KETCH_VERSION ") does not know", name);
    }
    memcpy((char *)out + sizeof given, (const char *)options + sizeof given, (given < size ? given : size) - sizeof given);
    return KETCH_OK;
}

/* Copies one of our structures into one of the caller's size: what we do not know of is zero. */
static ketch_status fill(void *out, const void *ours, size_t size, const char *name, ketch_diag *diag) {
    size_t given;
    memcpy(&given, out, sizeof given);
    ketch_status status = check_size(given, name, diag);
    if (status != KETCH_OK) return status;
    memset(out, 0, given);
    memcpy(out, ours, given < size ? given : size);
    memcpy(out, &given, sizeof given);
    return KETCH_OK;
}

#define DEFAULT(field, value) \
    if (!(field)) (field) = (value)

static ketch_status load_options(ketch_load_options *out, const ketch_load_options *options, ketch_diag *diag) {
    ketch_status status = read_options(out, sizeof *out, options, "ketch_load_options", diag);
    if (status != KETCH_OK) return status;
    if (out->include_dir_count && !out->include_dirs) return kt_fail(diag, KT_BAD_ARGUMENT, "include_dirs is NULL");
    for (size_t i = 0; i < out->include_dir_count; i++) {
        if (!out->include_dirs[i]) return kt_fail(diag, KT_BAD_ARGUMENT, "include_dirs[%zu] is NULL", i);
    }
    if (out->prelude && strcmp(out->prelude, "stdgates.inc") != 0 && strcmp(out->prelude, "qelib1.inc") != 0) {
        status = kt_fail(diag, KT_BAD_ARGUMENT, "no prelude `%s`", out->prelude);
        kt_hint(diag, "there are stdgates.inc and qelib1.inc");
        return status;
    }
    DEFAULT(out->max_source_bytes, 1u << 30);
    DEFAULT(out->max_gates, 100000000);
    DEFAULT(out->max_qubits, 1u << 20);
    DEFAULT(out->max_bits, 1u << 20);
    DEFAULT(out->max_nesting, 256);
    DEFAULT(out->max_include_depth, 32);
    DEFAULT(out->max_token_bytes, 65536);
    DEFAULT(out->max_errors, 20);
    DEFAULT(out->max_cells, UINT64_C(1) << 24);
    DEFAULT(out->max_unroll, UINT64_C(1) << 22);
    DEFAULT(out->max_operations, 50000000);
    if (out->max_qubits > KT_MAX_WIDTH) out->max_qubits = KT_MAX_WIDTH;
    if (out->max_bits > KT_MAX_WIDTH) out->max_bits = KT_MAX_WIDTH;
    if (out->max_nesting > 1000)
        return kt_fail(diag, KT_BAD_ARGUMENT, "max_nesting is %u: at most 1000, which the stack holds", out->max_nesting);
    if (out->max_include_depth > 256)
        return kt_fail(diag, KT_BAD_ARGUMENT, "max_include_depth is %u: at most 256, which the stack holds", out->max_include_depth);
    if (out->max_errors > 20) out->max_errors = 20;
    return KETCH_OK;
}

static ketch_status write_options(ketch_write_options *out, const ketch_write_options *options, ketch_sink sink, ketch_diag *diag) {
    ketch_status status = read_options(out, sizeof *out, options, "ketch_write_options", diag);
    if (status != KETCH_OK) return status;
    if (!sink.write) return kt_fail(diag, KT_BAD_ARGUMENT, "the sink has no write function");
    if (out->amplitude_count && !out->amplitudes) return kt_fail(diag, KT_BAD_ARGUMENT, "amplitudes is NULL");
    if (out->format > KETCH_FORMAT_SVG) return kt_fail(diag, KT_BAD_ARGUMENT, "no format %d", (int)out->format);
    DEFAULT(out->width, 80);
    return KETCH_OK;
}

/* A set that is named must be there: falling back would change the bytes of the result. */
static ketch_status check_instructions(ketch_instruction_set asked, ketch_diag *diag) {
    if ((unsigned)asked > KETCH_INSTRUCTIONS_AVX512) return kt_fail(diag, KT_BAD_ARGUMENT, "no instruction set %d", (int)asked);
    if (asked == KETCH_INSTRUCTIONS_AUTO) return KETCH_OK;
    static const char *const names[KT_ISA_COUNT] = {[KT_ISA_PLAIN] = "plain", [KT_ISA_AVX2] = "avx2", [KT_ISA_AVX512] = "avx512"};
    kt_isa isa = (kt_isa)(asked - KETCH_INSTRUCTIONS_PLAIN), best = kt_isa_best();
    if (isa <= best) return KETCH_OK;
    return kt_fail(diag, KT_NO_INSTRUCTIONS, "this processor has no %s instructions; its best are %s", names[isa], names[best]);
}

/* A given state decides on the precision: fp64, which is 0, is what nobody asked for. */
static ketch_status check_run_state(ketch_run_options *options, ketch_diag *diag) {
    if (!options->state) return KETCH_OK;
    ketch_precision precision = ketch_state_precision(options->state);
    if (options->precision == KETCH_PRECISION_FP32 && precision != KETCH_PRECISION_FP32)
        return kt_fail(diag, KT_BAD_ARGUMENT, "the run is to be in fp32, and its state is in fp64");
    options->precision = precision;
    return KETCH_OK;
}

static ketch_status run_options(ketch_run_options *out, const ketch_run_options *options, ketch_diag *diag) {
    enum {
        ALL_OUTPUTS = KETCH_OUTPUT_SHOTS | KETCH_OUTPUT_STATE | KETCH_OUTPUT_AMPLITUDES | KETCH_OUTPUT_PROBABILITIES | KETCH_OUTPUT_NO_SHOTS
    };
    ketch_status status = read_options(out, sizeof *out, options, "ketch_run_options", diag);
    if (status != KETCH_OK) return status;
    if (out->outputs & ~(unsigned)ALL_OUTPUTS) return kt_fail(diag, KT_BAD_ARGUMENT, "outputs holds unknown bits: 0x%x", out->outputs);
    if ((out->outputs & KETCH_OUTPUT_NO_SHOTS) && (out->outputs & KETCH_OUTPUT_SHOTS))
        return kt_fail(diag, KT_BAD_ARGUMENT, "the bits of each shot are asked for, and no shots");
    if ((unsigned)out->precision > KETCH_PRECISION_FP32) return kt_fail(diag, KT_BAD_ARGUMENT, "no precision %d", (int)out->precision);
    if ((unsigned)out->engine > KETCH_ENGINE_PLANNED) return kt_fail(diag, KT_BAD_ARGUMENT, "no engine %d", (int)out->engine);
    if (out->tile_bits && (out->tile_bits < KT_TILE_LEAST || out->tile_bits > KT_TILE_MOST))
        return kt_fail(diag, KT_BAD_ARGUMENT, "a tile of %u qubits; it can have %d to %d", out->tile_bits, KT_TILE_LEAST, KT_TILE_MOST);
    if (out->without >= 2 * KETCH_WITHOUT_MEETING) return kt_fail(diag, KT_BAD_ARGUMENT, "without holds unknown bits: 0x%x", out->without);
    if (!(out->timeout_seconds >= 0) || isinf(out->timeout_seconds)) return kt_fail(diag, KT_BAD_ARGUMENT, "timeout_seconds is not a time");
    if (!(out->norm_tolerance >= 0)) return kt_fail(diag, KT_BAD_ARGUMENT, "norm_tolerance is negative or NaN");
    status = check_instructions(out->instructions, diag);
    if (status == KETCH_OK) status = check_run_state(out, diag);
    if (status != KETCH_OK) return status;
    if (!out->state) DEFAULT(out->shots, 1024); /* else it depends on the circuit: kt_plan_shots */
    DEFAULT(out->max_operations, 50000000);
    DEFAULT(out->max_call_depth, 10000);
    if (out->outputs & KETCH_OUTPUT_NO_SHOTS) out->shots = 0;
    return KETCH_OK;
}

static ketch_status no_argument(const char *name, ketch_diag *diag) { return kt_fail(diag, KT_BAD_ARGUMENT, "%s is NULL", name); }

/* What every call that makes something begins with. */
#define BEGIN(out, diag)    \
    ketch_diag_clear(diag); \
    if (!(out)) return no_argument("out", diag);
#define BEGIN_MAKING(out, diag) \
    BEGIN(out, diag)            \
    *(out) = NULL;
#define NEED(argument, diag) \
    if (!(argument)) return no_argument(#argument, diag);

/* A call that makes numbers, which are the same in whatever rounding mode the caller is. */
#define TO_NEAREST(status, call)            \
    do {                                    \
        int rounding = kt_rounding_enter(); \
        (status) = (call);                  \
        kt_rounding_leave(rounding);        \
    } while (0)

/* A circuit under a condition that is still open has no end to jump to. */
static ketch_status check_closed(const ketch_circuit *circuit, ketch_diag *diag) {
    if (!circuit->open_conditions_count) return KETCH_OK;
    ketch_status status = kt_fail(diag, KT_BAD_CONDITION, "%zu conditions were begun and not ended", circuit->open_conditions_count);
    kt_hint(diag, "each ketch_circuit_begin_if needs its ketch_circuit_end_if");
    return status;
}

/* ── Gates ── */

const ketch_gate_info *ketch_gate_at(size_t index) { return kt_gate_info(index); }

ketch_status ketch_gate_matrix(double *out, const char *name, const double *parameters, ketch_diag *diag) {
    BEGIN(out, diag)
    NEED(name, diag)
    ketch_status status;
    TO_NEAREST(status, kt_gate_whole_matrix(out, name, parameters, diag));
    return status;
}

ketch_status ketch_gate_matrix_at(double *out, size_t index, const double *parameters, ketch_diag *diag) {
    BEGIN(out, diag)
    if (index >= KT_GATE_COUNT) return kt_fail(diag, KT_BAD_ARGUMENT, "the table has no record %zu", index);
    ketch_status status;
    TO_NEAREST(status, kt_gate_record_matrix(out, (kt_gate_id)index, parameters, diag));
    return status;
}

/* ── Circuits ── */

ketch_status ketch_circuit_load(ketch_circuit **out, const char *path, const ketch_load_options *options, ketch_diag *diag) {
    BEGIN_MAKING(out, diag)
    NEED(path, diag)
    ketch_load_options complete;
    ketch_status status = load_options(&complete, options, diag);
    if (status == KETCH_OK) TO_NEAREST(status, kt_qasm_load(out, path, &complete, diag));
    return status;
}

ketch_status ketch_circuit_parse(ketch_circuit **out, const char *text, size_t length, const ketch_load_options *options,
                                 ketch_diag *diag) {
    BEGIN_MAKING(out, diag)
    if (!text && length) return no_argument("text", diag);
    ketch_load_options complete;
    ketch_status status = load_options(&complete, options, diag);
    if (status == KETCH_OK) TO_NEAREST(status, kt_qasm_parse(out, text ? text : "", length, &complete, diag));
    return status;
}

ketch_status ketch_circuit_create(ketch_circuit **out, uint32_t qubits, uint32_t bits, ketch_diag *diag) {
    BEGIN_MAKING(out, diag)
    ketch_status status = kt_circuit_new(out, diag);
    if (status == KETCH_OK && qubits) status = kt_circuit_add_register(*out, true, "q", 1, qubits, false, diag);
    if (status == KETCH_OK && bits) status = kt_circuit_add_register(*out, false, "c", 1, bits, true, diag);
    if (status != KETCH_OK) ketch_circuit_free(out);
    return status;
}

ketch_status ketch_circuit_append(ketch_circuit *circuit, const char *name, size_t count, const uint32_t *qubits, const double *parameters,
                                  ketch_diag *diag) {
    return ketch_circuit_append_controlled(circuit, name, count, 0, 0, qubits, parameters, diag);
}

ketch_status ketch_circuit_append_controlled(ketch_circuit *circuit, const char *name, size_t count, uint32_t control_count,
                                             uint64_t control_values, const uint32_t *qubits, const double *parameters, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(circuit, diag)
    return kt_circuit_append(circuit, name, count, control_count, control_values, qubits, parameters, diag);
}

ketch_status ketch_circuit_append_matrix(ketch_circuit *circuit, uint32_t qubit_count, const uint32_t *qubits, const double *matrix,
                                         ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(circuit, diag)
    return kt_circuit_append_matrix(circuit, qubit_count, qubits, matrix, diag);
}

ketch_status ketch_circuit_measure(ketch_circuit *circuit, size_t count, const uint32_t *qubits, const uint32_t *bits, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(circuit, diag)
    return kt_circuit_append_op(circuit, KT_OP_MEASURE, count, qubits, bits, diag);
}

ketch_status ketch_circuit_reset(ketch_circuit *circuit, size_t count, const uint32_t *qubits, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(circuit, diag)
    return kt_circuit_append_op(circuit, KT_OP_RESET, count, qubits, NULL, diag);
}

ketch_status ketch_circuit_barrier(ketch_circuit *circuit, size_t count, const uint32_t *qubits, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(circuit, diag)
    return kt_circuit_append_op(circuit, KT_OP_BARRIER, count, qubits, NULL, diag);
}

ketch_status ketch_circuit_begin_if(ketch_circuit *circuit, size_t count, const uint32_t *bits, uint64_t value, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(circuit, diag)
    return kt_circuit_begin_if(circuit, count, bits, value, diag);
}

ketch_status ketch_circuit_end_if(ketch_circuit *circuit, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(circuit, diag)
    return kt_circuit_end_if(circuit, diag);
}

ketch_status ketch_circuit_copy(ketch_circuit **out, const ketch_circuit *circuit, ketch_diag *diag) {
    BEGIN_MAKING(out, diag)
    NEED(circuit, diag)
    return kt_circuit_copy(out, circuit, diag);
}

void ketch_circuit_free(ketch_circuit **circuit) {
    if (!circuit) return;
    kt_circuit_free(*circuit);
    *circuit = NULL;
}

ketch_status ketch_circuit_summarize(ketch_circuit_summary *out, const ketch_circuit *circuit, ketch_diag *diag) {
    BEGIN(out, diag)
    NEED(circuit, diag)
    ketch_circuit_summary summary;
    if (kt_circuit_summary(&summary, circuit) != KETCH_OK) return kt_no_memory(diag);
    return fill(out, &summary, sizeof summary, "ketch_circuit_summary", diag);
}

const char *ketch_circuit_parameter(const ketch_circuit *circuit, size_t index) {
    return circuit && index < circuit->inputs_count ? circuit->inputs[index].name : NULL;
}

ketch_status ketch_circuit_bind(ketch_circuit *circuit, const char *name, double value, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(circuit, diag)
    NEED(name, diag)
    ketch_status status;
    TO_NEAREST(status, kt_circuit_bind(circuit, 1, &name, &value, diag));
    return status;
}

ketch_status ketch_circuit_bind_all(ketch_circuit *circuit, size_t count, const char *const *names, const double *values,
                                    ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(circuit, diag)
    if (count && !names) return no_argument("names", diag);
    if (count && !values) return no_argument("values", diag);
    for (size_t i = 0; i < count; i++) {
        if (!names[i]) return kt_fail(diag, KT_BAD_ARGUMENT, "names[%zu] is NULL", i);
    }
    ketch_status status;
    TO_NEAREST(status, kt_circuit_bind(circuit, count, names, values, diag));
    return status;
}

ketch_status ketch_circuit_bind_text(ketch_circuit *circuit, const char *name, const char *value, size_t length, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(circuit, diag)
    NEED(name, diag)
    if (!value && length) return no_argument("value", diag);
    ketch_status status;
    TO_NEAREST(status, kt_circuit_bind_text(circuit, name, value ? value : "", length, diag));
    return status;
}

const char *ketch_circuit_extern(const ketch_circuit *circuit, size_t index) {
    return circuit && index < circuit->externs_count ? circuit->externs[index].name : NULL;
}

ketch_status ketch_circuit_set_extern(ketch_circuit *circuit, const char *name, const ketch_value_type *arguments, size_t count,
                                      ketch_value_type returns, ketch_extern_function function, void *user, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(circuit, diag)
    NEED(name, diag)
    NEED(function, diag)
    if (count && !arguments) return no_argument("arguments", diag);
    return kt_circuit_set_extern(circuit, name, arguments, count, returns, function, user, diag);
}

ketch_remark ketch_circuit_remark(const ketch_circuit *circuit, size_t index) {
    return circuit && index < circuit->remarks_count ? circuit->remarks[index] : (ketch_remark){0};
}

/* A program that computes while it runs is more than its operations: OpenQASM 3 takes it as it was read. */
static ketch_status write_program(const ketch_circuit *circuit, ketch_sink sink, ketch_diag *diag) {
    ketch_load_options options;
    ketch_status status = load_options(&options, NULL, diag);
    options.max_source_bytes = UINT64_MAX; /* it was within its limits */
    options.max_nesting = options.max_token_bytes = UINT32_MAX;
    return status == KETCH_OK ? kt_qasm_write_whole(circuit, &options, sink, diag) : status;
}

ketch_status ketch_circuit_convert(const ketch_circuit *circuit, ketch_language language, ketch_sink sink, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(circuit, diag)
    NEED(sink.write, diag)
    ketch_status status = check_closed(circuit, diag);
    bool program = language == KETCH_LANGUAGE_QASM3 && circuit->sources_count && !circuit->extended;
    if (status == KETCH_OK && program) return write_program(circuit, sink, diag);
    if (status == KETCH_OK) TO_NEAREST(status, kt_output_converted(circuit, language, sink, diag));
    return status;
}

ketch_status ketch_circuit_save(const ketch_circuit *circuit, ketch_sink sink, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(circuit, diag)
    NEED(sink.write, diag)
    ketch_status status = check_closed(circuit, diag);
    return status == KETCH_OK ? kt_circuit_save(circuit, sink, diag) : status;
}

ketch_status ketch_circuit_restore(ketch_circuit **out, const void *bytes, size_t size, const ketch_load_options *options,
                                   ketch_diag *diag) {
    BEGIN_MAKING(out, diag)
    if (!bytes && size) return no_argument("bytes", diag);
    ketch_load_options complete;
    ketch_status status = load_options(&complete, options, diag);
    if (status == KETCH_OK) TO_NEAREST(status, kt_circuit_restore(out, bytes ? bytes : "", size, &complete, kt_qasm_read_again, diag));
    return status;
}

ketch_status ketch_source_format(const char *text, size_t length, const ketch_load_options *options, ketch_sink sink, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(text, diag)
    NEED(sink.write, diag)
    ketch_load_options complete;
    ketch_status status = load_options(&complete, options, diag);
    return status == KETCH_OK ? kt_qasm_format(text, length, &complete, sink, diag) : status;
}

ketch_status ketch_circuit_draw(const ketch_circuit *circuit, const ketch_write_options *options, ketch_sink sink, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(circuit, diag)
    ketch_write_options complete;
    ketch_status status = write_options(&complete, options, sink, diag);
    if (status == KETCH_OK) status = check_closed(circuit, diag);
    if (status == KETCH_OK) TO_NEAREST(status, kt_output_drawing(circuit, &complete, sink, diag));
    return status;
}

ketch_status ketch_circuit_describe(const ketch_circuit *circuit, const ketch_write_options *options, ketch_sink sink, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(circuit, diag)
    ketch_write_options complete;
    ketch_status status = write_options(&complete, options, sink, diag);
    if (status == KETCH_OK) status = check_closed(circuit, diag);
    if (status == KETCH_OK) TO_NEAREST(status, kt_output_circuit(circuit, &complete, sink, diag));
    return status;
}

/* ── Running ── */

ketch_status ketch_memory_needed(ketch_memory *out, const ketch_circuit *circuit, const ketch_run_options *options, ketch_diag *diag) {
    BEGIN(out, diag)
    NEED(circuit, diag)
    ketch_run_options complete;
    ketch_status status = run_options(&complete, options, diag);
    if (status == KETCH_OK) status = check_closed(circuit, diag);
    ketch_memory memory = {0};
    if (status == KETCH_OK) status = kt_session_memory(&memory, circuit, &complete, diag);
    return status == KETCH_OK ? fill(out, &memory, sizeof memory, "ketch_memory", diag) : status;
}

ketch_status ketch_plan_write(const ketch_circuit *circuit, const ketch_run_options *run, const ketch_write_options *options,
                              ketch_sink sink, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(circuit, diag)
    ketch_run_options complete_run;
    ketch_write_options complete;
    ketch_status status = run_options(&complete_run, run, diag);
    if (status == KETCH_OK) status = write_options(&complete, options, sink, diag);
    if (status == KETCH_OK) status = check_closed(circuit, diag);
    if (status != KETCH_OK) return status;
    kt_plan *plan = NULL;
    status = kt_plan_make(&plan, circuit, &complete_run, NULL, diag);
    if (status == KETCH_OK) TO_NEAREST(status, kt_plan_write(plan, circuit, &complete_run, &complete, sink, diag));
    kt_plan_free(plan);
    return status;
}

ketch_status ketch_session_create(ketch_session **out, const ketch_session_options *options, ketch_diag *diag) {
    BEGIN_MAKING(out, diag)
    ketch_session_options complete;
    ketch_status status = read_options(&complete, sizeof complete, options, "ketch_session_options", diag);
    return status == KETCH_OK ? kt_session_create(out, &complete, diag) : status;
}

uint32_t ketch_session_threads(const ketch_session *session) { return session ? kt_session_threads(session) : 0; }

void ketch_session_free(ketch_session **session) {
    if (!session) return;
    kt_session_free(*session);
    *session = NULL;
}

ketch_status ketch_run(ketch_result **out, ketch_session *session, const ketch_circuit *circuit, const ketch_run_options *options,
                       ketch_diag *diag) {
    BEGIN_MAKING(out, diag)
    NEED(session, diag)
    NEED(circuit, diag)
    ketch_run_options complete;
    ketch_status status = run_options(&complete, options, diag);
    if (status == KETCH_OK) status = check_closed(circuit, diag);
    return status == KETCH_OK ? kt_session_run(out, session, circuit, &complete, diag) : status;
}

void ketch_session_cancel(ketch_session *session) {
    if (session) kt_session_cancel(session);
}

/* ── Jobs ── */

static ketch_status submit_options(ketch_submit_options *out, const ketch_submit_options *how, ketch_diag *diag) {
    enum { ALL_FLAGS = KETCH_SUBMIT_INLINE | KETCH_SUBMIT_WAIT | KETCH_SUBMIT_QUIET };
    ketch_status status = read_options(out, sizeof *out, how, "ketch_submit_options", diag);
    if (status == KETCH_OK && (out->flags & ~(unsigned)ALL_FLAGS))
        status = kt_fail(diag, KT_BAD_ARGUMENT, "flags holds unknown bits: 0x%x", out->flags);
    return status;
}

ketch_status ketch_submit(ketch_job **out, ketch_session *session, const ketch_circuit *circuit, const ketch_run_options *options,
                          const ketch_submit_options *how, ketch_diag *diag) {
    BEGIN_MAKING(out, diag)
    NEED(session, diag)
    NEED(circuit, diag)
    ketch_run_options complete;
    ketch_submit_options complete_how;
    ketch_status status = run_options(&complete, options, diag);
    if (status == KETCH_OK) status = submit_options(&complete_how, how, diag);
    if (status == KETCH_OK) status = check_closed(circuit, diag);
    return status == KETCH_OK ? kt_session_submit(out, session, circuit, NULL, &complete, &complete_how, diag) : status;
}

static ketch_status check_batch(ketch_batch *out, const ketch_batch *batch, ketch_diag *diag) {
    ketch_status status = read_options(out, sizeof *out, batch, "ketch_batch", diag);
    if (status != KETCH_OK) return status;
    NEED(batch, diag)
    if (!out->circuit_count || !out->circuits) return kt_fail(diag, KT_BAD_ARGUMENT, "a batch without circuits");
    if (out->parameter_count && !out->parameters) return no_argument("parameters", diag);
    if (out->row_count && out->parameter_count && !out->table) return no_argument("table", diag);
    if (out->row_count > SIZE_MAX / 64 / out->circuit_count) return kt_fail(diag, KT_BAD_ARGUMENT, "too many runs in one batch");
    for (size_t i = 0; i < out->parameter_count; i++) {
        if (!out->parameters[i]) return kt_fail(diag, KT_BAD_ARGUMENT, "parameters[%zu] is NULL", i);
    }
    for (size_t i = 0; i < out->circuit_count && status == KETCH_OK; i++) {
        if (!out->circuits[i]) return kt_fail(diag, KT_BAD_ARGUMENT, "circuits[%zu] is NULL", i);
        status = check_closed(out->circuits[i], diag);
    }
    return status;
}

ketch_status ketch_submit_batch(ketch_job **out, ketch_session *session, const ketch_batch *batch, const ketch_run_options *options,
                                const ketch_submit_options *how, ketch_diag *diag) {
    BEGIN_MAKING(out, diag)
    NEED(session, diag)
    NEED(batch, diag)
    ketch_run_options complete;
    ketch_submit_options complete_how;
    ketch_batch complete_batch;
    ketch_status status = run_options(&complete, options, diag);
    if (status == KETCH_OK) status = submit_options(&complete_how, how, diag);
    if (status == KETCH_OK) status = check_batch(&complete_batch, batch, diag);
    if (status == KETCH_OK && complete.state) status = kt_fail(diag, KT_BAD_ARGUMENT, "the runs of a batch cannot have one state");
    return status == KETCH_OK ? kt_session_submit(out, session, NULL, &complete_batch, &complete, &complete_how, diag) : status;
}

uint64_t ketch_batch_seed(uint64_t seed, uint64_t circuit, uint64_t row) { return kt_batch_seed(seed, circuit, row); }

ketch_status ketch_job_poll(ketch_job_info *out, ketch_job *job, ketch_diag *diag) {
    BEGIN(out, diag)
    NEED(job, diag)
    ketch_job_info info;
    kt_job_poll(&info, job);
    return fill(out, &info, sizeof info, "ketch_job_info", diag);
}

ketch_status ketch_job_wait(ketch_job *job, double seconds) { return job ? kt_job_wait(job, seconds) : KETCH_ERROR_USAGE; }

void ketch_job_cancel(ketch_job *job) {
    if (job) kt_job_cancel(job);
}

ketch_status ketch_job_result(ketch_result **out, ketch_job *job, size_t element, ketch_diag *diag) {
    BEGIN_MAKING(out, diag)
    NEED(job, diag)
    return kt_job_result(out, job, element, diag);
}

void ketch_job_free(ketch_job **job) {
    if (!job) return;
    kt_job_free(*job);
    *job = NULL;
}

ketch_status ketch_channel_create(ketch_channel **out, ketch_session *session, ketch_diag *diag) {
    BEGIN_MAKING(out, diag)
    NEED(session, diag)
    return kt_channel_create(out, diag);
}

int ketch_channel_fd(ketch_channel *channel) { return channel ? kt_channel_fd(channel) : -1; }

size_t ketch_channel_take(ketch_job **out, ketch_channel *channel, size_t most) {
    return out && channel ? kt_channel_take(out, channel, most) : 0;
}

void ketch_channel_free(ketch_channel **channel) {
    if (!channel) return;
    kt_channel_free(*channel);
    *channel = NULL;
}

int ketch_session_fd(ketch_session *session) { return session ? kt_channel_fd(kt_session_channel(session)) : -1; }

size_t ketch_session_take(ketch_job **out, ketch_session *session, size_t most) {
    return out && session ? kt_channel_take(out, kt_session_channel(session), most) : 0;
}

/* ── Results (the readers are in circuit/result.c) ── */

ketch_status ketch_result_info(ketch_run_info *out, const ketch_result *result, ketch_diag *diag) {
    BEGIN(out, diag)
    NEED(result, diag)
    return fill(out, &result->info, sizeof result->info, "ketch_run_info", diag);
}

ketch_status ketch_result_write(ketch_result *result, const ketch_write_options *options, ketch_sink sink, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(result, diag)
    ketch_write_options complete;
    ketch_status status = write_options(&complete, options, sink, diag);
    if (status == KETCH_OK) TO_NEAREST(status, kt_output_result(result, &complete, sink, diag));
    return status;
}

ketch_status ketch_result_save_state(const ketch_result *result, const char *path, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(result, diag)
    NEED(path, diag)
    if (!ketch_result_state(result, NULL, NULL))
        return kt_fail(diag, KT_UNAVAILABLE, "the result holds no state: ask for it with KETCH_OUTPUT_STATE");
    return kt_output_state_npy(result, path, diag);
}

ketch_status ketch_result_write_state(const ketch_result *result, ketch_sink sink, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(result, diag)
    NEED(sink.write, diag)
    return kt_output_state(result, sink, diag);
}

ketch_status ketch_result_save(const ketch_result *result, ketch_sink sink, ketch_diag *diag) {
    ketch_diag_clear(diag);
    NEED(result, diag)
    NEED(sink.write, diag)
    return kt_result_save(result, sink, diag);
}

ketch_status ketch_result_restore(ketch_result **out, const ketch_bytes *pieces, size_t count, ketch_diag *diag) {
    BEGIN_MAKING(out, diag)
    if (!pieces && count) return no_argument("pieces", diag);
    for (size_t i = 0; i < count; i++) {
        if (!pieces[i].bytes && pieces[i].size) return kt_fail(diag, KT_BAD_ARGUMENT, "pieces[%zu].bytes is NULL", i);
    }
    return kt_result_restore(out, pieces, count, diag);
}

void ketch_result_free(ketch_result **result) {
    if (!result) return;
    kt_result_free(*result);
    *result = NULL;
}
