// SPDX-License-Identifier: Apache-2.0
//
// A rotation by measurements alone: along a line of four qubits each is measured at an angle whose sign depends on what was read before.
//
// Measuring a qubit behind H rz(a) leaves the next one as H rz(a) of what it carried, but for an X where 1 was read. That X turns the sign
// of the next angle, and is a Z for the qubit after that. What began as |+> ends as H rz(c) H rz(b) H rz(a)|+>. H rz(a)|+> is
// cos(a/2)|0> - i sin(a/2)|1>, rz(b) changes its phases only, and with c = 0 the other two H are nothing: P(1) = sin²(a/2), a = π/3.
//
// expect: 1 1/4, 0 3/4

OPENQASM 3.0;
include "stdgates.inc";

qubit[4] line;
output bit result;
array[float, 3] angles = {pi / 3, pi / 4, 0};
array[bool, 5] read = {false, false, false, false, false}; // of line[i] at i + 2

h line;
for uint i in [0:2] cz line[i], line[i + 1];
for uint i in [0:2] {
  float turn = angles[i];
  if (read[i + 1]) turn = -turn;
  rz(turn) line[i];
  if (read[i]) z line[i];
  h line[i];
  bit one = measure line[i];
  read[i + 2] = bool(one);
}
if (read[4]) x line[3];
if (read[3]) z line[3];
result = measure line[3];
