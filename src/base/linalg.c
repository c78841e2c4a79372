/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense complex matrices: powers by repeated squaring and through the eigenphases. See linalg.h; products and eigenvectors are in dense.h.
 */
#include "base/linalg.h"

#include "base/dense.h"
#include "base/memory.h"

#include <math.h>
#include <string.h>

void kt_matrix_identity(double *out, size_t n) {
    memset(out, 0, 2 * n * n * sizeof *out);
    for (size_t i = 0; i < n; i++) out[2 * (i * n + i)] = 1;
}

void kt_matrix_adjoint(double *matrix, size_t n) {
    for (size_t i = 0; i < n; i++) {
        matrix[2 * (i * n + i) + 1] = -matrix[2 * (i * n + i) + 1];
        for (size_t j = 0; j < i; j++) {
            double *lower = matrix + 2 * (i * n + j), *upper = matrix + 2 * (j * n + i);
            double re = lower[0], im = lower[1];
            lower[0] = upper[0], lower[1] = -upper[1];
            upper[0] = re, upper[1] = -im;
        }
    }
}

double kt_matrix_unitarity(const double *matrix, size_t n) {
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double re = i == j ? -1 : 0, im = 0;
            for (size_t k = 0; k < n; k++) {
                const double *a = matrix + 2 * (k * n + i), *b = matrix + 2 * (k * n + j);
                re += a[0] * b[0] + a[1] * b[1];
                im += a[0] * b[1] - a[1] * b[0];
            }
            double size = hypot(re, im);
            if (!(size <= worst)) worst = isnan(size) ? INFINITY : size;
        }
    }
    return worst;
}

/* One Newton-Schulz step towards the nearest unitary matrix: M (3 - M† M) / 2 squares the distance from unitarity. `room` holds 2 matrices.
 */
static void restore_unitarity(const kt_dense *dense, double *matrix, double *room, size_t n) {
    size_t numbers = 2 * n * n;
    double *square = room, *adjoint = room + numbers;
    memcpy(adjoint, matrix, numbers * sizeof *matrix);
    kt_matrix_adjoint(adjoint, n);
    kt_dense_multiply(dense, square, adjoint, matrix, n);
    for (size_t i = 0; i < numbers; i++) square[i] *= -0.5;
    for (size_t i = 0; i < n; i++) square[2 * (i * n + i)] += 1.5;
    memcpy(adjoint, matrix, numbers * sizeof *matrix);
    kt_dense_multiply(dense, matrix, adjoint, square, n);
}

/* out = out * factor, unitary again. `room` holds 2 matrices. */
static void multiply_in(const kt_dense *dense, double *out, const double *factor, double *room, size_t n) {
    kt_dense_multiply(dense, room, out, factor, n);
    memcpy(out, room, 2 * n * n * sizeof *out);
    restore_unitarity(dense, out, room, n);
}

/* out = out * matrix^exponent for a whole number, by repeated squaring: an eigenphase times a large number would have lost its digits, and
 * gates like X or T come out exactly. A double is a sum of at most 53 powers of 2, so this takes at most some thousand steps. */
static bool multiply_whole_power(const kt_dense *dense, double *out, const double *matrix, size_t n, double exponent) {
    size_t numbers = 2 * n * n;
    double *power = kt_array(3 * numbers, sizeof *power);
    if (!power) return false;
    memcpy(power, matrix, numbers * sizeof *power);
    if (exponent < 0) kt_matrix_adjoint(power, n);
    for (double left = fabs(exponent); left >= 1; left = floor(left / 2)) {
        if (fmod(left, 2) != 0) multiply_in(dense, out, power, power + numbers, n);
        if (left < 2) break;
        memcpy(power + numbers, power, numbers * sizeof *power);
        kt_dense_multiply(dense, power, power + numbers, power + numbers, n);
        restore_unitarity(dense, power, power + numbers, n);
    }
    kt_free(power);
    return true;
}

/* A unitary matrix is normal: W† T W, where T is diagonal and the rows of W are orthonormal even where eigenvalues coincide; so M^x = W†
 * T^x W. */
static ketch_status fractional_power(const kt_dense *dense, double *out, const double *matrix, size_t n, double exponent,
                                     ketch_diag *diag) {
    size_t entries = 2 * n * n;
    double *copy = kt_array(3 * entries + 2 * n, sizeof *copy);
    if (!copy) return kt_no_memory(diag);
    double *vectors = copy + entries, *scaled = vectors + entries, *values = scaled + entries;
    memcpy(copy, matrix, entries * sizeof *copy);
    ketch_status status = kt_dense_diagonalize(dense, values, vectors, copy, n, diag);
    for (size_t k = 0; k < n && status == KETCH_OK; k++) {
        double phase = atan2(values[2 * k + 1], values[2 * k]);
        if (phase < -M_PI + 1e-12) phase = M_PI; /* -1 up to rounding */
        double c = cos(phase * exponent), s = sin(phase * exponent);
        for (size_t i = k * n; i < (k + 1) * n; i++) { /* row k of W times its eigenvalue's power */
            scaled[2 * i] = vectors[2 * i] * c - vectors[2 * i + 1] * s;
            scaled[2 * i + 1] = vectors[2 * i] * s + vectors[2 * i + 1] * c;
        }
    }
    if (status == KETCH_OK) {
        kt_matrix_adjoint(vectors, n);
        kt_dense_multiply(dense, out, vectors, scaled, n);
    }
    kt_free(copy);
    return status;
}

ketch_status kt_matrix_power(double *out, const double *matrix, size_t n, double exponent, ketch_diag *diag) {
    kt_dense dense;
    ketch_status status = kt_dense_open(&dense, diag);
    double whole = trunc(exponent);
    if (exponent == whole)
        kt_matrix_identity(out, n);
    else if (status == KETCH_OK)
        status = fractional_power(&dense, out, matrix, n, exponent - whole, diag);
    if (status == KETCH_OK && !multiply_whole_power(&dense, out, matrix, n, whole)) status = kt_no_memory(diag);
    return status;
}
