/* SPDX-License-Identifier: Apache-2.0
 *
 * What the engine's tests share: random numbers, circuits by calls, runs at a chosen number of threads, and the comparisons of results.
 */
#ifndef KETCH_TESTS_LAB_H
#define KETCH_TESTS_LAB_H

#include "session/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))
#define OK(call)      lab_expect(KETCH_OK, call, #call, __FILE__, __LINE__)
#define FAILS(code, call)                                                                            \
    (ketch_diag_clear(diag), lab_expect(kt_code_status(KT_##code), call, #call, __FILE__, __LINE__), \
     lab_expect_code(#code, KT_##code, __FILE__, __LINE__))

extern ketch_diag *diag; /* of the last call */
void lab_expect(ketch_status wanted, ketch_status got, const char *call, const char *file, int line);
void lab_expect_code(const char *name, kt_code code, const char *file, int line); /* of the first message */

bool quick(void); /* KETCH_TEST_QUICK is set */

/* Numbers for test data, from a fixed seed. */
uint64_t random_below(uint64_t n);
double random_number(void); /* in [-1, 1) */
void random_unitary(double *out, uint32_t qubits);
void random_operands(uint32_t *out, uint32_t count, uint32_t qubits); /* distinct */

/* ── Circuits ── */

ketch_circuit *circuit_of(uint32_t qubits, uint32_t bits);
void gate(ketch_circuit *circuit, const char *name, const double *params, uint32_t a, uint32_t b,
          uint32_t c); /* operands as many as it takes */
#define GATE(circuit, name, ...) \
    gate(circuit, name, NULL, (uint32_t[3]){__VA_ARGS__}[0], (uint32_t[3]){__VA_ARGS__}[1], (uint32_t[3]){__VA_ARGS__}[2])
void measure(ketch_circuit *circuit, uint32_t qubit, uint32_t bit);
void measure_all(ketch_circuit *circuit); /* qubit i into bit i */
void begin_if(ketch_circuit *circuit, uint32_t bit);
void end_if(ketch_circuit *circuit);
/* `count` random gates of the whole table, some with further controls, some random matrices. */
void random_gates(ketch_circuit *circuit, uint32_t count);
/* `count` gates that no engine can do without, in two layers by turns: ry of random angles, cx of random pairs. */
void busy_gates(ketch_circuit *circuit, uint32_t count);

/* ── Runs ── */

typedef struct lab_setup {
    uint32_t threads;          /* 1 */
    uint32_t grain;            /* 2: small states meet all threads */
    uint64_t copies;           /* of the state that the memory budget allows at branches; UINT64_MAX: any number */
    double seconds;            /* that the run may take; 0: any time */
    ketch_run_options options; /* seed 1 if none is set */
} lab_setup;

extern ketch_engine lab_engine; /* that lab_with asks for; KETCH_ENGINE_AUTO */
/* Runs the tests with one engine, and then with the other. */
int lab_run_tests(const struct CMUnitTest *tests, size_t count, CMFixtureFunction create, CMFixtureFunction release);
#define RUN_WITH_BOTH_ENGINES(tests, create, release) lab_run_tests(tests, LENGTH(tests), create, release)

lab_setup lab_with(uint64_t shots, unsigned outputs, uint32_t threads);
/* Through plan and engine, without a session. */
ketch_status lab_try(ketch_result **out, const lab_setup *lab, const ketch_circuit *circuit);
/* The same with a plan that was made before. */
ketch_status lab_try_plan(ketch_result **out, const lab_setup *lab, const ketch_circuit *circuit, const kt_plan *plan);
ketch_result *lab_run(const lab_setup *lab, const ketch_circuit *circuit);

uint64_t count_of(const ketch_result *result, const char *bits);
void expect_same_result(const ketch_result *a, const ketch_result *b); /* outcomes, counts, shots, state: byte by byte */

/* Chi-square of observed counts against expected ones; classes expecting fewer than 5 are put together. Fails beyond the value that one
 * run in 100,000 would exceed. */
void expect_distribution(const uint64_t *observed, const double *probabilities, size_t classes);

#endif
