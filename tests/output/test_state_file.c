/* SPDX-License-Identifier: Apache-2.0
 *
 * The state as .npy: header byte by byte, numbers in the order of the qubits, whole or not at all.
 */
#include "made.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char header_fp64[] = "{'descr': '<c16', 'fortran_order': False, 'shape': (8,), }";

static void check_header(const kt_buffer *file, const char *dictionary) {
    assert_memory_equal(file->bytes, "\x93NUMPY\x01\x00\x76\x00", 10); /* 0x76 = 118 bytes follow, 128 in all */
    assert_memory_equal(file->bytes + 10, dictionary, strlen(dictionary));
    for (size_t i = 10 + strlen(dictionary); i < 127; i++) assert_int_equal(file->bytes[i], ' ');
    assert_int_equal(file->bytes[127], '\n');
}

static void in_order(void **state) {
    (void)state;
    ketch_result *result = made_state(3, (const uint8_t[]){0, 1, 2}, 3, KETCH_PRECISION_FP64);
    for (size_t i = 0; i < 16; i++) ((double *)result->state.amplitudes)[i] = (double)i + 0.5;
    kt_buffer file = {0};
    assert_int_equal(kt_output_state(result, kt_buffer_sink(&file), NULL), KETCH_OK);
    assert_int_equal(file.size, 128 + 8 * 16);
    check_header(&file, header_fp64);
    assert_memory_equal(file.bytes + 128, result->state.amplitudes, 128);
    kt_buffer_free(&file);
    kt_result_free(result);
}

/* Moved and idle qubits, both precisions: element x has the amplitude of basis state x. */
static void gathered(void **state) {
    (void)state;
    for (int precision = KETCH_PRECISION_FP64; precision <= KETCH_PRECISION_FP32; precision++) {
        bool single = precision == KETCH_PRECISION_FP32;
        ketch_result *result = made_state(4, (const uint8_t[]){2, KT_IDLE, 0, 1}, 3, (ketch_precision)precision);
        for (size_t i = 0; i < 16; i++) {
            if (single)
                ((float *)result->state.amplitudes)[i] = (float)i + 1;
            else
                ((double *)result->state.amplitudes)[i] = (double)i + 1;
        }
        kt_buffer file = {0};
        assert_int_equal(kt_output_state(result, kt_buffer_sink(&file), NULL), KETCH_OK);
        assert_int_equal(file.size, 128 + 16 * (single ? 8 : 16));
        check_header(&file, single ? "{'descr': '<c8', 'fortran_order': False, 'shape': (16,), }"
                                   : "{'descr': '<c16', 'fortran_order': False, 'shape': (16,), }");
        for (size_t x = 0; x < 16; x++) {
            size_t address = (x & 1) << 2 | (x >> 2 & 1) | (x >> 3 & 1) << 1;
            double wanted = x & 2 ? 0 : 2 * (double)address + 1, re, im;
            if (single) {
                float pair[2];
                memcpy(pair, file.bytes + 128 + x * 8, sizeof pair);
                re = pair[0];
                im = pair[1];
            } else {
                double pair[2];
                memcpy(pair, file.bytes + 128 + x * 16, sizeof pair);
                re = pair[0];
                im = pair[1];
            }
            assert_true(re == wanted && im == (wanted == 0 ? 0 : wanted + 1));
        }
        kt_buffer_free(&file);
        kt_result_free(result);
    }
}

static void refused(void **state) {
    (void)state;
    ketch_result *result = made_state(3, (const uint8_t[]){0, 1, 2}, 3, KETCH_PRECISION_FP64);
    kt_buffer file = {0};
    result->outputs = KETCH_OUTPUT_PROBABILITIES;
    assert_int_equal(kt_output_state(result, kt_buffer_sink(&file), NULL), KETCH_ERROR_UNAVAILABLE);
    assert_int_equal(file.size, 0);
    kt_result_free(result);
}

/* A path: there when all is well, and nothing at all where it is not. */
static void whole_or_not_at_all(void **state) {
    (void)state;
    ketch_result *result = made_state(3, (const uint8_t[]){0, 1, 2}, 3, KETCH_PRECISION_FP64);
    char folder[] = "ketch-output-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/state.npy", folder);
    assert_int_equal(kt_output_state_npy(result, path, NULL), KETCH_OK);
    char *bytes;
    size_t size;
    assert_int_equal(kt_file_read(&bytes, &size, path, 1 << 20, NULL), KETCH_OK);
    assert_int_equal(size, 256);
    kt_free(bytes);
    assert_int_equal(unlink(path), 0);
    result->outputs = 0;
    assert_int_equal(kt_output_state_npy(result, path, NULL), KETCH_ERROR_UNAVAILABLE);
    result->outputs = KETCH_OUTPUT_STATE;
    ketch_diag *diag = ketch_diag_create();
    assert_int_equal(kt_output_state_npy(result, "/dev/full", diag), KETCH_ERROR_IO);
    assert_non_null(strstr(ketch_diag_text(diag), "No space left on device"));
    ketch_diag_free(&diag);
    assert_int_equal(rmdir(folder), 0); /* nothing is left in it */
    kt_result_free(result);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order),
        cmocka_unit_test(gathered),
        cmocka_unit_test(refused),
        cmocka_unit_test(whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
