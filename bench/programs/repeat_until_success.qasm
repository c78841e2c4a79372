// SPDX-License-Identifier: Apache-2.0
//
// Repeat until success on five qubits: two targets, entangled, are turned about z by π + arccos(3/5) in turn, three times in all. Each time
// two ancillas are tried until both would read 0, with probability 5/8; a flag tells, and is all that is measured.

OPENQASM 3.0;
include "stdgates.inc";

qubit[2] target;
qubit[2] ancilla;
qubit flag;
bit[3] c; // c[2]: the last try failed

h target[0];
ry(1.1) target[1];
cx target[0], target[1];

// turn 0
reset ancilla[0];
reset ancilla[1];
reset flag;
h ancilla[0];
h ancilla[1];
ccx ancilla[0], ancilla[1], target[0];
s target[0];
ccx ancilla[0], ancilla[1], target[0];
z target[0];
h ancilla[0];
h ancilla[1];
x flag;
x ancilla[0];
x ancilla[1];
ccx ancilla[0], ancilla[1], flag;
c[2] = measure flag;
while (c[2]) {
  reset ancilla[0];
  reset ancilla[1];
  reset flag;
  h ancilla[0];
  h ancilla[1];
  ccx ancilla[0], ancilla[1], target[0];
  s target[0];
  ccx ancilla[0], ancilla[1], target[0];
  z target[0];
  h ancilla[0];
  h ancilla[1];
  x flag;
  x ancilla[0];
  x ancilla[1];
  ccx ancilla[0], ancilla[1], flag;
  c[2] = measure flag;
}

h target[0];
cx target[0], target[1];

// turn 1
reset ancilla[0];
reset ancilla[1];
reset flag;
h ancilla[0];
h ancilla[1];
ccx ancilla[0], ancilla[1], target[1];
s target[1];
ccx ancilla[0], ancilla[1], target[1];
z target[1];
h ancilla[0];
h ancilla[1];
x flag;
x ancilla[0];
x ancilla[1];
ccx ancilla[0], ancilla[1], flag;
c[2] = measure flag;
while (c[2]) {
  reset ancilla[0];
  reset ancilla[1];
  reset flag;
  h ancilla[0];
  h ancilla[1];
  ccx ancilla[0], ancilla[1], target[1];
  s target[1];
  ccx ancilla[0], ancilla[1], target[1];
  z target[1];
  h ancilla[0];
  h ancilla[1];
  x flag;
  x ancilla[0];
  x ancilla[1];
  ccx ancilla[0], ancilla[1], flag;
  c[2] = measure flag;
}

ry(0.7) target[1];
cx target[1], target[0];

// turn 2
reset ancilla[0];
reset ancilla[1];
reset flag;
h ancilla[0];
h ancilla[1];
ccx ancilla[0], ancilla[1], target[0];
s target[0];
ccx ancilla[0], ancilla[1], target[0];
z target[0];
h ancilla[0];
h ancilla[1];
x flag;
x ancilla[0];
x ancilla[1];
ccx ancilla[0], ancilla[1], flag;
c[2] = measure flag;
while (c[2]) {
  reset ancilla[0];
  reset ancilla[1];
  reset flag;
  h ancilla[0];
  h ancilla[1];
  ccx ancilla[0], ancilla[1], target[0];
  s target[0];
  ccx ancilla[0], ancilla[1], target[0];
  z target[0];
  h ancilla[0];
  h ancilla[1];
  x flag;
  x ancilla[0];
  x ancilla[1];
  ccx ancilla[0], ancilla[1], flag;
  c[2] = measure flag;
}

h target[0];
h target[1];
c[0] = measure target[0];
c[1] = measure target[1];
