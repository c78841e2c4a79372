/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzz target: bytes are restored as if they were a saved circuit, their size and hash put right first, so that what follows is looked at.
 * What comes out is sound: it is described, drawn, converted, planned and run, and saved again it comes to itself. A program is read
 * and saved first; its last bytes say which of the saved ones are changed.
 */
#include "fuzz.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { HEAD = 32, CHANGES = 4 };

typedef struct bytes {
    uint8_t *data;
    size_t size, room;
} bytes;

static int take(void *user, const void *data, size_t size) {
    bytes *all = user;
    if (size > all->room - all->size) {
        size_t room = 2 * all->room + size;
        uint8_t *grown = realloc(all->data, room);
        if (!grown) return 1;
        all->data = grown;
        all->room = room;
    }
    memcpy(all->data + all->size, data, size);
    all->size += size;
    return 0;
}

static int drop(void *user, const void *data, size_t size) {
    (void)user;
    (void)data;
    (void)size;
    return 0;
}

static ketch_load_options limits(void) {
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

static void run(const ketch_circuit *circuit, ketch_diag *diag) {
    static ketch_session *session;
    ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
    ketch_result *result = NULL;
    if (!session) fuzz_require(ketch_session_create(&session, NULL, NULL) == KETCH_OK);
    options.shots = 10;
    options.has_seed = 1;
    options.max_qubits = 6;
    options.timeout_seconds = 2;
    options.max_operations = 20000;
    options.max_call_depth = 50;
    ketch_status status = ketch_run(&result, session, circuit, &options, diag);
    fuzz_require((status == KETCH_OK) == (result != NULL));
    ketch_result_free(&result);
}

/* Everything that reads a circuit. */
static void use(const ketch_circuit *circuit, ketch_diag *diag) {
    ketch_sink nowhere = {drop, NULL};
    ketch_write_options how = KETCH_WRITE_OPTIONS_INIT;
    fuzz_require(fuzz_fine(ketch_circuit_describe(circuit, &how, nowhere, diag)));
    fuzz_require(fuzz_fine(ketch_circuit_draw(circuit, &how, nowhere, diag)));
    fuzz_require(fuzz_fine(ketch_circuit_convert(circuit, KETCH_LANGUAGE_JSON, nowhere, diag)));
    ketch_circuit_convert(circuit, KETCH_LANGUAGE_QASM3, nowhere, diag);
    run(circuit, diag);
}

static void close_head(bytes *saved) {
    if (saved->size < HEAD) return;
    uint64_t numbers[2] = {saved->size, XXH3_128bits(saved->data + HEAD, saved->size - HEAD).low64};
    for (size_t i = 0; i < 16; i++) saved->data[16 + i] = (uint8_t)(numbers[i / 8] >> (8 * (i % 8)));
}

static void restore(bytes *saved, ketch_diag *diag) {
    ketch_load_options options = limits();
    ketch_circuit *circuit = NULL, *other = NULL;
    close_head(saved);
    uint8_t *exact = malloc(saved->size ? saved->size : 1); /* so that reading beyond it is seen */
    fuzz_require(exact);
    memcpy(exact, saved->data, saved->size);
    ketch_status status = ketch_circuit_restore(&circuit, exact, saved->size, &options, diag);
    free(exact);
    fuzz_require((status == KETCH_OK) == (circuit != NULL));
    fuzz_require(circuit || ketch_diag_count(diag) > 0);
    if (!circuit) return;
    use(circuit, diag);
    bytes first = {0}, second = {0};
    fuzz_require(ketch_circuit_save(circuit, (ketch_sink){take, &first}, diag) == KETCH_OK);
    fuzz_require(ketch_circuit_restore(&other, first.data, first.size, &options, diag) == KETCH_OK);
    fuzz_require(ketch_circuit_save(other, (ketch_sink){take, &second}, diag) == KETCH_OK);
    fuzz_require(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
    ketch_circuit_free(&other);
    ketch_circuit_free(&circuit);
    free(first.data);
    free(second.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ketch_diag *diag = ketch_diag_create();
    ketch_load_options options = limits();
    ketch_circuit *circuit = NULL;
    bytes saved = {0};
    if (size >= 8 && memcmp(data, "KETCHCIR", 8) == 0) {
        fuzz_require(take(&saved, data, size) == 0);
        restore(&saved, diag);
    } else if (ketch_circuit_parse(&circuit, (const char *)data, size, &options, diag) == KETCH_OK) {
        fuzz_require(ketch_circuit_save(circuit, (ketch_sink){take, &saved}, diag) == KETCH_OK);
        restore(&saved, diag);
        for (size_t i = 0; i < CHANGES && 2 * i + 1 < size; i++) { /* where, and to what */
            size_t at = HEAD + (data[size - 1 - 2 * i] * (size_t)257 + size) % (saved.size - HEAD);
            saved.data[at] = data[size - 2 - 2 * i];
            restore(&saved, diag);
        }
    }
    ketch_circuit_free(&circuit);
    ketch_diag_free(&diag);
    free(saved.data);
    return 0;
}
