// SPDX-License-Identifier: Apache-2.0
//
// Repeat until success: a rotation that no circuit of these gates makes for certain, tried until two measurements say that it came about.
//
// An attempt asks two ancillas; 00, with probability 5/8, means that the target has been turned about z by π + arccos(3/5). Any other
// outcome leaves it as it was, up to a sign, so that one may try again: the number of tries is geometric, P(k) = 5/8 (3/8)^(k-1). From 4 on
// they count as 4. At the end the turn is undone, and the target, which began in |+>, reads 0.
//
// Registers, from the left: the target, the number of tries.
// expect: 0 001 5/8, 0 010 15/64, 0 011 45/512, 0 100 27/512

OPENQASM 3.0;
include "stdgates.inc";

output bit[3] tries;
output bit result;

qubit[2] ancilla;
qubit target;

def attempt(qubit[2] asked, qubit turned) -> bit[2] {
  reset asked;
  h asked;
  ccx asked[0], asked[1], turned;
  s turned;
  ccx asked[0], asked[1], turned;
  z turned;
  h asked;
  return measure asked;
}

h target;
uint[3] count = 0;
bit[2] outcome = "11";
while (outcome != "00") {
  outcome = attempt(ancilla, target);
  if (count < 4) count += 1;
}

rz(-pi - arccos(3.0 / 5)) target;
h target;
tries = count;
result = measure target;
