/* SPDX-License-Identifier: Apache-2.0
 *
 * Literals. See literal.h. Underscores have been checked by the lexer and are skipped here.
 */
#include "qasm/literal.h"

#include <string.h>

__extension__ typedef unsigned __int128 wide;

static unsigned digit_of(char c) { return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10); }

/* "0x12": 16, and *text behind the prefix. */
static unsigned base_of(const char **text, const char *end) {
    if (end - *text < 3 || **text != '0') return 10;
    char mark = (char)((*text)[1] | 0x20);
    unsigned base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 10;
    if (base != 10) *text += 2;
    return base;
}

static bool read_integer(uint64_t *out, const char *text, uint32_t size) {
    const char *end = text + size;
    unsigned base = base_of(&text, end);
    uint64_t value = 0;
    for (; text < end; text++)
        if (*text != '_' && (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, digit_of(*text), &value)))
            return false;
    *out = value;
    return true;
}

/* Without underscores. */
static bool read_real(double *out, const char *text, size_t size) {
    if (!memchr(text, '_', size)) return kt_number_read(out, text, size);
    char *plain = kt_alloc(size);
    if (!plain) return false;
    size_t kept = 0;
    for (size_t i = 0; i < size; i++)
        if (text[i] != '_') plain[kept++] = text[i];
    bool good = kt_number_read(out, plain, kept);
    kt_free(plain);
    return good;
}

/* "1.5 us": where the number ends. */
static size_t number_size(const char *text, uint32_t size) {
    size_t i = 0;
    while (i < size && ((text[i] >= '0' && text[i] <= '9') || text[i] == '.' || text[i] == '_' ||
                        ((text[i] == 'e' || text[i] == 'E') && i + 1 < size) || ((text[i] == '+' || text[i] == '-') && i)))
        i++;
    return i;
}

static bool read_timing(kt_expression *expression, const char *text, uint32_t size) {
    size_t digits = number_size(text, size), unit = digits;
    while (text[unit] == ' ' || text[unit] == '\t') unit++;
    /* Dividing by an exact power of ten rounds once. */
    double value, divisor = 1;
    if (!read_real(&value, text, digits)) return false;
    expression->op = KT_UNIT_SECONDS;
    switch (text[unit]) {
    case 'n': divisor = 1e9; break;
    case 'm': divisor = 1e3; break;
    case 's': break;
    case 'd': expression->op = KT_UNIT_DT; break;
    default: divisor = 1e6; break; /* us or µs */
    }
    expression->as.number = value / divisor;
    return true;
}

bool kt_literal_read(kt_expression *expression, const char *text, uint32_t size) {
    switch (expression->kind) {
    case KT_EXPRESSION_INTEGER:
        if (!read_integer(&expression->as.integer, text, size)) expression->kind = KT_EXPRESSION_BIG;
        return true;
    case KT_EXPRESSION_HARDWARE:
        if (!read_integer(&expression->as.integer, text + 1, size - 1)) expression->as.integer = UINT64_MAX;
        return true;
    case KT_EXPRESSION_BOOL: expression->as.integer = text[0] == 't'; return true;
    case KT_EXPRESSION_REAL: return read_real(&expression->as.number, text, size);
    case KT_EXPRESSION_IMAGINARY: return read_real(&expression->as.number, text, number_size(text, size));
    case KT_EXPRESSION_TIMING: return read_timing(expression, text, size);
    default: return true;
    }
}

uint64_t *kt_literal_words(kt_arena *arena, const char *text, uint32_t size, uint32_t *count) {
    const char *end = text + size;
    unsigned base = base_of(&text, end);
    size_t room = size / 16 + 1; /* a digit has at most 4 bits */
    uint64_t *words = kt_arena_alloc(arena, room * sizeof *words);
    if (!words) return NULL;
    memset(words, 0, room * sizeof *words);
    uint32_t used = 1;
    while (text < end) {
        uint64_t factor = 1, carry = 0;
        for (; text < end && factor < 1000000000000000; text++) { /* many digits at once */
            if (*text == '_') continue;
            carry = carry * base + digit_of(*text);
            factor *= base;
        }
        for (uint32_t i = 0; i < used; i++) {
            wide product = (wide)words[i] * factor + carry;
            words[i] = (uint64_t)product;
            carry = (uint64_t)(product >> 64);
        }
        if (carry) words[used++] = carry;
    }
    *count = used;
    return words;
}

uint64_t *kt_literal_bits(kt_arena *arena, const char *text, uint32_t size, uint32_t *width) {
    size_t room = size / 64 + 1;
    uint64_t *words = kt_arena_alloc(arena, room * sizeof *words);
    if (!words) return NULL;
    memset(words, 0, room * sizeof *words);
    uint32_t bit = 0;
    for (uint32_t i = size - 1; i-- > 1;) {
        if (text[i] == '_') continue;
        words[bit / 64] |= (uint64_t)(text[i] == '1') << bit % 64;
        bit++;
    }
    *width = bit;
    return words;
}
