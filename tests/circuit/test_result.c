/* SPDX-License-Identifier: Apache-2.0
 *
 * Results: counting rows of any width, text of outcomes, and reading a state through idle qubits.
 */
#include "check.h"
#include "circuit/circuit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ketch_result *new_result(uint32_t bit_count, size_t register_count, const uint32_t *sizes) {
    static const char *const names[] = {"a", "b", "c", "d"};
    ketch_result *result;
    assert_int_equal(kt_result_new(&result, NULL), KETCH_OK);
    result->bit_count = bit_count;
    result->words = bit_count > 64 ? (bit_count + 63) / 64 : 1;
    result->registers = kt_array(register_count, sizeof *result->registers);
    result->register_count = register_count;
    uint32_t offset = 0;
    for (size_t i = 0; i < register_count; offset += sizes[i++])
        result->registers[i] = (ketch_register){.name = names[i], .offset = offset, .size = sizes[i]};
    return result;
}

/* Against counting by looking at every pair, for rows of one to three words. */
static void shots_are_counted(void **state) {
    (void)state;
    enum { SHOTS = 700 };
    srand48(5);
    for (size_t words = 1; words <= 3; words++) {
        const uint32_t width = (uint32_t)words * 64;
        ketch_result *result = new_result(width, 1, &width);
        uint64_t *shots = kt_array(SHOTS, words * sizeof *shots), original[SHOTS * 3];
        for (size_t i = 0; i < SHOTS * words; i++) shots[i] = (uint64_t)(lrand48() % 3) << (lrand48() % 2 * 40);
        memcpy(original, shots, SHOTS * words * sizeof *shots);
        assert_int_equal(kt_result_count_shots(result, shots, SHOTS, true, NULL, NULL), KETCH_OK);
        assert_ptr_equal(result->shots, shots);
        assert_memory_equal(shots, original, SHOTS * words * sizeof *shots);
        uint64_t total = 0;
        for (size_t o = 0; o < result->outcome_count; o++) {
            const uint64_t *row = result->outcomes + o * words;
            uint64_t count = 0;
            for (size_t s = 0; s < SHOTS; s++) count += memcmp(original + s * words, row, words * sizeof *row) == 0;
            assert_true(count > 0);
            assert_int_equal(result->counts[o], count);
            total += count;
            if (!o) continue;
            const uint64_t *before = row - words;
            size_t highest = words - 1;
            while (highest && row[highest] == before[highest]) highest--;
            assert_true(result->counts[o - 1] > count || (result->counts[o - 1] == count && before[highest] < row[highest]));
        }
        assert_int_equal(total, SHOTS);
        ketch_result_free(&result);
    }
}

/* Few bits are counted in a table; so are they as a part of more. */
static void few_bits_are_counted_alike(void **state) {
    (void)state;
    enum { MOST = 5000 };
    srand48(7);
    for (uint32_t width = 0; width <= 10; width++)
        for (size_t shots = 1; shots <= MOST; shots = shots * 7 / 2 + 3) {
            const uint32_t wide = 30;
            ketch_result *few = new_result(width, 1, &width), *many = new_result(wide, 1, &wide);
            uint64_t *rows = kt_array(MOST, sizeof *rows), *same = kt_array(MOST, sizeof *same);
            for (size_t i = 0; i < shots; i++) same[i] = rows[i] = (uint64_t)(lrand48() & lrand48()) & ((UINT64_C(1) << width) - 1);
            assert_int_equal(kt_result_count_shots(few, rows, shots, true, NULL, NULL), KETCH_OK);
            assert_int_equal(kt_result_count_shots(many, same, shots, true, NULL, NULL), KETCH_OK);
            assert_memory_equal(few->shots, many->shots, shots * sizeof *rows);
            assert_int_equal(few->outcome_count, many->outcome_count);
            assert_memory_equal(few->outcomes, many->outcomes, few->outcome_count * sizeof *few->outcomes);
            assert_memory_equal(few->counts, many->counts, few->outcome_count * sizeof *few->counts);
            ketch_result_free(&few);
            ketch_result_free(&many);
        }
}

static ketch_status look(void *left) { return (*(size_t *)left)-- ? KETCH_OK : KETCH_ERROR_CANCELLED; }

/* Stopped at each look in turn, until it comes to its end: sorting by three bytes, tallying twice, and more. */
static void counting_can_be_stopped(void **state) {
    (void)state;
    enum { SHOTS = 200000, PASSES = 3 * 2 + 2 };
    const uint32_t width = 24;
    srand48(6);
    uint64_t *draws = kt_array(SHOTS, sizeof *draws);
    for (size_t i = 0; i < SHOTS; i++) draws[i] = (uint64_t)lrand48() & 0xffffff;
    size_t looks = 0;
    for (ketch_status status = KETCH_ERROR_CANCELLED; status != KETCH_OK; looks++) {
        ketch_result *result = new_result(width, 1, &width);
        uint64_t *shots = kt_array(SHOTS, sizeof *shots);
        memcpy(shots, draws, SHOTS * sizeof *shots);
        size_t left = looks;
        kt_watch watch = {.look = look, .user = &left};
        status = kt_result_count_shots(result, shots, SHOTS, true, &watch, NULL);
        assert_int_equal(status, left == SIZE_MAX ? KETCH_ERROR_CANCELLED : KETCH_OK);
        if (status == KETCH_OK) {
            uint64_t total = 0;
            for (size_t i = 0; i < result->outcome_count; i++) total += result->counts[i];
            assert_int_equal(total, SHOTS);
        } else {
            assert_null(result->shots); /* still ours */
            kt_free(shots);
        }
        ketch_result_free(&result);
    }
    assert_true(looks > PASSES * (SHOTS >> 16));
    kt_free(draws);
}

static void outcomes_as_text(void **state) {
    (void)state;
    ketch_result *result = new_result(71, 3, (const uint32_t[]){3, 66, 2});
    uint64_t shots[] = {5, 0x60, 5, 0x60, 1, 0}; /* a = 101, b = 0..., c = 11 twice; a = 001 once */
    assert_int_equal(kt_result_count_shots(result, shots, 3, false, NULL, NULL), KETCH_OK);
    assert_null(ketch_result_shots(result, NULL));
    assert_int_equal(ketch_result_outcome_count(result), 2);
    assert_int_equal(ketch_result_count(result, 0), 2);
    char expected[80] = "11 000000000000000000000000000000000000000000000000000000000000000000 101";
    assert_string_equal(ketch_result_bitstring(result, 0), expected);
    assert_int_equal(ketch_result_count_of(result, expected), 2);
    assert_int_equal(ketch_result_count_of(result, "11 101"), 0);
    assert_int_equal(ketch_result_count_of(result, "x"), 0);
    kt_buffer text = {0};
    kt_result_outcome_text(&text, result, result->outcomes, true);
    assert_string_equal(text.bytes, "101 000000000000000000000000000000000000000000000000000000000000000000 11");
    kt_buffer_clear(&text);
    kt_result_outcome_text(&text, result, result->outcomes + 2, true);
    assert_int_equal(strncmp(text.bytes, "100 ", 4), 0); /* bit 0 first */
    kt_buffer_free(&text);
    assert_string_equal(ketch_result_register(result, 2).name, "c");
    assert_int_equal(ketch_result_register(result, 2).offset, 69);
    assert_null(ketch_result_register(result, 3).name);
    assert_null(ketch_result_bitstring(result, 2));
    ketch_result_free(&result);
    assert_null(result);
}

/* Qubits 0 ... 3, of which 1 is idle and the others are wires 2, 0, 1. */
static void states_are_read_through_idle_qubits(void **state) {
    (void)state;
    ketch_result *result = new_result(0, 0, NULL);
    double *amplitudes = kt_pages_alloc(16 * sizeof *amplitudes, true), norm = 0;
    for (size_t i = 0; i < 16; i++) norm += (double)((i + 1) * (i + 1));
    for (size_t i = 0; i < 16; i++) amplitudes[i] = (double)(i + 1) / sqrt(norm);
    result->state = (kt_state){.amplitudes = amplitudes, .bytes = 16 * sizeof *amplitudes, .wires = 3};
    result->qubit_count = 4;
    result->wire_of = kt_array(4, 1);
    memcpy(result->wire_of, (const uint8_t[]){2, KT_IDLE, 0, 1}, 4);
    double out[32], all = 0;
    for (uint64_t index = 0; index < 16; index++) {
        assert_int_equal(ketch_result_amplitudes(out, result, &index, 1, NULL), KETCH_OK);
        size_t position = (index & 1) << 2 | (index >> 2 & 1) | (index >> 3 & 1) << 1;
        bool idle = index >> 1 & 1;
        assert_true(out[0] == (idle ? 0 : amplitudes[2 * position]) && out[1] == (idle ? 0 : amplitudes[2 * position + 1]));
    }
    assert_int_equal(ketch_result_probabilities(out, result, 0, 16, NULL), KETCH_OK);
    for (size_t i = 0; i < 16; i++) all += out[i];
    assert_true(fabs(all - 1) < 1e-15);
    double marginal[4], expected[4] = {0};
    assert_int_equal(ketch_result_marginal(marginal, result, (const uint32_t[]){3, 0}, 2, NULL), KETCH_OK);
    for (size_t i = 0; i < 16; i++) expected[(i >> 3 & 1) | (i & 1) << 1] += out[i];
    for (size_t i = 0; i < 4; i++) assert_true(fabs(marginal[i] - expected[i]) < 1e-15);

    assert_int_equal(ketch_result_probabilities(out, result, 1, 16, NULL), KETCH_ERROR_USAGE);
    assert_int_equal(ketch_result_probabilities(out, result, 2, UINT64_MAX, NULL), KETCH_ERROR_USAGE);
    assert_int_equal(ketch_result_amplitudes(out, result, &(uint64_t){16}, 1, NULL), KETCH_ERROR_USAGE);
    assert_int_equal(ketch_result_marginal(out, result, (const uint32_t[]){4}, 1, NULL), KETCH_ERROR_SEMANTICS);
    assert_int_equal(ketch_result_marginal(out, result, (const uint32_t[]){1, 1}, 2, NULL), KETCH_ERROR_SEMANTICS);
    assert_int_equal(ketch_result_marginal(out, result, NULL, 0, NULL), KETCH_ERROR_USAGE);
    assert_null(ketch_result_state(result, NULL, NULL)); /* was not asked for as an array */
    ketch_result_free(&result);
}

static void without_a_state_there_is_none_to_read(void **state) {
    (void)state;
    ketch_result *result = new_result(0, 0, NULL);
    double out[2];
    assert_int_equal(ketch_result_amplitudes(out, result, &(uint64_t){0}, 1, NULL), KETCH_ERROR_UNAVAILABLE);
    assert_int_equal(ketch_result_probabilities(out, result, 0, 1, NULL), KETCH_ERROR_UNAVAILABLE);
    assert_int_equal(ketch_result_save_state(result, "/dev/null", NULL), KETCH_ERROR_UNAVAILABLE);
    ketch_result_free(&result);
}

/* ── As bytes ── */

typedef struct saved {
    unsigned char bytes[8192];
    size_t size, calls;
    const void *addresses[8];
} saved;

static int save(void *user, const void *bytes, size_t size) {
    saved *all = user;
    assert_true(size <= sizeof all->bytes - all->size && all->calls < 8);
    memcpy(all->bytes + all->size, bytes, size);
    all->addresses[all->calls++] = bytes;
    all->size += size;
    return 0;
}

static ketch_status restore(ketch_result **out, const unsigned char *bytes, size_t size) {
    return ketch_result_restore(out, &(ketch_bytes){bytes, size}, 1, NULL);
}

/* Outcomes of 70 bits, shots, and a state of three qubits of which one is idle, as amplitudes. */
static ketch_result *full_result(void) {
    ketch_result *result = new_result(70, 2, (const uint32_t[]){6, 64});
    result->shapes = kt_array(2, sizeof *result->shapes);
    result->shapes[0] = (kt_dimensions){.dimension_count = 1, .dimensions = {2}};
    result->shapes[1] = (kt_dimensions){0};
    result->registers[0].type = (ketch_value_type){KETCH_TYPE_INT, 3};
    result->registers[1].type = (ketch_value_type){KETCH_TYPE_BITS, 64};
    result->info.shots = 5;
    result->info.engine = "planned";
    result->info.instruction_set = "plain";
    result->info.seed = UINT64_MAX;
    result->info.norm = 0.5;
    uint64_t *shots = kt_array(5, 2 * sizeof *shots);
    for (size_t i = 0; i < 10; i++) shots[i] = i % 2 ? 1 : i % 3;
    assert_int_equal(kt_result_count_shots(result, shots, 5, true, NULL, NULL), KETCH_OK);
    result->outputs = KETCH_OUTPUT_SHOTS | KETCH_OUTPUT_AMPLITUDES;
    result->qubit_count = result->info.qubits = 3;
    result->wire_of = kt_alloc(3);
    memcpy(result->wire_of, (const uint8_t[]){1, KT_IDLE, 0}, 3);
    result->state = (kt_state){kt_pages_alloc(64, false), 64, 2, KETCH_PRECISION_FP64};
    for (int i = 0; i < 8; i++) ((double *)result->state.amplitudes)[i] = 0.25 * i;
    return result;
}

static void a_result_as_bytes_and_back(void **state) {
    (void)state;
    ketch_result *result = full_result(), *again, *third;
    saved first = {.size = 0}, second = {.size = 0};
    assert_int_equal(ketch_result_save(result, (ketch_sink){save, &first}, NULL), KETCH_OK);
    assert_int_equal(first.calls, 5);
    assert_ptr_equal(first.addresses[3], result->shots); /* as it lies */
    assert_ptr_equal(first.addresses[4], result->state.amplitudes);
    assert_int_equal(restore(&again, first.bytes, first.size), KETCH_OK);
    assert_int_equal(ketch_result_save(again, (ketch_sink){save, &second}, NULL), KETCH_OK);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.bytes, second.bytes, first.size);
    assert_int_equal(ketch_result_outcome_count(again), ketch_result_outcome_count(result));
    for (size_t i = 0; i < ketch_result_outcome_count(result); i++) {
        char text[80];
        snprintf(text, sizeof text, "%s", ketch_result_bitstring(result, i));
        assert_string_equal(ketch_result_bitstring(again, i), text);
        assert_int_equal(ketch_result_count(again, i), ketch_result_count(result, i));
    }
    double out[2];
    assert_int_equal(ketch_result_amplitudes(out, again, &(uint64_t){5}, 1, NULL), KETCH_OK); /* qubits 0 and 2: both wires */
    assert_true(out[0] == 1.5 && out[1] == 1.75);
    assert_string_equal(again->info.engine, "planned");
    assert_true(again->info.seed == UINT64_MAX && again->info.norm == 0.5);
    size_t head = first.size - 64 - 5 * 16 - ketch_result_outcome_count(result) * 24; /* the arrays come after it, cut anywhere */
    for (size_t cut = head; cut <= first.size; cut++) {
        const ketch_bytes pieces[] = {{first.bytes, cut}, {NULL, 0}, {first.bytes + cut, first.size - cut}};
        assert_int_equal(ketch_result_restore(&third, pieces, 3, NULL), KETCH_OK);
        ketch_result_free(&third);
    }
    ketch_result_free(&result);
    ketch_result_free(&again);
}

/* Bytes cut off or changed: an error, or a result that can be read; each from memory of its own, so that reading beyond it is seen. */
static void no_bytes_are_trusted(void **state) {
    (void)state;
    ketch_result *result = full_result(), *again;
    saved whole = {.size = 0};
    assert_int_equal(ketch_result_save(result, (ketch_sink){save, &whole}, NULL), KETCH_OK);
    ketch_result_free(&result);
    for (size_t size = 0; size < whole.size; size++) {
        unsigned char *bytes = malloc(size ? size : 1);
        memcpy(bytes, whole.bytes, size);
        assert_int_equal(restore(&again, bytes, size), KETCH_ERROR_SYNTAX);
        assert_null(again);
        free(bytes);
    }
    size_t refused = 0;
    for (size_t place = 0; place < whole.size; place++) {
        for (int bit = 0; bit < 9; bit++) {
            unsigned char was = whole.bytes[place];
            whole.bytes[place] = bit == 8 ? 0xff : (unsigned char)(was ^ 1 << bit);
            if (restore(&again, whole.bytes, whole.size) == KETCH_OK) {
                double out[8];
                for (size_t i = 0; i < ketch_result_outcome_count(again); i++) assert_non_null(ketch_result_bitstring(again, i));
                ketch_result_probabilities(out, again, 0, 8, NULL);
                ketch_result_marginal(out, again, (const uint32_t[]){2, 0}, 2, NULL);
            } else {
                refused++;
            }
            ketch_result_free(&again);
            whole.bytes[place] = was;
        }
    }
    assert_true(refused > 1000);
    assert_int_equal(restore(&again, whole.bytes, whole.size), KETCH_OK);
    ketch_result_free(&again);
    assert_int_equal(ketch_result_restore(&again, NULL, 1, NULL), KETCH_ERROR_USAGE);
    assert_int_equal(ketch_result_restore(&again, &(ketch_bytes){NULL, 1}, 1, NULL), KETCH_ERROR_USAGE);
    assert_int_equal(ketch_result_restore(&again, NULL, 0, NULL), KETCH_ERROR_SYNTAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(shots_are_counted),
                                       cmocka_unit_test(few_bits_are_counted_alike),
                                       cmocka_unit_test(counting_can_be_stopped),
                                       cmocka_unit_test(outcomes_as_text),
                                       cmocka_unit_test(states_are_read_through_idle_qubits),
                                       cmocka_unit_test(without_a_state_there_is_none_to_read),
                                       cmocka_unit_test(a_result_as_bytes_and_back),
                                       cmocka_unit_test(no_bytes_are_trusted)};
    return cmocka_run_group_tests_name("result", tests, NULL, NULL);
}
