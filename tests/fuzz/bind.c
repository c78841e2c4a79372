/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzz target: any bytes as the value of an input, whose type the last byte chooses. What is taken comes out of the program as it went in:
 * the value that the result shows is taken too, and comes to the same bits. What is refused is refused in words, and changes nothing.
 */
#include "fuzz.h"

#include <stdbool.h>

static const struct {
    const char *name;
    bool rounds; /* shown as a double, which has fewer bits */
} types[] = {{"bit[70]", false},
             {"int[5]", false},
             {"uint[64]", false},
             {"int", false},
             {"float[32]", false},
             {"float", false},
             {"angle[20]", false},
             {"angle", true},
             {"complex[float[32]]", false},
             {"complex", false},
             {"duration", false},
             {"bool", false},
             {"bit", false},
             {"bit[128]", false},
             {"array[int[8], 2, 3]", false},
             {"array[complex[float], 2]", false}};

enum { SHOWN = 1024 };

typedef struct seen {
    uint64_t words[8];
    char text[SHOWN]; /* the value of y, as JSON */
} seen;

static seen run(const ketch_circuit *circuit, ketch_diag *diag) {
    ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
    ketch_write_options write = KETCH_WRITE_OPTIONS_INIT;
    seen out = {0};
    fuzz_bytes json = {0};
    ketch_status status;
    options.shots = 1;
    options.outputs = KETCH_OUTPUT_SHOTS;
    write.format = KETCH_FORMAT_JSONL;
    ketch_result *result = fuzz_run(circuit, 1, &options, &status, diag);
    fuzz_require(result);
    size_t count = 0;
    const uint64_t *words = ketch_result_shots(result, &count);
    fuzz_require(count <= sizeof out.words / sizeof *out.words);
    memcpy(out.words, words, count * sizeof *words);
    fuzz_require(ketch_result_write(result, &write, (ketch_sink){fuzz_keep, &json}, NULL) == KETCH_OK);
    const char *value = strstr(fuzz_text(&json), "{\"y\": ");
    if (value) {
        value += strlen("{\"y\": ");
        snprintf(out.text, sizeof out.text, "%.*s", (int)strcspn(value, "}"), value);
    } else { /* bits */
        snprintf(out.text, sizeof out.text, "\"%s\"", ketch_result_bitstring(result, 0));
    }
    free(json.data);
    ketch_result_free(&result);
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t kind = (size ? data[size - 1] : 0) % (sizeof types / sizeof *types);
    char program[200];
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit = NULL;
    int length = snprintf(program, sizeof program, "OPENQASM 3.0; input %s x; output %s y; y = x;", types[kind].name, types[kind].name);
    fuzz_require(ketch_circuit_parse(&circuit, program, (size_t)length, NULL, diag) == KETCH_OK);
    ketch_status status = ketch_circuit_bind_text(circuit, "x", (const char *)data, size ? size - 1 : 0, diag);
    if (status == KETCH_OK) {
        seen first = run(circuit, diag);
        fuzz_require(ketch_circuit_bind_text(circuit, "x", "no value", 8, diag) != KETCH_OK);
        seen again = run(circuit, diag);
        fuzz_require(memcmp(&first, &again, sizeof first) == 0);
        fuzz_require(ketch_circuit_bind_text(circuit, "x", first.text, strlen(first.text), diag) == KETCH_OK);
        again = run(circuit, diag);
        fuzz_require(types[kind].rounds || memcmp(&first, &again, sizeof first) == 0);
    } else {
        fuzz_require(status == KETCH_ERROR_SEMANTICS || status == KETCH_ERROR_MEMORY);
        fuzz_said(diag);
    }
    ketch_circuit_free(&circuit);
    ketch_diag_free(&diag);
    return 0;
}
