/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that runs take, as the allocator sees it: never more than was foreseen, and what the result says. The linker sends the library's
 * allocations to the functions below.
 */
#include "lab.h"

#include <malloc.h>
#include <sys/mman.h>

static size_t taken, peak; /* bytes; runs here have one thread */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__real_mmap(void *address, size_t size, int protection, int flags, int file, off_t offset);
void *__real_mmap64(void *address, size_t size, int protection, int flags, int file, off_t offset);
int __real_munmap(void *address, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);
void *__wrap_mmap(void *address, size_t size, int protection, int flags, int file, off_t offset);
void *__wrap_mmap64(void *address, size_t size, int protection, int flags, int file, off_t offset);
int __wrap_munmap(void *address, size_t size);

/* Address space is memory once it is used: what alignment takes too much is given back before that. */
static void *took_pages(void *pages, size_t size) {
    taken += size;
    return pages;
}

static void *took(void *block, size_t size) {
    taken += size;
    if (taken > peak) peak = taken;
    return block;
}

void *__wrap_malloc(size_t size) {
    void *block = __real_malloc(size);
    return took(block, malloc_usable_size(block));
}
void *__wrap_calloc(size_t count, size_t size) {
    void *block = __real_calloc(count, size);
    return took(block, malloc_usable_size(block));
}
void *__wrap_realloc(void *block, size_t size) {
    taken -= malloc_usable_size(block);
    block = __real_realloc(block, size);
    return took(block, malloc_usable_size(block));
}
void __wrap_free(void *block) {
    taken -= malloc_usable_size(block);
    __real_free(block);
}
void *__wrap_mmap(void *address, size_t size, int protection, int flags, int file, off_t offset) {
    return took_pages(__real_mmap(address, size, protection, flags, file, offset), size);
}
void *__wrap_mmap64(void *address, size_t size, int protection, int flags, int file, off_t offset) {
    return took_pages(__real_mmap64(address, size, protection, flags, file, offset), size);
}
int __wrap_munmap(void *address, size_t size) {
    taken -= size;
    return __real_munmap(address, size);
}

/* Coins thrown one after another with one qubit: hardly two shots have the same outcome. */
static ketch_circuit *coins(uint32_t count) {
    ketch_circuit *circuit = circuit_of(1, count);
    for (uint32_t c = 0; c < count; c++) {
        GATE(circuit, "h", 0);
        measure(circuit, 0, c);
    }
    GATE(circuit, "h", 0);
    return circuit;
}

static ketch_circuit *uniform(uint32_t qubits) {
    ketch_circuit *circuit = circuit_of(qubits, qubits);
    for (uint32_t q = 0; q < qubits; q++) GATE(circuit, "h", q);
    measure_all(circuit);
    return circuit;
}

/* Gates of every kind, and so all tables that there are. */
static ketch_circuit *mixed(uint32_t qubits) {
    ketch_circuit *circuit = circuit_of(qubits, qubits);
    random_gates(circuit, 150);
    busy_gates(circuit, 150);
    measure_all(circuit);
    return circuit;
}

static void as_foreseen(void **unused) {
    (void)unused;
    enum { LITTLE = 1 << 16, SMALL_THINGS = 1 << 19 };
    struct {
        ketch_circuit *circuit;
        uint64_t shots;
        uint64_t least; /* bytes that the counting of so many outcomes needs, by hand */
    } runs[] = {
        {coins(40), 20000, 20000 * (8 + 8 + 8 + 8 + 32)},       /* rows, sorted rows, outcomes, counts, tallies */
        {coins(130), 8000, 8000 * (24 + 24 + 24 + 8 + 32)},     /* three words a row */
        {uniform(20), 50000, (UINT64_C(16) << 20) + 50000 * 8}, /* a state, and few shots */
        {mixed(20), 100, UINT64_C(16) << 20},
        {mixed(14), 100, UINT64_C(16) << 14},
        {uniform(3), 1000000, 1000000 * (8 + 8 + 16 + 4)}, /* few outcomes: rows; draws, picks and buckets take more */
    };
    for (size_t i = 0; i < LENGTH(runs); i++) {
        for (int keep = 0; keep < 2; keep++) {
            ketch_session *session;
            ketch_result *result;
            ketch_memory memory = {0};
            ketch_run_options options = lab_with(runs[i].shots, keep ? KETCH_OUTPUT_SHOTS : 0, 1).options;
            OK(kt_session_create(&session, &(ketch_session_options){.threads = 1}, diag));
            OK(kt_session_memory(&memory, runs[i].circuit, &options, diag));
            options.max_memory = memory.needed_bytes; /* no copies at branches, and it must suffice */
            size_t before = peak = taken;
            OK(kt_session_run(&result, session, runs[i].circuit, &options, diag));
            size_t real = peak - before;
            if (real > memory.needed_bytes + LITTLE) fail_msg("run %zu took %zu bytes, %zu foreseen", i, real, (size_t)memory.needed_bytes);
            assert_true(real + LITTLE >= runs[i].least);
            assert_true(memory.needed_bytes <= real + real / 2 + SMALL_THINGS); /* not far off */
            assert_in_range(result->info.peak_memory_bytes + SMALL_THINGS, real, real + LITTLE + SMALL_THINGS);
            kt_result_free(result);
            kt_session_free(session);
        }
        ketch_circuit_free(&runs[i].circuit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_foreseen)};
    return RUN_WITH_BOTH_ENGINES(tests, NULL, NULL);
}
