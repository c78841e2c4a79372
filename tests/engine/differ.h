/* SPDX-License-Identifier: Apache-2.0
 *
 * The planned engine against something else: circuits made to hit each thing that it does, settings that switch each part on and off, and a
 * comparison that, where it fails, leaves operations out for as long as it still does and prints what remains.
 */
#ifndef KETCH_TESTS_DIFFER_H
#define KETCH_TESTS_DIFFER_H

#include "lab.h"

typedef enum style {
    STYLE_ALL,         /* any gate of the table, matrices, further controls */
    STYLE_ONE_QUBIT,   /* runs of gates on one qubit: merged, cancelled, split by Euler's angles */
    STYLE_DIAGONAL,    /* phases of one to many qubits, few other gates between */
    STYLE_PERMUTATION, /* cx, swaps, and what has more controls */
    STYLE_PAULI,       /* x, y, z before, between and behind everything that they change the sign of */
    STYLE_TWO_QUBITS,  /* runs of gates on two qubits, as quantum volume has them */
    STYLE_DENSE,       /* matrices of one to six qubits */
    STYLE_LAYERS,      /* a gate on each qubit, then cx along a line or ring, and again */
    STYLE_COUNT
} style;
extern const char *const style_names[STYLE_COUNT];

/* Appends `count` operations, or a few more. */
void styled_gates(ketch_circuit *circuit, style kind, uint32_t count);
/* With measurements, resets and conditions among them; bits as many as qubits. */
void styled_program(ketch_circuit *circuit, style kind, uint32_t count);

/* One way to run. */
typedef struct setting {
    ketch_instruction_set instructions;
    ketch_precision precision;
    uint32_t tile_bits;
    unsigned without;
    uint32_t threads;
} setting;
#define WITHOUT_ALL 1023u
ketch_instruction_set best_instructions(void);
setting random_setting(uint32_t qubits);
lab_setup lab_of(const setting *how, uint64_t shots, unsigned outputs, uint64_t seed);

double amplitude_part(const ketch_result *result, size_t i); /* number i of the state */
/* The largest difference of two numbers; NaN counts as infinite. */
double distance(const ketch_result *result, const double *wanted);
/* The reference engine's state in fp64: 2^(qubits + 1) numbers (free). */
double *reference_state(const ketch_circuit *circuit);

/* Fails unless the state, global phase included, is within `tolerance` of the reference engine's. */
void expect_agreement(const ketch_circuit *circuit, const double *wanted, const setting *how, double tolerance);
/* Fails unless shots come out the same, and the state of one shot is within `tolerance`. */
void expect_same_program(const ketch_circuit *circuit, const setting *how, double tolerance);

#endif
