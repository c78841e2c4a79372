/* SPDX-License-Identifier: Apache-2.0
 *
 * ketch run: load, simulate, write, file by file, in one session.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static ketch_session *session;
static output state_file;

/* Threads: --threads, then KETCH_NUM_THREADS, then OMP_NUM_THREADS (whose first number counts), then the library's choice. */
static int choose_threads(settings *options) {
    static const char *const variables[] = {"KETCH_NUM_THREADS", "OMP_NUM_THREADS"};
    for (size_t i = 0; i < 2 && !options->session.threads; i++) {
        const char *value = getenv(variables[i]);
        if (!value || !*value) continue;
        char first[32], problem[PROBLEM_SIZE];
        uint64_t threads;
        snprintf(first, sizeof first, "%.*s", (int)(i ? strcspn(value, ",") : strlen(value)), value);
        if (!read_count(&threads, first, 1, 65536, problem)) {
            complain("it says how many threads to use; --threads overrides it", "the environment variable %s: %s", variables[i], problem);
            return EXIT_USAGE;
        }
        options->session.threads = threads;
    }
    return 0;
}

typedef struct watcher {
    const settings *options;
    const char *name;
} watcher;

static int watch_progress(void *user, const ketch_progress *progress) {
    const watcher *watching = user;
    set_stage("simulating", progress->fraction, progress->shots_done);
    if (!watching->options->quiet && (watching->options->progress || progress->seconds > 1)) show_progress(progress, watching->name);
    return interrupted() != 0;
}

/* Writing on a thread of its own, see run_watched. */
typedef struct writing {
    ketch_result *result;
    ketch_write_options options;
    ketch_sink sink;
    ketch_diag *diag;
    ketch_status status;
    bool state; /* the state, else everything else */
} writing;

static void write_result(void *user) {
    writing *job = user;
    if (job->state)
        job->status = ketch_result_write_state(job->result, job->sink, job->diag);
    else
        job->status = ketch_result_write(job->result, &job->options, job->sink, job->diag);
}

static int write_watched(output *out, const char *name, ketch_result *result, const ketch_write_options *options, bool state,
                         ketch_diag *diag) {
    set_stage("writing the results of", 0, 0);
    writing *job = malloc(sizeof *job);
    if (!job) {
        complain(NULL, "out of memory");
        return EXIT_LIMIT;
    }
    *job = (writing){.result = result, .options = *options, .sink = out->sink, .diag = diag, .state = state};
    if (!run_watched(write_result, job, 0)) return EXIT_RUNTIME;
    int code = output_status(out, job->status, diag, name);
    free(job);
    return code;
}

static bool is_json(const settings *options) {
    return options->write.format == KETCH_FORMAT_JSON || options->write.format == KETCH_FORMAT_JSONL;
}

static int write_everything(output *out, const char *name, ketch_result *result, const ketch_write_options *options, const settings *given,
                            ketch_diag *diag) {
    int code = 0;
    if (given->state_path) {
        code = write_watched(&state_file, name, result, options, true, diag);
        if (code == 0 || state_file.broken) code = output_commit(&state_file); /* which knows why a file could not be written */
    }
    if (code) return code;
    code = begin_document(out, given);
    return code ? code : write_watched(out, name, result, options, false, diag);
}

static void say_more(const settings *options, const char *name, const ketch_run_info *info) {
    bool seed_in_output = is_json(options) && !options->write.omit_run;
    if (info->all_qubits_measured && !(options->run.outputs & KETCH_OUTPUT_NO_SHOTS))
        note("%s measures nothing, so all %u qubits are measured", name, info->qubits);
    if (!options->run.has_seed && !seed_in_output && !(options->run.outputs & KETCH_OUTPUT_NO_SHOTS))
        note("seed %llu (--seed %llu gives the same results again)", (unsigned long long)info->seed, (unsigned long long)info->seed);
    if (!options->verbose) return;
    note("%s: %u of %u qubits simulated in %s by %u thread%s, engine %s, instruction set %s", name, info->simulated_qubits, info->qubits,
         info->precision == KETCH_PRECISION_FP32 ? "fp32" : "fp64", info->threads, info->threads == 1 ? "" : "s", info->engine,
         info->instruction_set);
    note("%s: plan %.3f ms, simulate %.3f ms, sample %.3f ms, total %.3f ms; %.1f MiB at most", name, 1e3 * info->plan_seconds,
         1e3 * info->simulate_seconds, 1e3 * info->sample_seconds, 1e3 * info->total_seconds, (double)info->peak_memory_bytes / 0x1p20);
}

/* The basis states of --amplitudes, which this circuit must have. */
static int choose_amplitudes(ketch_write_options *write, const settings *options, const ketch_circuit *circuit, const char *name) {
    if (!options->amplitudes || !strcmp(options->amplitudes, "all")) return 0;
    ketch_circuit_summary summary = KETCH_CIRCUIT_SUMMARY_INIT;
    char problem[PROBLEM_SIZE];
    uint64_t *states;
    ketch_circuit_summarize(&summary, circuit, NULL);
    if (!read_states(&states, &write->amplitude_count, options->amplitudes, summary.qubits, options->write.bit0_first, problem)) {
        complain(NULL, "%s: --amplitudes: %s", name, problem);
        return EXIT_USAGE;
    }
    write->amplitudes = states;
    return 0;
}

static int run_circuit(const settings *options, output *out, const char *path, const ketch_circuit *circuit, double deadline) {
    const char *name = shown_name(path);
    ketch_write_options write = options->write;
    int code = choose_amplitudes(&write, options, circuit, name);
    if (code) return code;
    if (options->arguments.count > 1 || is_json(options)) write.name = name;
    ketch_run_options run = options->run;
    watcher watch = {options, name};
    run.progress = watch_progress;
    run.progress_user = &watch;
    if (deadline > 0) run.timeout_seconds = deadline > now() ? deadline - now() : 1e-9;
    ketch_diag *diag = ketch_diag_create();
    ketch_result *result = NULL;
    set_stage("simulating", 0, 0);
    tracer *trace = options->trace ? begin_trace(&run, options, out, path) : NULL;
    ketch_status status = options->trace && !trace ? KETCH_ERROR_MEMORY : ketch_run(&result, session, circuit, &run, diag);
    if (trace) code = end_trace(trace);
    clear_progress();
    if (status != KETCH_OK) {
        code = code || interrupted() ? EXIT_RUNTIME : failed(status, diag, name);
    } else {
        report(diag, name);
        ketch_run_info info = KETCH_RUN_INFO_INIT;
        ketch_result_info(&info, result, NULL);
        say_more(options, name, &info);
        code = write_everything(out, name, result, &write, options, diag);
    }
    if (left_behind()) return code;
    ketch_result_free(&result);
    ketch_diag_free(&diag);
    free((void *)(uintptr_t)write.amplitudes);
    return code;
}

typedef char size_text[16];

/* "16.0 GiB" */
static const char *size_of(size_text out, double bytes) {
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    size_t unit = 0;
    for (; bytes >= 1024 && unit + 1 < sizeof units / sizeof *units; unit++) bytes /= 1024;
    snprintf(out, sizeof(size_text), "%.*f %s", unit ? 1 : 0, bytes, units[unit]);
    return out;
}

/* --dry-run: what would happen, and the plan. JSON is the plan alone. */
static int foretell(const settings *options, output *out, const char *name, const ketch_circuit *circuit) {
    ketch_diag *diag = ketch_diag_create();
    ketch_memory memory = KETCH_MEMORY_INIT;
    ketch_write_options write = options->write;
    ketch_status status = ketch_memory_needed(&memory, circuit, &options->run, diag);
    int code = status == KETCH_OK ? begin_document(out, options) : failed(status, diag, name);
    uint64_t allowed = options->run.max_memory ? options->run.max_memory : memory.available_bytes;
    bool fits = memory.needed_bytes <= allowed && (!options->run.max_qubits || memory.qubits <= options->run.max_qubits);
    if (code == 0 && is_json(options)) {
        write.name = name;
    } else if (code == 0) {
        char shots[64] = "nothing sampled", text[400];
        size_text needed, most;
        uint64_t count = options->run.shots ? options->run.shots : 1024;
        if (!(options->run.outputs & KETCH_OUTPUT_NO_SHOTS)) snprintf(shots, sizeof shots, "%llu shots", (unsigned long long)count);
        snprintf(text, sizeof text,
                 ": %u qubits in %s, %s, %u threads\nmemory: %s of %s%s (%u qubits would fit, %u with --precision fp32)\n", memory.qubits,
                 options->run.precision == KETCH_PRECISION_FP32 ? "fp32" : "fp64", shots, ketch_session_threads(session),
                 size_of(needed, (double)memory.needed_bytes), size_of(most, (double)allowed), fits ? "" : ": does not fit",
                 memory.fitting_qubits, memory.fitting_qubits_fp32);
        if (output_text(out, name) || output_text(out, text)) code = EXIT_RUNTIME;
    }
    if (code == 0) code = output_status(out, ketch_plan_write(circuit, &options->run, &write, out->sink, diag), diag, name);
    if (code == 0 && !fits) {
        complain(NULL, "%s: it would not fit", name);
        code = EXIT_LIMIT;
    }
    ketch_diag_free(&diag);
    return code;
}

static int run_one(settings *options, output *out, const char *path) {
    double deadline = options->run.timeout_seconds > 0 ? now() + options->run.timeout_seconds : 0;
    const char *name = shown_name(path);
    ketch_circuit *circuit;
    int code = load_circuit(&circuit, path, options, deadline);
    if (code) return code;
    if (interrupted())
        code = EXIT_RUNTIME;
    else
        code = options->dry_run ? foretell(options, out, name, circuit) : run_circuit(options, out, path, circuit, deadline);
    if (!left_behind()) ketch_circuit_free(&circuit);
    return code;
}

static int check_arguments(settings *options) {
    unsigned *outputs = &options->run.outputs;
    if (options->memory) *outputs |= KETCH_OUTPUT_SHOTS;
    if (options->probabilities) *outputs |= KETCH_OUTPUT_PROBABILITIES;
    if (options->amplitudes) *outputs |= KETCH_OUTPUT_AMPLITUDES;
    if (options->state_path) *outputs |= KETCH_OUTPUT_STATE;
    if (options->trace) {
        bool text = options->write.format == KETCH_FORMAT_TEXT;
        if (!text || options->dry_run || options->run.shots > 1 || (*outputs & KETCH_OUTPUT_NO_SHOTS)) {
            complain(NULL, !text              ? "--trace writes text"
                           : options->dry_run ? "--trace follows a run, --dry-run makes none"
                                              : "--trace follows one shot");
            return EXIT_USAGE;
        }
        options->run.shots = 1;
        options->load.max_unroll = KETCH_UNROLL_NONE; /* every statement as it is written */
    }
    if (options->state_path && options->arguments.count > 1) {
        complain("run them one by one", "--state takes the state of one file, not of %zu", options->arguments.count);
        return EXIT_USAGE;
    }
    if (options->state_path && !strcmp(options->state_path, "-")) {
        complain("give it a file; /dev/stdout writes to standard output", "--state has no `-`");
        return EXIT_USAGE;
    }
    if (options->state_path && options->out_path && !strcmp(options->state_path, options->out_path)) {
        complain("give each its own file", "--state and --out both write `%s`", options->out_path);
        return EXIT_USAGE;
    }
    if (*outputs == KETCH_OUTPUT_NO_SHOTS) {
        complain("add --probabilities, --amplitudes or --state", "--shots 0 leaves nothing to print");
        return EXIT_USAGE;
    }
    if ((*outputs & KETCH_OUTPUT_NO_SHOTS) && options->memory) {
        complain(NULL, "--memory needs shots");
        return EXIT_USAGE;
    }
    return choose_threads(options);
}

static int create_session(const settings *options) {
    ketch_diag *diag = ketch_diag_create();
    ketch_status status = ketch_session_create(&session, &options->session, diag);
    int code = status == KETCH_OK ? 0 : failed(status, diag, NULL);
    ketch_diag_free(&diag);
    set_session(session);
    return code;
}

int perform_run(settings *options) {
    int code = require_files(options, COMMAND_RUN);
    if (code == 0) code = check_arguments(options);
    if (code == 0) code = create_session(options);
    if (code) return code;
    static output out; /* not on the stack: a call that was left behind may still look at it */
    prepare_text(options, STDOUT_FILENO);
    code = output_open(&out, options->out_path);
    if (code) return code;
    if (options->state_path && !options->dry_run) code = output_open(&state_file, options->state_path);
    if (code == 0) {
        code = each_file(options, &out, run_one);
        end_documents(&out, options);
    }
    output_discard(&state_file);
    int committed = interrupted() ? (output_discard(&out), 0) : output_commit(&out);
    set_session(NULL);
    if (!left_behind()) ketch_session_free(&session);
    return committed > code ? committed : code;
}
