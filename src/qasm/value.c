/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic on constants. See value.h. Binary operators first bring both sides to one of few kinds (real, whole, bits, angle, duration)
 * and then compute; what no kind covers is a type error.
 */
#include "qasm/value.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__extension__ typedef __int128 wide;

static const double two_pi = 6.283185307179586;

kt_scalar kt_scalar_of(kt_type type) {
    static const uint8_t scalars[KT_TYPE_COUNT] = {
        [KT_TYPE_BOOL] = KT_SCALAR_BOOL,   [KT_TYPE_BITS] = KT_SCALAR_BITS,         [KT_TYPE_INT] = KT_SCALAR_INT,
        [KT_TYPE_UINT] = KT_SCALAR_UINT,   [KT_TYPE_BIG] = KT_SCALAR_BITS,          [KT_TYPE_FLOAT] = KT_SCALAR_FLOAT,
        [KT_TYPE_ANGLE] = KT_SCALAR_ANGLE, [KT_TYPE_DURATION] = KT_SCALAR_DURATION, [KT_TYPE_COMPLEX] = KT_SCALAR_COMPLEX};
    return (kt_scalar)scalars[type];
}

uint32_t kt_value_cells(kt_value a) {
    if (a.type == KT_TYPE_COMPLEX) return 2;
    return a.type == KT_TYPE_BITS || a.type == KT_TYPE_BIG ? (a.width + 63) / 64 : 1;
}

kt_value kt_value_bool(bool truth) { return (kt_value){.type = KT_TYPE_BOOL, .as.natural = truth}; }
kt_value kt_value_int(int64_t integer) { return (kt_value){.type = KT_TYPE_INT, .as.integer = integer}; }
kt_value kt_value_float(double number) { return (kt_value){.type = KT_TYPE_FLOAT, .as.number = number}; }

const char *kt_value_type_text(char out[KT_VALUE_TEXT], kt_value a) {
    static const char *const names[KT_TYPE_COUNT] = {"bool", "bit", "int", "uint", "int", "float", "angle", "duration", "complex"};
    if (a.width && a.type != KT_TYPE_BIG)
        snprintf(out, KT_VALUE_TEXT, "%s[%u]", names[a.type], a.width);
    else
        snprintf(out, KT_VALUE_TEXT, "%s", names[a.type]);
    return out;
}

static bool fail(kt_arithmetic *arithmetic, kt_code code, const char *format, ...) KT_PRINTF(3, 4);
static bool fail(kt_arithmetic *arithmetic, kt_code code, const char *format, ...) {
    va_list list;
    va_start(list, format);
    vsnprintf(arithmetic->problem, sizeof arithmetic->problem, format, list);
    va_end(list);
    arithmetic->code = code;
    return false;
}

static bool no_memory(kt_arithmetic *arithmetic) { return fail(arithmetic, KT_NO_MEMORY, "out of memory"); }

static bool wrong_types(kt_arithmetic *arithmetic, uint8_t op, kt_value a, kt_value b) {
    char first[KT_VALUE_TEXT], second[KT_VALUE_TEXT];
    return fail(arithmetic, KT_WRONG_TYPE, "%s is not defined for %s and %s", kt_token_text(op), kt_value_type_text(first, a),
                kt_value_type_text(second, b));
}

static uint32_t width_of(kt_value a) { return a.width ? a.width : 64; }
static uint64_t mask_of(uint32_t width) { return width >= 64 ? UINT64_MAX : ((uint64_t)1 << width) - 1; }
static uint32_t word_count(uint32_t width) { return width ? (width + 63) / 64 : 1; }

static bool is_whole(kt_value a) { return !a.symbolic && (a.type == KT_TYPE_BOOL || a.type == KT_TYPE_INT || a.type == KT_TYPE_UINT); }
static wide whole_of(kt_value a) { return a.type == KT_TYPE_INT ? (wide)a.as.integer : (wide)a.as.natural; }

/* Can the value take part in real arithmetic? */
static bool is_real(kt_value a) { return a.type == KT_TYPE_FLOAT || a.type == KT_TYPE_BIG || is_whole(a); }

static double real_of(kt_value a) {
    if (a.type == KT_TYPE_FLOAT || a.type == KT_TYPE_DURATION) return a.as.number;
    if (a.type == KT_TYPE_ANGLE) return ldexp((double)a.as.natural, -(int)width_of(a)) * two_pi;
    if (a.type != KT_TYPE_BIG) return a.type == KT_TYPE_INT ? (double)a.as.integer : (double)a.as.natural;
    double sum = 0;
    for (uint32_t i = word_count(a.width); i-- > 0;) sum = sum * 0x1p64 + (double)a.as.words[i];
    return sum;
}

bool kt_value_integer(int64_t *out, kt_value a) {
    if (!is_whole(a) || (a.type == KT_TYPE_UINT && a.as.natural > INT64_MAX)) return false;
    *out = (int64_t)whole_of(a);
    return true;
}

bool kt_value_truth(bool *out, kt_value a) {
    if (a.symbolic) return false;
    if (a.type == KT_TYPE_BITS || a.type == KT_TYPE_BIG) {
        *out = false;
        for (uint32_t i = 0; i < word_count(a.width); i++) *out = *out || a.as.words[i];
    } else {
        *out = a.type == KT_TYPE_FLOAT || a.type == KT_TYPE_DURATION ? a.as.number != 0 : a.as.natural != 0;
    }
    return true;
}

static bool whole_result(kt_value *out, kt_arithmetic *arithmetic, wide value, bool natural) {
    bool fits = natural ? value >= 0 && value <= (wide)UINT64_MAX : value >= INT64_MIN && value <= INT64_MAX;
    if (!fits)
        return fail(arithmetic, KT_ARITHMETIC, "integer overflow: the result does not fit %s",
                    natural ? "a uint of 64 bits" : "an int of 64 bits");
    *out = (kt_value){.type = natural ? KT_TYPE_UINT : KT_TYPE_INT};
    if (natural)
        out->as.natural = (uint64_t)value;
    else
        out->as.integer = (int64_t)value;
    return true;
}

/* ── Symbolic values ── */

static bool node_of(uint32_t *node, kt_arithmetic *arithmetic, kt_value a) {
    if (a.symbolic) {
        *node = a.as.node;
        return true;
    }
    return kt_circuit_add_node(node, arithmetic->circuit, KT_NODE_CONSTANT, 0, 0, real_of(a), NULL) == KETCH_OK || no_memory(arithmetic);
}

static bool make_node(kt_value *out, kt_arithmetic *arithmetic, kt_node_code code, kt_value a, kt_value b) {
    uint32_t first, second = 0, node;
    bool binary = code >= KT_NODE_ADD && code <= KT_NODE_POWER;
    if (!node_of(&first, arithmetic, a) || (binary && !node_of(&second, arithmetic, b))) return false;
    if (kt_circuit_add_node(&node, arithmetic->circuit, code, first, second, 0, NULL) != KETCH_OK) return no_memory(arithmetic);
    *out = (kt_value){.type = KT_TYPE_FLOAT, .symbolic = true, .as.node = node};
    return true;
}

/* An angle in radians, brought to [0, 2 pi) and, where it is narrow enough to matter, to the grid of its width. */
static bool wrap_angle(kt_value *out, kt_arithmetic *arithmetic, kt_value a, uint32_t width) {
    kt_value turns, whole, full = kt_value_float(two_pi);
    if (!make_node(&turns, arithmetic, KT_NODE_DIVIDE, a, full)) return false;
    if (width && width <= 52) {
        kt_value steps = kt_value_float(ldexp(1, (int)width)), half = kt_value_float(0.5);
        if (!make_node(&turns, arithmetic, KT_NODE_MULTIPLY, turns, steps) || !make_node(&turns, arithmetic, KT_NODE_ADD, turns, half) ||
            !make_node(&turns, arithmetic, KT_NODE_FLOOR, turns, turns) || !make_node(&turns, arithmetic, KT_NODE_DIVIDE, turns, steps))
            return false;
    }
    if (!make_node(&whole, arithmetic, KT_NODE_FLOOR, turns, turns) || !make_node(&turns, arithmetic, KT_NODE_SUBTRACT, turns, whole) ||
        !make_node(out, arithmetic, KT_NODE_MULTIPLY, turns, full))
        return false;
    out->type = KT_TYPE_ANGLE;
    out->width = width;
    return true;
}

bool kt_value_input(kt_value *out, kt_arithmetic *arithmetic, uint32_t input, kt_type type, uint32_t width) {
    kt_value value = {.type = KT_TYPE_FLOAT, .symbolic = true};
    if (kt_circuit_add_node(&value.as.node, arithmetic->circuit, KT_NODE_INPUT, input, 0, 0, NULL) != KETCH_OK)
        return no_memory(arithmetic);
    *out = value;
    /* Without a size an angle is what the caller gives, in radians: -0.5 and 2 pi - 0.5 differ by a sign once a gate is controlled. */
    return type != KT_TYPE_ANGLE || !width || wrap_angle(out, arithmetic, value, width);
}

static bool symbolic_binary(kt_value *out, kt_arithmetic *arithmetic, uint8_t op, kt_value a, kt_value b) {
    static const uint8_t codes[KT_TOKEN_COUNT] = {
        [KT_TOKEN_PLUS] = KT_NODE_ADD,     [KT_TOKEN_MINUS] = KT_NODE_SUBTRACT, [KT_TOKEN_ASTERISK] = KT_NODE_MULTIPLY,
        [KT_TOKEN_SLASH] = KT_NODE_DIVIDE, [KT_TOKEN_PERCENT] = KT_NODE_MODULO, [KT_TOKEN_POWER] = KT_NODE_POWER};
    if (!codes[op])
        return fail(arithmetic, KT_NOT_CONSTANT, "%s on an `input` is not supported: its value is not known while the program is read",
                    kt_token_text(op));
    bool angle = a.type == KT_TYPE_ANGLE || b.type == KT_TYPE_ANGLE;
    if (angle) {
        bool sum = op == KT_TOKEN_PLUS || op == KT_TOKEN_MINUS;
        bool first = a.type == KT_TYPE_ANGLE, second = b.type == KT_TYPE_ANGLE;
        bool scaled = (op == KT_TOKEN_ASTERISK && (is_whole(a) || is_whole(b))) || (op == KT_TOKEN_SLASH && first && is_whole(b));
        bool defined = sum ? (first || is_real(a)) && (second || is_real(b)) : scaled;
        if (!defined) return wrong_types(arithmetic, op, a, b);
    } else if (!is_real(a) || !is_real(b)) {
        return wrong_types(arithmetic, op, a, b);
    }
    if (!make_node(out, arithmetic, (kt_node_code)codes[op], a, b)) return false;
    return !angle || wrap_angle(out, arithmetic, *out, a.type == KT_TYPE_ANGLE ? a.width : b.width);
}

/* ── Kinds of arithmetic ── */

static bool compare(kt_value *out, uint8_t op, int order) {
    bool truth = op == KT_TOKEN_EQUAL        ? order == 0
                 : op == KT_TOKEN_NOT_EQUAL  ? order != 0
                 : op == KT_TOKEN_LESS       ? order < 0
                 : op == KT_TOKEN_GREATER    ? order > 0
                 : op == KT_TOKEN_LESS_EQUAL ? order <= 0
                                             : order >= 0;
    *out = kt_value_bool(truth);
    return true;
}

static bool is_comparison(uint8_t op) { return op >= KT_TOKEN_EQUAL && op <= KT_TOKEN_GREATER_EQUAL; }

static bool real_binary(kt_value *out, kt_arithmetic *arithmetic, uint8_t op, double a, double b) {
    switch (op) {
    case KT_TOKEN_PLUS: *out = kt_value_float(a + b); return true;
    case KT_TOKEN_MINUS: *out = kt_value_float(a - b); return true;
    case KT_TOKEN_ASTERISK: *out = kt_value_float(a * b); return true;
    case KT_TOKEN_SLASH: *out = kt_value_float(a / b); return true;
    case KT_TOKEN_PERCENT: *out = kt_value_float(fmod(a, b)); return true;
    case KT_TOKEN_POWER: *out = kt_value_float(pow(a, b)); return true;
    default: break;
    }
    if (!is_comparison(op)) return wrong_types(arithmetic, op, kt_value_float(a), kt_value_float(b));
    if (isnan(a) || isnan(b)) return *out = kt_value_bool(op == KT_TOKEN_NOT_EQUAL), true;
    return compare(out, op, (a > b) - (a < b));
}

static bool whole_power(wide *out, kt_arithmetic *arithmetic, wide base, wide exponent) {
    if (exponent < 0) return fail(arithmetic, KT_ARITHMETIC, "an integer to a negative power; write 2.0 ** -3 for a real one");
    wide result = 1;
    if (base == 0 || base == 1 || base == -1) {
        result = base == 0 ? exponent == 0 : base == 1 || exponent % 2 == 0 ? 1 : -1;
    } else {
        for (; exponent > 0; exponent--) { /* soon over: the result grows beyond 64 bits */
            if (__builtin_mul_overflow(result, base, &result) || result > (wide)UINT64_MAX || result < -(wide)UINT64_MAX)
                return fail(arithmetic, KT_ARITHMETIC, "integer overflow: the power does not fit 64 bits");
        }
    }
    *out = result;
    return true;
}

static bool shift(kt_value *out, kt_arithmetic *arithmetic, uint8_t op, kt_value a, wide distance) {
    if (distance < 0) return fail(arithmetic, KT_ARITHMETIC, "a shift by a negative number");
    uint64_t mask = mask_of(width_of(a)), bits = a.as.natural & mask;
    if (a.type == KT_TYPE_INT && op == KT_TOKEN_SHIFT_RIGHT)
        bits = distance > 63 ? (a.as.integer < 0 ? mask : 0) : (uint64_t)(a.as.integer >> distance) & mask;
    else if (distance > 63)
        bits = 0;
    else
        bits = (op == KT_TOKEN_SHIFT_LEFT ? bits << distance : bits >> distance) & mask;
    *out = a;
    uint32_t unused = 64 - width_of(a);
    if (a.type == KT_TYPE_INT)
        out->as.integer = (int64_t)(bits << unused) >> unused; /* the sign again */
    else
        out->as.natural = bits;
    return true;
}

static bool whole_binary(kt_value *out, kt_arithmetic *arithmetic, uint8_t op, kt_value a, kt_value b) {
    wide x = whole_of(a), y = whole_of(b), result = 0;
    bool natural = (a.type == KT_TYPE_UINT && width_of(a) == 64) || (b.type == KT_TYPE_UINT && width_of(b) == 64);
    if (is_comparison(op)) return compare(out, op, (x > y) - (x < y));
    switch (op) {
    case KT_TOKEN_PLUS: return whole_result(out, arithmetic, x + y, natural);
    case KT_TOKEN_MINUS: return whole_result(out, arithmetic, x - y, natural);
    case KT_TOKEN_ASTERISK: return whole_result(out, arithmetic, x * y, natural);
    case KT_TOKEN_SLASH:
    case KT_TOKEN_PERCENT:
        if (y == 0) return fail(arithmetic, KT_ARITHMETIC, "a division by zero");
        if (op == KT_TOKEN_SLASH && x % y != 0) arithmetic->fraction_dropped = true;
        return whole_result(out, arithmetic, op == KT_TOKEN_SLASH ? x / y : x % y, natural);
    case KT_TOKEN_POWER: return whole_power(&result, arithmetic, x, y) && whole_result(out, arithmetic, result, natural);
    case KT_TOKEN_SHIFT_LEFT:
    case KT_TOKEN_SHIFT_RIGHT:
        if (a.type == KT_TYPE_BOOL) a = kt_value_int((int64_t)a.as.natural);
        return shift(out, arithmetic, op, a, y);
    case KT_TOKEN_AMPERSAND:
    case KT_TOKEN_PIPE:
    case KT_TOKEN_CARET: break;
    default: return wrong_types(arithmetic, op, a, b);
    }
    uint64_t u = (uint64_t)x, v = (uint64_t)y;
    uint64_t bits = op == KT_TOKEN_AMPERSAND ? u & v : op == KT_TOKEN_PIPE ? u | v : u ^ v;
    bool unsigned_result = a.type == KT_TYPE_UINT || b.type == KT_TYPE_UINT, both_bool = a.type == KT_TYPE_BOOL && b.type == KT_TYPE_BOOL;
    *out = (kt_value){.type = both_bool ? KT_TYPE_BOOL : unsigned_result ? KT_TYPE_UINT : KT_TYPE_INT};
    out->width = width_of(a) == width_of(b) ? a.width : 0;
    out->as.natural = unsigned_result ? bits & mask_of(width_of(*out)) : bits;
    return true;
}

static int compare_words(const uint64_t *a, const uint64_t *b, uint32_t count) {
    for (uint32_t i = count; i-- > 0;)
        if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
    return 0;
}

uint64_t *kt_value_words(kt_arithmetic *arithmetic, kt_value a, uint32_t width) {
    uint32_t count = word_count(width), have = a.type == KT_TYPE_BITS || a.type == KT_TYPE_BIG ? word_count(a.width) : 1;
    uint64_t *words = kt_arena_alloc(arithmetic->arena, count * sizeof *words);
    if (!words) return NULL;
    arithmetic->work += count;
    const uint64_t *from = a.type == KT_TYPE_BITS || a.type == KT_TYPE_BIG ? a.as.words : &a.as.natural;
    uint64_t fill = a.type == KT_TYPE_INT && a.as.integer < 0 ? UINT64_MAX : 0;
    for (uint32_t i = 0; i < count; i++) words[i] = i < have ? from[i] : fill;
    if (width % 64) words[count - 1] &= mask_of(width % 64);
    return words;
}

static bool bits_binary(kt_value *out, kt_arithmetic *arithmetic, uint8_t op, kt_value a, kt_value b) {
    bool shifts = op == KT_TOKEN_SHIFT_LEFT || op == KT_TOKEN_SHIFT_RIGHT;
    if (shifts ? !is_whole(b) || whole_of(b) < 0 : a.type != KT_TYPE_BITS) return wrong_types(arithmetic, op, a, b);
    if (!shifts && !is_comparison(op) && (b.type != KT_TYPE_BITS || a.width != b.width)) return wrong_types(arithmetic, op, a, b);
    uint32_t width = is_comparison(op) && b.width > a.width ? b.width : a.width, count = word_count(width);
    uint64_t *x = kt_value_words(arithmetic, a, width), *y = shifts ? NULL : kt_value_words(arithmetic, b, width < 64 ? 64 : width);
    if (!x || (!shifts && !y)) return no_memory(arithmetic);
    if (is_comparison(op)) return compare(out, op, compare_words(x, y, count));
    *out = (kt_value){.type = KT_TYPE_BITS, .width = a.width, .as.words = x};
    if (shifts) {
        uint64_t distance = whole_of(b) > width ? width : (uint64_t)whole_of(b);
        memset(x, 0, count * sizeof *x);
        arithmetic->work += width;
        for (uint64_t i = 0; i + distance < width; i++) {
            uint64_t from = op == KT_TOKEN_SHIFT_LEFT ? i : i + distance, to = op == KT_TOKEN_SHIFT_LEFT ? i + distance : i;
            x[to / 64] |= (a.as.words[from / 64] >> from % 64 & 1) << to % 64;
        }
        return true;
    }
    for (uint32_t i = 0; i < count; i++) {
        switch (op) {
        case KT_TOKEN_AMPERSAND: x[i] &= y[i]; break;
        case KT_TOKEN_PIPE: x[i] |= y[i]; break;
        case KT_TOKEN_CARET: x[i] ^= y[i]; break;
        default: return wrong_types(arithmetic, op, a, b);
        }
    }
    return true;
}

static bool angle_binary(kt_value *out, kt_arithmetic *arithmetic, uint8_t op, kt_value a, kt_value b) {
    /* A real number beside an angle becomes an angle of its width, as in an assignment. */
    bool sum = op == KT_TOKEN_PLUS || op == KT_TOKEN_MINUS || is_comparison(op);
    if (sum && a.type == KT_TYPE_FLOAT && !kt_value_cast(&a, arithmetic, KT_TYPE_ANGLE, b.width, false, a)) return false;
    if (sum && b.type == KT_TYPE_FLOAT && !kt_value_cast(&b, arithmetic, KT_TYPE_ANGLE, a.width, false, b)) return false;
    bool first = a.type == KT_TYPE_ANGLE, second = b.type == KT_TYPE_ANGLE, both = first && second;
    if (both && a.width != b.width) { /* promoted like unsigned integers of different sizes */
        uint32_t width = width_of(a) > width_of(b) ? a.width : b.width;
        if (!kt_value_cast(&a, arithmetic, KT_TYPE_ANGLE, width, false, a) ||
            !kt_value_cast(&b, arithmetic, KT_TYPE_ANGLE, width, false, b))
            return false;
    }
    uint64_t x = a.as.natural, y = b.as.natural, bits;
    if (both && is_comparison(op)) return compare(out, op, (x > y) - (x < y));
    bool scaled = (first && is_whole(b) && whole_of(b) >= 0) || (second && is_whole(a) && whole_of(a) >= 0);
    bool divides = op == KT_TOKEN_SLASH && first && (both || scaled);
    if (divides && y == 0) return fail(arithmetic, KT_ARITHMETIC, "a division by zero");
    if (both && op == KT_TOKEN_PLUS)
        bits = x + y;
    else if (both && op == KT_TOKEN_MINUS)
        bits = x - y;
    else if (scaled && op == KT_TOKEN_ASTERISK)
        bits = x * y;
    else if (divides)
        bits = x / y;
    else if (both && op == KT_TOKEN_AMPERSAND)
        bits = x & y;
    else if (both && op == KT_TOKEN_PIPE)
        bits = x | y;
    else if (both && op == KT_TOKEN_CARET)
        bits = x ^ y;
    else if (first && scaled && (op == KT_TOKEN_SHIFT_LEFT || op == KT_TOKEN_SHIFT_RIGHT))
        return shift(out, arithmetic, op, a, whole_of(b));
    else
        return wrong_types(arithmetic, op, a, b);
    *out = first ? a : b;
    if (divides && both) out->type = KT_TYPE_UINT;
    out->as.natural = bits & mask_of(width_of(*out));
    return true;
}

static bool duration_binary(kt_value *out, kt_arithmetic *arithmetic, uint8_t op, kt_value a, kt_value b) {
    bool both = a.type == b.type, second_real = is_real(b), scaled = op == KT_TOKEN_ASTERISK && (is_real(a) || second_real);
    bool defined = both ? op != KT_TOKEN_ASTERISK : scaled || (op == KT_TOKEN_SLASH && second_real);
    if (!defined || op == KT_TOKEN_POWER || op == KT_TOKEN_PERCENT) return wrong_types(arithmetic, op, a, b);
    if (!real_binary(out, arithmetic, op, real_of(a), real_of(b))) return false;
    if (out->type == KT_TYPE_FLOAT && !(both && op == KT_TOKEN_SLASH)) out->type = KT_TYPE_DURATION;
    return true;
}

bool kt_value_binary(kt_value *out, kt_arithmetic *arithmetic, uint8_t op, kt_value a, kt_value b) {
    if (op == KT_TOKEN_AND || op == KT_TOKEN_OR) {
        bool x, y;
        if (!kt_value_truth(&x, a) || !kt_value_truth(&y, b)) return wrong_types(arithmetic, op, a, b);
        *out = kt_value_bool(op == KT_TOKEN_AND ? x && y : x || y);
        return true;
    }
    if (a.symbolic || b.symbolic) return symbolic_binary(out, arithmetic, op, a, b);
    if (a.type == KT_TYPE_FLOAT && b.type == KT_TYPE_FLOAT) return real_binary(out, arithmetic, op, a.as.number, b.as.number);
    if (a.type == KT_TYPE_DURATION || b.type == KT_TYPE_DURATION) return duration_binary(out, arithmetic, op, a, b);
    if (a.type == KT_TYPE_ANGLE || b.type == KT_TYPE_ANGLE) return angle_binary(out, arithmetic, op, a, b);
    if (a.type == KT_TYPE_BITS) return bits_binary(out, arithmetic, op, a, b);
    if (is_comparison(op) &&
        (b.type == KT_TYPE_BITS || ((a.type == KT_TYPE_BIG || b.type == KT_TYPE_BIG) && is_whole(a) + is_whole(b) < 2 &&
                                    a.type != KT_TYPE_FLOAT && b.type != KT_TYPE_FLOAT))) {
        /* numbers beyond 64 bits, and bits on the right: compared as bits, exactly */
        if (is_whole(a) && whole_of(a) < 0) return compare(out, op, -1);
        if (is_whole(b) && whole_of(b) < 0) return compare(out, op, 1);
        uint32_t width = a.width > b.width ? a.width : b.width;
        if (width < 64) width = 64;
        kt_value x = {.type = KT_TYPE_BITS, .width = width, .as.words = kt_value_words(arithmetic, a, width)};
        return x.as.words ? bits_binary(out, arithmetic, op, x, b) : no_memory(arithmetic);
    }
    if (is_whole(a) && is_whole(b) && arithmetic->dialect == 3) return whole_binary(out, arithmetic, op, a, b);
    if (is_real(a) && is_real(b)) return real_binary(out, arithmetic, op, real_of(a), real_of(b));
    return wrong_types(arithmetic, op, a, b);
}

bool kt_value_unary(kt_value *out, kt_arithmetic *arithmetic, uint8_t op, kt_value a) {
    char text[KT_VALUE_TEXT];
    *out = a;
    if (op == KT_TOKEN_EXCLAMATION) {
        bool truth;
        if (!kt_value_truth(&truth, a)) return fail(arithmetic, KT_NOT_CONSTANT, "`!` on an `input` is not supported");
        *out = kt_value_bool(!truth);
        return true;
    }
    if (op == KT_TOKEN_MINUS) {
        if (a.symbolic) {
            if (!make_node(out, arithmetic, KT_NODE_NEGATE, a, a)) return false;
            return a.type != KT_TYPE_ANGLE || wrap_angle(out, arithmetic, *out, a.width);
        }
        if (a.type == KT_TYPE_FLOAT || a.type == KT_TYPE_DURATION) return out->as.number = -a.as.number, true;
        if (a.type == KT_TYPE_ANGLE) return out->as.natural = (0 - a.as.natural) & mask_of(width_of(a)), true;
        if (a.type == KT_TYPE_BIG) return *out = kt_value_float(-real_of(a)), true;
        bool literal_minimum = a.type == KT_TYPE_UINT && !a.width && a.as.natural == (uint64_t)INT64_MAX + 1;
        if (is_whole(a))
            return whole_result(out, arithmetic, -whole_of(a), a.type == KT_TYPE_UINT && width_of(a) == 64 && !literal_minimum);
    }
    if (op == KT_TOKEN_TILDE && !a.symbolic) {
        if (a.type == KT_TYPE_BOOL) return out->as.natural = !a.as.natural, true;
        if (a.type == KT_TYPE_INT) return out->as.integer = ~a.as.integer, true;
        if (a.type == KT_TYPE_UINT || a.type == KT_TYPE_ANGLE) return out->as.natural = ~a.as.natural & mask_of(width_of(a)), true;
        if (a.type == KT_TYPE_BITS) {
            uint64_t *words = kt_value_words(arithmetic, a, a.width);
            if (!words) return no_memory(arithmetic);
            for (uint32_t i = 0; i < word_count(a.width); i++) words[i] = ~words[i];
            if (a.width % 64) words[word_count(a.width) - 1] &= mask_of(a.width % 64);
            return out->as.words = words, true;
        }
    }
    return fail(arithmetic, KT_WRONG_TYPE, "%s is not defined for %s", kt_token_text(op), kt_value_type_text(text, a));
}

bool kt_value_real(kt_value *out, kt_arithmetic *arithmetic, kt_value a) {
    char text[KT_VALUE_TEXT];
    if (a.type != KT_TYPE_ANGLE && !is_real(a))
        return fail(arithmetic, KT_WRONG_TYPE, "an angle is expected, not %s", kt_value_type_text(text, a));
    *out = a;
    if (!a.symbolic) *out = kt_value_float(real_of(a));
    return true;
}
