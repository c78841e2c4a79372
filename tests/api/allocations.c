/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that runs out. For every call: its first allocation fails, then its second, and so on until it needs no more. Each time it
 * says KETCH_ERROR_MEMORY, leaks nothing, changes nothing, and does its work when asked again.
 *
 * The linker sends the allocations of the library (in the archive) to the functions below: -Wl,--wrap=malloc and so on.
 */
#include "api.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

static atomic_long live;      /* blocks and mappings that are not given back yet */
static atomic_long countdown; /* the allocation that fails; 0: none */
static atomic_bool fired;

static int refused(void) {
    long left = atomic_load(&countdown);
    while (left > 0 && !atomic_compare_exchange_weak(&countdown, &left, left - 1)) {
    }
    if (left != 1) return 0;
    atomic_store(&fired, 1);
    return 1;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
int __real_posix_memalign(void **out, size_t alignment, size_t size);
void *__real_mmap(void *address, size_t size, int protection, int flags, int file, off_t offset);
void *__real_mmap64(void *address, size_t size, int protection, int flags, int file, off_t offset);
int __real_munmap(void *address, size_t size);
char *__real_realpath(const char *path, char *out);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);
int __wrap_posix_memalign(void **out, size_t alignment, size_t size);
void *__wrap_mmap(void *address, size_t size, int protection, int flags, int file, off_t offset);
void *__wrap_mmap64(void *address, size_t size, int protection, int flags, int file, off_t offset);
int __wrap_munmap(void *address, size_t size);
char *__wrap_realpath(const char *path, char *out);

static void *counted(void *block) {
    if (block) atomic_fetch_add(&live, 1);
    return block;
}

void *__wrap_malloc(size_t size) { return refused() ? NULL : counted(__real_malloc(size)); }
void *__wrap_calloc(size_t count, size_t size) { return refused() ? NULL : counted(__real_calloc(count, size)); }
void *__wrap_realloc(void *block, size_t size) {
    if (refused()) return NULL;
    void *grown = __real_realloc(block, size);
    return block ? grown : counted(grown);
}
void __wrap_free(void *block) {
    if (block) atomic_fetch_sub(&live, 1);
    __real_free(block);
}
int __wrap_posix_memalign(void **out, size_t alignment, size_t size) {
    if (refused()) return ENOMEM;
    int error = __real_posix_memalign(out, alignment, size);
    if (!error) atomic_fetch_add(&live, 1);
    return error;
}
static void *counted_pages(void *pages) { return pages == MAP_FAILED ? pages : counted(pages); }
void *__wrap_mmap(void *address, size_t size, int protection, int flags, int file, off_t offset) {
    return refused() ? MAP_FAILED : counted_pages(__real_mmap(address, size, protection, flags, file, offset));
}
void *__wrap_mmap64(void *address, size_t size, int protection, int flags, int file, off_t offset) {
    return refused() ? MAP_FAILED : counted_pages(__real_mmap64(address, size, protection, flags, file, offset));
}
int __wrap_munmap(void *address, size_t size) {
    atomic_fetch_sub(&live, 1);
    return __real_munmap(address, size);
}

/* The C library allocates what it returns where there is no `out`. */
char *__wrap_realpath(const char *path, char *out) {
    if (!out && refused()) return errno = ENOMEM, NULL;
    char *found = __real_realpath(path, out);
    return out ? found : counted(found);
}

/* What the calls work on, made while memory suffices, and what they make. */
static ketch_diag *diag;
static ketch_circuit *bell, *teleport, *parameters, *building, *looping, *branching;

/* A loop until something is measured, angles computed in it. */
#define LOOPING                                                           \
    "OPENQASM 3.0; include \"stdgates.inc\"; qubit q; int[8] n; bit c;\n" \
    "while (c == 0) { rx(0.5 * n) q; h q; c = measure q; n += 1; }\n"
static ketch_session *session;
static ketch_result *whole;
static ketch_state *given;
static bytes saved_circuit, saved_program;
static char source_path[] = "/tmp/ketch-source-XXXXXX", target_path[] = "/tmp/ketch-target-XXXXXX";

static struct {
    ketch_diag *diag;
    ketch_circuit *circuit;
    ketch_session *session;
    ketch_result *result;
    ketch_state *state;
    ketch_file *file;
} made;

static void unmake(void) {
    ketch_diag_free(&made.diag);
    ketch_circuit_free(&made.circuit);
    ketch_session_free(&made.session);
    ketch_result_free(&made.result);
    ketch_state_free(&made.state);
    ketch_file_free(&made.file);
}

#define OPENQASM2                                                                                                                         \
    "OPENQASM 2.0; include \"qelib1.inc\"; gate mine(a, b) x, y { rx(a * 2 + b) x; cx x, y; u3(a, -b, pi / 2) y; } qreg q[5]; qreg r[5];" \
    "creg c[5]; creg d[40]; h q; mine(0.3, -sin(0.2)) q, r; if (c == 3) x q[1]; measure q -> c; barrier q, r; reset r; ccx q[0], q[1], "  \
    "r[2];"
#define OPENQASM3                                                                                                                         \
    "OPENQASM 3.0; include \"stdgates.inc\"; input float theta; const int n = 4; qubit[n] q; bit[n] c; gate g(x) a, b { ctrl @ rx(x) a, " \
    "b; "                                                                                                                                 \
    "gphase(x / 2); } let low = q[0:1]; g(theta * 2 + 1) low[0], q[3]; pow(0.37) @ g(0.1) q[1], q[2]; inv @ pow(2) @ sx q; "              \
    "ctrl(3) @ x q[0], q[1], q[2], q[3]; negctrl @ h q[{0, 2}], q[{1, 3}]; c = measure q; if (c[0]) x q[1]; else { z q[2]; } reset q[0];"

static ketch_status parse(const char *text) { return ketch_circuit_parse(&made.circuit, text, strlen(text), NULL, diag); }
static ketch_status create_diag(void) { return (made.diag = ketch_diag_create()) ? KETCH_OK : KETCH_ERROR_MEMORY; }
static ketch_status parse_2(void) { return parse(OPENQASM2); }
static ketch_status parse_3(void) { return parse(OPENQASM3); }
static ketch_status parse_wrong(void) { return parse("OPENQASM 3.0; qubit[2] q; cxx q[0], q[1]; h q[3]; int x = ; gate f a { f a; }"); }
static ketch_status load(void) { return ketch_circuit_load(&made.circuit, source_path, NULL, diag); }
static ketch_status create_circuit(void) { return ketch_circuit_create(&made.circuit, 5, 3, diag); }
static ketch_status copy(void) { return ketch_circuit_copy(&made.circuit, parameters, diag); }
static ketch_status bind_all(void) { return ketch_circuit_bind_all(parameters, 1, (const char *[]){"theta"}, (double[]){0.7}, diag); }
static ketch_status bind(void) { return ketch_circuit_bind(parameters, "theta", 0.7, diag); }

static const uint32_t qubits[] = {0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 1, 2};
static const double angles[] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
static ketch_status append(void) { return ketch_circuit_append(building, "crx", 6, qubits, angles, diag); }
static ketch_status append_controlled(void) { return ketch_circuit_append_controlled(building, "swap", 2, 3, 5, qubits, NULL, diag); }
static ketch_status append_matrix(void) {
    double identity[128] = {0};
    for (int i = 0; i < 8; i++) identity[2 * 9 * i] = 1;
    return ketch_circuit_append_matrix(building, 3, qubits, identity, diag);
}
static ketch_status measure(void) { return ketch_circuit_measure(building, 3, qubits, qubits, diag); }
static ketch_status reset(void) { return ketch_circuit_reset(building, 5, qubits, diag); }
static ketch_status barrier(void) { return ketch_circuit_barrier(building, 5, qubits, diag); }
static ketch_status condition(void) { return ketch_circuit_begin_if(building, 3, qubits, 5, diag); }

static int drop(void *user, const void *data, size_t size) {
    (void)user, (void)data, (void)size;
    return 0;
}
static const ketch_sink nowhere = {drop, NULL};
static ketch_write_options written_as(ketch_format format) {
    ketch_write_options options = KETCH_WRITE_OPTIONS_INIT;
    options.format = format;
    return options;
}
static ketch_status save_circuit(void) { return ketch_circuit_save(teleport, nowhere, diag); }
static ketch_status save_program(void) { return ketch_circuit_save(looping, nowhere, diag); }
static ketch_status restore_circuit(void) {
    return ketch_circuit_restore(&made.circuit, saved_circuit.data, saved_circuit.size, NULL, diag);
}
static ketch_status restore_program(void) {
    return ketch_circuit_restore(&made.circuit, saved_program.data, saved_program.size, NULL, diag);
}
static ketch_status create_state(void) { return ketch_state_create(&made.state, 3, KETCH_PRECISION_FP64, diag); }
static ketch_status copy_state(void) { return ketch_state_copy(&made.state, given, diag); }
static ketch_status draw_text(void) { return ketch_circuit_draw(teleport, NULL, nowhere, diag); }
static ketch_status draw_svg(void) {
    ketch_write_options options = written_as(KETCH_FORMAT_SVG);
    return ketch_circuit_draw(teleport, &options, nowhere, diag);
}
static ketch_status describe_text(void) { return ketch_circuit_describe(teleport, NULL, nowhere, diag); }
static ketch_status describe_json(void) {
    ketch_write_options options = written_as(KETCH_FORMAT_JSON);
    return ketch_circuit_describe(teleport, &options, nowhere, diag);
}
static ketch_status write_plan(void) { return ketch_plan_write(teleport, NULL, NULL, nowhere, diag); }
static ketch_status memory_needed(void) {
    ketch_memory memory = KETCH_MEMORY_INIT;
    return ketch_memory_needed(&memory, teleport, NULL, diag);
}
static ketch_status create_session(void) { return ketch_session_create(&made.session, NULL, diag); }

static ketch_status run(const ketch_circuit *circuit, unsigned outputs, uint64_t shots) {
    ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
    options.outputs = outputs;
    options.shots = shots;
    return ketch_run(&made.result, session, circuit, &options, diag);
}
static ketch_status run_bell(void) { return run(bell, 0, 100); }
static ketch_status run_bell_for_all(void) { return run(bell, KETCH_OUTPUT_STATE | KETCH_OUTPUT_SHOTS | KETCH_OUTPUT_PROBABILITIES, 3000); }
static ketch_status run_teleport(void) { return run(teleport, KETCH_OUTPUT_SHOTS, 100); }
static ketch_status run_many_branches(void) { return run(branching, KETCH_OUTPUT_SHOTS, 3000); }
static ketch_status run_loop(void) { return run(looping, KETCH_OUTPUT_SHOTS, 30); }
static ketch_status run_teleport_once(void) { return run(teleport, KETCH_OUTPUT_STATE, 1); }
static ketch_status run_on_a_state(void) {
    ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
    options.outputs = KETCH_OUTPUT_STATE;
    options.state = given;
    ketch_status status = ketch_state_reset(given, diag); /* a failure before has left it lost */
    return status == KETCH_OK ? ketch_run(&made.result, session, teleport, &options, diag) : status;
}
static ketch_status run_in_a_new_session(void) {
    ketch_status status = ketch_session_create(&made.session, NULL, diag);
    return status == KETCH_OK ? ketch_run(&made.result, made.session, bell, NULL, diag) : status;
}

/* How the job ended; nothing of it stays. What it says of itself and what its first element that failed says is the same. */
static ketch_status end_of(ketch_job *job) {
    ketch_job_info info = KETCH_JOB_INFO_INIT;
    ketch_status status = KETCH_OK;
    OK(NULL, ketch_job_wait(job, -1));
    OK(NULL, ketch_job_poll(&info, job, NULL));
    for (size_t i = 0; i < info.elements && status != info.status; i++) {
        status = ketch_job_result(&made.result, job, i, diag);
        ketch_result_free(&made.result);
    }
    assert_int_equal(status, info.status);
    ketch_job_free(&job);
    return status;
}

/* In a session of its own, so that threads, benches and plans are made each time. */
static ketch_status submit_with(unsigned flags, const ketch_circuit *circuit, const ketch_batch *batch) {
    ketch_submit_options how = KETCH_SUBMIT_OPTIONS_INIT;
    ketch_job *job = NULL;
    how.flags = flags;
    ketch_status status = ketch_session_create(&made.session, NULL, diag);
    if (status == KETCH_OK) status = ketch_channel_create(&how.channel, made.session, diag);
    if (status == KETCH_OK && circuit) status = ketch_submit(&job, made.session, circuit, NULL, &how, diag);
    if (status == KETCH_OK && batch) status = ketch_submit_batch(&job, made.session, batch, NULL, &how, diag);
    assert_int_equal(status == KETCH_OK, job != NULL);
    if (job) status = end_of(job);
    ketch_channel_free(&how.channel);
    ketch_session_free(&made.session);
    return status;
}
static ketch_status submit(void) { return submit_with(0, teleport, NULL); }
static ketch_status submit_inline(void) { return submit_with(KETCH_SUBMIT_INLINE, bell, NULL); }
static ketch_status submit_batch(void) {
    ketch_batch batch = KETCH_BATCH_INIT;
    batch.circuits = (const ketch_circuit *[]){parameters, parameters};
    batch.circuit_count = 2;
    batch.parameters = (const char *[]){"theta", "phi"};
    batch.parameter_count = 2;
    batch.table = angles;
    batch.row_count = 3;
    return submit_with(0, NULL, &batch);
}

static ketch_status write_as(ketch_format format) {
    ketch_write_options options = written_as(format);
    return ketch_result_write(whole, &options, nowhere, diag);
}
static ketch_status write_text(void) { return write_as(KETCH_FORMAT_TEXT); }
static ketch_status write_json(void) { return write_as(KETCH_FORMAT_JSON); }
static ketch_status write_csv(void) { return write_as(KETCH_FORMAT_CSV); }
static ketch_status write_state(void) { return ketch_result_write_state(whole, nowhere, diag); }
static ketch_status save_state(void) { return ketch_result_save_state(whole, target_path, diag); }
static ketch_status create_file(void) { return ketch_file_create(&made.file, target_path, diag); }
static ketch_status marginal(void) {
    double out[4];
    return ketch_result_marginal(out, whole, qubits, 2, diag);
}

/* `grows`: the call may keep room that it made in an object that lives on. `quiet`: it does without something that it can do without
 * (the folder of a committed file is not flushed, a job runs where no thread can be made for it). */
static const struct call {
    const char *name;
    ketch_status (*act)(void);
    ketch_status wanted;
    int grows, quiet;
    int stride; /* of the allocations that fail; 0: each does */
} calls[] = {
    {"ketch_diag_create", create_diag, KETCH_OK, 0, 0},
    {"ketch_circuit_parse of OpenQASM 2", parse_2, KETCH_OK, 0, 0},
    {"ketch_circuit_parse of OpenQASM 3", parse_3, KETCH_OK, 0, 0},
    {"ketch_circuit_parse of errors", parse_wrong, KETCH_ERROR_SEMANTICS, 0, 0},
    {"ketch_circuit_load", load, KETCH_OK, 0, 0},
    {"ketch_circuit_create", create_circuit, KETCH_OK, 0, 0},
    {"ketch_circuit_copy", copy, KETCH_OK, 0, 0},
    {"ketch_circuit_bind", bind, KETCH_OK, 1, 0},
    {"ketch_circuit_bind_all", bind_all, KETCH_OK, 1, 0},
    {"ketch_circuit_append", append, KETCH_OK, 1, 0},
    {"ketch_circuit_append_controlled", append_controlled, KETCH_OK, 1, 0},
    {"ketch_circuit_append_matrix", append_matrix, KETCH_OK, 1, 0},
    {"ketch_circuit_measure", measure, KETCH_OK, 1, 0},
    {"ketch_circuit_reset", reset, KETCH_OK, 1, 0},
    {"ketch_circuit_barrier", barrier, KETCH_OK, 1, 0},
    {"ketch_circuit_begin_if", condition, KETCH_OK, 1, 0},
    {"ketch_circuit_save", save_circuit, KETCH_OK, 0, 0},
    {"ketch_circuit_save of a program", save_program, KETCH_OK, 0, 0},
    {"ketch_circuit_restore", restore_circuit, KETCH_OK, 0, 0},
    {"ketch_circuit_restore of a program", restore_program, KETCH_OK, 0, 0},
    {"ketch_state_create", create_state, KETCH_OK, 0, 0},
    {"ketch_state_copy", copy_state, KETCH_OK, 0, 0},
    {"ketch_circuit_draw as text", draw_text, KETCH_OK, 0, 0},
    {"ketch_circuit_draw as SVG", draw_svg, KETCH_OK, 0, 0},
    {"ketch_circuit_describe as text", describe_text, KETCH_OK, 0, 0},
    {"ketch_circuit_describe as JSON", describe_json, KETCH_OK, 0, 0},
    {"ketch_plan_write", write_plan, KETCH_OK, 0, 0},
    {"ketch_memory_needed", memory_needed, KETCH_OK, 0, 0},
    {"ketch_session_create", create_session, KETCH_OK, 0, 0},
    {"ketch_run of a Bell pair", run_bell, KETCH_OK, 1, 0},
    {"ketch_run with every output", run_bell_for_all, KETCH_OK, 1, 0},
    {"ketch_run with measurements in the middle", run_teleport, KETCH_OK, 1, 0},
    {"ketch_run of a loop", run_loop, KETCH_OK, 1, 0},
    {"ketch_run of branches shared out", run_many_branches, KETCH_OK, 1, 0, .stride = 17},
    {"ketch_run of one shot with its state", run_teleport_once, KETCH_OK, 1, 0},
    {"ketch_run on a state", run_on_a_state, KETCH_OK, 1, 0},
    {"ketch_run in a new session", run_in_a_new_session, KETCH_OK, 0, 0},
    {"ketch_submit", submit, KETCH_OK, 0, 1},
    {"ketch_submit of what is done at once", submit_inline, KETCH_OK, 0, 1},
    {"ketch_submit_batch", submit_batch, KETCH_OK, 0, 1},
    {"ketch_result_write as text", write_text, KETCH_OK, 1, 0},
    {"ketch_result_write as JSON", write_json, KETCH_OK, 1, 0},
    {"ketch_result_write as CSV", write_csv, KETCH_OK, 1, 0},
    {"ketch_result_write_state", write_state, KETCH_OK, 0, 0},
    {"ketch_result_save_state", save_state, KETCH_OK, 0, 1},
    {"ketch_file_create", create_file, KETCH_OK, 0, 0},
    {"ketch_result_marginal", marginal, KETCH_OK, 0, 0},
};

static uint64_t operations_of(const ketch_circuit *circuit) {
    ketch_circuit_summary summary = {.struct_size = sizeof summary};
    OK(NULL, ketch_circuit_summarize(&summary, circuit, NULL));
    return summary.operations;
}

static int says_no_memory(void) {
    for (size_t i = 0; i < ketch_diag_count(diag); i++) {
        if (strcmp(ketch_diag_message(diag, i)->code, "KQ0701") == 0) return 1;
    }
    return 0;
}

static void each_allocation_fails_in_turn(void **state) {
    const struct call *call = *state;
    for (long n = 1; n < 100000; n += call->stride ? call->stride : 1) {
        long before = atomic_load(&live);
        uint64_t operations = operations_of(building);
        atomic_store(&fired, 0);
        atomic_store(&countdown, n);
        ketch_status status = call->act();
        atomic_store(&countdown, 0);
        if (!atomic_load(&fired)) { /* it needs fewer than n: the whole work is done */
            EXPECT(call->wanted, diag, status);
            unmake();
            if (!call->grows) assert_int_equal(atomic_load(&live), before);
            return;
        }
        int other_error = call->wanted != KETCH_OK && status == call->wanted; /* found before memory ran out */
        if (status != KETCH_ERROR_MEMORY && !other_error && !call->quiet) {
            fail_msg("%s: with allocation %ld failing: '%s'\n%s", call->name, n, ketch_status_name(status), ketch_diag_text(diag));
        }
        assert_null(made.circuit);
        assert_null(made.result);
        assert_null(made.state);
        assert_int_equal(operations_of(building), operations);
        if (call->act != create_diag && status != KETCH_OK) assert_true(says_no_memory());
        unmake();
        if (!call->grows && atomic_load(&live) != before) {
            fail_msg("%s: allocation %ld failed, and %ld blocks are lost", call->name, n, atomic_load(&live) - before);
        }
        EXPECT(call->wanted, diag, call->act()); /* all that it worked on is as good as before */
        unmake();
    }
    fail_msg("%s: has no end", call->name);
}

static long live_at_start;

static int create(void **state) {
    (void)state;
    live_at_start = atomic_load(&live);
    diag = ketch_diag_create();
    bell = parsed(BELL);
    teleport = parsed(TELEPORT);
    looping = parsed(LOOPING);
    if (ketch_circuit_create(&branching, 1, 10, diag) != KETCH_OK) return 1;
    for (uint32_t bit = 0; bit < 10; bit++) {
        if (ketch_circuit_append(branching, "h", 1, (uint32_t[]){0}, NULL, diag) != KETCH_OK) return 1;
        if (ketch_circuit_measure(branching, 1, (uint32_t[]){0}, &bit, diag) != KETCH_OK) return 1;
    }
    parameters = parsed(PARAMETERS);
    int file = mkstemp(source_path);
    if (write(file, OPENQASM3, strlen(OPENQASM3)) < 0) return 1;
    close(file);
    close(mkstemp(target_path));
    ketch_session_options options = KETCH_SESSION_OPTIONS_INIT;
    options.threads = 2;
    if (ketch_session_create(&session, &options, diag) != KETCH_OK || ketch_circuit_create(&building, 5, 3, diag) != KETCH_OK) return 1;
    if (run(bell, KETCH_OUTPUT_STATE | KETCH_OUTPUT_SHOTS | KETCH_OUTPUT_PROBABILITIES, 100) != KETCH_OK) return 1;
    whole = made.result;
    made.result = NULL;
    if (ketch_state_create(&given, 4, KETCH_PRECISION_FP64, diag) != KETCH_OK || parse_3() != KETCH_OK) return 1;
    OK(diag, ketch_circuit_save(made.circuit, into(&saved_circuit), diag));
    OK(diag, ketch_circuit_save(looping, into(&saved_program), diag));
    ketch_circuit_free(&made.circuit);
    return 0;
}

static int release(void **state) {
    (void)state;
    ketch_circuit_free(&bell);
    ketch_circuit_free(&teleport);
    ketch_circuit_free(&looping);
    ketch_circuit_free(&branching);
    ketch_circuit_free(&parameters);
    ketch_circuit_free(&building);
    ketch_result_free(&whole);
    ketch_state_free(&given);
    free(saved_circuit.data);
    free(saved_program.data);
    ketch_session_free(&session);
    ketch_diag_free(&diag);
    unlink(source_path);
    unlink(target_path);
    if (atomic_load(&live) == live_at_start) return 0;
    print_error("%ld blocks are lost in all\n", atomic_load(&live) - live_at_start);
    return 1;
}

int main(void) {
    struct CMUnitTest tests[LENGTH(calls)];
    for (size_t i = 0; i < LENGTH(calls); i++) {
        tests[i] =
            (struct CMUnitTest){.name = calls[i].name, .test_func = each_allocation_fails_in_turn, .initial_state = (void *)&calls[i]};
    }
    return cmocka_run_group_tests(tests, create, release);
}
