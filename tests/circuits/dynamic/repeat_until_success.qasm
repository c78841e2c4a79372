// SPDX-License-Identifier: Apache-2.0
//
// Tries until two ancillas read 00; then the target has been turned about z by π + arccos(0.6).
//
// Between the two h on the ancillas the target meets S, or X S X where both ancillas are 1. Reading 00 has applied Z (3 S + X S X) / 4,
// which is diag(3 + i, -(1 + 3i)) / 4: probability 10/16 = 5/8, relative phase -(1 + 3i) / (3 + i) = -(3 + 4i) / 5. Each other reading
// has applied ±Z (X S X - S) / 4, the identity but for a factor, with probability 1/8; so one may try again. The turn is undone at the
// end, and the target, which began as |+>, reads 0 behind h. Tries are geometric: P(k) = 5/8 (3/8)^(k-1); from 4 on they count as 4.
//
// Registers: target, tries.
// expect: 0 001 5/8, 0 010 15/64, 0 011 45/512, 0 100 27/512

OPENQASM 3.0;
include "stdgates.inc";

qubit[2] ancilla;
qubit target;
output bit[3] tries;
output bit result;
uint[3] count = 0;
bit[2] flags = "11";

h target;
while (flags != 0) {
  reset ancilla;
  h ancilla;
  ccx ancilla[0], ancilla[1], target;
  s target;
  ccx ancilla[0], ancilla[1], target;
  z target;
  h ancilla;
  flags = measure ancilla;
  if (count < 4) count += 1;
}
rz(-(pi + arccos(0.6))) target;
h target;
tries = count;
result = measure target;
