/* SPDX-License-Identifier: Apache-2.0
 *
 * A value as one of another type. What may become what: value_rule.c. A constant that its new type cannot hold is an error, a variable's
 * value wraps.
 */
#include "qasm/program.h"

#include <math.h>
#include <string.h>

static bool does_not_fit(kt_program *program, kt_value to, kt_span span) {
    char text[KT_VALUE_TEXT];
    return kt_error_at(&program->report, KT_ARITHMETIC, span, "the value does not fit %s", kt_value_type_text(text, to));
}

static kt_value relabelled(kt_value value, kt_value to) {
    value.type = to.type;
    value.width = to.width;
    return value;
}

static bool step(kt_value *out, kt_program *program, uint8_t code, uint32_t width, kt_value to, kt_value value, kt_span span) {
    kt_computation work = {.code = code, .width = width, .type = {(kt_type)to.type, to.width}};
    return kt_carry_out(out, program, work, NULL, &value, NULL, span);
}

static bool to_bool(kt_value *out, kt_program *program, kt_value value, kt_span span) {
    kt_value truth = kt_value_bool(false);
    bool known;
    if (kt_value_truth(&known, value)) {
        truth.as.natural = known;
        truth.followed = value.followed;
        *out = truth;
        return true;
    }
    if (value.type == KT_TYPE_FLOAT) return step(out, program, KT_DO_NOT_ZERO_F, 64, truth, value, span);
    if (value.type != KT_TYPE_BITS || value.width <= 64)
        return step(out, program, KT_DO_NOT_ZERO, kt_value_width(value), truth, value, span);
    kt_value zero = {.type = KT_TYPE_BITS, .width = value.width};
    if (!(zero.as.words = kt_value_words(&program->arithmetic, truth, value.width))) return kt_report_no_memory(&program->report);
    kt_computation equal = {.code = KT_DO_EQUAL_BITS, .width = value.width, .type = {KT_TYPE_BOOL, 0}};
    return kt_carry_out(out, program, equal, NULL, &value, &zero, span) && step(out, program, KT_DO_IS_ZERO, 1, truth, *out, span);
}

/* Does each number of the one type stand in a cell as the same number of the other does? */
static bool holds(kt_value to, kt_value from) {
    uint32_t width = kt_value_width(to), have = kt_value_width(from);
    bool natural = from.type != KT_TYPE_INT;
    if (width == 64 && have == 64) return true; /* the same 64 bits */
    if (to.type == KT_TYPE_INT) return natural ? have < width : have <= width;
    return natural && have <= width;
}

static bool to_whole(kt_value *out, kt_program *program, kt_value to, kt_value value, kt_span span) {
    bool is_signed = to.type == KT_TYPE_INT;
    uint32_t width = kt_value_width(to);
    if (value.type == KT_TYPE_BIG) return does_not_fit(program, to, span);
    if (value.type == KT_TYPE_FLOAT)
        return step(out, program, is_signed ? KT_DO_FLOAT_TO_INT : KT_DO_FLOAT_TO_UINT, width, to, value, span);
    if (value.type == KT_TYPE_BITS) { /* their words, of which there is one */
        bool extended = is_signed && to.width;
        uint64_t room[2];
        if (kt_value_known(value)) {
            bool followed = value.followed;
            value = kt_value_of_words((kt_type)to.type, to.width, kt_value_words_of(&value, room));
            value.followed = followed;
        }
        if (extended) return step(out, program, KT_DO_WRAP_S, width, to, value, span);
        *out = relabelled(value, to);
        return true;
    }
    if (!holds(to, value) && !(value.runtime && kt_narrow_last(program, value, is_signed, width)))
        return step(out, program, is_signed ? KT_DO_WRAP_S : KT_DO_WRAP_U, width, to, value, span);
    *out = relabelled(value, to);
    return true;
}

static bool to_float(kt_value *out, kt_program *program, kt_value to, kt_value value, kt_span span) {
    uint32_t width = kt_value_width(to);
    switch (value.type) {
    case KT_TYPE_INT: return step(out, program, KT_DO_INT_TO_FLOAT, width, to, value, span);
    case KT_TYPE_BOOL:
    case KT_TYPE_UINT: return step(out, program, KT_DO_UINT_TO_FLOAT, width, to, value, span);
    case KT_TYPE_ANGLE: return step(out, program, KT_DO_ANGLE_TO_FLOAT, kt_value_width(value), to, value, span);
    case KT_TYPE_BIG: value = kt_value_float(kt_value_real_of(value)); break;
    default: break;
    }
    if (width == 32 && value.width != 32) return step(out, program, KT_DO_ROUND_F, 32, to, value, span);
    *out = relabelled(value, to);
    return true;
}

static bool to_angle(kt_value *out, kt_program *program, kt_value to, kt_value value, kt_span span) {
    uint32_t width = kt_value_width(to), from = kt_value_width(value);
    uint64_t room[2];
    if (value.type == KT_TYPE_FLOAT) return step(out, program, KT_DO_FLOAT_TO_ANGLE, width, to, value, span);
    if (value.type == KT_TYPE_ANGLE && from != width) {
        kt_computation work = {.code = KT_DO_RESIZE_ANGLE, .width = width, .data = from, .type = {KT_TYPE_ANGLE, to.width}};
        return kt_carry_out(out, program, work, NULL, &value, NULL, span);
    }
    if (value.type == KT_TYPE_BITS && kt_value_known(value)) {
        *out = kt_value_of_words(KT_TYPE_ANGLE, to.width, kt_value_words_of(&value, room));
        out->followed = value.followed;
        return true;
    }
    *out = relabelled(value, to);
    return true;
}

static bool to_bits(kt_value *out, kt_program *program, kt_value to, kt_value value, kt_span span) {
    if (kt_value_known(value)) {
        *out = to;
        out->followed = value.followed;
        if (!(out->as.words = kt_value_words(&program->arithmetic, value, to.width))) return kt_report_no_memory(&program->report);
        return true;
    }
    uint32_t cells = kt_value_cells(to), have = kt_value_cells(value), first;
    bool longer = value.type == KT_TYPE_INT || (value.type == KT_TYPE_UINT && !value.width); /* bits beyond the width may be set */
    if (longer && to.width < 64) return step(out, program, KT_DO_WRAP_U, to.width, to, value, span);
    if (cells == have) {
        *out = relabelled(value, to);
        return true;
    }
    /* wider: zeros above */
    kt_value zero = {.type = KT_TYPE_BITS, .width = to.width};
    if (!(zero.as.words = kt_value_words(&program->arithmetic, kt_value_bool(false), to.width)))
        return kt_report_no_memory(&program->report);
    if (!kt_to_cells(&first, program, zero, span)) return false;
    *out = kt_in_cells(KT_TYPE_BITS, to.width, first);
    kt_op copy = {.code = KT_DO_COPY, .width = 64, .destination = first, .left = value.as.cell, .right = have};
    return kt_emit(program, copy, (kt_span){0});
}

static bool to_complex(kt_value *out, kt_program *program, kt_value to, kt_value value, kt_span span) {
    if (value.type == KT_TYPE_COMPLEX) {
        if (to.width == 64 && value.width != 64) return step(out, program, KT_DO_ROUND_C, 64, to, value, span);
        *out = relabelled(value, to);
        return true;
    }
    kt_value real, part = {.type = KT_TYPE_FLOAT, .width = to.width == 64 ? 32 : 0};
    if (!to_float(&real, program, part, value, span)) return false;
    if (kt_value_known(real)) {
        *out = to;
        out->followed = real.followed;
        out->as.complex[0] = real.as.number;
        out->as.complex[1] = 0;
        return true;
    }
    uint32_t first = kt_new_cells(program, 2);
    *out = kt_in_cells(KT_TYPE_COMPLEX, to.width, first);
    return first != KT_NO_CELL && kt_store_cells(program, first, real, span) && kt_store_cells(program, first + 1, kt_value_float(0), span);
}

bool kt_unsymbolic(kt_value *value, kt_program *program, kt_span span) {
    uint32_t cell;
    if (!value->symbolic) return true;
    if (!kt_to_cells(&cell, program, *value, span)) return false;
    *value = kt_in_cells((kt_type)value->type, value->width, cell);
    return true;
}

/* Symbolic values stay so as numbers and angles. */
static bool stays_symbolic(kt_value *out, kt_program *program, kt_value to, kt_value value, kt_span span, bool *done) {
    *done = (value.type == KT_TYPE_FLOAT || value.type == KT_TYPE_ANGLE) && value.type == to.type &&
            (value.width == to.width || (value.type == KT_TYPE_FLOAT && to.width != 32));
    if (*done) *out = relabelled(value, to);
    if (*done || to.type != KT_TYPE_ANGLE || value.type != KT_TYPE_FLOAT) return true;
    *done = true;
    return kt_symbolic_angle(out, &program->arithmetic, value, to.width) || kt_arithmetic_failed(program, span);
}

bool kt_become(kt_value *out, kt_program *program, kt_typed type, kt_value value, kt_span span) {
    kt_value to = {.type = (uint8_t)type.type, .width = type.width};
    bool done = false;
    if (value.type == to.type && value.width == to.width) {
        *out = value;
        return true;
    }
    if (value.symbolic && !stays_symbolic(out, program, to, value, span, &done)) return false;
    if (done) return true;
    if (!kt_unsymbolic(&value, program, span)) return false;
    switch (type.type) {
    case KT_TYPE_BOOL: return to_bool(out, program, value, span);
    case KT_TYPE_INT:
    case KT_TYPE_UINT: return to_whole(out, program, to, value, span);
    case KT_TYPE_FLOAT: return to_float(out, program, to, value, span);
    case KT_TYPE_ANGLE: return to_angle(out, program, to, value, span);
    case KT_TYPE_BITS: return to_bits(out, program, to, value, span);
    case KT_TYPE_COMPLEX: return to_complex(out, program, to, value, span);
    default: *out = relabelled(value, to); return true;
    }
}

/* Does a constant number fit its new type? */
static bool fits(kt_value to, kt_value value) {
    bool is_signed = to.type == KT_TYPE_INT;
    uint32_t width = kt_value_width(to);
    if (value.type == KT_TYPE_FLOAT) {
        double whole = trunc(value.as.number), top = ldexp(1, (int)width - is_signed);
        return whole < top && whole >= (is_signed ? -top : 0);
    }
    uint64_t top = kt_wrap_unsigned(UINT64_MAX, width) >> is_signed;
    if (value.type == KT_TYPE_INT && value.as.integer < 0) return is_signed && value.as.integer >= -(int64_t)top - 1;
    return value.as.natural <= top;
}

static bool refuse(kt_program *program, kt_value to, bool explicitly, kt_value value, kt_span span) {
    char from[KT_VALUE_TEXT], target[KT_VALUE_TEXT];
    kt_error_at(&program->report, KT_WRONG_TYPE, span, "%s cannot be %s %s", kt_value_type_text(from, value),
                explicitly ? "cast to" : "made", kt_value_type_text(target, to));
    if (!explicitly && kt_value_may_become(value, (kt_type)to.type, to.width, true))
        kt_hint_add(&program->report, "a cast says that it is meant: %s(...)", target);
    else if (value.type == KT_TYPE_BITS && !kt_value_constant(value) && to.width && to.width != value.width)
        kt_hint_add(&program->report, "take some of the bits: [0:%u]", (to.width < value.width ? to.width : value.width) - 1);
    return false;
}

bool kt_convert(kt_value *out, kt_program *program, kt_type type, uint32_t width, bool explicitly, kt_value value, kt_span span) {
    kt_value to = {.type = (uint8_t)type, .width = width};
    if (!kt_value_may_become(value, type, width, explicitly)) return refuse(program, to, explicitly, value, span);
    bool whole = type == KT_TYPE_INT || type == KT_TYPE_UINT;
    if (whole && kt_value_constant(value) && (value.type == KT_TYPE_FLOAT || (kt_value_whole(value) && !explicitly)) && !fits(to, value))
        return does_not_fit(program, to, span);
    return kt_become(out, program, (kt_typed){type, width}, value, span);
}
