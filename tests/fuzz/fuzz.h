/* SPDX-License-Identifier: Apache-2.0
 *
 * What the fuzz targets share: promises, bytes that are kept or dropped, limits under which anything may be read, and runs that are over
 * in a moment.
 */
#ifndef KETCH_TESTS_FUZZ_H
#define KETCH_TESTS_FUZZ_H

#include <ketch/ketch.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ── Promises ── */

/* A broken promise ends the program: the fuzzer keeps the input. */
#define fuzz_require(truth)                                                       \
    do {                                                                          \
        if (!(truth)) {                                                           \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #truth); \
            abort();                                                              \
        }                                                                         \
    } while (0)

/* Statuses that a sound program may meet when it writes: a sink may refuse, a limit may be met. */
static inline int fuzz_fine(ketch_status status) {
    return status == KETCH_OK || status == KETCH_ERROR_IO || status == KETCH_ERROR_LIMIT || status == KETCH_ERROR_MEMORY;
}

/* What is refused is refused in words. */
static inline const ketch_message *fuzz_said(const ketch_diag *diag) {
    const ketch_message *message = ketch_diag_count(diag) ? ketch_diag_message(diag, ketch_diag_count(diag) - 1) : NULL;
    fuzz_require(message && message->text[0]);
    return message;
}

/* ── Bytes ── */

typedef struct fuzz_bytes {
    uint8_t *data;
    size_t size, room;
} fuzz_bytes;

/* A sink that keeps everything, with a NUL after it. */
static inline int fuzz_keep(void *user, const void *data, size_t size) {
    fuzz_bytes *all = user;
    if (size >= all->room - all->size) {
        all->room = 2 * (all->size + size) + 1;
        all->data = realloc(all->data, all->room);
        fuzz_require(all->data);
    }
    if (size) memcpy(all->data + all->size, data, size);
    all->size += size;
    all->data[all->size] = 0;
    return 0;
}

static inline const char *fuzz_text(const fuzz_bytes *all) { return all->data ? (const char *)all->data : ""; }

static inline int fuzz_same(const fuzz_bytes *a, const fuzz_bytes *b) {
    return a->size == b->size && (!a->size || memcmp(a->data, b->data, a->size) == 0);
}

/* A sink that drops everything; with a size_t as its user, until so many bytes have come: then the disk is full. */
static inline int fuzz_drop(void *user, const void *data, size_t size) {
    size_t *left = user;
    (void)data;
    if (!left) return 0;
    int full = size > *left;
    *left = full ? 0 : *left - size;
    return full;
}

/* A copy in a block of its own, so that reading beyond it is seen. */
static inline void *fuzz_exact(const void *data, size_t size) {
    void *copy = malloc(size ? size : 1);
    fuzz_require(copy);
    if (size) memcpy(copy, data, size);
    return copy;
}

/* ── Programs ── */

enum { FUZZ_LARGEST = 20000 }; /* bytes of a file that is an input */

/* A program, or something saved, which is found only in found/. */
static inline int fuzz_is_input(const char *path, long long size) {
    const char *dot = strrchr(path, '.');
    return dot && (strcmp(dot, ".qasm") == 0 || strcmp(dot, ".saved") == 0) && size <= FUZZ_LARGEST;
}

static inline ketch_load_options fuzz_limits(void) {
    ketch_load_options options = KETCH_LOAD_OPTIONS_INIT;
    options.safe_include = 1;
    options.max_gates = 2000;
    options.max_qubits = 200;
    options.max_bits = 200;
    options.max_cells = 4096;
    options.max_unroll = 1000;
    options.max_operations = 20000;
    return options;
}

static inline const char *fuzz_prelude(unsigned choice) { return choice & 1 ? "stdgates.inc" : choice & 2 ? "qelib1.inc" : NULL; }

/* Every input gets some value that its type can hold. */
static inline void fuzz_bind_all(ketch_circuit *circuit, ketch_diag *diag) {
    for (size_t i = 0; ketch_circuit_parameter(circuit, i); i++) {
        const char *name = ketch_circuit_parameter(circuit, i);
        if (ketch_circuit_bind(circuit, name, 0.25 * (double)i, diag) != KETCH_OK) ketch_circuit_bind_text(circuit, name, "1", 1, diag);
    }
}

/* ── Runs ── */

static inline ketch_run_options fuzz_brief(void) {
    ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
    options.shots = 10;
    options.has_seed = 1;
    options.max_qubits = 6;
    options.timeout_seconds = 2;
    options.max_operations = 20000;
    options.max_call_depth = 50;
    return options;
}

/* NULL where the run is refused, or fails. `threads`: 0 (as many as Ketch chooses), 1 or 2; each has one session for all inputs. */
static inline ketch_result *fuzz_run(const ketch_circuit *circuit, uint32_t threads, const ketch_run_options *options, ketch_status *status,
                                     ketch_diag *diag) {
    static ketch_session *sessions[3];
    ketch_session_options how = KETCH_SESSION_OPTIONS_INIT;
    ketch_result *result = NULL;
    how.threads = threads;
    if (!sessions[threads]) fuzz_require(ketch_session_create(&sessions[threads], &how, NULL) == KETCH_OK);
    *status = ketch_run(&result, sessions[threads], circuit, options, diag);
    fuzz_require((*status == KETCH_OK) == (result != NULL));
    if (!result) fuzz_said(diag);
    return result;
}

/* A result that holds what `choice` says. fp32 matters where there is a state. */
static inline ketch_result *fuzz_result(ketch_circuit *circuit, unsigned choice, ketch_diag *diag) {
    ketch_run_options options = fuzz_brief();
    ketch_status status;
    options.outputs = choice & (KETCH_OUTPUT_SHOTS | KETCH_OUTPUT_STATE | KETCH_OUTPUT_AMPLITUDES | KETCH_OUTPUT_PROBABILITIES);
    if (choice & 16) options.outputs = (options.outputs & ~(unsigned)KETCH_OUTPUT_SHOTS) | KETCH_OUTPUT_NO_SHOTS;
    if (choice & 32) options.precision = KETCH_PRECISION_FP32, options.outputs |= KETCH_OUTPUT_STATE;
    fuzz_bind_all(circuit, diag);
    return fuzz_run(circuit, 1, &options, &status, diag);
}

#endif
