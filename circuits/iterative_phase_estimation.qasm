// SPDX-License-Identifier: Apache-2.0
//
// Phase estimation with one counting qubit, used again and again.
//
// The gate is u1(2π·11/16) on |1>. The lowest bit of 11 = 1011 is found first, from the 8th power; the qubit is reset, and what is known
// already is turned away, under conditions on the register, before the next higher bit is read. The same answer as from a whole
// inverse Fourier transform, with measurements in the middle instead of four qubits.
//
// expect: 1011 1

OPENQASM 2.0;
include "qelib1.inc";

gate power1 c, t { cu1(11*pi/8) c, t; }
gate power2 c, t { power1 c, t; power1 c, t; }
gate power4 c, t { power2 c, t; power2 c, t; }
gate power8 c, t { power4 c, t; power4 c, t; }

qreg counting[1];
qreg eigenstate[1];
creg c[4];

x eigenstate[0];

h counting[0];
power8 counting[0], eigenstate[0];
h counting[0];
measure counting[0] -> c[0];

reset counting[0];
h counting[0];
power4 counting[0], eigenstate[0];
if (c == 1) u1(-pi/2) counting[0];
h counting[0];
measure counting[0] -> c[1];

reset counting[0];
h counting[0];
power2 counting[0], eigenstate[0];
if (c == 1) u1(-pi/4) counting[0];
if (c == 2) u1(-pi/2) counting[0];
if (c == 3) u1(-3*pi/4) counting[0];
h counting[0];
measure counting[0] -> c[2];

reset counting[0];
h counting[0];
power1 counting[0], eigenstate[0];
if (c == 1) u1(-pi/8) counting[0];
if (c == 2) u1(-pi/4) counting[0];
if (c == 3) u1(-3*pi/8) counting[0];
if (c == 4) u1(-pi/2) counting[0];
if (c == 5) u1(-5*pi/8) counting[0];
if (c == 6) u1(-3*pi/4) counting[0];
if (c == 7) u1(-7*pi/8) counting[0];
h counting[0];
measure counting[0] -> c[3];
