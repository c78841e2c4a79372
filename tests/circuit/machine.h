/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of the machine share: its memory, numbers to work on, and short programs.
 */
#ifndef KETCH_TESTS_CIRCUIT_MACHINE_H
#define KETCH_TESTS_CIRCUIT_MACHINE_H

#include "check.h"
#include "circuit/circuit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 unsigned_wide;

enum { CELLS = 64, BITS = 300, ROUNDS = 20000 };

static ketch_diag *diag;
static uint64_t cells[CELLS], bits[BITS / 64 + 1];
static double params[4];
static ketch_circuit circuit; /* its pools are set by the tests that need them */
static uint64_t state = 88172645463325252u;

static inline uint64_t draw(void) { /* xorshift; now and then few bits, or nearly all */
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    uint64_t number = state * 2685821657736338717u;
    return state % 5 == 0 ? number >> (state / 5 % 64) : state % 5 == 1 ? ~(number >> (state / 5 % 64)) : number;
}

static inline int begin(void **unused) {
    (void)unused;
    diag = ketch_diag_create();
    memset(&circuit, 0, sizeof circuit);
    circuit.cell_count = CELLS;
    circuit.bit_count = BITS;
    memset(cells, 0, sizeof cells);
    memset(bits, 0, sizeof bits);
    return diag ? 0 : -1;
}

static inline int end(void **unused) {
    (void)unused;
    ketch_diag_free(&diag);
    return 0;
}

static inline kt_machine machine_of(const kt_op *program) {
    return (kt_machine){.circuit = &circuit,
                        .program = program,
                        .params = params,
                        .memory = {bits, cells},
                        .operations_left = 1000000,
                        .max_call_depth = 100,
                        .diag = diag};
}

/* Runs to the end or an error. */
static inline ketch_status run(const kt_op *program) {
    kt_machine machine = machine_of(program);
    ketch_status status;
    ketch_diag_clear(diag);
    kt_pause pause = kt_machine_run(&machine, &status);
    assert_int_equal(pause, status ? KT_PAUSE_FAILED : KT_PAUSE_END);
    kt_machine_free(&machine);
    return status;
}

static inline ketch_status run_one(kt_op op) { return run((kt_op[]){op, {.code = KT_OP_END}}); }

#define OP(name, w, d, l, r) \
    (kt_op) { .code = KT_DO_##name, .width = (uint16_t)(w), .destination = (d), .left = (l), .right = (r) }
#define END \
    (kt_op) { .code = KT_OP_END }

static inline double number_of(uint64_t cell) { return kt_cell_double(cell); }

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

#endif
