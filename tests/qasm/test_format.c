/* SPDX-License-Identifier: Apache-2.0
 *
 * The formatter: how small programs are laid out, and, on every program there is, that nothing is lost: the same tokens, the same
 * characters apart from blanks, comments among them, and the same layout when it is formatted again.
 */
#include "helper.h"

#include "folder.h"
#include "qasm/parser.h"

#include <stdlib.h>

static ketch_status format_text(kt_buffer *out, const char *text, size_t size, ketch_diag *diag) {
    ketch_load_options options = ordinary_options();
    kt_buffer_clear(out);
    kt_buffer_text(out, "");
    ketch_status status = kt_qasm_format(text, size, &options, kt_buffer_sink(out), diag);
    assert_int_equal(status != KETCH_OK, kt_error_count(diag) != 0);
    return status;
}

static void check_layout(const char *text, const char *expected) {
    kt_buffer out = {0};
    ketch_diag *diag = ketch_diag_create();
    if (format_text(&out, text, strlen(text), diag) != KETCH_OK) fail_msg("%s\n%s", text, ketch_diag_text(diag));
    if (strcmp(out.bytes ? out.bytes : "", expected) != 0) fail_msg("%s\nbecomes\n%s\ninstead of\n%s", text, out.bytes, expected);
    kt_buffer again = {0};
    assert_int_equal(format_text(&again, expected, strlen(expected), diag), KETCH_OK);
    assert_string_equal(again.bytes ? again.bytes : "", expected);
    kt_buffer_free(&again);
    kt_buffer_free(&out);
    ketch_diag_free(&diag);
}

static void layouts(void **state) {
    (void)state;
    check_layout("", "");
    check_layout("\xef\xbb\xbf\r\n // only this \t\r\n\r\n", "// only this\n");
    check_layout("OPENQASM   3.0 ;include\"a.inc\";qubit [ 2 ]q;bit c ;", "OPENQASM 3.0;\ninclude \"a.inc\";\nqubit[2] q;\nbit c;\n");
    check_layout("x q;y q ;\n\n\n\nz q;\nh q;", "x q;\ny q;\n\nz q;\nh q;\n");
    check_layout("ctrl@negctrl(2)@pow(-1/2)@rx(-pi/4)q[0],q[1];", "ctrl @ negctrl(2) @ pow(-1 / 2) @ rx(-pi / 4) q[0], q[1];\n");
    check_layout("int[8]x=-y--z*~w;x<<=!(a&&-b);", "int[8] x = -y - -z * ~w;\nx <<= !(a && -b);\n");
    check_layout("let a=b[0:2:n-1]++c[{0,-1}];", "let a = b[0:2:n - 1] ++ c[{0, -1}];\n");
    check_layout("array[int[8],2,2]a={{1,2},{3,-4}};", "array[int[8], 2, 2] a = {{1, 2}, {3, -4}};\n");
    check_layout("def f(readonly array[int,#dim=2]a)->bit{return measure q;}def g(){}",
                 "def f(readonly array[int, #dim = 2] a) -> bit {\n    return measure q;\n}\ndef g() {}\n");
    check_layout("if(c==1)x q;else if(d){y q;}\nelse{z q;}", "if (c == 1) x q;\nelse if (d) {\n    y q;\n} else {\n    z q;\n}\n");
    check_layout("if(c)-x;", "if (c) -x;\n");
    check_layout("for int i in{0,1}{x q[i];}for uint i in[0:3]h q[i];for bit b in c{}",
                 "for int i in {0, 1} {\n    x q[i];\n}\nfor uint i in [0:3] h q[i];\nfor bit b in c {}\n");
    check_layout("switch(i){case 1,2{x q;}default{}}", "switch (i) {\n    case 1, 2 {\n        x q;\n    }\n    default {}\n}\n");
    check_layout("delay [100 ns]q;box[2us]{x q;}durationof({x q;});", "delay[100 ns] q;\nbox[2us] {\n    x q;\n}\ndurationof({x q;});\n");
    check_layout("measure q->c;c=measure q[0];rx(t)[20ns]q;", "measure q -> c;\nc = measure q[0];\nrx(t)[20ns] q;\n");
    check_layout("OPENQASM 2;gate g(a)b{U(a,0,-a)b;}if(c==1)g(1)q[0];opaque let a;",
                 "OPENQASM 2;\ngate g(a) b {\n    U(a, 0, -a) b;\n}\nif (c == 1) g(1) q[0];\nopaque let a;\n");
}

static void comments(void **state) {
    (void)state;
    check_layout("x q;// a\n  //b\n/* c */y q;/* d */ z q;", "x q; // a\n//b\n/* c */ y q; /* d */\nz q;\n");
    check_layout("gate g a{// one\n\n// two\nx a;\n\n/* three\n four */\n\n}",
                 "gate g a { // one\n    // two\n    x a;\n\n    /* three\n four */\n}\n");
    check_layout("cx q[0], // control\n // target\n q[1];", "cx q[0], // control\n        // target\n        q[1];\n");
    check_layout("if (a) {x q;}// no\nelse{}", "if (a) {\n    x q;\n} // no\nelse {}\n");
    check_layout("rx(/* half */pi)/**/q;", "rx(/* half */ pi) /**/ q;\n");
    check_layout("x q; /* a */ // b\n\n\n", "x q; /* a */ // b\n");
    check_layout("// a\r// b\rx q;\r", "// a\n// b\nx q;\n");
}

static void taken_as_it_is(void **state) {
    (void)state;
    check_layout("pragma   a  {b  // c  \n@note  d; \nx q;", "pragma   a  {b  // c\n@note  d;\nx q;\n");
    check_layout("cal{ a  {b}\n  c}defcal g(angle x)$0->bit{ y;\n}\nx q;",
                 "cal { a  {b}\n  c}\ndefcal g(angle x) $0 -> bit { y;\n}\nx q;\n");
    check_layout("{@a\nx q;\n#pragma b\n}", "{\n    @a\n    x q;\n    #pragma b\n}\n");
}

static void long_lines(void **state) {
    (void)state;
    check_layout("barrier first_register[10], second_register[11], third_register[12], fourth_register[13], fifth_register[14];",
                 "barrier first_register[10], second_register[11], third_register[12], fourth_register[13],\n"
                 "        fifth_register[14];\n");
    check_layout("bool condition = first_operand == second_operand + 12345678 && (third_operand || another_operand) || last_one_of_them;",
                 "bool condition = first_operand == second_operand + 12345678 && (third_operand || another_operand)\n"
                 "        || last_one_of_them;\n");
    const char *name = "a_name_of_a_hundred_characters_or_more_that_cannot_be_broken_anywhere_and_therefore_stays_on_its_own_line_x";
    char text[400], expected[400];
    snprintf(text, sizeof text, "cx %s, q;", name);
    snprintf(expected, sizeof expected, "cx %s,\n        q;\n", name);
    check_layout(text, expected);
}

static void refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"x q", "gate g a { x a;", "/* open", "x \xff q;", "x q; }", "OPENQASM x;", "@note"};
    kt_buffer out = {0};
    ketch_diag *diag = ketch_diag_create();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ketch_diag_clear(diag);
        assert_int_equal(format_text(&out, wrong[i], strlen(wrong[i]), diag), KETCH_ERROR_SYNTAX);
        assert_int_equal(out.size, 0); /* nothing is written */
    }
    kt_buffer_free(&out);
    ketch_diag_free(&diag);
}

/* ── Every program ── */

/* All characters but blanks and byte order marks. */
static void without_blanks(kt_buffer *out, const char *text, size_t size) {
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) text += 3, size -= 3;
    for (size_t i = 0; i < size; i++)
        if (!strchr(" \t\r\n\v\f", text[i]) || !text[i]) kt_buffer_add(out, text + i, 1);
}

/* The tokens, one a line. Text that is no OpenQASM (pragmas, calibrations) gives some tokens too. */
static void tokens_of(kt_buffer *out, const char *text, size_t size) {
    kt_symbols symbols = {0};
    kt_report silence = {.stopped = true};
    kt_lexer lexer = {
        .next = text, .end = text + size, .line = 1, .dialect = 3, .max_token = 1 << 20, .symbols = &symbols, .report = &silence};
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) lexer.next += 3;
    assert_true(kt_lexer_prepare(&symbols));
    for (kt_token token;;) {
        kt_lexer_next(&token, &lexer);
        if (token.kind == KT_TOKEN_END_OF_FILE || (token.kind == KT_TOKEN_WRONG && lexer.next == lexer.end)) break;
        kt_buffer_add(out, token.at, token.size);
        kt_buffer_text(out, "\n");
    }
    kt_symbols_free(&symbols);
}

static void check_equal(void (*view)(kt_buffer *, const char *, size_t), const kt_buffer *out, const char *text, size_t size,
                        const char *path) {
    kt_buffer before = {0}, after = {0};
    view(&before, text, size);
    view(&after, out->bytes ? out->bytes : "", out->size);
    if (before.size != after.size || (before.size && memcmp(before.bytes, after.bytes, before.size) != 0))
        fail_msg("%s: something is lost", path);
    kt_buffer_free(&before);
    kt_buffer_free(&after);
}

static size_t formatted;

static void check_text(const char *text, size_t size, const char *path) {
    kt_buffer out = {0}, again = {0};
    ketch_diag *diag = ketch_diag_create();
    if (format_text(&out, text, size, diag) == KETCH_OK) {
        check_equal(without_blanks, &out, text, size, path);
        check_equal(tokens_of, &out, text, size, path);
        if (format_text(&again, out.size ? out.bytes : "", out.size, diag) != KETCH_OK) fail_msg("%s: %s", path, ketch_diag_text(diag));
        assert_int_equal(again.size, out.size);
        if (out.size && memcmp(again.bytes, out.bytes, out.size) != 0) fail_msg("%s is laid out otherwise the second time", path);
        formatted++;
    }
    kt_buffer_free(&again);
    kt_buffer_free(&out);
    ketch_diag_free(&diag);
}

static void check_file(const char *path) {
    char *text;
    size_t size;
    ketch_diag *diag = ketch_diag_create();
    if (kt_file_read(&text, &size, path, 1 << 28, diag) != KETCH_OK) fail_msg("%s", ketch_diag_text(diag));
    check_text(text, size, path);
    /* the same without its line ends where no comment needs them, and cut in the middle of things */
    for (size_t cut = size; cut > 0; cut -= cut < 97 ? cut : 97) {
        kt_buffer out = {0};
        if (cut <= 4000) format_text(&out, text, cut, diag);
        ketch_diag_clear(diag);
        kt_buffer_free(&out);
    }
    kt_free(text);
    ketch_diag_free(&diag);
}

static void check_program(const char *path) {
    if (ends_in(path, ".qasm") || ends_in(path, ".inc")) check_file(path);
}

static void every_program(void **state) {
    (void)state;
    char path[4096];
    static const char *const folders[] = {"circuits", "tests", "bench"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/%s", getenv("KETCH_ROOT"), folders[i]);
        each_file(path, check_program);
    }
    assert_true(formatted > 20);
    const char *others = getenv("KETCH_CIRCUITS");
    if (others && *others) {
        formatted = 0;
        each_file(others, check_program);
        assert_true(formatted > 100);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layouts),    cmocka_unit_test(comments), cmocka_unit_test(taken_as_it_is),
        cmocka_unit_test(long_lines), cmocka_unit_test(refused),  cmocka_unit_test(every_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
