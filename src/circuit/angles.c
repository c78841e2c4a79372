/* SPDX-License-Identifier: Apache-2.0
 *
 * One-qubit gates as angles, straight from their parameters: a circuit is bound to numbers each time it runs, and going by the matrix would
 * take ten times as long. A test compares each with its record's matrix.
 */
#include "circuit/gates.h"

#include <math.h>

double kt_small_angle(double angle) { return fabs(angle) <= 16 ? angle : 2 * atan2(sin(angle / 2), cos(angle / 2)); }

static kt_angles general(double theta, double phi, double lambda, double extra) { return (kt_angles){extra, lambda, theta, phi}; }

bool kt_gate_angles(kt_angles *out, kt_gate_id gate, const double *params) {
    double p[KT_GATE_PARAMS];
    for (uint32_t i = 0; i < kt_gates[gate].parameter_count; i++) p[i] = kt_small_angle(params[i]);
    switch (gate) {
    case KT_GATE_ID:
    case KT_GATE_U0: *out = (kt_angles){0}; return true;
    case KT_GATE_X:
    case KT_GATE_CX:
    case KT_GATE_CCX:
    case KT_GATE_C3X:
    case KT_GATE_C4X: *out = (kt_angles){.before = M_PI, .middle = M_PI}; return true;
    case KT_GATE_Y:
    case KT_GATE_CY: *out = (kt_angles){.before = M_PI_2, .middle = M_PI, .after = M_PI_2}; return true;
    case KT_GATE_Z:
    case KT_GATE_CZ:
    case KT_GATE_CCZ: *out = (kt_angles){.before = M_PI}; return true;
    case KT_GATE_H:
    case KT_GATE_CH: *out = (kt_angles){.before = M_PI, .middle = M_PI_2}; return true;
    case KT_GATE_S:
    case KT_GATE_CS: *out = (kt_angles){.before = M_PI_2}; return true;
    case KT_GATE_SDG:
    case KT_GATE_CSDG: *out = (kt_angles){.before = -M_PI_2}; return true;
    case KT_GATE_T:
    case KT_GATE_CT: *out = (kt_angles){.before = M_PI_4}; return true;
    case KT_GATE_TDG:
    case KT_GATE_CTDG: *out = (kt_angles){.before = -M_PI_4}; return true;
    case KT_GATE_SX:
    case KT_GATE_CSX:
    case KT_GATE_C3SX: *out = general(M_PI_2, -M_PI_2, M_PI_2, M_PI_4); return true;
    case KT_GATE_SXDG:
    case KT_GATE_CSXDG: *out = general(-M_PI_2, -M_PI_2, M_PI_2, -M_PI_4); return true;
    case KT_GATE_P:
    case KT_GATE_CP: *out = (kt_angles){.before = p[0]}; return true;
    case KT_GATE_RX:
    case KT_GATE_CRX: *out = general(p[0], -M_PI_2, M_PI_2, 0); return true;
    case KT_GATE_RY:
    case KT_GATE_CRY: *out = general(p[0], 0, 0, 0); return true;
    case KT_GATE_RZ:
    case KT_GATE_CRZ: *out = (kt_angles){.global = -p[0] / 2, .before = p[0]}; return true;
    case KT_GATE_R: *out = general(p[0], p[1] - M_PI_2, M_PI_2 - p[1], 0); return true;
    case KT_GATE_U:
    case KT_GATE_CU3: *out = general(p[0], p[1], p[2], 0); return true;
    case KT_GATE_CU: *out = general(p[0], p[1], p[2], p[3]); return true;
    case KT_GATE_U_OPENQASM2:
    case KT_GATE_U3_STDGATES: *out = general(p[0], p[1], p[2], -(p[1] + p[2]) / 2); return true;
    case KT_GATE_U_OPENQASM3: *out = general(p[0], p[1], p[2], p[0] / 2); return true;
    case KT_GATE_U2: *out = general(M_PI_2, p[0], p[1], 0); return true;
    case KT_GATE_U2_STDGATES: *out = general(M_PI_2, p[0], p[1], -(p[0] + p[1]) / 2); return true;
    default: return false;
    }
}
