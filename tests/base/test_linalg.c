/* SPDX-License-Identifier: Apache-2.0
 *
 * Powers of unitary matrices: (M^x)^k = M where x k = 1, for random matrices and for those with equal eigenvalues.
 */
#include "check.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 64 };

static double normal(void) { return sqrt(-2 * log(1 - drand48())) * cos(2 * M_PI * drand48()); }

/* Gram-Schmidt on a Gaussian matrix: a random unitary. */
static void random_unitary(double complex *m, size_t n) {
    for (size_t i = 0; i < n * n; i++) m[i] = normal() + I * normal();
    for (size_t r = 0; r < n; r++) {
        for (int pass = 0; pass < 2; pass++) {
            for (size_t p = 0; p < r; p++) {
                double complex dot = 0;
                for (size_t c = 0; c < n; c++) dot += conj(m[p * n + c]) * m[r * n + c];
                for (size_t c = 0; c < n; c++) m[r * n + c] -= dot * m[p * n + c];
            }
        }
        double norm = 0;
        for (size_t c = 0; c < n; c++) norm += creal(m[r * n + c] * conj(m[r * n + c]));
        for (size_t c = 0; c < n; c++) m[r * n + c] /= sqrt(norm);
    }
}

static void multiply(double complex *out, const double complex *a, const double complex *b, size_t n) {
    for (size_t r = 0; r < n; r++) {
        for (size_t c = 0; c < n; c++) {
            double complex sum = 0;
            for (size_t k = 0; k < n; k++) sum += a[r * n + k] * b[k * n + c];
            out[r * n + c] = sum;
        }
    }
}

static double difference(const double complex *a, const double complex *b, size_t n) {
    double worst = 0;
    for (size_t i = 0; i < n * n; i++) worst = fmax(worst, cabs(a[i] - b[i]));
    return worst;
}

static double complex m[LARGEST * LARGEST], root[LARGEST * LARGEST], a[LARGEST * LARGEST], b[LARGEST * LARGEST];

static void check_root(size_t n, int k) {
    assert_int_equal(kt_matrix_power((double *)root, (const double *)m, n, 1.0 / k, NULL), KETCH_OK);
    assert_true(kt_matrix_unitarity((const double *)root, n) < 1e-12);
    memcpy(a, root, sizeof a);
    for (int i = 1; i < k; i++) {
        multiply(b, a, root, n);
        memcpy(a, b, sizeof a);
    }
    assert_true(difference(a, m, n) < 1e-11);
}

static void roots_of_random_matrices(void **state) {
    (void)state;
    for (size_t n = 2; n <= LARGEST; n *= 2) {
        for (int k = 1; k <= 5; k++) {
            random_unitary(m, n);
            check_root(n, k);
        }
    }
}

static void roots_where_eigenvalues_coincide(void **state) {
    (void)state;
    for (size_t n = 2; n <= 16; n *= 2) { /* the exchange of halves: eigenvalues 1 and -1, n/2 times each */
        memset(m, 0, sizeof m);
        for (size_t i = 0; i < n; i++) m[i * n + (i + n / 2) % n] = 1;
        check_root(n, 2);
        kt_matrix_identity((double *)m, n);
        check_root(n, 3);
    }
}

/* Matrices that defeat simple methods: no rotation of two rows makes a cycle more diagonal; a Fourier transform has four eigenvalues, many
 * times each; eigenphases that lie symmetrically about some angle look alike from there. */
static void roots_of_cycles_and_transforms(void **state) {
    (void)state;
    for (size_t n = 2; n <= LARGEST; n *= 2) {
        memset(m, 0, sizeof m);
        for (size_t i = 0; i < n; i++) m[i * n + (i + 1) % n] = 1;
        check_root(n, 2);
        check_root(n, 5);
        for (size_t i = 0; i < n * n; i++) m[i] = cexp(2 * M_PI * I * (double)(i / n * (i % n) % n) / (double)n) / sqrt((double)n);
        check_root(n, 2);
        check_root(n, 3);
    }
    for (int k = 0; k < 40; k++) {
        double middle = 0.7390851332151607 + M_PI * k / 20;
        random_unitary(a, 8);
        for (size_t i = 0; i < 64; i++)
            b[i] = conj(a[i % 8 * 8 + i / 8]) * cexp(I * (middle + (i % 8 % 2 ? 0.3 : -0.3) * (double)(i % 8 / 2 + 1)));
        multiply(m, b, a, 8);
        check_root(8, 3);
    }
}

static void phase_of_minus_one_is_pi(void **state) {
    (void)state;
    const double signs[] = {0.0, -0.0, 1e-16, -1e-16};
    for (size_t i = 0; i < 4; i++) {
        double z[8] = {1, 0, 0, 0, 0, 0, -1, signs[i]}, s[8];
        assert_int_equal(kt_matrix_power(s, z, 2, 0.5, NULL), KETCH_OK);
        assert_true(fabs(s[6]) < 1e-15 && fabs(s[7] - 1) < 1e-15);
    }
}

static void large_whole_powers(void **state) {
    (void)state;
    const double exponents[] = {100000001, 9007199254740991, -9007199254740991, 1e300, 0x1p1023, -3, 0};
    const bool odd[] = {true, true, true, false, false, true, false};
    for (size_t i = 0; i < sizeof exponents / sizeof *exponents; i++) { /* X and H are their own inverses */
        for (int gate = 0; gate < 2; gate++) {
            const double h = M_SQRT1_2, x_or_h[2][8] = {{0, 0, 1, 0, 1, 0, 0, 0}, {h, 0, h, 0, h, 0, -h, 0}},
                         one[8] = {1, 0, 0, 0, 0, 0, 1, 0};
            double power[8];
            assert_int_equal(kt_matrix_power(power, x_or_h[gate], 2, exponents[i], NULL), KETCH_OK);
            for (size_t k = 0; k < 8; k++) assert_true(fabs(power[k] - (odd[i] ? x_or_h[gate] : one)[k]) < 1e-15);
        }
    }
    for (int k = -40; k <= 40; k++) { /* against multiplying, and with a fraction */
        random_unitary(m, 8);
        assert_int_equal(kt_matrix_power((double *)root, (const double *)m, 8, k + 0.5, NULL), KETCH_OK);
        assert_true(kt_matrix_unitarity((const double *)root, 8) < 1e-14);
        multiply(a, root, root, 8);
        kt_matrix_identity((double *)b, 8);
        for (int i = 0; i < abs(2 * k + 1); i++) {
            memcpy(root, b, sizeof root);
            multiply(b, root, m, 8);
        }
        if (2 * k + 1 < 0) kt_matrix_adjoint((double *)b, 8);
        assert_true(difference(a, b, 8) < 1e-12);
    }
}

static void adjoints_and_unitarity(void **state) {
    (void)state;
    for (size_t n = 2; n <= 32; n *= 2) {
        random_unitary(m, n);
        memcpy(a, m, sizeof a);
        kt_matrix_adjoint((double *)a, n);
        multiply(b, a, m, n);
        kt_matrix_identity((double *)root, n);
        assert_true(difference(b, root, n) < 1e-13);
    }
    double bad[8] = {1, 0, 0, 0, 0, 0, 1.1, 0}, nan[8] = {1, 0, 0, NAN, 0, 0, 1, 0};
    assert_true(fabs(kt_matrix_unitarity(bad, 2) - 0.21) < 1e-12);
    assert_true(isinf(kt_matrix_unitarity(nan, 2)));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(roots_of_random_matrices),
                                       cmocka_unit_test(roots_where_eigenvalues_coincide),
                                       cmocka_unit_test(roots_of_cycles_and_transforms),
                                       cmocka_unit_test(phase_of_minus_one_is_pi),
                                       cmocka_unit_test(large_whole_powers),
                                       cmocka_unit_test(adjoints_and_unitarity)};
    return cmocka_run_group_tests_name("linalg", tests, NULL, NULL);
}
