/* SPDX-License-Identifier: Apache-2.0
 *
 * Products and eigenvectors of dense complex matrices of at most some hundred rows, for linalg.c. The build chooses one of two:
 * dense_openblas.c leaves them to OpenBLAS, dense_plain.c needs no library (and so is what a wheel holds).
 */
#ifndef KETCH_BASE_DENSE_H
#define KETCH_BASE_DENSE_H

#include "base/diag.h"

#include <stddef.h>

/* The library's calls, where there is one. */
typedef struct kt_dense {
    void *product, *eigenvectors;
} kt_dense;

ketch_status kt_dense_open(kt_dense *out, ketch_diag *diag); /* KT_GATE_POWER */

/* out = a b; out is neither a nor b */
void kt_dense_multiply(const kt_dense *dense, double *out, const double *a, const double *b, size_t n);

/* matrix = W† T W of a unitary matrix, which is overwritten: the n eigenvalues and, row by row, the orthonormal W. Errors: KT_NO_MEMORY,
 * KT_GATE_POWER. */
ketch_status kt_dense_diagonalize(const kt_dense *dense, double *values, double *vectors, double *matrix, size_t n, ketch_diag *diag);

#endif
