// SPDX-License-Identifier: Apache-2.0
//
// The quantum Fourier transform finds a period.
//
// The state |0> + |4> + |8> + |12> (over 2) repeats every 4 steps out of 16. Its transform holds the multiples of 16/4 = 4, each with
// the same amplitude: 0, 4, 8 and 12 again, since 4·4 = 16.
//
// expect: 0000 1/4, 0100 1/4, 1000 1/4, 1100 1/4

OPENQASM 3.0;
include "stdgates.inc";

// q3 is the most significant bit. Bit by bit: a Hadamard gate, then the phases that the lower bits contribute; the result comes out with
// its bits reversed, so swap them.
gate qft4 q0, q1, q2, q3 {
  h q3;
  cp(pi / 2) q2, q3;
  cp(pi / 4) q1, q3;
  cp(pi / 8) q0, q3;
  h q2;
  cp(pi / 2) q1, q2;
  cp(pi / 4) q0, q2;
  h q1;
  cp(pi / 2) q0, q1;
  h q0;
  swap q0, q3;
  swap q1, q2;
}

qubit[4] q;
bit[4] c;

h q[2:3]; // every fourth number: the two low bits are 0
barrier q;
qft4 q[0], q[1], q[2], q[3];

c = measure q;
