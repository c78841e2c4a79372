/* SPDX-License-Identifier: Apache-2.0
 *
 * Text to tokens: kinds, places, numbers, comments, encodings.
 */
#include "helper.h"

#include "qasm/literal.h"
#include "qasm/parser.h"

typedef struct tokens {
    kt_token items[64];
    size_t count;
    kt_symbols symbols;
    ketch_diag *diag;
} tokens;

static tokens read_tokens(const char *text, int dialect) {
    tokens out = {.diag = ketch_diag_create()};
    static kt_source source;
    source = (kt_source){.name = "t", .text = text, .size = strlen(text), .line = text, .line_number = 1};
    kt_report report = {.diag = out.diag, .sources = &source, .max_errors = 20};
    assert_true(kt_lexer_prepare(&out.symbols));
    kt_lexer lexer = {.next = text,
                      .end = text + strlen(text),
                      .line = 1,
                      .dialect = dialect,
                      .max_token = 100,
                      .symbols = &out.symbols,
                      .report = &report};
    do {
        assert_true(out.count < 64);
        kt_lexer_next(&out.items[out.count], &lexer);
    } while (out.items[out.count++].kind != KT_TOKEN_END_OF_FILE);
    return out;
}

static void done(tokens *read) {
    kt_symbols_free(&read->symbols);
    ketch_diag_free(&read->diag);
}

static void check_kinds(const char *text, int dialect, const uint8_t *kinds, size_t count) {
    tokens read = read_tokens(text, dialect);
    if (read.count != count + 1) fail_msg("%s: %zu tokens instead of %zu", text, read.count - 1, count);
    for (size_t i = 0; i < count; i++)
        if (read.items[i].kind != kinds[i]) fail_msg("%s: token %zu is %u instead of %u", text, i, read.items[i].kind, kinds[i]);
    done(&read);
}
#define CHECK(text, dialect, ...)                        \
    do {                                                 \
        const uint8_t kinds[] = {__VA_ARGS__};           \
        check_kinds(text, dialect, kinds, sizeof kinds); \
    } while (0)

static void test_signs(void **state) {
    (void)state;
    CHECK("[]{}():;,=->@~!", 3, KT_TOKEN_LEFT_BRACKET, KT_TOKEN_RIGHT_BRACKET, KT_TOKEN_LEFT_BRACE, KT_TOKEN_RIGHT_BRACE,
          KT_TOKEN_LEFT_PAREN, KT_TOKEN_RIGHT_PAREN, KT_TOKEN_COLON, KT_TOKEN_SEMICOLON, KT_TOKEN_COMMA, KT_TOKEN_EQUALS, KT_TOKEN_ARROW,
          KT_TOKEN_AT, KT_TOKEN_TILDE, KT_TOKEN_EXCLAMATION);
    CHECK("+ - * / % ** & | ^ && || == != < > <= >= << >> ++", 3, KT_TOKEN_PLUS, KT_TOKEN_MINUS, KT_TOKEN_ASTERISK, KT_TOKEN_SLASH,
          KT_TOKEN_PERCENT, KT_TOKEN_POWER, KT_TOKEN_AMPERSAND, KT_TOKEN_PIPE, KT_TOKEN_CARET, KT_TOKEN_AND, KT_TOKEN_OR, KT_TOKEN_EQUAL,
          KT_TOKEN_NOT_EQUAL, KT_TOKEN_LESS, KT_TOKEN_GREATER, KT_TOKEN_LESS_EQUAL, KT_TOKEN_GREATER_EQUAL, KT_TOKEN_SHIFT_LEFT,
          KT_TOKEN_SHIFT_RIGHT, KT_TOKEN_CONCATENATE);
    static const struct {
        const char *text;
        kt_token_kind op;
    } compound[] = {{"+=", KT_TOKEN_PLUS},    {"-=", KT_TOKEN_MINUS},       {"*=", KT_TOKEN_ASTERISK},    {"/=", KT_TOKEN_SLASH},
                    {"%=", KT_TOKEN_PERCENT}, {"**=", KT_TOKEN_POWER},      {"&=", KT_TOKEN_AMPERSAND},   {"|=", KT_TOKEN_PIPE},
                    {"^=", KT_TOKEN_CARET},   {"<<=", KT_TOKEN_SHIFT_LEFT}, {">>=", KT_TOKEN_SHIFT_RIGHT}};
    for (size_t i = 0; i < sizeof compound / sizeof *compound; i++) {
        tokens read = read_tokens(compound[i].text, 3);
        assert_int_equal(read.count, 2);
        assert_int_equal(read.items[0].kind, KT_TOKEN_COMPOUND);
        assert_int_equal(read.items[0].symbol, compound[i].op);
        assert_int_equal(read.items[0].size, strlen(compound[i].text));
        done(&read);
    }
}

static void test_words(void **state) {
    (void)state;
    CHECK("OPENQASM include qreg gate measure if", 2, KT_TOKEN_OPENQASM, KT_TOKEN_INCLUDE, KT_TOKEN_QREG, KT_TOKEN_GATE, KT_TOKEN_MEASURE,
          KT_TOKEN_IF);
    CHECK("angle bit ctrl opaque", 2, KT_TOKEN_NAME, KT_TOKEN_NAME, KT_TOKEN_NAME, KT_TOKEN_OPAQUE);
    CHECK("angle bit ctrl opaque", 3, KT_TOKEN_ANGLE, KT_TOKEN_BIT, KT_TOKEN_CTRL, KT_TOKEN_NAME);
    CHECK("If qregs _a1 q Q \u03b8 \u03c0x \u00c5_2", 3, KT_TOKEN_NAME, KT_TOKEN_NAME, KT_TOKEN_NAME, KT_TOKEN_NAME, KT_TOKEN_NAME,
          KT_TOKEN_NAME, KT_TOKEN_NAME, KT_TOKEN_NAME);
    tokens read = read_tokens("q Q q abcdefghijkl abcdefghijkl abcdefghijkm", 3);
    assert_int_equal(read.items[0].symbol, read.items[2].symbol);
    assert_int_not_equal(read.items[0].symbol, read.items[1].symbol);
    assert_int_equal(read.items[3].symbol, read.items[4].symbol);
    assert_int_not_equal(read.items[3].symbol, read.items[5].symbol);
    done(&read);
    CHECK("\u20ac", 3, KT_TOKEN_WRONG);                 /* the euro sign is no letter */
    CHECK("a\u0663", 3, KT_TOKEN_NAME, KT_TOKEN_WRONG); /* nor is another script's digit */
}

static void test_numbers(void **state) {
    (void)state;
    CHECK("0 12 1_000 0x1F 0Xff 0b101 0B1 0o17", 3, KT_TOKEN_INTEGER, KT_TOKEN_INTEGER, KT_TOKEN_INTEGER, KT_TOKEN_INTEGER,
          KT_TOKEN_INTEGER, KT_TOKEN_INTEGER, KT_TOKEN_INTEGER, KT_TOKEN_INTEGER);
    CHECK("1. .5 1.5 1e3 1E-3 1.e+3 1_0.5_5e1_0", 3, KT_TOKEN_REAL, KT_TOKEN_REAL, KT_TOKEN_REAL, KT_TOKEN_REAL, KT_TOKEN_REAL,
          KT_TOKEN_REAL, KT_TOKEN_REAL);
    CHECK("10ns 1.5 us 2\u00b5s 2\u03bcs 3ms 4s 5dt 2im 2.5 im", 3, KT_TOKEN_TIMING, KT_TOKEN_TIMING, KT_TOKEN_TIMING, KT_TOKEN_TIMING,
          KT_TOKEN_TIMING, KT_TOKEN_TIMING, KT_TOKEN_TIMING, KT_TOKEN_IMAGINARY, KT_TOKEN_IMAGINARY);
    CHECK("3 sx", 3, KT_TOKEN_INTEGER, KT_TOKEN_NAME);
    CHECK("3 s", 2, KT_TOKEN_INTEGER, KT_TOKEN_NAME);
    static const char *const wrong[] = {"3x", "12af", "3__4", "3_4_", "0b123", "0o789", "0O7", "0x12g", "0x", "3nsx", "1e"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        tokens read = read_tokens(wrong[i], 3);
        if (read.items[0].kind != KT_TOKEN_WRONG || kt_error_count(read.diag) != 1) fail_msg("%s is accepted", wrong[i]);
        done(&read);
    }
    static const struct {
        const char *text;
        kt_expression_kind kind;
        double value;
    } values[] = {
        {"1_000", KT_EXPRESSION_INTEGER, 1000},   {"0xFF_ff", KT_EXPRESSION_INTEGER, 65535}, {"0b1001_1001", KT_EXPRESSION_INTEGER, 153},
        {"0o17", KT_EXPRESSION_INTEGER, 15},      {"1_0.2_5e1", KT_EXPRESSION_REAL, 102.5},  {".5", KT_EXPRESSION_REAL, 0.5},
        {"2.5 us", KT_EXPRESSION_TIMING, 2.5e-6}, {"3ns", KT_EXPRESSION_TIMING, 3e-9},       {"1e2ms", KT_EXPRESSION_TIMING, 0.1},
        {"1.5e-1 s", KT_EXPRESSION_TIMING, 0.15}, {"7dt", KT_EXPRESSION_TIMING, 7},          {"2.5 im", KT_EXPRESSION_IMAGINARY, 2.5}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        kt_expression expression = {.kind = (uint8_t)values[i].kind};
        assert_true(kt_literal_read(&expression, values[i].text, (uint32_t)strlen(values[i].text)));
        double value = values[i].kind == KT_EXPRESSION_INTEGER ? (double)expression.as.integer : expression.as.number;
        if (value != values[i].value) fail_msg("%s is %g", values[i].text, value);
    }
}

static void test_long_integers(void **state) {
    (void)state;
    kt_arena arena = {0};
    uint32_t count;
    kt_expression expression = {.kind = KT_EXPRESSION_INTEGER};
    assert_true(kt_literal_read(&expression, "18446744073709551615", 20));
    assert_int_equal(expression.kind, KT_EXPRESSION_INTEGER);
    assert_true(expression.as.integer == UINT64_MAX);
    assert_true(kt_literal_read(&expression, "18446744073709551616", 20));
    assert_int_equal(expression.kind, KT_EXPRESSION_BIG);
    /* 10^40 = 0x1d6329f1c35ca4bfabb9f5610000000000 */
    const uint64_t *words = kt_literal_words(&arena, "10000000000000000000000000000000000000000", 41, &count);
    assert_int_equal(count, 3);
    assert_true(words[0] == 0xb9f5610000000000u && words[1] == 0x6329f1c35ca4bfabu && words[2] == 0x1d);
    words = kt_literal_words(&arena, "0x1_0000_0000_0000_0000_ffff", 28, &count);
    assert_int_equal(count, 2);
    assert_true(words[0] == 0xffff && words[1] == 0x10000);
    uint32_t width;
    words = kt_literal_bits(&arena, "\"0110_1\"", 8, &width);
    assert_int_equal(width, 5);
    assert_true(words[0] == 13);
    kt_arena_free(&arena);
}

static void test_strings(void **state) {
    (void)state;
    CHECK("\"0101\" \"01_01\" \"0__1\" \"x\" 'y' \"\"", 3, KT_TOKEN_BITSTRING, KT_TOKEN_BITSTRING, KT_TOKEN_STRING, KT_TOKEN_STRING,
          KT_TOKEN_STRING, KT_TOKEN_STRING);
    CHECK("$0 $12 #dim #pragma", 3, KT_TOKEN_HARDWARE_QUBIT, KT_TOKEN_HARDWARE_QUBIT, KT_TOKEN_DIM, KT_TOKEN_HASH_PRAGMA);
    tokens read = read_tokens("a \"open\nb", 3);
    assert_int_equal(read.items[1].kind, KT_TOKEN_WRONG);
    assert_string_equal(ketch_diag_message(read.diag, 0)->code, "KQ0104");
    done(&read);
}

static void test_blanks_and_lines(void **state) {
    (void)state;
    tokens read = read_tokens("a // b\r\n\tc /* d\n e */ f\n/**/g // end", 3);
    assert_int_equal(read.count, 5);
    static const uint32_t lines[] = {1, 2, 3, 4};
    for (size_t i = 0; i < 4; i++) assert_int_equal(read.items[i].line, lines[i]);
    done(&read);
    read = read_tokens("a /* b", 3);
    assert_int_equal(kt_error_count(read.diag), 1);
    assert_string_equal(ketch_diag_message(read.diag, 0)->code, "KQ0103");
    assert_int_equal(ketch_diag_message(read.diag, 0)->column, 3);
    done(&read);
}

static void test_utf8(void **state) {
    (void)state;
    static const char *const good[] = {"", "plain ascii that is long enough", "\u00e9", "\u20ac", "\U0001f600", "12345678\u00e9"};
    static const struct {
        const char *text;
        size_t at;
    } bad[] = {{"\xff", 0},         {"ab\xe9 caf", 2},       {"12345678\xc3", 8}, {"\xc0\x80", 0},
               {"\xed\xa0\x80", 0}, {"\xf4\x90\x80\x80", 0}, {"a\xe2\x82", 1},    {"\x80", 0}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_null(kt_utf8_check(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_ptr_equal(kt_utf8_check(bad[i].text, strlen(bad[i].text)), bad[i].text + bad[i].at);
    assert_true(kt_unicode_letter(0x3b8) && kt_unicode_letter(0xaa) && kt_unicode_letter(0x2107) && kt_unicode_letter(0x2160));
    assert_false(kt_unicode_letter(0x20ac) || kt_unicode_letter(0x663) || kt_unicode_letter(0x10ffff) || kt_unicode_letter(0xd7));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signs),         cmocka_unit_test(test_words),   cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_long_integers), cmocka_unit_test(test_strings), cmocka_unit_test(test_blanks_and_lines),
        cmocka_unit_test(test_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
