/* SPDX-License-Identifier: Apache-2.0
 *
 * The Pauli frame: what the state is where memory holds phi.
 *
 *   psi(x) = i^quarters e^(i phase) (-1)^(signs . y) phi(y),   y = x xor flips           psi = i^quarters e^(i phase) X^flips Z^signs phi
 *
 * A gate G on psi is G' on phi, G' = F^-1 G F for the frame's operator F: kt_frame_... below say what becomes of F where G, or a part of
 * G', is taken into it. Bits are wires. Quarter turns are counted, so that Paulis bring no rounding.
 */
#ifndef KETCH_ENGINE_FRAME_H
#define KETCH_ENGINE_FRAME_H

#include <math.h>
#include <stdint.h>

typedef struct kt_frame {
    uint64_t flips, signs;
    double phase;
    uint32_t quarters; /* modulo 4 */
} kt_frame;

/* x less a number of whole turns, in [-pi, pi] or a rounding beyond. Up to some turns multiples of M_PI give multiples of M_PI; many turns
 * are taken off with the digits that 2 M_PI lacks. */
static inline double kt_take_turns(double x, double *turns) {
    const double turn = 2 * M_PI, rest = 2.4492935982947064e-16;
    *turns = 0;
    if (fabs(x) <= M_PI) return x;
    *turns = nearbyint(x / turn);
    return fabs(x) < 100 ? x - *turns * turn : fma(-*turns, rest, fma(-*turns, turn, x));
}

#define KT_LARGE_ANGLE 1e9 /* beyond it sine and cosine say more than a number of turns */

static inline double kt_reduced(double x) {
    double turns;
    return fabs(x) < KT_LARGE_ANGLE ? kt_take_turns(x, &turns) : atan2(sin(x), cos(x));
}

/* e^(i angle), exact at multiples of pi. */
static inline void kt_unit(double out[2], double angle) {
    out[0] = fabs(angle) == M_PI ? -1 : 1;
    out[1] = 0;
    if (angle == 0 || fabs(angle) == M_PI) return;
    out[0] = cos(angle);
    out[1] = sin(angle);
}

static inline void kt_frame_turn(kt_frame *frame, double angle) { frame->phase = kt_reduced(frame->phase + kt_reduced(angle)); }

/* The gates X, Y and Z on psi: F <- P F. */
static inline void kt_frame_x(kt_frame *frame, uint64_t bit) { frame->flips ^= bit; }
static inline void kt_frame_z(kt_frame *frame, uint64_t bit) {
    if (frame->flips & bit) frame->quarters += 2;
    frame->signs ^= bit;
}
static inline void kt_frame_y(kt_frame *frame, uint64_t bit) { /* Y = i X Z */
    kt_frame_z(frame, bit);
    kt_frame_x(frame, bit);
    frame->quarters += 1;
}

/* Paulis on phi that need not be done there: F <- F P. */
static inline void kt_frame_take_z(kt_frame *frame, uint64_t bit) { frame->signs ^= bit; }
static inline void kt_frame_take_x(kt_frame *frame, uint64_t bit) {
    if (frame->signs & bit) frame->quarters += 2;
    frame->flips ^= bit;
}
static inline void kt_frame_take_y(kt_frame *frame, uint64_t bit) {
    kt_frame_take_x(frame, bit);
    kt_frame_take_z(frame, bit);
    frame->quarters += 1;
}

/* CX on psi is CX on phi under another frame: C F C. */
static inline void kt_frame_cx(kt_frame *frame, uint32_t control, uint32_t target) {
    frame->flips ^= (frame->flips >> control & 1) << target;
    frame->signs ^= (frame->signs >> target & 1) << control;
}

/* i^quarters e^(i phase) */
static inline void kt_frame_factor(double out[2], const kt_frame *frame) {
    static const double powers[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    const double *power = powers[frame->quarters & 3];
    double unit[2];
    kt_unit(unit, frame->phase);
    out[0] = unit[0] * power[0] - unit[1] * power[1];
    out[1] = unit[0] * power[1] + unit[1] * power[0];
}

#endif
