/* SPDX-License-Identifier: Apache-2.0
 *
 * Casts and the built-in functions, as in the specification's tables.
 */
#include "qasm/value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static uint64_t mask_of(uint32_t width) { return width >= 64 || !width ? UINT64_MAX : ((uint64_t)1 << width) - 1; }

static bool refuse(kt_arithmetic *arithmetic, kt_value to, kt_value a, bool explicitly) {
    char from[KT_VALUE_TEXT], target[KT_VALUE_TEXT];
    snprintf(arithmetic->problem, sizeof arithmetic->problem, "%s cannot be %s %s", kt_value_type_text(from, a),
             explicitly ? "cast to" : "made", kt_value_type_text(target, to));
    arithmetic->code = KT_WRONG_TYPE;
    return false;
}

static bool does_not_fit(kt_arithmetic *arithmetic, kt_value to) {
    char target[KT_VALUE_TEXT];
    snprintf(arithmetic->problem, sizeof arithmetic->problem, "the value does not fit %s", kt_value_type_text(target, to));
    arithmetic->code = KT_ARITHMETIC;
    return false;
}

/* The nearest angle of this width, ties to even. */
static bool angle_of(kt_value *out, kt_arithmetic *arithmetic, double radians) {
    if (!isfinite(radians)) return does_not_fit(arithmetic, *out);
    uint32_t width = out->width ? out->width : 64;
    double turns = radians / 6.283185307179586;
    turns -= floor(turns);
    double steps = nearbyint(ldexp(turns, (int)width));
    out->as.natural = steps < ldexp(1, (int)width) ? (uint64_t)steps : 0; /* a whole turn is none */
    return true;
}

static bool to_whole(kt_value *out, kt_arithmetic *arithmetic, kt_value a, bool explicitly) {
    uint32_t width = out->width ? out->width : 64;
    bool is_signed = out->type == KT_TYPE_INT;
    if (a.type == KT_TYPE_FLOAT) {
        double whole = trunc(a.as.number);
        double top = ldexp(1, (int)width - is_signed);
        if (!explicitly) return refuse(arithmetic, *out, a, explicitly);
        if (!(whole < top && whole >= (is_signed ? -top : 0))) return does_not_fit(arithmetic, *out);
        if (is_signed)
            out->as.integer = (int64_t)whole;
        else
            out->as.natural = (uint64_t)whole;
        return true;
    }
    if (a.type == KT_TYPE_BITS) {
        if (explicitly && a.width > width) return refuse(arithmetic, *out, a, explicitly);
        if (!explicitly) return refuse(arithmetic, *out, a, explicitly);
        out->as.natural = a.as.words[0];
        if (is_signed && out->width == a.width) { /* two's complement */
            uint32_t unused = 64 - width;
            out->as.integer = (int64_t)(a.as.words[0] << unused) >> unused;
        }
        return true;
    }
    if (a.type != KT_TYPE_BOOL && a.type != KT_TYPE_INT && a.type != KT_TYPE_UINT) return refuse(arithmetic, *out, a, explicitly);
    bool negative = a.type == KT_TYPE_INT && a.as.integer < 0;
    uint64_t bits = a.as.natural;
    if (explicitly && a.type != KT_TYPE_BOOL && a.width && out->width) { /* bits stay */
        uint32_t unused = 64 - width;
        out->as.natural = bits & mask_of(width);
        if (is_signed) out->as.integer = (int64_t)(bits << unused) >> unused;
        return true;
    }
    uint64_t top = mask_of(width) >> is_signed;
    bool fits = negative ? is_signed && a.as.integer >= -(int64_t)top - 1 : bits <= top;
    if (!fits) return does_not_fit(arithmetic, *out);
    out->as.natural = bits;
    return true;
}

static bool to_bits(kt_value *out, kt_arithmetic *arithmetic, kt_value a, bool explicitly) {
    uint32_t width = a.type == KT_TYPE_ANGLE && !a.width ? 64 : a.width;
    bool same =
        (a.type == KT_TYPE_BITS || a.type == KT_TYPE_INT || a.type == KT_TYPE_UINT || a.type == KT_TYPE_ANGLE) && width == out->width;
    bool truth = a.type == KT_TYPE_BOOL && (explicitly || out->width == 1);
    bool literal = !a.width && (a.type == KT_TYPE_INT || a.type == KT_TYPE_UINT) && !(a.type == KT_TYPE_INT && a.as.integer < 0) &&
                   (a.as.natural & ~mask_of(out->width)) == 0;
    bool big = a.type == KT_TYPE_BIG && a.width <= out->width;
    if (!same && !truth && !literal && !big) return refuse(arithmetic, *out, a, explicitly);
    if (!(out->as.words = kt_value_words(arithmetic, a, out->width))) {
        arithmetic->code = KT_NO_MEMORY;
        return false;
    }
    return true;
}

bool kt_value_cast(kt_value *out, kt_arithmetic *arithmetic, kt_type type, uint32_t width, bool explicitly, kt_value a) {
    kt_value result = {.type = (uint8_t)type, .width = width};
    if (a.symbolic) {
        if (type != (kt_type)a.type || width != a.width) return refuse(arithmetic, result, a, explicitly);
        *out = a;
        return true;
    }
    bool good = true, truth = false;
    switch (type) {
    case KT_TYPE_BOOL:
        if (!explicitly && a.type != KT_TYPE_BOOL && a.type != KT_TYPE_INT && a.type != KT_TYPE_UINT)
            return refuse(arithmetic, result, a, explicitly);
        if (a.type == KT_TYPE_DURATION || !kt_value_truth(&truth, a)) return refuse(arithmetic, result, a, explicitly);
        result = kt_value_bool(truth);
        break;
    case KT_TYPE_INT:
    case KT_TYPE_UINT: good = to_whole(&result, arithmetic, a, explicitly); break;
    case KT_TYPE_FLOAT: {
        kt_value real;
        if (a.type == KT_TYPE_ANGLE || !kt_value_real(&real, arithmetic, a)) return refuse(arithmetic, result, a, explicitly);
        result.as.number = width == 32 ? (double)(float)real.as.number : real.as.number;
        break;
    }
    case KT_TYPE_ANGLE:
        if (a.type == KT_TYPE_ANGLE) { /* wider: zeros below; narrower: rounded, ties to even */
            uint32_t from = a.width ? a.width : 64, to = width ? width : 64;
            uint64_t bits = a.as.natural;
            if (to >= from) {
                bits = to - from < 64 ? bits << (to - from) : 0;
            } else {
                uint64_t drop = from - to, half = (uint64_t)1 << (drop - 1), rest = bits & mask_of((uint32_t)drop);
                bits = drop < 64 ? bits >> drop : 0;
                bits += rest > half || (rest == half && (bits & 1));
            }
            result.as.natural = bits & mask_of(width);
        } else if (a.type == KT_TYPE_BITS) {
            if (!explicitly || a.width != (width ? width : 64)) return refuse(arithmetic, result, a, explicitly);
            result.as.natural = a.as.words[0];
        } else {
            bool zero = (a.type == KT_TYPE_INT || a.type == KT_TYPE_UINT) && a.as.natural == 0;
            if (a.type != KT_TYPE_FLOAT && !zero) return refuse(arithmetic, result, a, explicitly);
            good = zero || angle_of(&result, arithmetic, a.as.number);
        }
        break;
    case KT_TYPE_BITS: good = to_bits(&result, arithmetic, a, explicitly); break;
    case KT_TYPE_DURATION:
        if (a.type != KT_TYPE_DURATION) return refuse(arithmetic, result, a, explicitly);
        result.as.number = a.as.number;
        break;
    default: return refuse(arithmetic, result, a, explicitly);
    }
    if (good) *out = result;
    return good;
}

/* ── Functions ── */

typedef enum kind { REAL, MODULO, POPCOUNT, ROTATE_LEFT, ROTATE_RIGHT, SIZES } kind;

static const struct {
    const char *name;
    uint8_t kind, node, arguments, dialects;
    double (*real)(double);
} functions[] = {
    {"sin", REAL, KT_NODE_SIN, 1, KT_DIALECTS, sin},        {"cos", REAL, KT_NODE_COS, 1, KT_DIALECTS, cos},
    {"tan", REAL, KT_NODE_TAN, 1, KT_DIALECTS, tan},        {"exp", REAL, KT_NODE_EXP, 1, KT_DIALECTS, exp},
    {"ln", REAL, KT_NODE_LOG, 1, KT_DIALECTS, log},         {"log", REAL, KT_NODE_LOG, 1, KT_DIALECT3, log},
    {"sqrt", REAL, KT_NODE_SQRT, 1, KT_DIALECTS, sqrt},     {"arcsin", REAL, KT_NODE_ARCSIN, 1, KT_DIALECT3, asin},
    {"arccos", REAL, KT_NODE_ARCCOS, 1, KT_DIALECT3, acos}, {"arctan", REAL, KT_NODE_ARCTAN, 1, KT_DIALECT3, atan},
    {"asin", REAL, KT_NODE_ARCSIN, 1, KT_DIALECT2, asin},   {"acos", REAL, KT_NODE_ARCCOS, 1, KT_DIALECT2, acos},
    {"atan", REAL, KT_NODE_ARCTAN, 1, KT_DIALECT2, atan},   {"ceiling", REAL, KT_NODE_CEILING, 1, KT_DIALECT3, ceil},
    {"floor", REAL, KT_NODE_FLOOR, 1, KT_DIALECT3, floor},  {"mod", MODULO, KT_NODE_MODULO, 2, KT_DIALECT3, NULL},
    {"popcount", POPCOUNT, 0, 1, KT_DIALECT3, NULL},        {"rotl", ROTATE_LEFT, 0, 2, KT_DIALECT3, NULL},
    {"rotr", ROTATE_RIGHT, 0, 2, KT_DIALECT3, NULL},
};

void kt_value_functions(void (*visit)(void *user, const char *name, size_t size), void *user) {
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) visit(user, functions[i].name, strlen(functions[i].name));
}

static bool wrong_argument(kt_arithmetic *arithmetic, const char *name, const char *wanted, kt_value a) {
    char text[KT_VALUE_TEXT];
    snprintf(arithmetic->problem, sizeof arithmetic->problem, "`%s` takes %s, not %s", name, wanted, kt_value_type_text(text, a));
    arithmetic->code = KT_BAD_CALL;
    return false;
}

static bool call_real(kt_value *out, kt_arithmetic *arithmetic, size_t function, kt_value a) {
    bool periodic =
        functions[function].node == KT_NODE_SIN || functions[function].node == KT_NODE_COS || functions[function].node == KT_NODE_TAN;
    if ((a.type == KT_TYPE_ANGLE && !periodic) || !kt_value_real(&a, arithmetic, a))
        return wrong_argument(arithmetic, functions[function].name, "a real number", a);
    if (!a.symbolic) return *out = kt_value_float(functions[function].real(a.as.number)), true;
    uint32_t node;
    if (kt_circuit_add_node(&node, arithmetic->circuit, (kt_node_code)functions[function].node, a.as.node, 0, 0, NULL) != KETCH_OK) {
        arithmetic->code = KT_NO_MEMORY;
        return false;
    }
    *out = (kt_value){.type = KT_TYPE_FLOAT, .symbolic = true, .as.node = node};
    return true;
}

static bool rotate(kt_value *out, kt_arithmetic *arithmetic, const char *name, kt_value a, int64_t distance) {
    uint32_t width = a.width ? a.width : 64;
    uint64_t *from = kt_value_words(arithmetic, a, width), *to = kt_value_words(arithmetic, kt_value_bool(false), width);
    if (a.type != KT_TYPE_BITS && a.type != KT_TYPE_UINT) return wrong_argument(arithmetic, name, "bits or a uint", a);
    if (!from || !to) {
        arithmetic->code = KT_NO_MEMORY;
        return false;
    }
    arithmetic->work += width;
    uint32_t shift = (uint32_t)((distance % (int64_t)width + (int64_t)width) % (int64_t)width);
    for (uint32_t i = 0; i < width; i++) {
        uint32_t target = (i + shift) % width;
        to[target / 64] |= (from[i / 64] >> i % 64 & 1) << target % 64;
    }
    *out = a;
    if (a.type == KT_TYPE_BITS)
        out->as.words = to;
    else
        out->as.natural = to[0];
    return true;
}

bool kt_value_call(kt_value *out, kt_arithmetic *arithmetic, kt_span name, const kt_value *arguments, uint32_t count, bool *known) {
    size_t function = 0;
    uint8_t dialect = arithmetic->dialect == 2 ? KT_DIALECT2 : KT_DIALECT3;
    for (; function < sizeof functions / sizeof *functions; function++)
        if (strlen(functions[function].name) == name.size && memcmp(functions[function].name, name.at, name.size) == 0 &&
            (functions[function].dialects & dialect))
            break;
    *known = function < sizeof functions / sizeof *functions;
    if (!*known) return false;
    const char *text = functions[function].name;
    if (count != functions[function].arguments) {
        snprintf(arithmetic->problem, sizeof arithmetic->problem, "`%s` takes %u argument%s, not %u", text, functions[function].arguments,
                 functions[function].arguments == 1 ? "" : "s", count);
        arithmetic->code = KT_BAD_CALL;
        return false;
    }
    int64_t distance;
    switch (functions[function].kind) {
    case REAL: return call_real(out, arithmetic, function, arguments[0]);
    case MODULO: return kt_value_binary(out, arithmetic, KT_TOKEN_PERCENT, arguments[0], arguments[1]);
    case POPCOUNT: {
        if (arguments[0].type != KT_TYPE_BITS && arguments[0].type != KT_TYPE_UINT)
            return wrong_argument(arithmetic, text, "bits", arguments[0]);
        uint32_t width = arguments[0].width ? arguments[0].width : 64;
        const uint64_t *words = kt_value_words(arithmetic, arguments[0], width);
        *out = (kt_value){.type = KT_TYPE_UINT};
        for (uint32_t i = 0; words && i < (width + 63) / 64; i++) out->as.natural += (uint64_t)__builtin_popcountll(words[i]);
        if (!words) arithmetic->code = KT_NO_MEMORY;
        return words != NULL;
    }
    default:
        if (!kt_value_integer(&distance, arguments[1]))
            return wrong_argument(arithmetic, text, "an integer as its second argument", arguments[1]);
        return rotate(out, arithmetic, text, arguments[0], functions[function].kind == ROTATE_LEFT ? distance : -distance);
    }
}
