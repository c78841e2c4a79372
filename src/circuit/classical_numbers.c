/* SPDX-License-Identifier: Apache-2.0
 *
 * Instructions that compute from cells alone: integers here, then floats, angles and complex numbers. Integers are computed modulo 2^64 and
 * wrapped to their width.
 */
#include "circuit/classical_run.h"

#include <complex.h>
#include <math.h>
#include <string.h>

static const char by_zero[] = "division by zero", not_finite[] = "a number that is NaN or infinite has no integer value",
                  outside[] = "the function is not defined for this number";

/* ── Integers ── */

static uint64_t power(uint64_t base, uint64_t exponent) {
    uint64_t result = 1;
    for (; exponent; exponent >>= 1, base *= base) {
        if (exponent & 1) result *= base;
    }
    return result;
}

static const char *power_signed(uint64_t *out, int64_t base, int64_t exponent) {
    if (exponent >= 0) {
        *out = power((uint64_t)base, (uint64_t)exponent);
        return NULL;
    }
    if (base == 0) return "zero to a negative power";
    *out = base == 1 ? 1 : base == -1 ? (exponent % 2 ? UINT64_MAX : 1) : 0; /* a fraction is cut */
    return NULL;
}

static bool rarely(uint8_t code) { return code >= KT_DO_ADD_F; }

const char *kt_compute(uint64_t *cells, const kt_op *op) {
    if (rarely(op->code)) return op->code < KT_DO_ADD_C ? kt_compute_float(cells, op) : kt_compute_complex(cells, op);
    uint64_t *out = cells + op->destination, a = cells[op->left];
    uint32_t w = op->width;
#define B           cells[op->right] /* where `right` is a cell */
#define SIGNED(x)   *out = kt_wrap_signed((x), w)
#define UNSIGNED(x) *out = kt_wrap_unsigned((x), w)
    switch (op->code) {
    case KT_DO_COPY: memmove(out, cells + op->left, op->right * sizeof *out); break;
    case KT_DO_ADD_S: SIGNED(a + B); break;
    case KT_DO_ADD_U: UNSIGNED(a + B); break;
    case KT_DO_ADD_CONSTANT_S: SIGNED(a + (uint64_t)(int32_t)op->right); break;
    case KT_DO_ADD_CONSTANT_U: UNSIGNED(a + (uint64_t)(int32_t)op->right); break;
    case KT_DO_SUBTRACT_S: SIGNED(a - B); break;
    case KT_DO_SUBTRACT_U: UNSIGNED(a - B); break;
    case KT_DO_MULTIPLY_S: SIGNED(a * B); break;
    case KT_DO_MULTIPLY_U: UNSIGNED(a * B); break;
    case KT_DO_DIVIDE_S:
        if (!B) return by_zero;
        SIGNED(B == UINT64_MAX ? 0 - a : (uint64_t)((int64_t)a / (int64_t)B)); /* by -1: the lowest number has no quotient in C */
        break;
    case KT_DO_DIVIDE_U:
        if (!B) return by_zero;
        UNSIGNED(a / B);
        break;
    case KT_DO_MODULO_S:
        if (!B) return by_zero;
        SIGNED(B == UINT64_MAX ? 0 : (uint64_t)((int64_t)a % (int64_t)B));
        break;
    case KT_DO_MODULO_U:
        if (!B) return by_zero;
        UNSIGNED(a % B);
        break;
    case KT_DO_POWER_S: {
        const char *problem = power_signed(&a, (int64_t)a, (int64_t)B);
        if (problem) return problem;
        SIGNED(a);
        break;
    }
    case KT_DO_POWER_U: UNSIGNED(power(a, B)); break;
    case KT_DO_NEGATE_S: SIGNED(0 - a); break;
    case KT_DO_NEGATE_U: UNSIGNED(0 - a); break;
    case KT_DO_WRAP_S: SIGNED(a); break;
    case KT_DO_WRAP_U: UNSIGNED(a); break;
    case KT_DO_EQUAL: *out = a == B; break;
    case KT_DO_NOT_EQUAL: *out = a != B; break;
    case KT_DO_LESS_S: *out = (int64_t)a < (int64_t)B; break;
    case KT_DO_LESS_U: *out = a < B; break;
    case KT_DO_LESS_EQUAL_S: *out = (int64_t)a <= (int64_t)B; break;
    case KT_DO_LESS_EQUAL_U: *out = a <= B; break;
    case KT_DO_NOT_ZERO: *out = a != 0; break;
    case KT_DO_IS_ZERO: *out = a == 0; break;
    default: return kt_compute_wide(cells, op);
    }
    return NULL;
}

/* ── Floats and angles ── */

static const double two_pi = 6.283185307179586;

static double rounded(double number, uint32_t width) { return width == 32 ? (double)(float)number : number; }

/* Modulo 2^64, which any narrower width divides. */
static uint64_t whole_of(double number) {
    double rest = fmod(trunc(number), 0x1p64);
    return rest < 0 ? 0 - (uint64_t)-rest : (uint64_t)rest;
}

/* The nearest angle, ties to even. */
static uint64_t angle_of(double radians, uint32_t width) {
    double turns = radians / two_pi;
    turns -= floor(turns);
    double steps = nearbyint(ldexp(turns, (int)width));
    return steps < ldexp(1, (int)width) ? (uint64_t)steps : 0; /* a whole turn is none */
}

/* Wider: zeros come in below; narrower: rounded, ties to even. */
static uint64_t resize_angle(uint64_t angle, uint32_t from, uint32_t to) {
    if (to >= from) return angle << (to - from);
    uint32_t dropped = from - to;
    uint64_t half = UINT64_C(1) << (dropped - 1), rest = angle & (2 * half - 1), result = angle >> dropped;
    result += rest > half || (rest == half && (result & 1));
    return kt_wrap_unsigned(result, to);
}

static const char *function(double *out, kt_node_code code, double x) {
    switch (code) {
    case KT_NODE_SIN: *out = sin(x); break;
    case KT_NODE_COS: *out = cos(x); break;
    case KT_NODE_TAN: *out = tan(x); break;
    case KT_NODE_ARCSIN: *out = asin(x); break;
    case KT_NODE_ARCCOS: *out = acos(x); break;
    case KT_NODE_ARCTAN: *out = atan(x); break;
    case KT_NODE_EXP: *out = exp(x); break;
    case KT_NODE_LOG: *out = log(x); break;
    case KT_NODE_SQRT: *out = sqrt(x); break;
    case KT_NODE_CEILING: *out = ceil(x); break;
    default: *out = floor(x); break;
    }
    return isnan(*out) && !isnan(x) ? outside : code == KT_NODE_LOG && x == 0 ? outside : NULL;
}

const char *kt_compute_float(uint64_t *cells, const kt_op *op) {
    uint64_t *out = cells + op->destination, bits = cells[op->left];
    uint32_t w = op->width;
    double a = kt_cell_double(bits), result = 0;
    const char *problem = NULL;
#undef B
#define B kt_cell_double(cells[op->right])
    switch (op->code) {
    case KT_DO_ADD_F: result = a + B; break;
    case KT_DO_SUBTRACT_F: result = a - B; break;
    case KT_DO_MULTIPLY_F: result = a * B; break;
    case KT_DO_DIVIDE_F:
        if (B == 0) return by_zero;
        result = a / B;
        break;
    case KT_DO_MODULO_F:
        if (B == 0) return by_zero;
        result = fmod(a, B);
        break;
    case KT_DO_POWER_F: result = pow(a, B); break;
    case KT_DO_NEGATE_F: result = -a; break;
    case KT_DO_ROUND_F: result = a; break;
    case KT_DO_FUNCTION_F: problem = function(&result, (kt_node_code)op->data, a); break;
    case KT_DO_INT_TO_FLOAT: result = w == 32 ? (double)(float)(int64_t)bits : (double)(int64_t)bits; break; /* rounded once */
    case KT_DO_UINT_TO_FLOAT: result = w == 32 ? (double)(float)bits : (double)bits; break;
    case KT_DO_EQUAL_F: *out = a == B; return NULL;
    case KT_DO_NOT_EQUAL_F: *out = a != B; return NULL;
    case KT_DO_LESS_F: *out = a < B; return NULL;
    case KT_DO_LESS_EQUAL_F: *out = a <= B; return NULL;
    case KT_DO_NOT_ZERO_F: *out = a != 0; return NULL;
    case KT_DO_FLOAT_TO_INT:
    case KT_DO_FLOAT_TO_UINT:
        if (!isfinite(a)) return not_finite;
        *out = op->code == KT_DO_FLOAT_TO_INT ? kt_wrap_signed(whole_of(a), w) : kt_wrap_unsigned(whole_of(a), w);
        return NULL;
    case KT_DO_FLOAT_TO_ANGLE:
        if (!isfinite(a)) return not_finite;
        *out = angle_of(a, w);
        return NULL;
    case KT_DO_ANGLE_TO_FLOAT:
        result = ldexp((double)bits, -(int)w) * two_pi;
        *out = kt_double_cell(result < two_pi ? result : nextafter(two_pi, 0));
        return NULL;
    case KT_DO_RESIZE_ANGLE: *out = resize_angle(bits, op->data, w); return NULL;
    default: break;
    }
    if (!problem) *out = kt_double_cell(rounded(result, w));
    return problem;
}

/* ── Complex numbers ── */

typedef double complex kt_complex;

/* CMPLX of the standard, which Clang does not know together with glibc. */
static kt_complex complex_of(double re, double im) {
    union {
        double parts[2];
        kt_complex number;
    } out = {{re, im}};
    return out.number;
}

static kt_complex complex_at(const uint64_t *cells) { return complex_of(kt_cell_double(cells[0]), kt_cell_double(cells[1])); }

static kt_complex product(kt_complex a, kt_complex b) {
    return complex_of(creal(a) * creal(b) - cimag(a) * cimag(b), creal(a) * cimag(b) + cimag(a) * creal(b));
}

/* Small whole powers by multiplication, so that i ** 2 is -1. */
static const char *complex_power(kt_complex *out, kt_complex base, kt_complex exponent) {
    double whole = creal(exponent);
    *out = 1;
    if (exponent == 0) return NULL;
    if (base == 0 && !(whole > 0)) return "zero to this power";
    if (base == 0) {
        *out = 0;
    } else if (cimag(exponent) == 0 && fabs(whole) <= 64 && whole == trunc(whole)) {
        for (double k = 0; k < fabs(whole); k++) *out = product(*out, base);
        if (whole < 0) *out = 1 / *out;
    } else {
        *out = cpow(base, exponent);
    }
    return NULL;
}

static const char *complex_function(kt_complex *out, kt_node_code code, kt_complex x) {
    switch (code) {
    case KT_NODE_SIN: *out = csin(x); break;
    case KT_NODE_COS: *out = ccos(x); break;
    case KT_NODE_EXP: *out = cexp(x); break;
    case KT_NODE_LOG:
        if (x == 0) return outside;
        *out = clog(x);
        break;
    case KT_NODE_SQRT: *out = csqrt(x); break;
    default: return outside;
    }
    return NULL;
}

const char *kt_compute_complex(uint64_t *cells, const kt_op *op) {
    kt_complex a = complex_at(cells + op->left), result = a;
    uint32_t part = op->width / 2;
    const char *problem = NULL;
#undef B
#define B complex_at(cells + op->right)
    switch (op->code) {
    case KT_DO_ADD_C: result = a + B; break;
    case KT_DO_SUBTRACT_C: result = a - B; break;
    case KT_DO_MULTIPLY_C: result = product(a, B); break;
    case KT_DO_DIVIDE_C:
        if (B == 0) return by_zero;
        result = a / B;
        break;
    case KT_DO_POWER_C: problem = complex_power(&result, a, B); break;
    case KT_DO_NEGATE_C: result = -a; break;
    case KT_DO_FUNCTION_C: problem = complex_function(&result, (kt_node_code)op->data, a); break;
    case KT_DO_EQUAL_C: cells[op->destination] = a == B; return NULL;
    default: break; /* ROUND_C */
    }
    if (problem) return problem;
    cells[op->destination] = kt_double_cell(rounded(creal(result), part));
    cells[op->destination + 1] = kt_double_cell(rounded(cimag(result), part));
    return NULL;
}
