/* SPDX-License-Identifier: Apache-2.0
 *
 * The state as a NumPy array: format 1.0, one dimension, little-endian complex numbers behind a header of 128 bytes, so that the numbers
 * are 64-byte aligned where the file is mapped into memory. Written from where they lie; only idle or moved qubits need a block of scratch.
 *
 *   \x93NUMPY 1 0 | length of what follows | {'descr': '<c16', 'fortran_order': False, 'shape': (8,), }  blanks \n | re im re im ...
 */
#include "output/stream.h"

#include <stdio.h>
#include <string.h>

enum { HEADER = 128, BLOCK = 4096 /* amplitudes */, MAX_QUBITS = 58 };

static void make_header(char out[HEADER], const ketch_result *result) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    const char order = '>';
#else
    const char order = '<';
#endif
    char text[HEADER];
    int size = snprintf(text, sizeof text, "{'descr': '%cc%d', 'fortran_order': False, 'shape': (%llu,), }", order,
                        result->state.precision == KETCH_PRECISION_FP32 ? 8 : 16, 1ull << result->qubit_count);
    memset(out, ' ', HEADER);
    memcpy(out, "\x93NUMPY\x01\x00", 8);
    out[8] = HEADER - 10;
    out[9] = 0;
    memcpy(out + 10, text, (size_t)size);
    out[HEADER - 1] = '\n';
}

/* Every qubit has its own index bit, in order: the state's memory is the array. */
static bool lies_in_order(const ketch_result *result) {
    if (result->state.wires != result->qubit_count) return false;
    for (uint32_t q = 0; q < result->qubit_count; q++) {
        if (result->wire_of[q] != q) return false;
    }
    return true;
}

static ketch_status send(ketch_sink sink, const void *bytes, size_t size, ketch_diag *diag) {
    if (sink.write(sink.user, bytes, size) == 0) return KETCH_OK;
    return kt_fail(diag, KT_SINK_FAILED, "the output could not be written");
}

static ketch_status send_in_order(const ketch_result *result, uint64_t count, ketch_sink sink, ketch_diag *diag) {
    size_t size = result->state.precision == KETCH_PRECISION_FP32 ? sizeof(float[2]) : sizeof(double[2]);
    const char *amplitudes = result->state.amplitudes;
    ketch_status status = KETCH_OK;
    for (uint64_t first = 0; first < count && status == KETCH_OK; first += BLOCK) {
        uint64_t some = count - first < BLOCK ? count - first : BLOCK;
        status = send(sink, amplitudes + first * size, (size_t)some * size, diag);
    }
    return status;
}

static ketch_status send_gathered(const ketch_result *result, uint64_t count, ketch_sink sink, ketch_diag *diag) {
    bool single = result->state.precision == KETCH_PRECISION_FP32;
    size_t size = single ? sizeof(float) : sizeof(double);
    void *block = kt_array(2 * BLOCK, size);
    if (!block) return kt_no_memory(diag);
    ketch_status status = KETCH_OK;
    for (uint64_t first = 0; first < count && status == KETCH_OK; first += BLOCK) {
        size_t some = count - first < BLOCK ? (size_t)(count - first) : BLOCK;
        for (size_t i = 0; i < some; i++) {
            double amplitude[2];
            kt_result_amplitude(amplitude, result, first + i);
            for (size_t part = 0; part < 2; part++) {
                if (single)
                    ((float *)block)[2 * i + part] = (float)amplitude[part];
                else
                    ((double *)block)[2 * i + part] = amplitude[part];
            }
        }
        status = send(sink, block, 2 * some * size, diag);
    }
    kt_free(block);
    return status;
}

ketch_status kt_output_state(const ketch_result *result, ketch_sink sink, ketch_diag *diag) {
    if (!result->state.amplitudes || !(result->outputs & KETCH_OUTPUT_STATE))
        return kt_fail(diag, KT_UNAVAILABLE, "the result holds no state: it was not asked for before the run");
    if (result->qubit_count > MAX_QUBITS)
        return kt_fail(diag, KT_TOO_MANY_QUBITS, "a state of %u qubits is too large for a file", result->qubit_count);
    uint64_t count = 1ull << result->qubit_count;
    char header[HEADER];
    make_header(header, result);
    ketch_status status = send(sink, header, sizeof header, diag);
    if (status != KETCH_OK) return status;
    return lies_in_order(result) ? send_in_order(result, count, sink, diag) : send_gathered(result, count, sink, diag);
}

ketch_status kt_output_state_npy(const ketch_result *result, const char *path, ketch_diag *diag) {
    ketch_file *file;
    ketch_status status = ketch_file_create(&file, path, diag);
    if (status != KETCH_OK) return status;
    status = kt_output_state(result, ketch_file_sink(file), diag);
    if (status == KETCH_OK || status == KETCH_ERROR_IO) { /* a failed write: the file knows the system's reason */
        ketch_status committed = ketch_file_commit(file, diag);
        if (status == KETCH_OK || committed != KETCH_OK) status = committed;
    }
    ketch_file_free(&file);
    return status;
}
