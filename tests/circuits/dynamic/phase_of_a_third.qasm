// SPDX-License-Identifier: Apache-2.0
//
// Iterative phase estimation of a phase that three bits cannot write: u(2π/3) on |1>.
//
// Bits are read from the lowest, each from a power of the gate with what is known already turned away; the outcome k comes as from an
// inverse Fourier transform: P(k) = sin²(8πd) / (64 sin²(πd)), d = 1/3 - k/8. sin²(8πd) is 3/4 for every k.
//
// expect: 000 0.0156250000, 001 0.0316218325, 010 0.1749398816, 011 0.6878376626,
//         100 0.0468750000, 101 0.0186186411, 110 0.0125601184, 111 0.0119218638

OPENQASM 3.0;
include "stdgates.inc";

const uint digits = 3;
qubit counting;
qubit eigenstate;
output bit[digits] c;
angle[digits] known = 0;

x eigenstate;
for int[8] i in [digits - 1:-1:0] {
  reset counting;
  h counting;
  for uint repeat in [1:1 << i] cp(2 * pi / 3) counting, eigenstate;
  known >>= 1;
  p(-known) counting;
  h counting;
  bit read = measure counting;
  c[digits - 1 - i] = read;
  if (read) known[digits - 1] = 1;
}
