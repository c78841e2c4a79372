/* SPDX-License-Identifier: Apache-2.0
 *
 * Gates as products of simpler ones, global phase included, in order of time. They are definitions for languages that lack a gate, and
 * where a gate has more controls than any gate of OpenQASM 2, they lead down to phases, which can have as many as are wanted:
 *
 *   rx = h . rz . h      the two h need no controls: without the rz they cancel
 *   rz = p . gphase
 *
 * A test multiplies each of them out.
 */
#include "output/convert.h"

#include <math.h>

#define ON(...)     .on = {__VA_ARGS__}
#define ANGLES(...) .angles = {__VA_ARGS__}
#define IS(n) \
    { .factor = 1, .parameters = 1 << (n) }
#define MINUS(n) \
    { .factor = -1, .parameters = 1 << (n) }
#define HALF(bits) \
    { .factor = 0.5, .parameters = (bits) }
#define MINUS_HALF(n) \
    { .factor = -0.5, .parameters = 1 << (n) }
#define NUMBER(value) \
    { .constant = (value) }
#define FREE .free = true

#define STEP(name, applied, ...) \
    { .gate = KT_GATE_##name, .step = KT_GATE_##applied, __VA_ARGS__ }

/* clang-format off */
static const kt_rule_step steps[] = {
    STEP(X, H, ON(0), FREE), STEP(X, Z, ON(0)), STEP(X, H, ON(0), FREE),
    STEP(Y, SDG, ON(0), FREE), STEP(Y, X, ON(0)), STEP(Y, S, ON(0), FREE),
    STEP(H, RY, ON(0), ANGLES(NUMBER(-M_PI_4)), FREE), STEP(H, Z, ON(0)), STEP(H, RY, ON(0), ANGLES(NUMBER(M_PI_4)), FREE),
    STEP(SX, H, ON(0), FREE), STEP(SX, S, ON(0)), STEP(SX, H, ON(0), FREE),
    STEP(SXDG, H, ON(0), FREE), STEP(SXDG, SDG, ON(0)), STEP(SXDG, H, ON(0), FREE),
    STEP(U0, ID, ON(0)),
    STEP(RZ, P, ON(0), ANGLES(IS(0))), STEP(RZ, GPHASE, ANGLES(MINUS_HALF(0))),
    STEP(RX, H, ON(0), FREE), STEP(RX, RZ, ON(0), ANGLES(IS(0))), STEP(RX, H, ON(0), FREE),
    STEP(RY, SDG, ON(0), FREE), STEP(RY, H, ON(0), FREE), STEP(RY, RZ, ON(0), ANGLES(IS(0))), STEP(RY, H, ON(0), FREE),
    STEP(RY, S, ON(0), FREE),
    STEP(R, RZ, ON(0), ANGLES(MINUS(1)), FREE), STEP(R, RX, ON(0), ANGLES(IS(0))), STEP(R, RZ, ON(0), ANGLES(IS(1)), FREE),
    STEP(U, RZ, ON(0), ANGLES(IS(2))), STEP(U, RY, ON(0), ANGLES(IS(0))), STEP(U, RZ, ON(0), ANGLES(IS(1))),
    STEP(U, GPHASE, ANGLES(HALF(1 << 1 | 1 << 2))),
    STEP(U2, U, ON(0), ANGLES(NUMBER(M_PI_2), IS(0), IS(1))),
    STEP(U3_STDGATES, RZ, ON(0), ANGLES(IS(2))), STEP(U3_STDGATES, RY, ON(0), ANGLES(IS(0))), STEP(U3_STDGATES, RZ, ON(0), ANGLES(IS(1))),
    STEP(U2_STDGATES, U3_STDGATES, ON(0), ANGLES(NUMBER(M_PI_2), IS(0), IS(1))),
    STEP(U_OPENQASM2, U3_STDGATES, ON(0), ANGLES(IS(0), IS(1), IS(2))),
    STEP(U_OPENQASM3, U, ON(0), ANGLES(IS(0), IS(1), IS(2))), STEP(U_OPENQASM3, GPHASE, ANGLES(HALF(1))),
    STEP(CU, U, ON(0), ANGLES(IS(0), IS(1), IS(2))), STEP(CU, GPHASE, ANGLES(IS(3))), /* without its control */
    STEP(SWAP, CX, ON(1, 0), FREE), STEP(SWAP, CX, ON(0, 1)), STEP(SWAP, CX, ON(1, 0), FREE),
    STEP(ISWAP, S, ON(0)), STEP(ISWAP, S, ON(1)), STEP(ISWAP, H, ON(0)), STEP(ISWAP, CX, ON(0, 1)), STEP(ISWAP, CX, ON(1, 0)),
    STEP(ISWAP, H, ON(1)),
    STEP(DCX, CX, ON(0, 1)), STEP(DCX, CX, ON(1, 0)),
    STEP(ECR, RZX, ON(0, 1), ANGLES(NUMBER(M_PI_4))), STEP(ECR, X, ON(0)), STEP(ECR, RZX, ON(0, 1), ANGLES(NUMBER(-M_PI_4))),
    STEP(RXX, H, ON(0), FREE), STEP(RXX, H, ON(1), FREE), STEP(RXX, CX, ON(0, 1), FREE), STEP(RXX, RZ, ON(1), ANGLES(IS(0))),
    STEP(RXX, CX, ON(0, 1), FREE), STEP(RXX, H, ON(0), FREE), STEP(RXX, H, ON(1), FREE),
    STEP(RYY, RX, ON(0), ANGLES(NUMBER(M_PI_2)), FREE), STEP(RYY, RX, ON(1), ANGLES(NUMBER(M_PI_2)), FREE),
    STEP(RYY, CX, ON(0, 1), FREE), STEP(RYY, RZ, ON(1), ANGLES(IS(0))), STEP(RYY, CX, ON(0, 1), FREE),
    STEP(RYY, RX, ON(0), ANGLES(NUMBER(-M_PI_2)), FREE), STEP(RYY, RX, ON(1), ANGLES(NUMBER(-M_PI_2)), FREE),
    STEP(RZZ, CX, ON(0, 1), FREE), STEP(RZZ, RZ, ON(1), ANGLES(IS(0))), STEP(RZZ, CX, ON(0, 1), FREE),
    STEP(RZX, H, ON(1), FREE), STEP(RZX, CX, ON(0, 1), FREE), STEP(RZX, RZ, ON(1), ANGLES(IS(0))), STEP(RZX, CX, ON(0, 1), FREE),
    STEP(RZX, H, ON(1), FREE),
    STEP(RCCX, H, ON(2), FREE), STEP(RCCX, T, ON(2)), STEP(RCCX, CX, ON(1, 2)), STEP(RCCX, TDG, ON(2)), STEP(RCCX, CX, ON(0, 2)),
    STEP(RCCX, T, ON(2)), STEP(RCCX, CX, ON(1, 2)), STEP(RCCX, TDG, ON(2)), STEP(RCCX, H, ON(2), FREE),
    STEP(RC3X, H, ON(3), FREE), STEP(RC3X, T, ON(3)), STEP(RC3X, CX, ON(2, 3)), STEP(RC3X, TDG, ON(3)), STEP(RC3X, H, ON(3)),
    STEP(RC3X, CX, ON(0, 3)), STEP(RC3X, T, ON(3)), STEP(RC3X, CX, ON(1, 3)), STEP(RC3X, TDG, ON(3)), STEP(RC3X, CX, ON(0, 3)),
    STEP(RC3X, T, ON(3)), STEP(RC3X, CX, ON(1, 3)), STEP(RC3X, TDG, ON(3)), STEP(RC3X, H, ON(3)), STEP(RC3X, T, ON(3)),
    STEP(RC3X, CX, ON(2, 3)), STEP(RC3X, TDG, ON(3)), STEP(RC3X, H, ON(3), FREE),
};
/* clang-format on */
enum { STEP_COUNT = sizeof steps / sizeof *steps };

const kt_rule_step *kt_rule_of(kt_gate_id gate, size_t *count) {
    size_t first = 0;
    while (first < STEP_COUNT && steps[first].gate != gate) first++;
    *count = 0;
    while (first + *count < STEP_COUNT && steps[first + *count].gate == gate) ++*count;
    return &steps[first < STEP_COUNT ? first : 0];
}
