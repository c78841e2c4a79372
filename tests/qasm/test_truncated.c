/* SPDX-License-Identifier: Apache-2.0
 *
 * test_truncated FILE...: programs cut off behind every byte. Each piece either is a program or is refused with a place, in good time.
 */
#include "helper.h"

#include <stdlib.h>
#include <time.h>

enum { LARGEST = 20000 };

static const char *const *files;
static int file_count;

static size_t read_file(char *out, const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("%s cannot be read", path);
    size_t size = fread(out, 1, LARGEST, file);
    fclose(file);
    assert_in_range(size, 1, LARGEST - 1);
    return size;
}

static double seconds_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static const ketch_message *first_error(const ketch_diag *diag) {
    for (size_t i = 0; i < ketch_diag_count(diag); i++) {
        const ketch_message *message = ketch_diag_message(diag, i);
        if (message->severity == KETCH_SEVERITY_ERROR) return message;
    }
    return NULL;
}

/* The piece in memory of its own, so that reading beyond it is seen. */
static ketch_status read_piece(const char *text, size_t size, const char *path) {
    ketch_load_options options = ordinary_options();
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit = NULL;
    char *piece = malloc(size + !size);
    assert_non_null(piece);
    memcpy(piece, text, size);
    double start = seconds_now();
    ketch_status status = kt_qasm_parse(&circuit, piece, size, &options, diag);
    double took = seconds_now() - start;
    const ketch_message *error = first_error(diag);
    if (took > 1) fail_msg("%s, %zu bytes: %.1f s", path, size, took);
    if (status == KETCH_OK ? error != NULL : !error || !error->line || !error->column || !error->text[0])
        fail_msg("%s, %zu bytes: %s\n%s", path, size, ketch_status_name(status), ketch_diag_text(diag));
    kt_circuit_free(circuit);
    ketch_diag_free(&diag);
    free(piece);
    return status;
}

static void every_piece(void **unused) {
    (void)unused;
    static char text[LARGEST];
    assert_true(file_count >= 3);
    for (int i = 0; i < file_count; i++) {
        size_t size = read_file(text, files[i]), refused = 0;
        for (size_t cut = 0; cut < size; cut++) refused += read_piece(text, cut, files[i]) != KETCH_OK;
        assert_true(refused > size / 2); /* most pieces end within a statement */
        assert_int_equal(read_piece(text, size, files[i]), KETCH_OK);
    }
}

int main(int count, char **arguments) {
    files = (const char *const *)arguments + 1;
    file_count = count - 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_piece)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
