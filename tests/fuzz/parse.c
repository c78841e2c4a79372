/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzz target: any bytes as OpenQASM, under small limits. What parses is described, drawn, planned and copied too.
 *
 * The last byte chooses the options, so that plain .qasm files are seeds as they are.
 */
#include "fuzz.h"

#include <string.h>

static int drop(void *user, const void *bytes, size_t size) {
    size_t *total = user;
    (void)bytes;
    *total += size;
    return *total > 1 << 22; /* at some size the disk is full */
}

static void look_at(const ketch_circuit *circuit, unsigned choice, ketch_diag *diag) {
    ketch_write_options options = KETCH_WRITE_OPTIONS_INIT;
    size_t total = 0;
    ketch_sink sink = {drop, &total};
    ketch_circuit_summary summary = {.struct_size = sizeof summary};
    fuzz_require(ketch_circuit_summarize(&summary, circuit, NULL) == KETCH_OK);
    fuzz_require(summary.qubits <= 200 && summary.gates <= 5000);
    options.ascii = choice & 1;
    options.width = choice & 2 ? 20 : 100;
    if (summary.operations > 100) return;
    options.format = choice & 4 ? KETCH_FORMAT_SVG : KETCH_FORMAT_TEXT;
    fuzz_require(fuzz_fine(ketch_circuit_draw(circuit, &options, sink, diag)));
    options.format = choice & 8 ? KETCH_FORMAT_JSON : KETCH_FORMAT_TEXT;
    fuzz_require(fuzz_fine(ketch_circuit_describe(circuit, &options, sink, diag)));
    fuzz_require(fuzz_fine(ketch_plan_write(circuit, NULL, &options, sink, diag)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    unsigned choice = size ? data[size - 1] : 0;
    ketch_load_options options = KETCH_LOAD_OPTIONS_INIT;
    options.prelude = choice & 1 ? "stdgates.inc" : choice & 2 ? "qelib1.inc" : NULL;
    options.safe_include = 1;
    options.max_gates = 5000;
    options.max_qubits = 200;
    options.max_bits = 200;
    options.max_nesting = choice & 16 ? 8 : 0; /* 0: as users have it */
    options.max_token_bytes = choice & 32 ? 32 : 0;
    options.max_source_bytes = choice & 64 ? 4096 : 0;
    options.max_errors = choice & 128 ? 1 : 0;

    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit = NULL, *copy = NULL;
    ketch_status status = ketch_circuit_parse(&circuit, (const char *)data, size, &options, diag);
    fuzz_require((status == KETCH_OK) == (circuit != NULL));
    if (status == KETCH_OK) {
        for (size_t i = 0; ketch_circuit_parameter(circuit, i); i++)
            ketch_circuit_bind(circuit, ketch_circuit_parameter(circuit, i), 0.25 * (double)i, diag);
        look_at(circuit, choice, diag);
        fuzz_require(ketch_circuit_copy(&copy, circuit, diag) == KETCH_OK);
    } else {
        const ketch_message *message = ketch_diag_message(diag, 0);
        fuzz_require(message && message->text[0] && strlen(ketch_diag_text(diag)) > 0);
    }
    ketch_circuit_free(&circuit);
    ketch_circuit_free(&copy);
    ketch_diag_free(&diag);
    return 0;
}
