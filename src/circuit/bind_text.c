/* SPDX-License-Identifier: Apache-2.0
 *
 * Values of inputs as text: what JSON writes, and small expressions where a number stands.
 *
 *     value    element | [ value, ... ]                      as many as the array's dimension has
 *     element  sum | true | false | "0101" | 0101 | [ sum, sum ] | sum unit
 *     sum      product { (+|-) product }
 *     product  signed { (*|/) signed }
 *     signed   (-|+) signed | primary [ ** signed ]
 *     primary  number | pi | tau | euler | function ( sum ) | ( sum )
 *
 * Whole numbers stay exact as long as they fit 128 bits; a quotient is whole where the division leaves nothing.
 */
#include "circuit/circuit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_DEPTH = 100, SHOWN = 40 };

__extension__ typedef __int128 wide;

typedef struct number {
    bool whole;
    wide integer;
    double real; /* the same, as a double */
} number;

typedef struct reader {
    const kt_input *input;
    const char *text, *at, *end;
    uint64_t *words; /* of the next element */
    double real;     /* of a float or an angle, as it was given */
    unsigned depth;
    ketch_diag *diag;
    ketch_status status; /* not KETCH_OK: something was wrong, and said */
} reader;

static number whole(wide integer) { return (number){true, integer, (double)integer}; }
static number real(double value) { return (number){false, 0, value}; }

/* ── What is wrong ── */

static bool refuse(reader *in, const char *format, ...) KT_PRINTF(2, 3);
static bool refuse(reader *in, const char *format, ...) {
    if (in->status) return false;
    kt_buffer type = {0}, why = {0};
    kt_type_text(&type, kt_value_type_of((kt_scalar)in->input->type, in->input->width), &in->input->dimensions);
    va_list list;
    va_start(list, format);
    char text[160];
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    kt_buffer_text(&why, text);
    if (type.failed || why.failed)
        in->status = kt_no_memory(in->diag);
    else
        in->status = kt_fail(in->diag, KT_PARAMETER_VALUE, "the value of `%.60s`, of type %s: %s", in->input->name, type.bytes, why.bytes);
    kt_buffer_free(&type);
    kt_buffer_free(&why);
    return false;
}

static void skip_blanks(reader *in) {
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\t' || *in->at == '\n' || *in->at == '\r')) in->at++;
}

static bool expected(reader *in, const char *what) {
    skip_blanks(in);
    int left = in->end - in->at > SHOWN ? SHOWN : (int)(in->end - in->at);
    if (!left) return refuse(in, "%s is expected where it ends", what);
    bool first = !in->status;
    refuse(in, "%s is expected, not `%.*s`", what, left, in->at);
    if (first && *in->at == '{' && in->input->dimensions.dimension_count) kt_hint(in->diag, "an array is written [1, 2, 3]");
    return false;
}

/* ── Numbers ── */

static bool take(reader *in, const char *token) {
    skip_blanks(in);
    size_t size = strlen(token);
    if ((size_t)(in->end - in->at) < size || memcmp(in->at, token, size) != 0) return false;
    in->at += size;
    return true;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* A word, whole: `pi` is not the start of `pixel`. */
static bool take_word(reader *in, const char *word) {
    const char *before = in->at;
    if (take(in, word) && (in->at == in->end || (!is_letter(*in->at) && !is_digit(*in->at)))) return true;
    in->at = before;
    return false;
}

static int digit_of(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

static bool read_whole(number *out, const char *at, size_t size, int base) {
    wide value = 0;
    for (size_t i = 0; i < size; i++) {
        if (digit_of(at[i]) >= base || __builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit_of(at[i]), &value))
            return false;
    }
    *out = whole(value);
    return size > 0;
}

static bool read_literal(number *out, reader *in) {
    const char *from = in->at, *at = from;
    if (at + 1 < in->end && *at == '0' && strchr("xXbBoO", at[1])) {
        int base = at[1] == 'x' || at[1] == 'X' ? 16 : at[1] == 'b' || at[1] == 'B' ? 2 : 8;
        for (at += 2; at < in->end && digit_of(*at) < base;) at++;
        in->at = at;
        return read_whole(out, from + 2, (size_t)(at - from) - 2, base) || expected(in, "a number");
    }
    bool fraction = false;
    while (at < in->end && (is_digit(*at) || *at == '.')) fraction = fraction || *at == '.', at++;
    const char *exponent = at;
    if (at < in->end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < in->end && (*at == '-' || *at == '+')) at++;
        if (at < in->end && is_digit(*at)) {
            while (at < in->end && is_digit(*at)) at++;
            fraction = true;
        } else {
            at = exponent;
        }
    }
    double value;
    in->at = at;
    if (!fraction && read_whole(out, from, (size_t)(at - from), 10)) return true;
    if (!kt_number_read(&value, from, (size_t)(at - from))) return in->at = from, expected(in, "a number");
    *out = real(value);
    return true;
}

static bool read_sum(number *out, reader *in);

static bool read_primary(number *out, reader *in) {
    static const struct {
        const char *name;
        double value;
    } constants[] = {{"pi", M_PI}, {"π", M_PI}, {"tau", 2 * M_PI}, {"τ", 2 * M_PI}, {"euler", M_E}, {"ℇ", M_E}};
    static const struct {
        const char *name;
        double (*function)(double);
    } functions[] = {{"sqrt", sqrt}, {"sin", sin},     {"cos", cos},     {"tan", tan},    {"exp", exp},
                     {"log", log},   {"arcsin", asin}, {"arccos", acos}, {"arctan", atan}};
    if (take(in, "(")) return read_sum(out, in) && (take(in, ")") || expected(in, "`)`"));
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (take_word(in, constants[i].name)) return *out = real(constants[i].value), true;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (!take_word(in, functions[i].name)) continue;
        if (!take(in, "(")) return expected(in, "`(`");
        if (!read_sum(out, in)) return false;
        *out = real(functions[i].function(out->real));
        return take(in, ")") || expected(in, "`)`");
    }
    skip_blanks(in);
    if (in->at == in->end || (!is_digit(*in->at) && *in->at != '.')) return expected(in, "a number");
    return read_literal(out, in);
}

static number power(number base, number exponent) {
    number result = whole(1);
    enum { MOST = 127 };
    if (!base.whole || !exponent.whole || exponent.integer < 0 || exponent.integer > MOST) return real(pow(base.real, exponent.real));
    for (wide i = 0; i < exponent.integer; i++)
        if (__builtin_mul_overflow(result.integer, base.integer, &result.integer)) return real(pow(base.real, exponent.real));
    return whole(result.integer);
}

static number combine(char op, number a, number b) {
    wide result = 0;
    bool exact = a.whole && b.whole;
    switch (op) {
    case '+': exact = exact && !__builtin_add_overflow(a.integer, b.integer, &result); break;
    case '-': exact = exact && !__builtin_sub_overflow(a.integer, b.integer, &result); break;
    case '*': exact = exact && !__builtin_mul_overflow(a.integer, b.integer, &result); break;
    default:
        if (exact && b.integer == -1) return combine('-', whole(0), a); /* the lowest number has no quotient in C */
        exact = exact && b.integer && a.integer % b.integer == 0;
        if (exact) result = a.integer / b.integer;
    }
    if (exact) return whole(result);
    return real(op == '+' ? a.real + b.real : op == '-' ? a.real - b.real : op == '*' ? a.real * b.real : a.real / b.real);
}

static bool read_signed(number *out, reader *in) {
    number operand = whole(0);
    if (++in->depth > MAX_DEPTH) return refuse(in, "an expression nested more than %d deep", MAX_DEPTH);
    bool good;
    if (take(in, "-")) {
        good = read_signed(&operand, in);
        *out = combine('-', whole(0), operand);
        out->real = -operand.real; /* a zero has a sign, too */
    } else if (take(in, "+")) {
        good = read_signed(out, in);
    } else {
        good = read_primary(out, in);
        if (good && take(in, "**")) {
            good = read_signed(&operand, in);
            if (good) *out = power(*out, operand);
        }
    }
    in->depth--;
    return good;
}

static bool read_product(number *out, reader *in) {
    number right;
    if (!read_signed(out, in)) return false;
    for (;;) {
        const char *before = in->at;
        if (take(in, "**")) return in->at = before, true;
        char op = take(in, "*") ? '*' : take(in, "/") ? '/' : '\0';
        if (!op) return true;
        if (!read_signed(&right, in)) return false;
        *out = combine(op, *out, right);
    }
}

static bool read_sum(number *out, reader *in) {
    number right;
    if (!read_product(out, in)) return false;
    for (;;) {
        char op = take(in, "+") ? '+' : take(in, "-") ? '-' : '\0';
        if (!op) return true;
        if (!read_product(&right, in)) return false;
        *out = combine(op, *out, right);
    }
}

/* ── Elements ── */

static wide smallest(const kt_input *input) { return input->type == KT_SCALAR_INT ? -((wide)1 << (input->width - 1)) : 0; }
static wide largest(const kt_input *input) {
    uint32_t bits = input->type == KT_SCALAR_BOOL ? 1 : input->width - (input->type == KT_SCALAR_INT);
    return bits < 127 ? ((wide)1 << bits) - 1 : (((wide)1 << 126) - 1) * 2 + 1;
}

static uint64_t angle_units(double radians, uint32_t width) { /* as the program itself would */
    uint64_t cells[2] = {kt_double_cell(radians), 0};
    const kt_op convert = {.code = KT_DO_FLOAT_TO_ANGLE, .width = (uint16_t)width, .left = 0, .destination = 1};
    kt_compute(cells, &convert);
    return cells[1];
}

/* One number as the input's type has it; of a complex number one part. */
static bool store_number(reader *in, number value, uint64_t *word) {
    const kt_input *input = in->input;
    if (!isfinite(value.real)) {
        if (!in->status)
            in->status = kt_fail(in->diag, KT_PARAMETER_NOT_FINITE, "the value of parameter `%s` is NaN or infinite", input->name);
        return false;
    }
    if (!value.whole && fabs(value.real) <= 0x1p53 && value.real == floor(value.real)) value.integer = (wide)value.real, value.whole = true;
    bool narrow = (input->type == KT_SCALAR_FLOAT && input->width == 32) || (input->type == KT_SCALAR_COMPLEX && input->width == 64);
    double stored = narrow ? (double)(float)value.real : value.real;
    switch ((kt_scalar)input->type) {
    case KT_SCALAR_FLOAT:
    case KT_SCALAR_DURATION:
    case KT_SCALAR_COMPLEX:
        if (!isfinite(stored)) return refuse(in, "the number does not fit");
        *word = kt_double_cell(stored);
        break;
    case KT_SCALAR_ANGLE: *word = angle_units(value.real, input->width); break;
    default:
        if (!value.whole) return refuse(in, "it takes whole numbers");
        if (value.integer < smallest(input) || value.integer > largest(input)) return refuse(in, "the number does not fit");
        *word = (uint64_t)value.integer;
        if (input->type == KT_SCALAR_BITS && input->width > 64) word[1] = (uint64_t)(value.integer >> 64);
    }
    in->real = value.real;
    return true;
}

/* 0101 or "0101", bit 0 rightmost; false without a word where it is none. */
static bool read_bits(reader *in, uint64_t *words) {
    const char *before = in->at;
    skip_blanks(in);
    bool quoted = in->at < in->end && *in->at == '"';
    const char *first = in->at += quoted;
    uint32_t digits = 0;
    for (; in->at < in->end && (*in->at == '0' || *in->at == '1' || *in->at == '_'); in->at++) digits += *in->at != '_';
    const char *last = in->at;
    bool ends =
        quoted ? in->at < in->end && *in->at == '"' : in->at == in->end || (!is_letter(*in->at) && !is_digit(*in->at) && *in->at != '.');
    if (!ends || digits != in->input->width) {
        if (quoted) return refuse(in, "it takes %u binary digits in the quotes", in->input->width);
        return in->at = before, false;
    }
    in->at += quoted;
    for (uint32_t bit = 0; last-- > first;) {
        if (*last == '_') continue;
        words[bit / 64] |= (uint64_t)(*last == '1') << bit % 64;
        bit++;
    }
    return true;
}

/* How many of the unit make a second: a division by it rounds once. */
static double unit_of(reader *in) {
    static const struct {
        const char *name;
        double in_a_second;
    } units[] = {{"ns", 1e9}, {"us", 1e6}, {"µs", 1e6}, {"μs", 1e6}, {"ms", 1e3}, {"s", 1}, {"dt", KT_DT_PER_SECOND}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (take_word(in, units[i].name)) return units[i].in_a_second;
    return 1;
}

static bool read_element(reader *in) {
    const kt_input *input = in->input;
    uint32_t cells = kt_cells_of((kt_scalar)input->type, input->width);
    uint64_t *words = in->words;
    number value = whole(0), imaginary = whole(0);
    memset(words, 0, cells * sizeof *words);
    in->words += cells;
    if (input->type == KT_SCALAR_BITS && read_bits(in, words)) return true;
    if (in->status) return false;
    if (input->type == KT_SCALAR_COMPLEX && take(in, "[")) {
        if (!read_sum(&value, in) || !(take(in, ",") || expected(in, "`,`")) || !read_sum(&imaginary, in)) return false;
        if (!take(in, "]")) return expected(in, "`]`");
    } else if (take_word(in, "true")) {
        value = whole(1);
    } else if (!take_word(in, "false") && !read_sum(&value, in)) {
        return false;
    }
    if (input->type == KT_SCALAR_DURATION) value = real(value.real / unit_of(in));
    if (input->type == KT_SCALAR_DURATION && value.real < 0) return refuse(in, "it is negative");
    return store_number(in, value, words) && (input->type != KT_SCALAR_COMPLEX || store_number(in, imaginary, words + 1));
}

static bool read_level(reader *in, uint32_t dimension) {
    const kt_dimensions *dimensions = &in->input->dimensions;
    if (dimension == dimensions->dimension_count) return read_element(in);
    uint32_t count = dimensions->dimensions[dimension];
    if (!take(in, "[")) return expected(in, "`[`");
    for (uint32_t i = 0; i < count; i++) {
        if (i && !take(in, ",")) {
            skip_blanks(in);
            return in->at < in->end && *in->at == ']' ? refuse(in, "an array of %u has %u elements here", count, i) : expected(in, "`,`");
        }
        if (!read_level(in, dimension + 1)) return false;
    }
    take(in, ","); /* a comma at the end of a list is allowed */
    return take(in, "]") || expected(in, "`]`");
}

ketch_status kt_input_read(double *value, uint64_t *words, const kt_input *input, const char *text, size_t length, ketch_diag *diag) {
    reader in = {.input = input, .text = text, .at = text, .end = text + length, .words = words, .diag = diag};
    if (read_level(&in, 0)) {
        skip_blanks(&in);
        if (in.at < in.end) expected(&in, "nothing more");
    }
    *value = in.real;
    return in.status;
}

ketch_status kt_input_take(uint64_t *words, const kt_input *input, double value, ketch_diag *diag) {
    reader in = {.input = input, .words = words, .diag = diag};
    uint32_t cells = kt_cells_of((kt_scalar)input->type, input->width);
    if (input->dimensions.dimension_count) return refuse(&in, "an array is given as text: ketch_circuit_bind_text"), in.status;
    memset(words, 0, cells * sizeof *words);
    if (input->type == KT_SCALAR_DURATION && value < 0) return refuse(&in, "it is negative"), in.status;
    store_number(&in, real(value), words);
    return in.status;
}
