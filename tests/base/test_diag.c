/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages: what is kept of them, and how they look.
 */
#include "check.h"

#include <stdio.h>
#include <string.h>

static ketch_diag *diag;

static int begin(void **state) {
    (void)state;
    return (diag = ketch_diag_create()) ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    ketch_diag_free(&diag);
    return diag != NULL;
}

static kt_place place(const char *line, uint32_t column, uint32_t length) {
    return (kt_place){.file = "a.qasm", .line = 3, .column = column, .length = length, .source_line = line, .source_size = strlen(line)};
}

static void a_message_looks_like_this(void **state) {
    (void)state;
    kt_place at = place("\th \xc3\xa9\xc3\xa9, q[7];", 8, 4); /* two accented letters of two bytes */
    assert_int_equal(kt_fail_at(diag, KT_BAD_OPERAND, &at, "index %d out of range", 7), KETCH_ERROR_SEMANTICS);
    kt_hint(diag, "register `%s` has %d qubits", "q", 3);
    assert_string_equal(ketch_diag_text(diag), "a.qasm:3:6: error[KQ0712]: index 7 out of range\n"
                                               "   h \xc3\xa9\xc3\xa9, q[7];\n"
                                               "       ^~~~\n"
                                               "  hint: register `q` has 3 qubits\n");
    const ketch_message *message = ketch_diag_message(diag, 0);
    assert_int_equal(message->column, 6);
    assert_int_equal(message->source_column, 6);
    assert_int_equal(message->length, 4);
    ketch_diag_clear(diag);
    assert_int_equal(ketch_diag_count(diag), 0);
    assert_string_equal(ketch_diag_text(diag), "");
}

static void a_message_without_place(void **state) {
    (void)state;
    kt_fail(diag, KT_RUN_TIMEOUT, "stopped after %s", "1 s");
    kt_note(diag, "a note");
    assert_string_equal(ketch_diag_text(diag), "error[KQ0706]: stopped after 1 s\nnote: a note\n");
}

static void a_very_long_line_is_cut_around_the_column(void **state) {
    (void)state;
    static char line[760000];
    memset(line, 'x', sizeof line - 1);
    memcpy(line + 400000, "HERE", 4);
    kt_place at = place(line, 400001, 4);
    kt_fail_at(diag, KT_BAD_GATE, &at, "long");
    const ketch_message *message = ketch_diag_message(diag, 0);
    assert_int_equal(message->column, 400001);
    assert_true(strlen(message->source_line) < 120);
    assert_int_equal(strncmp(message->source_line + message->source_column - 1, "HERE", 4), 0);
}

static void nothing_reaches_a_terminal_that_it_would_obey(void **state) {
    (void)state;
    kt_place at = place("h \xff\x1b[31m\xc2\x9bq\xe2\x82;", 6, 2); /* no UTF-8, escape, C1 control, half a character */
    at.file = "a\x1b.qasm";
    kt_fail_at(diag, KT_BAD_GATE, &at, "\xff%s", "\x1b]0;");
    kt_hint(diag, "%s", "\x07\xc2\x85");
    assert_string_equal(ketch_diag_text(diag), "a?.qasm:3:6: error[KQ0711]: ??]0;\n"
                                               "  h ??[31m?q??;\n"
                                               "       ^~\n"
                                               "  hint: ??\n");
}

static void odd_places_do_no_harm(void **state) {
    (void)state;
    const kt_place places[] = {place("", 1, 1), place("ab", 3, 1), place("ab", 99, 99), place("ab", 0, 0), place("\x01\xff\xfe", 2, 5)};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        kt_fail_at(diag, KT_BAD_GATE, &places[i], "odd \n text");
        const ketch_message *message = ketch_diag_message(diag, i);
        assert_true(message->length >= 1 && message->source_column >= 1);
        assert_string_equal(message->text, "odd ? text");
    }
    assert_true(strlen(ketch_diag_text(diag)) > 0);
    char text[2000];
    memset(text, 'y', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    kt_fail(diag, KT_BAD_GATE, "%s", text);
    assert_string_equal(ketch_diag_message(diag, 5)->text + 508, "...");
}

static void what_finds_no_room_is_counted(void **state) {
    (void)state;
    for (int i = 0; i < 30; i++) {
        kt_fail(diag, KT_BAD_GATE, "error %d", i);
        kt_hint(diag, "hint %d", i);
        kt_note(diag, "note %d", i);
    }
    assert_int_equal(ketch_diag_count(diag), 40);
    assert_int_equal(ketch_diag_dropped(diag), 20);
    assert_int_equal(kt_error_count(diag), 30);
    assert_string_equal(ketch_diag_message(diag, 38)->hint, "hint 19");
    assert_non_null(strstr(ketch_diag_text(diag), "and 10 more errors"));
    assert_null(ketch_diag_message(diag, 40));
}

static void nothing_is_required(void **state) {
    (void)state;
    assert_int_equal(kt_fail(NULL, KT_NO_MEMORY, "x"), KETCH_ERROR_MEMORY);
    kt_hint(NULL, "x");
    ketch_diag_clear(NULL);
    assert_string_equal(ketch_diag_text(NULL), "");
    ketch_diag_free(NULL);
}

static void codes_are_unique_and_complete(void **state) {
    (void)state;
    size_t count = 0;
    for (const ketch_code_info *code; (code = ketch_code_at(count)); count++) {
        assert_int_equal(strlen(code->code), 6);
        assert_true(code->summary[0] && code->help[0]);
        for (size_t i = 0; i < count; i++) assert_string_not_equal(code->code, ketch_code_at(i)->code);
    }
    assert_true(count > 20);
    for (int s = 0; s <= KETCH_ERROR_UNAVAILABLE; s++) assert_string_not_equal(ketch_status_name((ketch_status)s), "unknown status");
    assert_string_equal(ketch_status_name((ketch_status)99), "unknown status");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_message_looks_like_this, begin, end),
        cmocka_unit_test_setup_teardown(a_message_without_place, begin, end),
        cmocka_unit_test_setup_teardown(a_very_long_line_is_cut_around_the_column, begin, end),
        cmocka_unit_test_setup_teardown(nothing_reaches_a_terminal_that_it_would_obey, begin, end),
        cmocka_unit_test_setup_teardown(odd_places_do_no_harm, begin, end),
        cmocka_unit_test_setup_teardown(what_finds_no_room_is_counted, begin, end),
        cmocka_unit_test(nothing_is_required),
        cmocka_unit_test(codes_are_unique_and_complete),
    };
    return cmocka_run_group_tests_name("diag", tests, NULL, NULL);
}
