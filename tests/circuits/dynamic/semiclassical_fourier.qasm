// SPDX-License-Identifier: Apache-2.0
//
// The Fourier transform of Shor's algorithm one qubit at a time: each is measured before the next, turned by an angle of what was read.
//
// |1> + |5> + |9> + |13> has period 4 in 16: its transform holds the multiples of 16/4, each with probability 1/4, whatever the offset.
//
// expect: 0000 1/4, 0100 1/4, 1000 1/4, 1100 1/4

OPENQASM 3.0;
include "stdgates.inc";

const int n = 4;
qubit[n] q;
output bit[n] c;
float turn = 0;

x q[0];
h q[2:3];
for int i in [n - 1:-1:0] {
  p(turn) q[i];
  h q[i];
  c[n - 1 - i] = measure q[i];
  if (c[n - 1 - i]) turn += pi;
  turn /= 2;
}
