// SPDX-License-Identifier: Apache-2.0
//
// The swap test: how alike are two states?
//
// A superposed ancilla swaps the two, or not, and is then asked which: it reads 1 with probability (1 - |<a|b>|²)/2. For a = |0> and
// b = ry(angle)|0> the overlap is cos²(angle/2): equal states never give 1, orthogonal ones half of the time.
//
// run: --param angle_of_b=0
// expect: 0 1
//
// run: --param angle_of_b=pi/3
// expect: 0 7/8, 1 1/8
//
// run: --param angle_of_b=pi
// expect: 0 1/2, 1 1/2

OPENQASM 3.0;
include "stdgates.inc";

input float angle_of_b;

qubit ancilla;
qubit a;
qubit b;
bit differ;

ry(angle_of_b) b;

h ancilla;
cswap ancilla, a, b;
h ancilla;

differ = measure ancilla;
