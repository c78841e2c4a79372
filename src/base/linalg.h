/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense complex matrices, small: gates built from gates, powers of a gate. Row by row, interleaved re im. The kernels never come
 * here.
 */
#ifndef KETCH_BASE_LINALG_H
#define KETCH_BASE_LINALG_H

#include "base/diag.h"

#include <stddef.h>

void kt_matrix_identity(double *out, size_t n);
void kt_matrix_adjoint(double *matrix, size_t n);           /* in place */
double kt_matrix_unitarity(const double *matrix, size_t n); /* largest entry of |M† M - 1|; infinite on NaN */

/* out = matrix^exponent of a unitary matrix: the whole part of the exponent by repeated squaring, the fraction through the eigenphases,
 * taken in (-pi, pi] (an eigenvalue within 1e-12 of -1 counts as +pi). Errors: KT_NO_MEMORY, KT_GATE_POWER. */
ketch_status kt_matrix_power(double *out, const double *matrix, size_t n, double exponent, ketch_diag *diag);

#endif
