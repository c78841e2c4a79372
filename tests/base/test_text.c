/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers, buffers, JSON, names, draws: what turns values into bytes.
 */
#include "check.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state = 88172645463325252u;
static uint64_t next_random(void) { /* xorshift64, for test data only */
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    return random_state ^= random_state << 17;
}

static void check_number(double value) {
    char text[KT_NUMBER_TEXT];
    size_t size = kt_number_text(text, value);
    assert_int_equal(size, strlen(text));
    assert_true(size < KT_NUMBER_TEXT);
    double back, by_libc = strtod(text, NULL);
    assert_true(kt_number_read(&back, text, size));
    assert_memory_equal(&back, &value, sizeof value);
    assert_memory_equal(&by_libc, &value, sizeof value);
}

static void numbers_read_back(void **state) {
    (void)state;
    const double special[] = {
        0, -0.0, 1, -1, 0.1, 1.0 / 3, M_PI, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e22, 1e23, 123456789012345678.0};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) check_number(special[i]);
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = next_random();
        double value;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value)) check_number(value);
    }
}

static void numbers_are_read_as_libc_does(void **state) {
    (void)state;
    for (int i = 0; i < 100000; i++) {
        char text[64];
        int digits = (int)(next_random() % 20);
        snprintf(text, sizeof text, "%llu.%0*llue%d", (unsigned long long)(next_random() >> (next_random() % 60)), digits + 1,
                 (unsigned long long)(next_random() >> 40), (int)(next_random() % 60) - 30);
        double ours, theirs = strtod(text, NULL);
        assert_true(kt_number_read(&ours, text, strlen(text)));
        assert_memory_equal(&ours, &theirs, sizeof ours);
    }
    for (int i = 0; i < 300000; i++) { /* as many digits as a double has, and some more: also halves of its last digit */
        char text[64], whole[32];
        uint64_t number = i % 3 ? next_random() >> (4 + next_random() % 8) : ((1ull << 53) + next_random() % 64) * (i % 2 ? 1 : 10);
        int size = snprintf(whole, sizeof whole, "%llu", (unsigned long long)number), point = (int)(next_random() % (unsigned)(size + 1));
        snprintf(text, sizeof text, "%.*s.%s", point, whole, whole + point);
        double ours, theirs = strtod(text, NULL);
        assert_true(kt_number_read(&ours, text, strlen(text)));
        assert_memory_equal(&ours, &theirs, sizeof ours);
    }
    double out;
    const char *const bad[] = {"", ".", "e5", "1e", "1e+", "1.2.3", "0x10", "nan", "inf", "1 ", " 1", "1,5", "--1", "1_0"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(kt_number_read(&out, bad[i], strlen(bad[i])));
    assert_true(kt_number_read(&out, "1e999999999999", 14) && isinf(out));
    assert_true(kt_number_read(&out, "1e-999999999999", 15) && out == 0);
    assert_true(kt_number_read(&out, "00000000000000000000000000000.5", 31) && out == 0.5);
    enum { ZEROS = 500001 }; /* behind the point, and an exponent that undoes more than those */
    char *small = malloc(ZEROS + 16);
    assert_non_null(small);
    small[0] = '.';
    memset(small + 1, '0', ZEROS);
    memcpy(small + 1 + ZEROS, "1e5000000", 10);
    assert_true(kt_number_read(&out, small, ZEROS + 10) && isinf(out));
    memcpy(small + 1 + ZEROS, "1e500002", 9);
    assert_true(kt_number_read(&out, small, ZEROS + 9) && out == 1);
    free(small);
    assert_true(kt_number_read(&out, "12345", 3) && out == 123); /* only `size` bytes count */
}

static void numbers_know_no_locale(void **state) {
    (void)state;
    const char *const comma[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "da_DK.UTF-8"};
    bool found = false;
    for (size_t i = 0; i < sizeof comma / sizeof *comma && !found; i++) found = setlocale(LC_NUMERIC, comma[i]) != NULL;
    char text[KT_NUMBER_TEXT];
    double value;
    kt_number_text(text, 0.1);
    assert_string_equal(text, "0.1");
    assert_true(kt_number_read(&value, "1.2345678901234567890123", 24));
    assert_true(value == 1.2345678901234567890123);
    setlocale(LC_NUMERIC, "C");
    if (!found) skip(); /* no locale with a decimal comma is installed */
}

static void bytes_for_people(void **state) {
    (void)state;
    const struct {
        double bytes;
        const char *text;
    } cases[] = {
        {0, "0 B"}, {1023, "1023 B"}, {1024, "1.0 KiB"}, {0x1p44, "16.0 TiB"}, {21.3 * 0x1p30, "21.3 GiB"}, {0x1p84, "16384.0 ZiB"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[KT_NUMBER_TEXT];
        kt_bytes_text(text, cases[i].bytes);
        assert_string_equal(text, cases[i].text);
    }
}

static void json_is_written_as_expected(void **state) {
    (void)state;
    kt_buffer out = {0};
    kt_json json = {.out = &out, .indent = true};
    kt_json_open(&json, NULL, '{');
    kt_json_string(&json, "text", "a\"b\\c\n\t\x01 \xc3\xa9 \xff \xc0\x80");
    kt_json_number(&json, "nan", NAN);
    kt_json_open_inline(&json, "row", '[');
    kt_json_integer(&json, NULL, UINT64_MAX);
    kt_json_number(&json, NULL, -0.5);
    kt_json_open(&json, NULL, '[');
    kt_json_bool(&json, NULL, true);
    kt_json_close(&json, ']');
    kt_json_close(&json, ']');
    kt_json_open(&json, "empty", '{');
    kt_json_close(&json, '}');
    kt_json_null(&json, "nothing");
    kt_json_close(&json, '}');
    assert_string_equal(out.bytes, "{\n"
                                   "  \"text\": \"a\\\"b\\\\c\\n\\t\\u0001 \xc3\xa9 \xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\",\n"
                                   "  \"nan\": null,\n"
                                   "  \"row\": [18446744073709551615, -0.5, [true]],\n"
                                   "  \"empty\": {},\n"
                                   "  \"nothing\": null\n"
                                   "}");
    kt_buffer_clear(&out);
    json = (kt_json){.out = &out};
    kt_json_open(&json, NULL, '[');
    kt_json_integer(&json, NULL, 1);
    kt_json_open(&json, NULL, '{');
    kt_json_integer(&json, "a", 2);
    kt_json_close(&json, '}');
    kt_json_close(&json, ']');
    assert_string_equal(out.bytes, "[1, {\"a\": 2}]");
    kt_buffer_free(&out);
}

static void names_get_numbers(void **state) {
    (void)state;
    kt_symbols symbols = {.seed = 7};
    char name[16];
    for (uint32_t i = 0; i < 5000; i++) {
        int size = snprintf(name, sizeof name, "n%u", i);
        assert_int_equal(kt_symbols_add(&symbols, name, (size_t)size), i);
        assert_int_equal(kt_symbols_add(&symbols, name, (size_t)size), i);
    }
    assert_int_equal(kt_symbols_add(&symbols, "n4999x", 5), 4999); /* only `size` bytes count */
    assert_string_equal(symbols.items[17].name, "n17");
    kt_symbols_free(&symbols);
}

static void edits_are_counted(void **state) {
    (void)state;
    const struct {
        const char *a, *b;
        unsigned distance;
    } cases[] = {{"cx", "cx", 0}, {"cx", "xc", 1},  {"cnot", "cx", 3},   {"swap", "swpa", 1},
                 {"", "h", 1},    {"rx", "rxx", 1}, {"hadamard", "h", 4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(kt_edit_distance(cases[i].a, strlen(cases[i].a), cases[i].b, strlen(cases[i].b), 3), cases[i].distance);
}

/* The known answer of Random123's distribution for Philox4x64-10 with counter and key all zero. */
static void draws_are_philox(void **state) {
    (void)state;
    assert_true(kt_draw_bits(&(kt_draw){0}) == 0x16554d9eca36314cu);
    kt_draw draw = {.seed = 1, .shot = 2, .measurement = 3};
    uint64_t bits = kt_draw_bits(&draw);
    assert_true(kt_draw_uniform(&draw) == ldexp((double)(bits >> 11), -53));
    kt_draw others[] = {draw, draw, draw, draw, draw, draw};
    others[0].seed = 9, others[1].circuit = 9, others[2].row = 9, others[3].shot = 9, others[4].measurement = 9, others[5].execution = 9;
    for (size_t i = 0; i < 6; i++) assert_true(kt_draw_bits(&others[i]) != bits);
    double sum = 0, squares = 0;
    enum { COUNT = 100000 };
    for (draw.shot = 0; draw.shot < COUNT; draw.shot++) {
        double u = kt_draw_uniform(&draw);
        assert_true(u >= 0 && u < 1);
        sum += u, squares += u * u;
    }
    assert_true(fabs(sum / COUNT - 0.5) < 5 * sqrt(1.0 / 12 / COUNT));
    assert_true(fabs(squares / COUNT - 1.0 / 3) < 5 * sqrt(4.0 / 45 / COUNT));
}

static void arenas_keep_budgets_and_marks(void **state) {
    (void)state;
    kt_arena arena = {.budget = 100000};
    kt_arena_mark start = kt_arena_save(&arena);
    size_t count = 0;
    for (char *item; (item = kt_arena_alloc(&arena, 1000)); count++) {
        assert_int_equal((uintptr_t)item % 16, 0);
        memset(item, 1, 1000);
    }
    assert_int_equal(count, 100000 / 1008);
    kt_arena_restore(&arena, start);
    assert_int_equal(arena.used, 0);
    assert_null(kt_arena_alloc(&arena, SIZE_MAX - 3));
    assert_string_equal(kt_arena_copy(&arena, "abcdef", 3), "abc");
    kt_arena_free(&arena);
    assert_null(kt_array(SIZE_MAX / 4, 8));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_read_back),
        cmocka_unit_test(numbers_are_read_as_libc_does),
        cmocka_unit_test(numbers_know_no_locale),
        cmocka_unit_test(bytes_for_people),
        cmocka_unit_test(json_is_written_as_expected),
        cmocka_unit_test(names_get_numbers),
        cmocka_unit_test(edits_are_counted),
        cmocka_unit_test(draws_are_philox),
        cmocka_unit_test(arenas_keep_budgets_and_marks),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
