/* SPDX-License-Identifier: Apache-2.0
 *
 * What a program declares for others: functions of the caller's that it calls, and remarks that it leaves for tools; and its sources,
 * where they are kept.
 */
#include "circuit/circuit.h"

#include <string.h>

/* ── Externs ── */

ketch_status kt_circuit_add_extern(uint32_t *index, ketch_circuit *circuit, const char *name, size_t name_size,
                                   const ketch_value_type *arguments, uint32_t count, ketch_value_type returns, ketch_diag *diag) {
    if (!kt_reserve(&circuit->externs, &circuit->externs_capacity, circuit->externs_count + 1, sizeof *circuit->externs))
        return kt_no_memory(diag);
    char *copy = kt_arena_copy(&circuit->names, name, name_size);
    ketch_value_type *types = kt_arena_alloc(&circuit->names, (count + 1) * sizeof *types);
    if (!copy || !types) return kt_no_memory(diag);
    if (count) memcpy(types, arguments, count * sizeof *types);
    *index = (uint32_t)circuit->externs_count;
    circuit->externs[circuit->externs_count++] = (kt_extern){.name = copy, .argument_count = count, .arguments = types, .returns = returns};
    return KETCH_OK;
}

static bool same_type(ketch_value_type a, ketch_value_type b) {
    bool sized = a.type != KETCH_TYPE_VOID && a.type != KETCH_TYPE_BOOL && a.type != KETCH_TYPE_DURATION;
    return a.type == b.type && (!sized || a.width == b.width);
}

/* "float[64] (int[32], bit[2])" */
static void signature_text(kt_buffer *out, ketch_value_type returns, const ketch_value_type *arguments, size_t count) {
    kt_type_text(out, returns, NULL);
    kt_buffer_text(out, " (");
    for (size_t i = 0; i < count; i++) {
        if (i) kt_buffer_text(out, ", ");
        kt_type_text(out, arguments[i], NULL);
    }
    kt_buffer_text(out, ")");
}

static ketch_status other_signature(const kt_extern *declared, const ketch_value_type *arguments, size_t count, ketch_value_type returns,
                                    ketch_diag *diag) {
    kt_buffer wanted = {0}, given = {0};
    signature_text(&wanted, declared->returns, declared->arguments, declared->argument_count);
    signature_text(&given, returns, arguments, count);
    ketch_status status = wanted.failed || given.failed ? kt_no_memory(diag)
                                                        : kt_fail(diag, KT_BAD_ARGUMENT, "the extern `%s` is declared as %s, not %s",
                                                                  declared->name, wanted.bytes, given.bytes);
    kt_buffer_free(&wanted);
    kt_buffer_free(&given);
    return status;
}

ketch_status kt_circuit_set_extern(ketch_circuit *circuit, const char *name, const ketch_value_type *arguments, size_t count,
                                   ketch_value_type returns, ketch_extern_function function, void *user, ketch_diag *diag) {
    size_t i = 0;
    while (i < circuit->externs_count && strcmp(circuit->externs[i].name, name) != 0) i++;
    if (i == circuit->externs_count) {
        ketch_status status = kt_fail(diag, KT_EXTERN_UNKNOWN, "the program declares no extern `%s`", name);
        if (i) kt_hint(diag, "its first extern is `%s`", circuit->externs[0].name);
        return status;
    }
    kt_extern *declared = &circuit->externs[i];
    for (size_t k = 0; k < count; k++)
        if (arguments[k].type > KETCH_TYPE_DURATION || arguments[k].type == KETCH_TYPE_VOID)
            return kt_fail(diag, KT_BAD_ARGUMENT, "argument %zu has no type of OpenQASM", k);
    if (returns.type > KETCH_TYPE_DURATION) return kt_fail(diag, KT_BAD_ARGUMENT, "what it returns has no type of OpenQASM");
    bool same = count == declared->argument_count && same_type(returns, declared->returns);
    for (size_t k = 0; k < count && same; k++) same = same_type(arguments[k], declared->arguments[k]);
    if (!same) return other_signature(declared, arguments, count, returns, diag);
    declared->function = function;
    declared->user = user;
    return KETCH_OK;
}

ketch_status kt_circuit_check_externs(const ketch_circuit *circuit, ketch_diag *diag) {
    for (size_t i = 0; i < circuit->externs_count; i++) {
        const kt_extern *called = &circuit->externs[i];
        if (!called->called || called->function) continue;
        const kt_saved_place *saved = &circuit->places[called->place];
        kt_place place = {.file = saved->file,
                          .line = saved->line,
                          .column = saved->column,
                          .length = saved->length,
                          .source_line = saved->source_line,
                          .source_size = strlen(saved->source_line)};
        ketch_status status =
            kt_fail_at(diag, KT_EXTERN_MISSING, &place, "the extern function `%s` is called here and was not given", called->name);
        kt_hint(diag, "ketch_circuit_set_extern gives it; the command `ketch` loads no functions");
        return status;
    }
    return KETCH_OK;
}

/* ── Remarks ── */

ketch_status kt_circuit_add_remark(ketch_circuit *circuit, const char *text, size_t size, uint32_t line, ketch_diag *diag) {
    if (!kt_reserve(&circuit->remarks, &circuit->remarks_capacity, circuit->remarks_count + 1, sizeof *circuit->remarks))
        return kt_no_memory(diag);
    char *copy = kt_arena_copy(&circuit->names, text, size);
    if (!copy) return kt_no_memory(diag);
    circuit->remarks[circuit->remarks_count++] = (ketch_remark){copy, line};
    return KETCH_OK;
}

/* ── Sources ── */

bool kt_circuit_needs_sources(const ketch_circuit *circuit) {
    bool plain = !circuit->dynamic && !circuit->cell_count && !circuit->externs_count && !circuit->input_words_count;
    for (size_t i = 0; i < circuit->inputs_count && plain; i++) plain = !circuit->inputs[i].in_cells;
    for (size_t i = 0; i < circuit->variables_count && plain; i++) plain = circuit->variables[i].in_bits;
    for (size_t i = 0; i < circuit->bit_registers_count && plain; i++)
        plain = circuit->bit_registers[i].type == KT_SCALAR_BITS && !circuit->bit_registers[i].width;
    return !plain;
}

ketch_status kt_circuit_keep_source(ketch_circuit *circuit, const char *name, const char *text, size_t size) {
    if (!kt_reserve(&circuit->sources, &circuit->sources_capacity, circuit->sources_count + 1, sizeof *circuit->sources))
        return KETCH_ERROR_MEMORY;
    kt_kept_source kept = {kt_arena_copy(&circuit->names, name, strlen(name)), kt_arena_copy(&circuit->names, text, size), size};
    if (!kept.name || !kept.text) return KETCH_ERROR_MEMORY;
    circuit->sources[circuit->sources_count++] = kept;
    return KETCH_OK;
}
