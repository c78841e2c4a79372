/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzz target: bytes are restored as if they were a saved circuit, their size and hash put right first, so that what follows is looked at.
 * What comes out is sound: it is described, drawn, converted, planned and run, and saved again it comes to itself. A program is read
 * and saved first; its last bytes say which of the saved ones are changed.
 */
#include "fuzz.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { HEAD = 32, CHANGES = 4 };

static void run(const ketch_circuit *circuit, ketch_diag *diag) {
    ketch_run_options options = fuzz_brief();
    ketch_status status;
    ketch_result *result = fuzz_run(circuit, 0, &options, &status, diag);
    ketch_result_free(&result);
}

/* Everything that reads a circuit. */
static void use(const ketch_circuit *circuit, ketch_diag *diag) {
    ketch_sink nowhere = {fuzz_drop, NULL};
    ketch_write_options how = KETCH_WRITE_OPTIONS_INIT;
    fuzz_require(fuzz_fine(ketch_circuit_describe(circuit, &how, nowhere, diag)));
    fuzz_require(fuzz_fine(ketch_circuit_draw(circuit, &how, nowhere, diag)));
    fuzz_require(fuzz_fine(ketch_circuit_convert(circuit, KETCH_LANGUAGE_JSON, nowhere, diag)));
    ketch_circuit_convert(circuit, KETCH_LANGUAGE_QASM3, nowhere, diag);
    run(circuit, diag);
}

static void close_head(fuzz_bytes *saved) {
    if (saved->size < HEAD) return;
    uint64_t numbers[2] = {saved->size, XXH3_128bits(saved->data + HEAD, saved->size - HEAD).low64};
    for (size_t i = 0; i < 16; i++) saved->data[16 + i] = (uint8_t)(numbers[i / 8] >> (8 * (i % 8)));
}

static void restore(fuzz_bytes *saved, ketch_diag *diag) {
    ketch_load_options options = fuzz_limits();
    ketch_circuit *circuit = NULL, *other = NULL;
    close_head(saved);
    void *exact = fuzz_exact(saved->data, saved->size);
    ketch_status status = ketch_circuit_restore(&circuit, exact, saved->size, &options, diag);
    free(exact);
    fuzz_require((status == KETCH_OK) == (circuit != NULL));
    if (!circuit) {
        fuzz_said(diag);
        return;
    }
    use(circuit, diag);
    fuzz_bytes first = {0}, second = {0};
    fuzz_require(ketch_circuit_save(circuit, (ketch_sink){fuzz_keep, &first}, diag) == KETCH_OK);
    fuzz_require(ketch_circuit_restore(&other, first.data, first.size, &options, diag) == KETCH_OK);
    fuzz_require(ketch_circuit_save(other, (ketch_sink){fuzz_keep, &second}, diag) == KETCH_OK);
    fuzz_require(fuzz_same(&first, &second));
    ketch_circuit_free(&other);
    ketch_circuit_free(&circuit);
    free(first.data);
    free(second.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ketch_diag *diag = ketch_diag_create();
    ketch_load_options options = fuzz_limits();
    ketch_circuit *circuit = NULL;
    fuzz_bytes saved = {0};
    if (size >= 8 && memcmp(data, "KETCHCIR", 8) == 0) {
        fuzz_keep(&saved, data, size);
        restore(&saved, diag);
    } else if (ketch_circuit_parse(&circuit, (const char *)data, size, &options, diag) == KETCH_OK) {
        fuzz_require(ketch_circuit_save(circuit, (ketch_sink){fuzz_keep, &saved}, diag) == KETCH_OK);
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
