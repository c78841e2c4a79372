// SPDX-License-Identifier: Apache-2.0
//
// A quantum volume circuit: four qubits, four layers, random pairs and random two-qubit gates.
//
// Such circuits look like noise, yet an ideal machine prefers some outcomes: those more likely than the median, the heavy half, come with
// probability 0.762 here (0.85 on the average over large circuits, 0.5 for a machine that makes noise). A computer has quantum volume
// 2^4 if it gets more than 2/3 on many such circuits. Each su4 is three controlled-NOTs between rotations, which reaches every gate on
// two qubits.
//
// expect: 1110 0.126667672, 0001 0.114775574, 0011 0.113409157, 1100 0.107552460,
//         1111 0.092037347, 1001 0.091340319, 1011 0.060082752, 1010 0.056224706,
//         0111 0.053094884, 0110 0.049601106, 0100 0.047072547, 0010 0.041406994,
//         1101 0.021807863, 0000 0.012674610, 0101 0.009469818, 1000 0.002782191

OPENQASM 2.0;
include "qelib1.inc";

gate su4(a, b, c, d, e, f, x, y, z, g, h1, i, j, k, l) p, q
{
  u3(a, b, c) p;
  u3(d, e, f) q;
  cx q, p;
  rz(x) p;
  ry(y) q;
  cx p, q;
  ry(z) q;
  cx q, p;
  u3(g, h1, i) p;
  u3(j, k, l) q;
}

qreg q[4];
creg c[4];

su4(-2.13, 0.93, 2.09, 3.07, 2.71, 1.84, 2.94, 1.58, 0.62, -1.31, 0.72, 2.31, -0.51, -2.69, 1.03) q[2], q[3];
su4(0.98, -0.81, -1.01, 2.25, 1.22, 0.39, -2.46, -2.15, -0.37, -2.81, -1.97, -2.40, 2.05, -2.83, 2.60) q[0], q[1];
barrier q;
su4(0.68, -1.29, -0.62, 2.00, -1.35, 1.64, 1.53, 1.68, -2.49, -1.22, -1.95, -3.00, -1.28, 1.57, 2.85) q[0], q[1];
su4(-3.12, 2.07, -2.68, 1.14, -2.60, 1.20, 2.62, -0.68, 0.79, 1.34, 1.25, -0.86, 2.98, -0.76, 1.41) q[3], q[2];
barrier q;
su4(-0.27, -1.54, -0.05, 2.15, -2.91, -0.86, 1.84, 1.48, -2.35, 0.03, -1.64, -1.29, 0.22, -1.14, 0.86) q[0], q[2];
su4(-1.28, -2.85, -0.45, 1.32, 2.61, 3.06, 3.05, -1.00, -2.33, -1.59, 0.86, -0.82, -2.65, 1.26, 0.32) q[1], q[3];
barrier q;
su4(1.09, 1.43, 1.49, 1.96, 3.04, -0.37, -2.90, -1.50, 1.40, -1.27, -2.64, 0.49, -2.77, 2.39, -1.04) q[1], q[2];
su4(-1.06, 1.10, -1.93, -1.92, 2.35, 1.39, 2.02, -3.04, -2.73, 0.61, -0.74, 0.88, 2.34, -2.58, 0.28) q[0], q[3];

measure q -> c;
