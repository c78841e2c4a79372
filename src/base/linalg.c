/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense complex matrices through BLAS (products) and LAPACK (the complex Schur decomposition). See linalg.h.
 */
#include "base/linalg.h"

#include "base/memory.h"

#include <cblas.h>
#include <dlfcn.h>
#include <math.h>
#include <string.h>

/* OpenBLAS is opened by the first call that needs it: loading it takes longer than all the rest of a small run, which never multiplies a
 * matrix. The system keeps count, so opening it again costs a microsecond, and nothing need be remembered here. */
typedef __typeof__(cblas_zgemm) zgemm_call;
/* LAPACK's Schur decomposition; the last two arguments are the lengths of the strings, as Fortran passes them. */
typedef void zgees_call(const char *vectors_wanted, const char *sort, int (*select)(const double *), const int *n, double *matrix,
                        const int *stride, int *selected, double *values, double *vectors, const int *vectors_stride, double *work,
                        const int *work_size, double *real_work, int *select_work, int *info, size_t vectors_wanted_size, size_t sort_size);

typedef struct openblas {
    zgemm_call *zgemm;
    zgees_call *zgees;
} openblas;

static bool open_openblas(openblas *out) {
    static const char *const names[] = {KETCH_OPENBLAS, "libopenblas.so.0"}; /* where it was built with, and wherever the system has it */
    void *library = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && !library; i++) library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    void *zgemm = library ? dlsym(library, "cblas_zgemm") : NULL, *zgees = library ? dlsym(library, "zgees_") : NULL;
    memcpy(&out->zgemm, &zgemm, sizeof zgemm);
    memcpy(&out->zgees, &zgees, sizeof zgees);
    return zgemm && zgees;
}

/* out = a b; out is neither a nor b */
static void multiply(const openblas *blas, double *out, const double *a, const double *b, size_t n) {
    static const double one[2] = {1, 0}, zero[2] = {0, 0};
    int order = (int)n;
    blas->zgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, order, order, order, one, a, order, b, order, zero, out, order);
}

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
static void restore_unitarity(const openblas *blas, double *matrix, double *room, size_t n) {
    size_t numbers = 2 * n * n;
    double *square = room, *adjoint = room + numbers;
    memcpy(adjoint, matrix, numbers * sizeof *matrix);
    kt_matrix_adjoint(adjoint, n);
    multiply(blas, square, adjoint, matrix, n);
    for (size_t i = 0; i < numbers; i++) square[i] *= -0.5;
    for (size_t i = 0; i < n; i++) square[2 * (i * n + i)] += 1.5;
    memcpy(adjoint, matrix, numbers * sizeof *matrix);
    multiply(blas, matrix, adjoint, square, n);
}

/* out = out * factor, unitary again. `room` holds 2 matrices. */
static void multiply_in(const openblas *blas, double *out, const double *factor, double *room, size_t n) {
    multiply(blas, room, out, factor, n);
    memcpy(out, room, 2 * n * n * sizeof *out);
    restore_unitarity(blas, out, room, n);
}

/* out = out * matrix^exponent for a whole number, by repeated squaring: an eigenphase times a large number would have lost its digits, and
 * gates like X or T come out exactly. A double is a sum of at most 53 powers of 2, so this takes at most some thousand steps. */
static bool multiply_whole_power(const openblas *blas, double *out, const double *matrix, size_t n, double exponent) {
    size_t numbers = 2 * n * n;
    double *power = kt_array(3 * numbers, sizeof *power);
    if (!power) return false;
    memcpy(power, matrix, numbers * sizeof *power);
    if (exponent < 0) kt_matrix_adjoint(power, n);
    for (double left = fabs(exponent); left >= 1; left = floor(left / 2)) {
        if (fmod(left, 2) != 0) multiply_in(blas, out, power, power + numbers, n);
        if (left < 2) break;
        memcpy(power + numbers, power, numbers * sizeof *power);
        multiply(blas, power, power + numbers, power + numbers, n);
        restore_unitarity(blas, power, power + numbers, n);
    }
    kt_free(power);
    return true;
}

/* A unitary matrix is normal, so its Schur form Q T Q† has a diagonal T, and the columns of Q are orthonormal even where eigenvalues
 * coincide: M^x = Q T^x Q†. LAPACK reads columns first, hence sees the transpose: (M^T)^x is (M^x)^T, so the same reading gives M^x back.
 */
static bool fractional_power(const openblas *blas, double *out, const double *matrix, size_t n, double exponent) {
    size_t entries = 2 * n * n;
    int order = (int)n, selected = 0, info = 0, work_size = (int)(8 * n);
    double *schur = kt_array(3 * entries + 2 * n + 2 * (size_t)work_size + n, sizeof *schur);
    if (!schur) return false;
    double *vectors = schur + entries, *scaled = vectors + entries, *values = scaled + entries, *work = values + 2 * n;
    double *real_work = work + 2 * (size_t)work_size;
    memcpy(schur, matrix, entries * sizeof *schur);
    blas->zgees("V", "N", NULL, &order, schur, &order, &selected, values, vectors, &order, work, &work_size, real_work, NULL, &info, 1, 1);
    for (size_t j = 0; j < n && info == 0; j++) {
        double phase = atan2(values[2 * j + 1], values[2 * j]);
        if (phase < -M_PI + 1e-12) phase = M_PI; /* -1 up to rounding */
        double c = cos(phase * exponent), s = sin(phase * exponent);
        for (size_t i = 0; i < n; i++) { /* column j of Q times its eigenvalue's power */
            const double *q = vectors + 2 * (j * n + i);
            scaled[2 * (j * n + i)] = q[0] * c - q[1] * s;
            scaled[2 * (j * n + i) + 1] = q[0] * s + q[1] * c;
        }
    }
    if (info == 0) {
        static const double one[2] = {1, 0}, zero[2] = {0, 0};
        blas->zgemm(CblasColMajor, CblasNoTrans, CblasConjTrans, (int)n, (int)n, (int)n, one, scaled, (int)n, vectors, (int)n, zero, out,
                    (int)n);
    }
    kt_free(schur);
    return info == 0;
}

ketch_status kt_matrix_power(double *out, const double *matrix, size_t n, double exponent, ketch_diag *diag) {
    openblas blas;
    if (!open_openblas(&blas)) return kt_fail(diag, KT_NO_OPENBLAS, "OpenBLAS, which this power of a gate needs, cannot be loaded");
    double whole = trunc(exponent);
    bool done = true;
    if (exponent == whole)
        kt_matrix_identity(out, n);
    else
        done = fractional_power(&blas, out, matrix, n, exponent - whole);
    if (done) done = multiply_whole_power(&blas, out, matrix, n, whole);
    return done ? KETCH_OK : kt_no_memory(diag);
}
