/* SPDX-License-Identifier: Apache-2.0
 *
 * externs PROGRAM SHOTS [none|known [OPERATIONS]]: runs an OpenQASM 3 program whose externs are the functions below, and writes its result
 * as JSON. Each call of an extern without a result is a line on standard error. `none`: nothing is unrolled. OPERATIONS: the limit of a shot.
 */
#include <inttypes.h>
#include <ketch/ketch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t ones(const ketch_value *value) {
    uint64_t count = 0;
    for (uint32_t bit = 0; bit < value->type.width; bit++) count += value->as.words[bit / 64] >> bit % 64 & 1;
    return count;
}

static int majority(void *user, const ketch_value *arguments, size_t count, ketch_value *result) {
    (void)user, (void)count;
    result->as.result[0] = 2 * ones(&arguments[0]) > arguments[0].type.width;
    return 0;
}

static int parity(void *user, const ketch_value *arguments, size_t count, ketch_value *result) {
    (void)user, (void)count;
    result->as.result[0] = ones(&arguments[0]) & 1;
    return 0;
}

static int print(void *user, const ketch_value *arguments, size_t count, ketch_value *result) {
    (void)result;
    fprintf(stderr, "%s", (const char *)user);
    for (size_t i = 0; i < count; i++) {
        if (arguments[i].type.type == KETCH_TYPE_BITS)
            fprintf(stderr, " %" PRIu64, arguments[i].as.words[0]);
        else
            fprintf(stderr, " %" PRId64, arguments[i].as.integer);
    }
    fputc('\n', stderr);
    return 0;
}

#define BITS(n) \
    { KETCH_TYPE_BITS, n }
#define INT32 \
    { KETCH_TYPE_INT, 32 }
#define NONE \
    { KETCH_TYPE_VOID, 0 }

static const struct {
    const char *name;
    size_t count;
    ketch_value_type arguments[4], returns;
    ketch_extern_function function;
} functions[] = {
    {"vote", 1, {BITS(3)}, BITS(1), majority},
    {"zfirst", 3, {BITS(8), INT32, INT32}, NONE, print},
    {"send", 4, {BITS(8), INT32, INT32, INT32}, NONE, print},
    {"zlast", 3, {BITS(9), INT32, INT32}, BITS(1), parity},
    {"tabulate", 3, {INT32, INT32, INT32}, NONE, print},
};

static int write_out(void *user, const void *bytes, size_t size) { return fwrite(bytes, 1, size, user) != size; }

static ketch_status bind(ketch_circuit *circuit, ketch_diag *diag) {
    const char *name;
    for (size_t index = 0; (name = ketch_circuit_extern(circuit, index)); index++) {
        for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
            if (strcmp(functions[i].name, name) != 0) continue;
            ketch_status status = ketch_circuit_set_extern(circuit, name, functions[i].arguments, functions[i].count, functions[i].returns,
                                                           functions[i].function, (void *)functions[i].name, diag);
            if (status) return status;
        }
    }
    return KETCH_OK;
}

int main(int argc, char **argv) {
    if (argc < 3) return KETCH_ERROR_USAGE;
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit = NULL;
    ketch_session *session = NULL;
    ketch_result *result = NULL;
    ketch_load_options load = KETCH_LOAD_OPTIONS_INIT;
    ketch_session_options threads = KETCH_SESSION_OPTIONS_INIT;
    ketch_run_options run = KETCH_RUN_OPTIONS_INIT;
    ketch_write_options json = KETCH_WRITE_OPTIONS_INIT;
    load.max_unroll = argc > 3 && strcmp(argv[3], "none") == 0 ? KETCH_UNROLL_NONE : 0;
    threads.threads = 1; /* the calls come in order */
    run.shots = strtoull(argv[2], NULL, 10);
    run.seed = run.has_seed = 1;
    if (argc > 4) run.max_operations = strtoull(argv[4], NULL, 10);
    json.format = KETCH_FORMAT_JSON;
    json.omit_run = 1;
    ketch_status status = ketch_circuit_load(&circuit, argv[1], &load, diag);
    if (!status) status = bind(circuit, diag);
    if (!status) status = ketch_session_create(&session, &threads, diag);
    if (!status) status = ketch_run(&result, session, circuit, &run, diag);
    if (!status) status = ketch_result_write(result, &json, (ketch_sink){write_out, stdout}, diag);
    if (status) fprintf(stderr, "%s", ketch_diag_text(diag));
    ketch_result_free(&result);
    ketch_session_free(&session);
    ketch_circuit_free(&circuit);
    ketch_diag_free(&diag);
    return (int)status;
}
