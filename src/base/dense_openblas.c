/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense matrices through BLAS (products) and LAPACK (the complex Schur decomposition). See dense.h.
 *
 * OpenBLAS is opened by the first call that needs it: loading it takes longer than all the rest of a small run, which never multiplies a
 * matrix. The system keeps count, so opening it again costs a microsecond, and nothing need be remembered here.
 */
#include "base/dense.h"
#include "base/memory.h"

#include <cblas.h>
#include <dlfcn.h>
#include <string.h>

typedef __typeof__(cblas_zgemm) zgemm_call;
/* LAPACK's Schur decomposition; the last two arguments are the lengths of the strings, as Fortran passes them. */
typedef void zgees_call(const char *vectors_wanted, const char *sort, int (*select)(const double *), const int *n, double *matrix,
                        const int *stride, int *selected, double *values, double *vectors, const int *vectors_stride, double *work,
                        const int *work_size, double *real_work, int *select_work, int *info, size_t vectors_wanted_size, size_t sort_size);

ketch_status kt_dense_open(kt_dense *out, ketch_diag *diag) {
    static const char *const names[] = {KETCH_OPENBLAS, "libopenblas.so.0"}; /* where it was built with, and wherever the system has it */
    void *library = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && !library; i++) library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    out->product = library ? dlsym(library, "cblas_zgemm") : NULL;
    out->eigenvectors = library ? dlsym(library, "zgees_") : NULL;
    if (out->product && out->eigenvectors) return KETCH_OK;
    return kt_fail(diag, KT_GATE_POWER, "OpenBLAS, which this power of a gate needs, cannot be loaded");
}

void kt_dense_multiply(const kt_dense *dense, double *out, const double *a, const double *b, size_t n) {
    static const double one[2] = {1, 0}, zero[2] = {0, 0};
    int order = (int)n;
    zgemm_call *zgemm;
    memcpy(&zgemm, &dense->product, sizeof zgemm);
    zgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, order, order, order, one, a, order, b, order, zero, out, order);
}

/* A unitary matrix is normal, so its Schur form Q T Q† has a diagonal T. LAPACK reads columns first, hence sees the transpose M^T = Q T Q†
 * and writes Q so that it reads as Q^T here: that is W, since M = (Q T Q†)^T. */
ketch_status kt_dense_diagonalize(const kt_dense *dense, double *values, double *vectors, double *matrix, size_t n, ketch_diag *diag) {
    int order = (int)n, selected = 0, info = 0, work_size = (int)(8 * n);
    double *work = kt_array(2 * (size_t)work_size + n, sizeof *work);
    if (!work) return kt_no_memory(diag);
    double *real_work = work + 2 * (size_t)work_size;
    zgees_call *zgees;
    memcpy(&zgees, &dense->eigenvectors, sizeof zgees);
    zgees("V", "N", NULL, &order, matrix, &order, &selected, values, vectors, &order, work, &work_size, real_work, NULL, &info, 1, 1);
    kt_free(work);
    return info == 0 ? KETCH_OK : kt_fail(diag, KT_GATE_POWER, "the eigenvalues of a gate could not be computed");
}
