/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense matrices without a library. See dense.h.
 *
 * Eigenvectors are found by Jacobi's method: plane rotations, pair by pair, that make two rows and columns as diagonal as they can be, in
 * sweeps until nothing is left to turn. A unitary U is e^it (A + iB) for commuting Hermitian A and B, and two passes are made:
 *
 *   1. with one fixed t, on A alone: that converges from everywhere. Where A has equal eigenvalues and U has not, something is left.
 *   2. with the t that suits each pair best (Cardoso and Souloumiac's angles for several matrices at once): that converges, quadratically,
 *      from nearby, and treats A and B alike.
 */
#include "base/dense.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { MOST_SWEEPS = 60 };
#define FIXED_ANGLE 0.7390851332151607 /* of no particular meaning, so that no common gate has two eigenphases whose sum is twice it */
#define SMALL       2e-15              /* an entry beside the diagonal that is as good as 0: a few roundings of numbers up to 1 */

ketch_status kt_dense_open(kt_dense *out, ketch_diag *diag) {
    (void)diag;
    memset(out, 0, sizeof *out);
    return KETCH_OK;
}

void kt_dense_multiply(const kt_dense *dense, double *out, const double *a, const double *b, size_t n) {
    (void)dense;
    memset(out, 0, 2 * n * n * sizeof *out);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            double re = a[2 * (i * n + k)], im = a[2 * (i * n + k) + 1];
            const double *from = b + 2 * k * n;
            double *to = out + 2 * i * n;
            for (size_t j = 0; j < 2 * n; j += 2) {
                to[j] += re * from[j] - im * from[j + 1];
                to[j + 1] += re * from[j + 1] + im * from[j];
            }
        }
    }
}

typedef struct rotation {
    double c, re, im; /* [c, -conj(s); s, c] with s = re + i im */
} rotation;

/* The rotation that makes rows and columns p and q most diagonal; false if they are. `best`: for A and B, else for A alone. */
static bool find_rotation(rotation *out, const double *m, size_t n, size_t p, size_t q, bool best) {
    const double *pp = m + 2 * (p * n + p), *pq = m + 2 * (p * n + q), *qp = m + 2 * (q * n + p), *qq = m + 2 * (q * n + q);
    double re[3] = {pp[0] - qq[0], pq[0] + qp[0], pq[1] - qp[1]}; /* the Pauli components z, x, y of the 2 by 2 block, twice */
    double im[3] = {pp[1] - qq[1], pq[1] + qp[1], qp[0] - pq[0]};
    double t = FIXED_ANGLE;
    if (best) {
        double squares = 0, products = 0;
        for (int i = 0; i < 3; i++) squares += re[i] * re[i] - im[i] * im[i], products += 2 * re[i] * im[i];
        t = atan2(products, squares) / 2;
    }
    double axis[3];
    for (int i = 0; i < 3; i++) axis[i] = cos(t) * re[i] + sin(t) * im[i];
    double aside = hypot(axis[1], axis[2]), length = hypot(axis[0], aside);
    if (aside <= SMALL) return false;
    double sign = axis[0] < 0 ? -1 : 1;
    out->c = sqrt((1 + sign * axis[0] / length) / 2);
    out->re = sign * axis[1] / length / (2 * out->c);
    out->im = -sign * axis[2] / length / (2 * out->c);
    return true;
}

/* a = c a + s b, b = c b - conj(s) a, for `count` numbers that lie `step` apart. */
static void rotate(double *a, double *b, size_t count, size_t step, double c, double re, double im) {
    for (size_t i = 0; i < count; i++, a += 2 * step, b += 2 * step) {
        double a_re = a[0], a_im = a[1], b_re = b[0], b_im = b[1];
        a[0] = c * a_re + (re * b_re - im * b_im), a[1] = c * a_im + (re * b_im + im * b_re);
        b[0] = c * b_re - (re * a_re + im * a_im), b[1] = c * b_im - (re * a_im - im * a_re);
    }
}

/* Whether anything was turned. */
static bool sweep(double *matrix, double *vectors, size_t n, bool best) {
    bool turned = false;
    for (size_t p = 0; p + 1 < n; p++) {
        for (size_t q = p + 1; q < n; q++) {
            rotation r;
            if (!find_rotation(&r, matrix, n, p, q, best)) continue;
            turned = true;
            rotate(matrix + 2 * p, matrix + 2 * q, n, n, r.c, r.re, r.im);          /* columns */
            rotate(matrix + 2 * p * n, matrix + 2 * q * n, n, 1, r.c, r.re, -r.im); /* rows, by the adjoint */
            rotate(vectors + 2 * p * n, vectors + 2 * q * n, n, 1, r.c, r.re, -r.im);
        }
    }
    return turned;
}

ketch_status kt_dense_diagonalize(const kt_dense *dense, double *values, double *vectors, double *matrix, size_t n, ketch_diag *diag) {
    (void)dense;
    memset(vectors, 0, 2 * n * n * sizeof *vectors);
    for (size_t i = 0; i < n; i++) vectors[2 * (i * n + i)] = 1;
    for (int best = 0; best <= 1; best++) {
        for (int i = 0; i < MOST_SWEEPS && sweep(matrix, vectors, n, best); i++) continue;
    }
    double left = 0;
    for (size_t i = 0; i < n; i++) {
        values[2 * i] = matrix[2 * (i * n + i)], values[2 * i + 1] = matrix[2 * (i * n + i) + 1];
        for (size_t j = 0; j < 2 * n; j++) left = i == j / 2 ? left : fmax(left, fabs(matrix[2 * i * n + j]));
    }
    return left < 1e-9 ? KETCH_OK : kt_fail(diag, KT_GATE_POWER, "the eigenvalues of a gate could not be computed");
}
