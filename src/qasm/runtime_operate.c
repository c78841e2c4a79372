/* SPDX-License-Identifier: Apache-2.0
 *
 * Operators. A rule (value_rule.c) says how both operands are converted and in which family of instructions the result is computed; here is
 * which instruction. A sum of integer constants that does not fit 64 bits is an error, one of variables wraps.
 */
#include "qasm/program.h"

#include <math.h>

__extension__ typedef __int128 wide;

/* ── Constants that overflow ── */

static wide whole_of(kt_value a) { return a.type == KT_TYPE_UINT ? (wide)a.as.natural : (wide)a.as.integer; }

static bool power_fits(wide *out, wide base, wide exponent) {
    wide result = 1;
    if (base == 0 || base == 1 || base == -1) {
        result = base == 0 ? exponent == 0 : base == 1 || exponent % 2 == 0 ? 1 : -1;
    } else {
        for (; exponent > 0; exponent--) /* soon over: the result grows beyond 64 bits */
            if (__builtin_mul_overflow(result, base, &result) || result > (wide)UINT64_MAX || result < -(wide)UINT64_MAX) return false;
    }
    *out = result;
    return true;
}

/* Both are of the type that they are computed in. */
static bool check_constants(kt_program *program, uint8_t op, kt_value a, kt_value b, kt_span span) {
    wide x = whole_of(a), y = whole_of(b), result = 0;
    bool natural = a.type == KT_TYPE_UINT, good = true;
    switch (op) {
    case KT_TOKEN_PLUS: result = x + y; break;
    case KT_TOKEN_MINUS: result = x - y; break;
    case KT_TOKEN_ASTERISK: good = !__builtin_mul_overflow(x, y, &result); break;
    case KT_TOKEN_SLASH: result = y ? x / y : 0; break;
    case KT_TOKEN_POWER:
        if (y < 0)
            return kt_error_at(&program->report, KT_ARITHMETIC, span, "an integer to a negative power; write 2.0 ** -3 for a real one");
        good = power_fits(&result, x, y);
        break;
    default: return true;
    }
    good = good && (natural ? result >= 0 && result <= (wide)UINT64_MAX : result >= INT64_MIN && result <= INT64_MAX);
    return good || kt_error_at(&program->report, KT_ARITHMETIC, span, "integer overflow: the result does not fit %s",
                               natural ? "a uint of 64 bits" : "an int of 64 bits");
}

/* ── Instructions ── */

/* By operator and family; the operands change places, or the truth is turned round. */
static const struct {
    uint8_t code[KT_BITWISE + 1]; /* 0: the family has none */
    bool swap, negate_complex;    /* in all families but bits; of complex numbers */
    bool swap_bits, negate_bits;
} instructions[KT_TOKEN_COUNT] = {
    [KT_TOKEN_PLUS] = {{KT_DO_ADD_S, KT_DO_ADD_U, KT_DO_ADD_F, KT_DO_ADD_C, 0}, 0, 0, 0, 0},
    [KT_TOKEN_MINUS] = {{KT_DO_SUBTRACT_S, KT_DO_SUBTRACT_U, KT_DO_SUBTRACT_F, KT_DO_SUBTRACT_C, 0}, 0, 0, 0, 0},
    [KT_TOKEN_ASTERISK] = {{KT_DO_MULTIPLY_S, KT_DO_MULTIPLY_U, KT_DO_MULTIPLY_F, KT_DO_MULTIPLY_C, 0}, 0, 0, 0, 0},
    [KT_TOKEN_SLASH] = {{KT_DO_DIVIDE_S, KT_DO_DIVIDE_U, KT_DO_DIVIDE_F, KT_DO_DIVIDE_C, 0}, 0, 0, 0, 0},
    [KT_TOKEN_PERCENT] = {{KT_DO_MODULO_S, KT_DO_MODULO_U, KT_DO_MODULO_F, 0, 0}, 0, 0, 0, 0},
    [KT_TOKEN_POWER] = {{KT_DO_POWER_S, KT_DO_POWER_U, KT_DO_POWER_F, KT_DO_POWER_C, 0}, 0, 0, 0, 0},
    [KT_TOKEN_AMPERSAND] = {{0, 0, 0, 0, KT_DO_AND}, 0, 0, 0, 0},
    [KT_TOKEN_PIPE] = {{0, 0, 0, 0, KT_DO_OR}, 0, 0, 0, 0},
    [KT_TOKEN_CARET] = {{0, 0, 0, 0, KT_DO_XOR}, 0, 0, 0, 0},
    [KT_TOKEN_EQUAL] = {{KT_DO_EQUAL, KT_DO_EQUAL, KT_DO_EQUAL_F, KT_DO_EQUAL_C, KT_DO_EQUAL_BITS}, 0, 0, 0, 0},
    [KT_TOKEN_NOT_EQUAL] = {{KT_DO_NOT_EQUAL, KT_DO_NOT_EQUAL, KT_DO_NOT_EQUAL_F, KT_DO_EQUAL_C, KT_DO_EQUAL_BITS}, 0, 1, 0, 1},
    [KT_TOKEN_LESS] = {{KT_DO_LESS_S, KT_DO_LESS_U, KT_DO_LESS_F, 0, KT_DO_LESS_BITS}, 0, 0, 0, 0},
    [KT_TOKEN_GREATER] = {{KT_DO_LESS_S, KT_DO_LESS_U, KT_DO_LESS_F, 0, KT_DO_LESS_BITS}, 1, 0, 1, 0},
    [KT_TOKEN_LESS_EQUAL] = {{KT_DO_LESS_EQUAL_S, KT_DO_LESS_EQUAL_U, KT_DO_LESS_EQUAL_F, 0, KT_DO_LESS_BITS}, 0, 0, 1, 1},
    [KT_TOKEN_GREATER_EQUAL] = {{KT_DO_LESS_EQUAL_S, KT_DO_LESS_EQUAL_U, KT_DO_LESS_EQUAL_F, 0, KT_DO_LESS_BITS}, 1, 0, 0, 1},
};

static bool wrong_types(kt_program *program, uint8_t op, kt_value a, kt_value b, kt_span span) {
    char first[KT_VALUE_TEXT], second[KT_VALUE_TEXT];
    kt_error_at(&program->report, KT_WRONG_TYPE, span, "%s is not defined for %s and %s", kt_token_text(op), kt_value_type_text(first, a),
                kt_value_type_text(second, b));
    if (op == KT_TOKEN_CARET && program->dialect == 3) kt_hint_add(&program->report, "a power is written `**`");
    return false;
}

static kt_computation computation(uint8_t code, kt_typed operand, kt_typed result) {
    kt_value a = {.type = (uint8_t)operand.type, .width = operand.width};
    return (kt_computation){.code = code, .width = kt_value_width(a), .type = result};
}

/* x + 3 in one instruction, without a cell for the 3. */
static bool add_constant(kt_value *out, kt_program *program, uint8_t op, const kt_rule *rule, kt_value a, kt_value b, bool *done) {
    bool right = kt_value_known(b), left = !right && kt_value_known(a) && op == KT_TOKEN_PLUS;
    int64_t number = right ? b.as.integer : a.as.integer;
    *done = (rule->family == KT_SIGNED || rule->family == KT_UNSIGNED) && (op == KT_TOKEN_PLUS || op == KT_TOKEN_MINUS) &&
            (left || right) && number >= -INT32_MAX && number <= INT32_MAX;
    if (!*done) return true;
    kt_computation work = computation(KT_DO_ADD_CONSTANT_S, rule->left, rule->result);
    kt_op sum = {.code = rule->family == KT_SIGNED ? KT_DO_ADD_CONSTANT_S : KT_DO_ADD_CONSTANT_U,
                 .width = (uint16_t)work.width,
                 .destination = kt_new_cells(program, 1),
                 .left = right ? a.as.cell : b.as.cell,
                 .right = (uint32_t)(int32_t)(op == KT_TOKEN_MINUS ? -number : number)};
    *out = kt_in_cells(rule->result.type, rule->result.width, sum.destination);
    return sum.destination != KT_NO_CELL && kt_emit(program, sum, (kt_span){0});
}

static bool not(kt_value * out, kt_program *program, kt_value a, kt_span span) {
    kt_computation work = {.code = KT_DO_IS_ZERO, .width = 1, .type = {KT_TYPE_BOOL, 0}};
    return kt_carry_out(out, program, work, NULL, &a, NULL, span);
}

/* The sign comes in from the left: of a negative number the complement is shifted. */
static bool shift_signed(kt_value *out, kt_program *program, kt_value a, kt_value by, kt_span span) {
    kt_value zero = kt_value_int(0), mask;
    kt_typed type = {KT_TYPE_INT, a.width}, truth = {KT_TYPE_BOOL, 0}, full = {KT_TYPE_INT, 0};
    kt_computation less = computation(KT_DO_LESS_S, full, truth), negate = computation(KT_DO_NEGATE_S, full, full);
    kt_computation flip = computation(KT_DO_XOR, full, type), shift = computation(KT_DO_SHIFT_RIGHT, full, type);
    return kt_carry_out(&mask, program, less, NULL, &a, &zero, span) && kt_carry_out(&mask, program, negate, NULL, &mask, NULL, span) &&
           kt_carry_out(&a, program, flip, NULL, &a, &mask, span) && kt_carry_out(&a, program, shift, NULL, &a, &by, span) &&
           kt_carry_out(out, program, flip, NULL, &a, &mask, span);
}

static bool shift(kt_value *out, kt_program *program, uint8_t op, kt_rule rule, kt_value a, kt_value by, kt_span span) {
    bool left = op == KT_TOKEN_SHIFT_LEFT;
    if (!left && a.type == KT_TYPE_INT) return shift_signed(out, program, a, by, span);
    kt_computation work = computation(left ? KT_DO_SHIFT_LEFT : KT_DO_SHIFT_RIGHT, rule.left, rule.result);
    if (!kt_carry_out(out, program, work, NULL, &a, &by, span)) return false;
    if (a.type != KT_TYPE_INT || work.width == 64) return true;
    return kt_carry_out(out, program, computation(KT_DO_WRAP_S, rule.left, rule.result), NULL, out, NULL, span);
}

/* What is computed so often that it has a way of its own: reals. */
static bool of_reals(kt_value *out, uint8_t op, double a, double b) {
    switch (op) {
    case KT_TOKEN_PLUS: *out = kt_value_float(a + b); return true;
    case KT_TOKEN_MINUS: *out = kt_value_float(a - b); return true;
    case KT_TOKEN_ASTERISK: *out = kt_value_float(a * b); return true;
    case KT_TOKEN_SLASH: *out = kt_value_float(a / b); return true;
    default: return false;
    }
}

bool kt_binary(kt_value *out, kt_program *program, uint8_t op, kt_value a, kt_value b, kt_span span) {
    kt_rule rule;
    bool done = false;
    double x, y;
    bool plain = kt_value_plain(&x, a) && kt_value_plain(&y, b) && (a.type == KT_TYPE_FLOAT || b.type == KT_TYPE_FLOAT); /* pi / 2 */
    if (plain && (y != 0 || op != KT_TOKEN_SLASH) && of_reals(out, op, x, y)) return true;
    if ((a.symbolic || b.symbolic) && !a.runtime && !b.runtime && !kt_symbolic_binary(out, &program->arithmetic, op, a, b, &done))
        return kt_arithmetic_failed(program, span);
    if (done) return true;
    if (!kt_value_rule(&rule, op, program->dialect, a, b)) return wrong_types(program, op, a, b, span);
    if (!kt_become(&a, program, rule.left, a, span) || !kt_become(&b, program, rule.right, b, span) || !kt_unsymbolic(&a, program, span) ||
        !kt_unsymbolic(&b, program, span))
        return false;
    if (rule.family == KT_SHIFT) return shift(out, program, op, rule, a, b, span);
    if (rule.family == KT_LOGIC) {
        kt_computation work = computation(op == KT_TOKEN_AND ? KT_DO_AND : KT_DO_OR, rule.left, rule.result);
        return kt_carry_out(out, program, work, NULL, &a, &b, span);
    }
    bool integers = kt_value_whole(a) && kt_value_whole(b) && rule.family <= KT_UNSIGNED && !kt_is_comparison(op);
    if (integers && kt_value_constant(a) && kt_value_constant(b) && !check_constants(program, op, a, b, span)) return false;
    if (integers && op == KT_TOKEN_SLASH && kt_value_constant(a) && kt_value_constant(b) && b.as.natural)
        program->arithmetic.fraction_dropped = whole_of(a) % whole_of(b) != 0;
    if (!(kt_value_known(a) && kt_value_known(b))) {
        if (!add_constant(out, program, op, &rule, a, b, &done)) return false;
        if (done) return true;
    } else if (program->dialect == 2 && of_reals(out, op, a.as.number, b.as.number)) { /* IEEE's infinities */
        return true;
    }
    bool bits = rule.family == KT_BITWISE;
    bool swap = bits ? instructions[op].swap_bits : instructions[op].swap;
    bool negate = bits ? instructions[op].negate_bits : rule.family == KT_COMPLEX && instructions[op].negate_complex;
    kt_computation work =
        computation(instructions[op].code[rule.family], rule.left.type == KT_TYPE_ANGLE ? rule.left : rule.right, rule.result);
    if (!kt_carry_out(out, program, work, NULL, swap ? &b : &a, swap ? &a : &b, span)) return false;
    return !negate || not(out, program, *out, span);
}

/* ── Unary ── */

static bool negate(kt_value *out, kt_program *program, kt_value a, kt_span span) {
    kt_typed type = {(kt_type)a.type, a.width};
    if (a.symbolic) return kt_symbolic_negate(out, &program->arithmetic, a) || kt_arithmetic_failed(program, span);
    switch (a.type) {
    case KT_TYPE_BIG: *out = kt_value_float(-kt_value_real_of(a)); return true;
    case KT_TYPE_FLOAT:
        if (!a.width && kt_value_constant(a)) return *out = kt_value_float(-a.as.number), true;
        return kt_carry_out(out, program, computation(KT_DO_NEGATE_F, type, type), NULL, &a, NULL, span);
    case KT_TYPE_DURATION: return kt_carry_out(out, program, computation(KT_DO_NEGATE_F, type, type), NULL, &a, NULL, span);
    case KT_TYPE_COMPLEX: return kt_carry_out(out, program, computation(KT_DO_NEGATE_C, type, type), NULL, &a, NULL, span);
    case KT_TYPE_ANGLE: return kt_carry_out(out, program, computation(KT_DO_NEGATE_U, type, type), NULL, &a, NULL, span);
    default: break;
    }
    /* an integer: 0 - a */
    bool lowest = a.type == KT_TYPE_UINT && !a.width && kt_value_constant(a) && a.as.natural == (uint64_t)INT64_MAX + 1;
    if (lowest) return *out = kt_value_int(INT64_MIN), true; /* written as a literal with a minus */
    bool natural = a.type == KT_TYPE_UINT && kt_value_width(a) == 64;
    kt_typed wide_type = {natural ? KT_TYPE_UINT : KT_TYPE_INT, 0};
    if (!kt_become(&a, program, wide_type, a, span)) return false;
    kt_value zero = {.type = (uint8_t)wide_type.type};
    if (kt_value_constant(a) && !check_constants(program, KT_TOKEN_MINUS, zero, a, span)) return false;
    return kt_carry_out(out, program, computation(natural ? KT_DO_NEGATE_U : KT_DO_NEGATE_S, wide_type, wide_type), NULL, &a, NULL, span);
}

bool kt_unary(kt_value *out, kt_program *program, uint8_t op, kt_value a, kt_span span) {
    char text[KT_VALUE_TEXT];
    kt_typed type = {(kt_type)a.type, a.width}, truth = {KT_TYPE_BOOL, 0};
    bool bits = kt_value_whole(a) || a.type == KT_TYPE_ANGLE || a.type == KT_TYPE_BITS;
    if (op == KT_TOKEN_EXCLAMATION && kt_value_may_become(a, KT_TYPE_BOOL, 0, true))
        return kt_become(&a, program, truth, a, span) && not(out, program, a, span);
    if (op == KT_TOKEN_MINUS && a.type != KT_TYPE_BITS) return negate(out, program, a, span);
    if (op != KT_TOKEN_TILDE || !bits)
        return kt_error_at(&program->report, KT_WRONG_TYPE, span, "%s is not defined for %s", kt_token_text(op),
                           kt_value_type_text(text, a));
    if (a.type == KT_TYPE_BOOL) return not(out, program, a, span);
    if (!kt_unsymbolic(&a, program, span) || !kt_carry_out(out, program, computation(KT_DO_NOT, type, type), NULL, &a, NULL, span))
        return false;
    if (a.type != KT_TYPE_INT || kt_value_width(a) == 64) return true;
    return kt_carry_out(out, program, computation(KT_DO_WRAP_S, type, type), NULL, out, NULL, span);
}
