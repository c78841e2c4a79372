/* SPDX-License-Identifier: Apache-2.0
 *
 * Circuits as bytes and back: every program there is and circuits by calls say and do the same afterwards; bytes that were cut, or changed
 * in one place, are an error or a circuit that is sound.
 */
#include "session.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "folder.h"

enum { HEAD = 32, LARGEST = 200000 };

static ketch_circuit *restored(const bytes *saved) {
    ketch_circuit *circuit = NULL;
    OK(diag, ketch_circuit_restore(&circuit, saved->data, saved->size, NULL, diag));
    assert_non_null(circuit);
    return circuit;
}

static void free_bytes(bytes *all) {
    free(all->data);
    *all = (bytes){0};
}

/* ── The same ── */

/* Pools grow by doubling: how much memory a circuit holds depends on how it was made. */
static void leave_out_memory(bytes *all) {
    static const char *const names[] = {"memory", "circuit_bytes"};
    for (size_t i = 0; i < LENGTH(names); i++)
        for (char *line = strstr(all->data, names[i]); line; line = strstr(line, names[i])) {
            size_t size = strcspn(line, "\n");
            memmove(line, line + size, strlen(line + size) + 1);
        }
    all->size = strlen(all->data);
}

/* All that can be said of a circuit, one after the other. */
static bytes said(const ketch_circuit *circuit) {
    bytes all = {.room = SIZE_MAX};
    ketch_sink sink = {take_bytes, &all};
    static const ketch_format formats[] = {KETCH_FORMAT_TEXT, KETCH_FORMAT_JSON};
    for (size_t i = 0; i < LENGTH(formats); i++) {
        ketch_write_options options = KETCH_WRITE_OPTIONS_INIT;
        options.format = formats[i];
        OK(diag, ketch_circuit_describe(circuit, &options, sink, diag));
        options.format = i ? KETCH_FORMAT_SVG : KETCH_FORMAT_TEXT;
        OK(diag, ketch_circuit_draw(circuit, &options, sink, diag));
    }
    OK(diag, ketch_circuit_convert(circuit, KETCH_LANGUAGE_JSON, sink, diag));
    for (size_t i = 0; ketch_circuit_remark(circuit, i).text; i++) {
        const char *text = ketch_circuit_remark(circuit, i).text;
        take_bytes(&all, text, strlen(text));
    }
    leave_out_memory(&all);
    return all;
}

/* A run of few shots, and the plan, as JSON without timings; or the message of its error. */
static bytes done(const ketch_circuit *circuit) {
    bytes all = {.room = SIZE_MAX};
    ketch_sink sink = {take_bytes, &all};
    ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
    ketch_write_options how = KETCH_WRITE_OPTIONS_INIT;
    ketch_result *result = NULL;
    options.shots = 50;
    options.seed = 7;
    options.has_seed = 1;
    options.outputs = KETCH_OUTPUT_SHOTS;
    options.max_qubits = 16;
    options.max_operations = 100000;
    how.format = KETCH_FORMAT_JSON;
    how.omit_run = 1;
    if (ketch_run(&result, session, circuit, &options, diag) == KETCH_OK) {
        ketch_run_info info = KETCH_RUN_INFO_INIT;
        OK(diag, ketch_result_info(&info, result, diag));
        take_bytes(&all, info.circuit_hash, sizeof info.circuit_hash);
        OK(diag, ketch_result_write(result, &how, sink, diag));
    } else {
        const char *text = ketch_diag_text(diag);
        take_bytes(&all, text, strlen(text));
    }
    ketch_result_free(&result);
    return all;
}

static void expect_same(bytes one, bytes other) {
    assert_int_equal(one.size, other.size);
    if (one.size) assert_memory_equal(one.data, other.data, one.size);
    free_bytes(&one);
    free_bytes(&other);
}

static void check_both_ways(const ketch_circuit *circuit) {
    bytes saved = {0}, again = {0};
    OK(diag, ketch_circuit_save(circuit, into(&saved), diag));
    ketch_circuit *back = restored(&saved);
    OK(diag, ketch_circuit_save(back, into(&again), diag));
    expect_same(done(circuit), done(back));
    bytes one = said(circuit), other = said(back);
    if (one.size != other.size) print_error("%s\n----\n%s\n", one.data, other.data);
    expect_same(one, other);
    expect_same(saved, again);
    ketch_circuit_free(&back);
}

/* ── Programs ── */

static size_t programs;

static void bind_parameters(ketch_circuit *circuit) {
    for (size_t i = 0; ketch_circuit_parameter(circuit, i); i++) {
        const char *name = ketch_circuit_parameter(circuit, i);
        if (ketch_circuit_bind(circuit, name, 0.3 + 0.5 * (double)i, NULL) != KETCH_OK)
            ketch_circuit_bind_text(circuit, name, "1", 1, NULL);
    }
}

static void check_file(const char *path) {
    ketch_circuit *circuit = NULL;
    ketch_circuit_summary summary = KETCH_CIRCUIT_SUMMARY_INIT;
    if (!ends_in(path, ".qasm") || ketch_circuit_load(&circuit, path, NULL, NULL) != KETCH_OK) return;
    OK(diag, ketch_circuit_summarize(&summary, circuit, diag));
    if (summary.operations < LARGEST) {
        check_both_ways(circuit);
        if (summary.parameters) bind_parameters(circuit), check_both_ways(circuit);
        programs++;
    }
    ketch_circuit_free(&circuit);
}

static void all_programs(void **unused) {
    (void)unused;
    static const char *const folders[] = {"circuits", "tests"};
    for (size_t i = 0; i < LENGTH(folders); i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", getenv("KETCH_ROOT"), folders[i]);
        each_file(path, check_file);
    }
    assert_true(programs > 60);
    if (getenv("KETCH_CIRCUITS")) each_file(getenv("KETCH_CIRCUITS"), check_file);
}

/* ── By calls ── */

static ketch_circuit *built(void) {
    ketch_circuit *circuit;
    OK(diag, ketch_circuit_create(&circuit, 5, 4, diag));
    static const double one[8] = {0, 0, 0, -1, 0, 1, 0, 0}, angles[4] = {0.1, -0.2, 0.3, 1e-300};
    OK(diag, ketch_circuit_append(circuit, "h", 5, (const uint32_t[]){0, 1, 2, 3, 4}, NULL, diag));
    OK(diag, ketch_circuit_append(circuit, "u", 1, (const uint32_t[]){3}, angles, diag));
    OK(diag, ketch_circuit_append_controlled(circuit, "ry", 1, 3, 5, (const uint32_t[]){0, 1, 2, 4}, angles, diag));
    OK(diag, ketch_circuit_append_matrix(circuit, 1, (const uint32_t[]){2}, one, diag));
    OK(diag, ketch_circuit_measure(circuit, 2, (const uint32_t[]){0, 1}, (const uint32_t[]){3, 1}, diag));
    OK(diag, ketch_circuit_begin_if(circuit, 2, (const uint32_t[]){1, 3}, 2, diag));
    OK(diag, ketch_circuit_append(circuit, "cx", 1, (const uint32_t[]){2, 3}, NULL, diag));
    OK(diag, ketch_circuit_begin_if(circuit, 1, (const uint32_t[]){1}, 1, diag));
    OK(diag, ketch_circuit_reset(circuit, 1, (const uint32_t[]){4}, diag));
    OK(diag, ketch_circuit_end_if(circuit, diag));
    OK(diag, ketch_circuit_end_if(circuit, diag));
    OK(diag, ketch_circuit_barrier(circuit, 2, (const uint32_t[]){4, 0}, diag));
    OK(diag, ketch_circuit_measure(circuit, 2, (const uint32_t[]){4, 3}, (const uint32_t[]){0, 2}, diag));
    return circuit;
}

static void built_by_calls(void **unused) {
    (void)unused;
    ketch_circuit *circuit = built(), *empty, *read = parsed(TELEPORT);
    OK(diag, ketch_circuit_create(&empty, 0, 0, diag));
    check_both_ways(circuit);
    check_both_ways(empty);
    OK(diag, ketch_circuit_append(read, "h", 1, (const uint32_t[]){1}, NULL, diag)); /* its hash is that of its operations from here on */
    check_both_ways(read);
    OK(diag, ketch_circuit_begin_if(circuit, 1, (const uint32_t[]){0}, 1, diag));
    bytes saved = {0};
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_save(circuit, into(&saved), diag));
    assert_int_equal(saved.size, 0);
    ketch_circuit_free(&read);
    ketch_circuit_free(&empty);
    ketch_circuit_free(&circuit);
}

/* What a restored circuit can still be made of. */
static void goes_on_after(void **unused) {
    (void)unused;
    ketch_circuit *circuit = built(), *program = parsed(PARAMETERS);
    bytes saved = {0};
    OK(diag, ketch_circuit_save(circuit, into(&saved), diag));
    ketch_circuit *back = restored(&saved);
    for (int i = 0; i < 2; i++) {
        ketch_circuit *each = i ? back : circuit;
        OK(diag, ketch_circuit_append(each, "cz", 1, (const uint32_t[]){0, 4}, NULL, diag));
        OK(diag, ketch_circuit_measure(each, 1, (const uint32_t[]){4}, (const uint32_t[]){0}, diag));
    }
    check_both_ways(circuit);
    expect_same(done(circuit), done(back));
    ketch_circuit_free(&back);
    OK(diag, ketch_circuit_save(program, into(&saved), diag));
    back = restored(&saved);
    expect_same(done(program), done(back)); /* that parameters have no values */
    bind_parameters(program);
    bind_parameters(back);
    expect_same(done(program), done(back));
    EXPECT(KETCH_ERROR_SEMANTICS, diag, ketch_circuit_bind(back, "theta", 1e308, diag)); /* twice that is infinite: at its place */
    assert_int_equal(ketch_diag_message(diag, 0)->line, 1);
    free_bytes(&saved);
    ketch_circuit_free(&back);
    ketch_circuit_free(&program);
    ketch_circuit_free(&circuit);
}

/* ── What is none ── */

/* Size and hash as they are to be, so that what follows is looked at. */
static void close_head(unsigned char *data, size_t size) {
    uint64_t numbers[2] = {size, XXH3_128bits(data + HEAD, size - HEAD).low64};
    for (size_t i = 0; i < 16; i++) data[16 + i] = (unsigned char)(numbers[i / 8] >> (8 * (i % 8)));
}

/* An error with a message, or a circuit with which all can be done. */
static void check_changed(const unsigned char *data, size_t size, bool whole) {
    unsigned char *copy = malloc(size ? size : 1); /* its own block, so that reading beyond it is seen */
    memcpy(copy, data, size);
    if (whole && size >= HEAD) close_head(copy, size);
    ketch_load_options limits = KETCH_LOAD_OPTIONS_INIT;
    limits.max_qubits = limits.max_bits = 1000;
    ketch_circuit *circuit = NULL;
    ketch_status status = ketch_circuit_restore(&circuit, copy, size, &limits, diag);
    if (!whole) assert_int_equal(status, KETCH_ERROR_SYNTAX);
    assert_int_equal(status == KETCH_OK, circuit != NULL);
    if (!circuit) {
        assert_true(ketch_diag_count(diag) > 0);
    } else {
        bytes one = said(circuit), other = done(circuit);
        free_bytes(&one);
        free_bytes(&other);
    }
    ketch_circuit_free(&circuit);
    free(copy);
}

#define POWERS                                                                                                                           \
    "OPENQASM 3.0; include \"stdgates.inc\"; input float[64] t; qubit[3] q; bit[3] c; gate g(a) x, y { h x; cp(a) x, y; ry(a / 2) y; }"  \
    "pow(0.5) @ g(2 * t) q[0], q[1]; ctrl @ pow(-1.5) @ g(sin(t)) q[2], q[0], q[1]; c[0] = measure q[0]; if (c[0] && !c[1]) { x q[1]; }" \
    "else { z q[2]; } @note here\nif (c == 5) { reset q[0]; } delay[10ns] q[0]; c = measure q;"

static void check_changes(const ketch_circuit *circuit) {
    bytes saved = {0};
    OK(diag, ketch_circuit_save(circuit, into(&saved), diag));
    unsigned char *data = (unsigned char *)saved.data;
    for (size_t size = 0; size < saved.size; size++) {
        check_changed(data, size, false);
        check_changed(data, size, true);
    }
    static const unsigned char others[] = {1, 2, 0x80, 0xff};
    for (size_t i = 0; i < saved.size; i++)
        for (size_t k = 0; k < LENGTH(others); k++) {
            data[i] ^= others[k];
            check_changed(data, saved.size, false);
            if (i >= HEAD) check_changed(data, saved.size, true);
            data[i] ^= others[k];
        }
    free_bytes(&saved);
}

static void changed_bytes(void **unused) {
    (void)unused;
    ketch_circuit *circuits[] = {built(), parsed(TELEPORT), parsed(PARAMETERS), parsed(POWERS)};
    bind_parameters(circuits[3]);
    check_both_ways(circuits[3]);
    for (size_t i = 0; i < LENGTH(circuits); i++) {
        check_changes(circuits[i]);
        ketch_circuit_free(&circuits[i]);
    }
}

static void what_is_refused(void **unused) {
    (void)unused;
    ketch_circuit *circuit = built(), *none = NULL;
    bytes saved = {0}, little = {.room = 40};
    EXPECT(KETCH_ERROR_IO, diag, ketch_circuit_save(circuit, (ketch_sink){take_bytes, &little}, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_save(NULL, into(&saved), diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_save(circuit, (ketch_sink){0}, diag));
    OK(diag, ketch_circuit_save(circuit, into(&saved), diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_restore(NULL, saved.data, saved.size, NULL, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_circuit_restore(&none, NULL, 5, NULL, diag));
    EXPECT(KETCH_ERROR_SYNTAX, diag, ketch_circuit_restore(&none, NULL, 0, NULL, diag));
    EXPECT(KETCH_ERROR_SYNTAX, diag, ketch_circuit_restore(&none, BELL, sizeof BELL, NULL, diag));
    saved.data[8] = 2;
    EXPECT(KETCH_ERROR_SYNTAX, diag, ketch_circuit_restore(&none, saved.data, saved.size, NULL, diag));
    assert_non_null(strstr(ketch_diag_text(diag), "version 2"));
    saved.data[8] = 1;
    for (int i = 0; i < 4; i++) {
        ketch_load_options limits = KETCH_LOAD_OPTIONS_INIT;
        *(i == 0 ? &limits.max_qubits : i == 1 ? &limits.max_bits : i == 2 ? &limits.max_gates : &limits.max_source_bytes) = 3;
        EXPECT(KETCH_ERROR_LIMIT, diag, ketch_circuit_restore(&none, saved.data, saved.size, &limits, diag));
    }
    assert_null(none);
    free_bytes(&saved);
    free(little.data);
    ketch_circuit_free(&circuit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_programs),  cmocka_unit_test(built_by_calls),  cmocka_unit_test(goes_on_after),
        cmocka_unit_test(changed_bytes), cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, create, release);
}
