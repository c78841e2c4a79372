/* SPDX-License-Identifier: Apache-2.0
 *
 * Results as text, JSON and CSV, from results made by hand.
 */
#include "made.h"

#include <stdlib.h>

/* What is written, with options over the defaults that the front door puts in; freed by the caller. */
static char *written(ketch_result *result, ketch_write_options options) {
    kt_buffer out = {0};
    if (!options.width) options.width = 80;
    assert_int_equal(kt_output_result(result, &options, kt_buffer_sink(&out), NULL), KETCH_OK);
    assert_false(out.failed);
    return out.bytes;
}

static void is_written(ketch_result *result, ketch_write_options options, const char *wanted) {
    char *text = written(result, options);
    assert_string_equal(text, wanted);
    kt_free(text);
}

static const uint32_t two_registers[] = {2, 1};
static const uint64_t some_outcomes[] = {0x5, 0x2, 0x0}; /* b a: 1 01, 0 10, 0 00 */
static const uint64_t some_counts[] = {60, 30, 10};

static void counts_as_text(void **state) {
    (void)state;
    ketch_result *result = made_counts(2, two_registers, 3, some_outcomes, some_counts);
    is_written(result, (ketch_write_options){0},
               "b[1] a[2]  count\n"
               "1 01          60   60.00%\n"
               "0 10          30   30.00%\n"
               "0 00          10   10.00%\n");
    is_written(result, (ketch_write_options){.bit0_first = 1, .name = "x.qasm", .top = 1},
               "==> x.qasm <==\n"
               "a[2] b[1]  count\n"
               "10 1          60   60.00%\n"
               "… 2 more outcomes in 40 shots\n");
    /* 80 columns: 27 taken, 53 for the bars, of which the half is 26.5 */
    char wanted[1024] = "b[1] a[2]  count\n1 01          60   60.00%  ";
    for (int i = 0; i < 53; i++) strcat(wanted, "█");
    strcat(wanted, "\n0 10          30   30.00%  ");
    for (int i = 0; i < 26; i++) strcat(wanted, "█");
    strcat(wanted, "▌\n0 00          10   10.00%  ");
    for (int i = 0; i < 8; i++) strcat(wanted, "█"); /* 53 / 6 = 8.83 */
    strcat(wanted, "▉\n");
    is_written(result, (ketch_write_options){.histogram = 1}, wanted);
    is_written(result, (ketch_write_options){.histogram = 1, .ascii = 1, .width = 37},
               "b[1] a[2]  count\n"
               "1 01          60   60.00%  ##########\n"
               "0 10          30   30.00%  #####\n"
               "0 00          10   10.00%  ##\n");
    is_written(result, (ketch_write_options){.histogram = 1, .width = 30}, /* no room for bars */
               "b[1] a[2]  count\n"
               "1 01          60   60.00%\n"
               "0 10          30   30.00%\n"
               "0 00          10   10.00%\n");
    kt_result_free(result);
}

static void colors_enclose_what_is_plain_without(void **state) {
    (void)state;
    ketch_result *result = made_counts(2, two_registers, 3, some_outcomes, some_counts);
    char *plain = written(result, (ketch_write_options){.histogram = 1}),
         *colored = written(result, (ketch_write_options){.histogram = 1, .color = 1});
    assert_non_null(strstr(colored, "\033["));
    char *to = colored;
    for (const char *from = colored; *from; from++) { /* escapes taken out */
        if (*from == '\033')
            from += strcspn(from, "m");
        else
            *to++ = *from;
    }
    *to = '\0';
    assert_string_equal(colored, plain);
    kt_free(plain);
    kt_free(colored);
    kt_result_free(result);
}

static void counts_as_json_and_csv(void **state) {
    (void)state;
    ketch_result *result = made_counts(2, two_registers, 3, some_outcomes, some_counts);
    result->qubit_count = 4;
    is_written(result, (ketch_write_options){.format = KETCH_FORMAT_JSONL, .omit_run = 1, .top = 2},
               "{\"schema\": \"ketch-result/1\", \"result\": {\"qubits\": 4, \"precision\": \"fp64\", \"order\": \"lsb\", \"shots\": 100, "
               "\"all_qubits_measured\": false, \"registers\": [{\"name\": \"a\", \"offset\": 0, \"size\": 2, \"type\": \"bit[2]\"}, "
               "{\"name\": \"b\", \"offset\": 2, \"size\": 1, \"type\": \"bit[1]\"}], \"outcomes\": 3, \"counts\": {\"1 01\": 60, \"0 "
               "10\": 30}}}\n");
    is_written(result, (ketch_write_options){.format = KETCH_FORMAT_CSV}, "outcome,count\n1 01,60\n0 10,30\n0 00,10\n");
    is_written(result, (ketch_write_options){.format = KETCH_FORMAT_CSV, .name = "odd, \"name\".qasm", .top = 1},
               "name,outcome,count\n\"odd, \"\"name\"\".qasm\",1 01,60\n");
    ketch_write_options svg = {.format = KETCH_FORMAT_SVG};
    kt_buffer out = {0};
    assert_int_equal(kt_output_result(result, &svg, kt_buffer_sink(&out), NULL), KETCH_ERROR_USAGE);
    kt_buffer_free(&out);
    kt_result_free(result);
}

/* Registers of other types show their values: a is an int[2], b bits, c an array[bool, 2]. */
static void values_of_typed_registers(void **state) {
    (void)state;
    static const uint32_t sizes[] = {2, 1, 2};
    static const uint64_t outcomes[] = {0x17, 0x02}; /* c b a: 10 1 11, 00 0 10 */
    ketch_result *result = made_counts(3, sizes, 2, outcomes, some_counts);
    result->shapes = kt_array(3, sizeof *result->shapes);
    memset(result->shapes, 0, 3 * sizeof *result->shapes);
    result->registers[0].type = (ketch_value_type){KETCH_TYPE_INT, 2};
    result->registers[1].type = (ketch_value_type){KETCH_TYPE_BITS, 1};
    result->registers[2].type = (ketch_value_type){KETCH_TYPE_BOOL, 1};
    result->shapes[2] = (kt_dimensions){1, {2}};
    is_written(result, (ketch_write_options){0},
               "             c b[1]  a  count\n"
               " [false, true]    1 -1     60   66.67%\n"
               "[false, false]    0 -2     30   33.33%\n");
    is_written(result, (ketch_write_options){.format = KETCH_FORMAT_CSV},
               "outcome,count,a,c\n10 1 11,60,-1,\"[false, true]\"\n00 0 10,30,-2,\"[false, false]\"\n");
    is_written(result, (ketch_write_options){.format = KETCH_FORMAT_JSONL, .omit_run = 1},
               "{\"schema\": \"ketch-result/1\", \"result\": {\"qubits\": 0, \"precision\": \"fp64\", \"order\": \"lsb\", \"shots\": 90, "
               "\"all_qubits_measured\": false, \"registers\": [{\"name\": \"a\", \"offset\": 0, \"size\": 2, \"type\": \"int[2]\"}, "
               "{\"name\": \"b\", \"offset\": 2, \"size\": 1, \"type\": \"bit[1]\"}, {\"name\": \"c\", \"offset\": 3, \"size\": 2, "
               "\"type\": \"array[bool, 2]\"}], \"outcomes\": 2, \"counts\": {\"10 1 11\": 60, \"00 0 10\": 30}, \"values\": {\"10 1 11\": "
               "{\"a\": -1, \"b\": \"1\", \"c\": [false, true]}, \"00 0 10\": {\"a\": -2, \"b\": \"0\", \"c\": [false, false]}}}}\n");
    kt_result_free(result);
}

/* Three qubits, of which 0 and 2 are simulated, crosswise: qubit 0 is index bit 1, qubit 2 index bit 0. */
static ketch_result *crossed_state(void) {
    ketch_result *result = made_state(3, (const uint8_t[]){1, KT_IDLE, 0}, 2, KETCH_PRECISION_FP64);
    double *amplitudes = result->state.amplitudes;
    amplitudes[0] = 0.5;          /* 000 */
    amplitudes[2 * 1] = -0.5;     /* qubit 2: 100 */
    amplitudes[2 * 2 + 1] = 0.5;  /* qubit 0: 001 */
    amplitudes[2 * 3 + 1] = -0.5; /* both: 101 */
    return result;
}

static void states_are_named_by_qubit(void **state) {
    (void)state;
    ketch_result *result = crossed_state();
    result->outputs |= KETCH_OUTPUT_AMPLITUDES;
    is_written(result, (ketch_write_options){.format = KETCH_FORMAT_CSV},
               "state,probability\n000,0.25\n001,0.25\n100,0.25\n101,0.25\n\nstate,re,im\n000,0.5,0\n001,0,0.5\n100,-0.5,0\n101,0,-0.5\n");
    const uint64_t chosen[] = {5, 2, 4};
    is_written(result,
               (ketch_write_options){.format = KETCH_FORMAT_CSV, .amplitudes = chosen, .amplitude_count = 3, .bit0_first = 1, .top = 1},
               "state,probability\n000,0.25\n\nstate,re,im\n101,0,-0.5\n010,0,0\n001,-0.5,0\n");
    is_written(result, (ketch_write_options){.amplitudes = chosen, .amplitude_count = 2, .top = 1},
               "probabilities\n"
               "state  probability\n"
               "000    0.250000000\n"
               "\n"
               "amplitudes\n"
               "state          real     imaginary   probability\n"
               "101     0.000000000  -0.500000000   0.250000000\n"
               "010     0.000000000   0.000000000   0.000000000\n");
    const uint64_t outside[] = {8};
    ketch_write_options options = {.amplitudes = outside, .amplitude_count = 1};
    kt_buffer out = {0};
    assert_int_equal(kt_output_result(result, &options, kt_buffer_sink(&out), NULL), KETCH_ERROR_USAGE);
    assert_int_equal(out.size, 0);
    kt_result_free(result);
}

static void what_is_not_held_is_an_error(void **state) {
    (void)state;
    ketch_result *result = made_counts(2, two_registers, 3, some_outcomes, some_counts);
    const uint64_t chosen[] = {0};
    ketch_write_options options = {.amplitudes = chosen, .amplitude_count = 1, .width = 80};
    kt_buffer out = {0};
    assert_int_equal(kt_output_result(result, &options, kt_buffer_sink(&out), NULL), KETCH_ERROR_UNAVAILABLE);
    assert_int_equal(out.size, 0);
    kt_result_free(result);
}

/* A hundred qubits of which two are in use: four states, with labels of a hundred characters. */
static void idle_qubits_have_a_place(void **state) {
    (void)state;
    uint8_t wires[100];
    memset(wires, KT_IDLE, sizeof wires);
    wires[3] = 0;
    wires[99] = 1;
    ketch_result *result = made_state(100, wires, 2, KETCH_PRECISION_FP32);
    ((float *)result->state.amplitudes)[2 * 2] = 1;
    char *text = written(result, (ketch_write_options){.format = KETCH_FORMAT_CSV});
    char label[101];
    memset(label, '0', 100);
    label[100] = '\0';
    label[0] = '1'; /* qubit 99 is leftmost */
    assert_int_equal(strncmp(text, "state,probability\n", 18), 0);
    assert_memory_equal(text + 18, label, 100);
    assert_string_equal(text + 118, ",1\n");
    kt_free(text);
    kt_result_free(result);
}

typedef struct ranked {
    double probability;
    uint64_t state;
} ranked;

static int likelier_first(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->probability != y->probability) return x->probability > y->probability ? -1 : 1;
    return x->state < y->state ? -1 : x->state > y->state;
}

/* Against a full sort; few distinct values, so that ties abound. */
static void the_likeliest_states(void **state) {
    (void)state;
    enum { WIRES = 8, STATES = 1 << WIRES };
    uint8_t wires[WIRES];
    for (uint8_t q = 0; q < WIRES; q++) wires[q] = q;
    srand48(11);
    for (int round = 0; round < 20; round++) {
        ketch_result *result = made_state(WIRES, wires, WIRES, KETCH_PRECISION_FP64);
        ranked all[STATES];
        for (uint64_t i = 0; i < STATES; i++) {
            double amplitude = (double)(lrand48() % 6) / 8;
            ((double *)result->state.amplitudes)[2 * i] = amplitude;
            all[i] = (ranked){amplitude * amplitude, i};
        }
        qsort(all, STATES, sizeof *all, likelier_first);
        for (uint64_t top = 1; top <= 300; top += 1 + top / 2) {
            char *text = written(result, (ketch_write_options){.format = KETCH_FORMAT_CSV, .top = top}), *line = strchr(text, '\n') + 1;
            for (uint64_t i = 0; i < top && i < STATES && all[i].probability > 0; i++) {
                char *end;
                assert_int_equal(strtoull(line, &end, 2), all[i].state);
                assert_true(strtod(end + 1, &end) == all[i].probability);
                line = end + 1;
            }
            assert_string_equal(line, "");
            kt_free(text);
        }
        kt_result_free(result);
    }
}

/* Rows that read as zero are left out of text, and counted; CSV and JSON have them. */
static void tiny_numbers(void **state) {
    (void)state;
    ketch_result *result = made_state(2, (const uint8_t[]){0, 1}, 2, KETCH_PRECISION_FP64);
    double *amplitudes = result->state.amplitudes;
    amplitudes[0] = 1;
    amplitudes[2] = 1e-9;
    is_written(result, (ketch_write_options){0}, "state  probability\n00     1.000000000\n… 1 more state below 5e-10\n");
    amplitudes[4] = 3e-3; /* 9e-6 */
    is_written(result, (ketch_write_options){0},
               "state  probability\n00     1.000000000\n10           9e-06\n… 1 more state below 5e-10\n");
    amplitudes[4] = 0;
    is_written(result, (ketch_write_options){.ascii = 1}, "state  probability\n00     1.000000000\n... 1 more state below 5e-10\n");
    is_written(result, (ketch_write_options){.format = KETCH_FORMAT_CSV}, "state,probability\n00,1\n01,1e-18\n");
    kt_result_free(result);
}

/* ── Sinks ── */

typedef struct counting_sink {
    size_t calls, largest, total, fail_at; /* the call that fails; 0: none */
} counting_sink;

static int count_bytes(void *user, const void *bytes, size_t size) {
    counting_sink *sink = user;
    (void)bytes;
    sink->calls++;
    sink->total += size;
    if (size > sink->largest) sink->largest = size;
    return sink->calls == sink->fail_at;
}

/* Nothing large is held whole, and a sink that refuses ends the call at once. */
static void output_goes_in_pieces(void **state) {
    (void)state;
    enum { WIRES = 14 };
    uint8_t wires[WIRES];
    for (uint8_t q = 0; q < WIRES; q++) wires[q] = q;
    ketch_result *result = made_state(WIRES, wires, WIRES, KETCH_PRECISION_FP64);
    for (size_t i = 0; i < 2u << WIRES; i++) ((double *)result->state.amplitudes)[i] = 0.1 + (double)i / 3;
    for (int format = KETCH_FORMAT_TEXT; format <= KETCH_FORMAT_CSV; format++) {
        ketch_write_options options = {.format = (ketch_format)format, .width = 80};
        counting_sink all = {0};
        assert_int_equal(kt_output_result(result, &options, (ketch_sink){count_bytes, &all}, NULL), KETCH_OK);
        assert_true(all.total > 400000 && all.calls >= all.total / 80000 && all.largest < 80000);
        for (size_t fail_at = 1; fail_at <= all.calls; fail_at++) {
            counting_sink broken = {.fail_at = fail_at};
            ketch_diag *diag = ketch_diag_create();
            assert_int_equal(kt_output_result(result, &options, (ketch_sink){count_bytes, &broken}, diag), KETCH_ERROR_IO);
            assert_int_equal(broken.calls, fail_at);
            assert_int_equal(ketch_diag_count(diag), 1);
            ketch_diag_free(&diag);
        }
    }
    kt_result_free(result);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_as_text),
        cmocka_unit_test(colors_enclose_what_is_plain_without),
        cmocka_unit_test(counts_as_json_and_csv),
        cmocka_unit_test(values_of_typed_registers),
        cmocka_unit_test(states_are_named_by_qubit),
        cmocka_unit_test(what_is_not_held_is_an_error),
        cmocka_unit_test(idle_qubits_have_a_place),
        cmocka_unit_test(the_likeliest_states),
        cmocka_unit_test(tiny_numbers),
        cmocka_unit_test(output_goes_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
