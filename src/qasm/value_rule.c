/* SPDX-License-Identifier: Apache-2.0
 *
 * What operators and casts do with types: the specification's tables. A rule says to which types the two operands are converted and which
 * type the result has; the same rule serves values that are known and values that are computed while the program runs.
 *
 *   int[8] + uint[16]      both int (of 64 bits), result int          as in C: narrower than int is promoted
 *   int + uint             both uint, result uint                     (an int of 64 bits, a uint of 64 bits)
 *   uint[8] & uint[8]      stays uint[8]
 *   float[32] * int        both float[32]
 *   angle[4] + angle[8]    both angle[8]
 *   uint * angle[4]        result angle[4]
 */
#include "qasm/value.h"

static kt_typed typed(kt_type type, uint32_t width) { return (kt_typed){type, width}; }

static kt_rule same(kt_method family, kt_typed type) { return (kt_rule){family, type, type, type}; }

static bool is_integer_op(uint8_t op) {
    return op == KT_TOKEN_PLUS || op == KT_TOKEN_MINUS || op == KT_TOKEN_ASTERISK || op == KT_TOKEN_SLASH || op == KT_TOKEN_PERCENT ||
           op == KT_TOKEN_POWER;
}
static bool is_bitwise(uint8_t op) { return op == KT_TOKEN_AMPERSAND || op == KT_TOKEN_PIPE || op == KT_TOKEN_CARET; }
static bool is_shift(uint8_t op) { return op == KT_TOKEN_SHIFT_LEFT || op == KT_TOKEN_SHIFT_RIGHT; }
static bool is_equality(uint8_t op) { return op == KT_TOKEN_EQUAL || op == KT_TOKEN_NOT_EQUAL; }

static bool is_real(kt_value a) { return a.type == KT_TYPE_FLOAT || a.type == KT_TYPE_BIG || kt_value_whole(a); }
static uint32_t wider(uint32_t a, uint32_t b) { return a > b ? a : b; }

/* The width of reals that meet; 0 is the widest. */
static uint32_t real_width(kt_value a, kt_value b) {
    bool narrow = (a.type != KT_TYPE_FLOAT || a.width == 32) && (b.type != KT_TYPE_FLOAT || b.width == 32) &&
                  (a.type == KT_TYPE_FLOAT || b.type == KT_TYPE_FLOAT);
    bool stated = (a.type != KT_TYPE_FLOAT || a.width) && (b.type != KT_TYPE_FLOAT || b.width);
    return narrow ? 32 : stated && (a.type == KT_TYPE_FLOAT || b.type == KT_TYPE_FLOAT) ? 64 : 0;
}

static bool whole_rule(kt_rule *out, uint8_t op, kt_value a, kt_value b) {
    bool natural = (a.type == KT_TYPE_UINT && kt_value_width(a) == 64) || (b.type == KT_TYPE_UINT && kt_value_width(b) == 64);
    if (is_integer_op(op) || kt_is_comparison(op)) {
        *out = same(natural ? KT_UNSIGNED : KT_SIGNED, typed(natural ? KT_TYPE_UINT : KT_TYPE_INT, 0));
        return true;
    }
    if (!is_bitwise(op)) return false;
    bool truth = a.type == KT_TYPE_BOOL && b.type == KT_TYPE_BOOL, any = a.type == KT_TYPE_UINT || b.type == KT_TYPE_UINT;
    bool kept = a.width == b.width && a.type != KT_TYPE_BOOL && b.type != KT_TYPE_BOOL;
    *out = same(KT_BITWISE, truth ? typed(KT_TYPE_BOOL, 0) : typed(any ? KT_TYPE_UINT : KT_TYPE_INT, kept ? a.width : 0));
    return true;
}

static bool real_rule(kt_rule *out, uint8_t op, kt_value a, kt_value b) {
    *out = same(KT_REAL, typed(KT_TYPE_FLOAT, real_width(a, b)));
    return is_integer_op(op) || kt_is_comparison(op);
}

static bool complex_rule(kt_rule *out, uint8_t op, kt_value a, kt_value b) {
    if ((a.type != KT_TYPE_COMPLEX && !is_real(a)) || (b.type != KT_TYPE_COMPLEX && !is_real(b))) return false;
    uint32_t left = a.type == KT_TYPE_COMPLEX ? a.width / 2 : a.type == KT_TYPE_FLOAT ? a.width : 32;
    uint32_t right = b.type == KT_TYPE_COMPLEX ? b.width / 2 : b.type == KT_TYPE_FLOAT ? b.width : 32;
    *out = same(KT_COMPLEX, typed(KT_TYPE_COMPLEX, left && right ? 2 * wider(left, right) : 0));
    return op != KT_TOKEN_PERCENT && (is_integer_op(op) || is_equality(op));
}

/* Bits of equal number; compared with numbers and literals too, exactly. */
static bool bits_rule(kt_rule *out, uint8_t op, kt_value a, kt_value b) {
    bool both = a.type == KT_TYPE_BITS && b.type == KT_TYPE_BITS;
    if (kt_is_comparison(op)) {
        bool numbers = (a.type == KT_TYPE_BITS || a.type == KT_TYPE_BIG || kt_value_whole(a)) &&
                       (b.type == KT_TYPE_BITS || b.type == KT_TYPE_BIG || kt_value_whole(b));
        uint32_t width = wider(kt_value_width(a), kt_value_width(b));
        bool negative = !both && width <= 64 && a.type != KT_TYPE_BIG && b.type != KT_TYPE_BIG && /* bits below 64 are an int's */
                        (a.type == KT_TYPE_BITS ? kt_value_width(a) : kt_value_width(b)) < 64 && a.type != KT_TYPE_UINT &&
                        b.type != KT_TYPE_UINT;
        *out = negative     ? same(KT_SIGNED, typed(KT_TYPE_INT, 0))
               : width > 64 ? same(KT_BITWISE, typed(KT_TYPE_BITS, width))
                            : same(KT_UNSIGNED, typed(KT_TYPE_UINT, 0));
        return numbers;
    }
    *out = same(KT_BITWISE, typed(KT_TYPE_BITS, a.width));
    return both && a.width == b.width && is_bitwise(op);
}

static bool angle_rule(kt_rule *out, uint8_t op, kt_value a, kt_value b) {
    bool first = a.type == KT_TYPE_ANGLE, second = b.type == KT_TYPE_ANGLE, both = first && second;
    if (op == KT_TOKEN_POWER) { /* of the angles as real numbers */
        *out = same(KT_REAL, typed(KT_TYPE_FLOAT, 0));
        return (first || is_real(a)) && (second || is_real(b));
    }
    /* Angles of different sizes are promoted like unsigned integers; a real number becomes an angle of the other's size. */
    uint32_t width = both ? (kt_value_width(a) >= kt_value_width(b) ? a.width : b.width) : first ? a.width : b.width;
    kt_typed angle = typed(KT_TYPE_ANGLE, width), number = typed(KT_TYPE_UINT, 0);
    bool beside_real = both || a.type == KT_TYPE_FLOAT || b.type == KT_TYPE_FLOAT;
    if (op == KT_TOKEN_PLUS || op == KT_TOKEN_MINUS || kt_is_comparison(op)) {
        *out = same(KT_UNSIGNED, angle);
        return beside_real || (kt_value_whole(a) && kt_value_may_become(a, KT_TYPE_ANGLE, width, false)) ||
               (kt_value_whole(b) && kt_value_may_become(b, KT_TYPE_ANGLE, width, false));
    }
    if (is_bitwise(op)) {
        *out = same(KT_BITWISE, angle);
        return both;
    }
    *out = (kt_rule){KT_UNSIGNED, first ? angle : number, second ? angle : number, angle};
    if (op == KT_TOKEN_SLASH && both) out->result = typed(KT_TYPE_UINT, width);
    bool scaled = (first && kt_value_whole(b)) || (second && kt_value_whole(a));
    return op == KT_TOKEN_ASTERISK ? scaled : op == KT_TOKEN_SLASH && first && (both || scaled);
}

static bool duration_rule(kt_rule *out, uint8_t op, kt_value a, kt_value b) {
    bool both = a.type == b.type;
    kt_typed time = typed(KT_TYPE_DURATION, 0), number = typed(KT_TYPE_FLOAT, 0);
    *out = same(KT_REAL, time);
    if (both && op == KT_TOKEN_SLASH) out->result = number;
    if (both) return op == KT_TOKEN_PLUS || op == KT_TOKEN_MINUS || op == KT_TOKEN_SLASH || kt_is_comparison(op);
    bool first = a.type == KT_TYPE_DURATION;
    *(first ? &out->right : &out->left) = number;
    return is_real(first ? b : a) && (op == KT_TOKEN_ASTERISK || (op == KT_TOKEN_SLASH && first));
}

static bool shift_rule(kt_rule *out, kt_value a, kt_value b) {
    kt_typed left = a.type == KT_TYPE_BOOL ? typed(KT_TYPE_INT, 0) : typed((kt_type)a.type, a.width);
    *out = (kt_rule){KT_SHIFT, left, typed(KT_TYPE_INT, 0), left};
    if (b.type == KT_TYPE_UINT) out->right = typed(KT_TYPE_UINT, 0); /* beyond 2^63: taken for negative, and refused */
    return kt_value_whole(b) && (kt_value_whole(a) || a.type == KT_TYPE_BITS || a.type == KT_TYPE_ANGLE);
}

bool kt_value_rule(kt_rule *out, uint8_t op, int dialect, kt_value a, kt_value b) {
    bool good;
    if (op == KT_TOKEN_AND || op == KT_TOKEN_OR) {
        *out = same(KT_LOGIC, typed(KT_TYPE_BOOL, 0));
        return kt_value_may_become(a, KT_TYPE_BOOL, 0, true) && kt_value_may_become(b, KT_TYPE_BOOL, 0, true);
    }
    if (is_shift(op))
        good = shift_rule(out, a, b);
    else if (a.type == KT_TYPE_DURATION || b.type == KT_TYPE_DURATION)
        good = duration_rule(out, op, a, b);
    else if (a.type == KT_TYPE_COMPLEX || b.type == KT_TYPE_COMPLEX)
        good = complex_rule(out, op, a, b);
    else if (a.type == KT_TYPE_ANGLE || b.type == KT_TYPE_ANGLE)
        good = angle_rule(out, op, a, b);
    else if (a.type == KT_TYPE_BITS || b.type == KT_TYPE_BITS)
        good = bits_rule(out, op, a, b);
    else if ((a.type == KT_TYPE_BIG || b.type == KT_TYPE_BIG) && kt_is_comparison(op) && (a.type == KT_TYPE_INT || b.type == KT_TYPE_INT))
        good = real_rule(out, op, a, b); /* no int comes near one beyond 64 bits, and it may be negative, which bits are not */
    else if ((a.type == KT_TYPE_BIG || b.type == KT_TYPE_BIG) && kt_is_comparison(op) && a.type != KT_TYPE_FLOAT && b.type != KT_TYPE_FLOAT)
        good = bits_rule(out, op, a, b);
    else if (dialect == 3 && kt_value_whole(a) && kt_value_whole(b))
        good = whole_rule(out, op, a, b);
    else
        good = is_real(a) && is_real(b) && real_rule(out, op, a, b);
    if (kt_is_comparison(op)) out->result = typed(KT_TYPE_BOOL, 0);
    return good;
}

/* ── Casts ── */

enum { NO, BY_CAST, YES, IF_AS_WIDE, CAST_IF_AS_WIDE, SPECIAL };

static const uint8_t casts[KT_TYPE_COUNT][KT_TYPE_COUNT] = {
    /* to:             bool     bits             int              uint             big float angle        duration complex */
    [KT_TYPE_BOOL] = {YES, SPECIAL, YES, YES, NO, YES, NO, NO, YES},
    [KT_TYPE_BITS] = {BY_CAST, IF_AS_WIDE, CAST_IF_AS_WIDE, CAST_IF_AS_WIDE, NO, NO, CAST_IF_AS_WIDE, NO, NO},
    [KT_TYPE_INT] = {YES, SPECIAL, YES, YES, NO, YES, SPECIAL, NO, YES},
    [KT_TYPE_UINT] = {YES, SPECIAL, YES, YES, NO, YES, SPECIAL, NO, YES},
    [KT_TYPE_BIG] = {NO, SPECIAL, YES, YES, YES, YES, NO, NO, YES},
    [KT_TYPE_FLOAT] = {BY_CAST, NO, BY_CAST, BY_CAST, NO, YES, YES, NO, YES},
    [KT_TYPE_ANGLE] = {BY_CAST, IF_AS_WIDE, NO, NO, NO, NO, YES, NO, NO},
    [KT_TYPE_DURATION] = {NO, NO, NO, NO, NO, NO, NO, YES, NO},
    [KT_TYPE_COMPLEX] = {NO, NO, NO, NO, NO, NO, NO, NO, YES},
};

/* To bits: a truth value into one bit (into more by a cast); a number of that width, or an unsized constant that fits. */
static bool may_become_bits(kt_value a, uint32_t width, bool explicitly) {
    if (a.type == KT_TYPE_BOOL) return explicitly || width == 1;
    if (a.type == KT_TYPE_BIG) return a.width <= width;
    if (!a.width && !kt_value_constant(a)) return explicitly ? width <= 64 : width == 64; /* a cast takes the low bits, as of a sum */
    if (a.width) return a.width == width;
    return a.as.natural >> (width < 64 ? width : 63) <= (width >= 64) && !(a.type == KT_TYPE_INT && a.as.integer < 0);
}

bool kt_value_may_become(kt_value a, kt_type type, uint32_t width, bool explicitly) {
    kt_value to = {.type = (uint8_t)type, .width = width};
    bool as_wide = kt_value_width(a) == kt_value_width(to);
    if (a.type == KT_TYPE_BITS && !width && type != KT_TYPE_ANGLE) as_wide = a.width <= 64; /* int(c): of any bits */
    switch (casts[a.type][type]) {
    case YES: return true;
    case BY_CAST: return explicitly;
    case IF_AS_WIDE: return as_wide;
    case CAST_IF_AS_WIDE: return explicitly && as_wide;
    case SPECIAL:
        if (type == KT_TYPE_BITS) return may_become_bits(a, width, explicitly);
        return kt_value_constant(a) && a.as.natural == 0; /* an angle of 0 */
    default: return false;
    }
}
