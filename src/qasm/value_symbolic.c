/* SPDX-License-Identifier: Apache-2.0
 *
 * Values that depend on an `input` or a stretch: nodes of the circuit's expression graph, which binding, or the end of the program,
 * evaluates. What nodes cannot do is left to instructions.
 */
#include "qasm/value.h"

#include <math.h>

static const double two_pi = 6.283185307179586;

static bool no_memory(kt_arithmetic *arithmetic) { return kt_value_fail(arithmetic, KT_NO_MEMORY, "out of memory"); }

static bool node_of(uint32_t *node, kt_arithmetic *arithmetic, kt_value a) {
    if (a.symbolic) {
        *node = a.as.node;
        return true;
    }
    return kt_circuit_add_node(node, arithmetic->circuit, KT_NODE_CONSTANT, 0, 0, kt_value_real_of(a), NULL) == KETCH_OK ||
           no_memory(arithmetic);
}

static bool make_node(kt_value *out, kt_arithmetic *arithmetic, kt_node_code code, kt_value a, kt_value b) {
    uint32_t first, second = 0, node;
    bool binary = code >= KT_NODE_ADD && code <= KT_NODE_POWER;
    if (!node_of(&first, arithmetic, a) || (binary && !node_of(&second, arithmetic, b))) return false;
    if (kt_circuit_add_node(&node, arithmetic->circuit, code, first, second, 0, NULL) != KETCH_OK) return no_memory(arithmetic);
    *out = (kt_value){.type = KT_TYPE_FLOAT, .symbolic = true, .as.node = node};
    return true;
}

static bool drop_whole(kt_value *a, kt_arithmetic *arithmetic) {
    kt_value whole;
    return make_node(&whole, arithmetic, KT_NODE_FLOOR, *a, *a) && make_node(a, arithmetic, KT_NODE_SUBTRACT, *a, whole);
}

/* An angle in radians, brought to [0, 2 pi) and, where it is narrow enough to matter, to the grid of its width: the nearest, ties to even,
 * as a sum with 2^52 is rounded. */
static bool wrap_angle(kt_value *out, kt_arithmetic *arithmetic, kt_value a, uint32_t width) {
    kt_value turns, full = kt_value_float(two_pi);
    if (!make_node(&turns, arithmetic, KT_NODE_DIVIDE, a, full) || !drop_whole(&turns, arithmetic)) return false;
    if (width && width <= 52) {
        kt_value steps = kt_value_float(ldexp(1, (int)width)), round = kt_value_float(0x1p52);
        if (!make_node(&turns, arithmetic, KT_NODE_MULTIPLY, turns, steps) || !make_node(&turns, arithmetic, KT_NODE_ADD, turns, round) ||
            !make_node(&turns, arithmetic, KT_NODE_SUBTRACT, turns, round) ||
            !make_node(&turns, arithmetic, KT_NODE_DIVIDE, turns, steps) || !drop_whole(&turns, arithmetic))
            return false;
    }
    if (!make_node(out, arithmetic, KT_NODE_MULTIPLY, turns, full)) return false;
    out->type = KT_TYPE_ANGLE;
    out->width = width;
    return true;
}

bool kt_symbolic_input(kt_value *out, kt_arithmetic *arithmetic, uint32_t input, kt_type type, uint32_t width) {
    kt_value value = {.type = KT_TYPE_FLOAT, .symbolic = true};
    if (kt_circuit_add_node(&value.as.node, arithmetic->circuit, KT_NODE_INPUT, input, 0, 0, NULL) != KETCH_OK)
        return no_memory(arithmetic);
    *out = value;
    /* Without a size an angle is what the caller gives, in radians: -0.5 and 2 pi - 0.5 differ by a sign once a gate is controlled. */
    return type != KT_TYPE_ANGLE || !width || wrap_angle(out, arithmetic, value, width);
}

static bool is_real(kt_value a) { return a.type == KT_TYPE_FLOAT || a.type == KT_TYPE_BIG || (kt_value_known(a) && kt_value_whole(a)); }

/* Durations that depend on stretches: what is linear in them. */
static bool linear_time(kt_value *out, kt_arithmetic *arithmetic, uint8_t op, kt_value a, kt_value b, bool *done) {
    bool both = a.type == b.type, first = a.type == KT_TYPE_DURATION;
    kt_value factor = first ? b : a;
    bool number = !both && kt_value_known(factor) && is_real(factor);
    kt_node_code code = op == KT_TOKEN_PLUS    ? KT_NODE_ADD
                        : op == KT_TOKEN_MINUS ? KT_NODE_SUBTRACT
                        : op == KT_TOKEN_SLASH ? KT_NODE_DIVIDE
                                               : KT_NODE_MULTIPLY;
    *done = (both && (op == KT_TOKEN_PLUS || op == KT_TOKEN_MINUS)) || (number && op == KT_TOKEN_ASTERISK) ||
            (number && op == KT_TOKEN_SLASH && first && kt_value_real_of(factor) != 0);
    if (!*done) return true;
    if (!make_node(out, arithmetic, code, a, b)) return false;
    out->type = KT_TYPE_DURATION;
    return true;
}

bool kt_symbolic_binary(kt_value *out, kt_arithmetic *arithmetic, uint8_t op, kt_value a, kt_value b, bool *done) {
    static const uint8_t codes[KT_TOKEN_COUNT] = {
        [KT_TOKEN_PLUS] = KT_NODE_ADD,     [KT_TOKEN_MINUS] = KT_NODE_SUBTRACT, [KT_TOKEN_ASTERISK] = KT_NODE_MULTIPLY,
        [KT_TOKEN_SLASH] = KT_NODE_DIVIDE, [KT_TOKEN_PERCENT] = KT_NODE_MODULO, [KT_TOKEN_POWER] = KT_NODE_POWER};
    bool first = a.type == KT_TYPE_ANGLE, second = b.type == KT_TYPE_ANGLE, angle = first || second;
    *done = codes[op] != 0;
    if (a.type == KT_TYPE_DURATION || b.type == KT_TYPE_DURATION) return linear_time(out, arithmetic, op, a, b, done);
    if (angle) {
        bool sum = op == KT_TOKEN_PLUS || op == KT_TOKEN_MINUS, whole_right = kt_value_known(b) && kt_value_whole(b);
        bool scaled = (op == KT_TOKEN_ASTERISK && (whole_right || (kt_value_known(a) && kt_value_whole(a)))) ||
                      (op == KT_TOKEN_SLASH && first && whole_right);
        *done = *done && (sum ? (first || is_real(a)) && (second || is_real(b)) : scaled);
    } else {
        *done = *done && is_real(a) && is_real(b);
    }
    if (!*done) return true;
    if (!make_node(out, arithmetic, (kt_node_code)codes[op], a, b)) return false;
    return !angle || wrap_angle(out, arithmetic, *out, first ? a.width : b.width);
}

bool kt_symbolic_negate(kt_value *out, kt_arithmetic *arithmetic, kt_value a) {
    if (!make_node(out, arithmetic, KT_NODE_NEGATE, a, a)) return false;
    if (a.type == KT_TYPE_DURATION) out->type = KT_TYPE_DURATION;
    return a.type != KT_TYPE_ANGLE || wrap_angle(out, arithmetic, *out, a.width);
}

bool kt_symbolic_call(kt_value *out, kt_arithmetic *arithmetic, kt_node_code code, kt_value a) {
    return make_node(out, arithmetic, code, a, a);
}

bool kt_symbolic_angle(kt_value *out, kt_arithmetic *arithmetic, kt_value a, uint32_t width) {
    *out = a;
    out->type = KT_TYPE_ANGLE;
    out->width = width;
    return !width || wrap_angle(out, arithmetic, a, width);
}
