/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzz target: any bytes as OpenQASM, under small limits. What parses is described, drawn, planned and copied too, and laid out anew, which
 * changes nothing that matters, and nothing at all the second time.
 *
 * The last byte chooses the options, so that plain .qasm files are seeds as they are.
 */
#include "fuzz.h"

static void look_at(const ketch_circuit *circuit, unsigned choice, ketch_diag *diag) {
    ketch_write_options options = KETCH_WRITE_OPTIONS_INIT;
    size_t room = 1 << 22;
    ketch_sink sink = {fuzz_drop, &room};
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

/* Of a text that parses. */
static void lay_out(const uint8_t *data, size_t size, const ketch_load_options *options, ketch_diag *diag) {
    fuzz_bytes once = {0}, twice = {0};
    ketch_circuit *circuit = NULL;
    ketch_load_options roomy = *options; /* a text may grow */
    roomy.max_source_bytes = 0;
    fuzz_require(ketch_source_format((const char *)data, size, &roomy, (ketch_sink){fuzz_keep, &once}, diag) == KETCH_OK);
    fuzz_require(ketch_circuit_parse(&circuit, fuzz_text(&once), once.size, &roomy, diag) == KETCH_OK);
    fuzz_require(ketch_source_format(fuzz_text(&once), once.size, &roomy, (ketch_sink){fuzz_keep, &twice}, diag) == KETCH_OK);
    fuzz_require(fuzz_same(&once, &twice));
    ketch_circuit_free(&circuit);
    free(once.data);
    free(twice.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    unsigned choice = size ? data[size - 1] : 0;
    ketch_load_options options = fuzz_limits();
    options.prelude = fuzz_prelude(choice);
    options.max_gates = 5000;
    options.max_operations = 10000;
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
        lay_out(data, size, &options, diag);
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
