// SPDX-License-Identifier: Apache-2.0
//
// Shor's algorithm factors 15: the quantum part, which finds the order of 7 modulo 15.
//
// The work register starts at 1 and is multiplied by 7^(2^k) where counting bit k is 1; then the counting register goes through the
// inverse Fourier transform. 7 has order 4 (7, 4, 13, 1), so the three bits read a multiple of 8/4 = 2: 0, 2, 4 or 6. From 2 or 6 the
// order is known, and gcd(7^(4/2) ± 1, 15) are the factors 3 and 5.
//
// expect: 000 1/4, 010 1/4, 100 1/4, 110 1/4

OPENQASM 2.0;
include "qelib1.inc";

// x becomes 7x mod 15. In four bits 8x mod 15 is a rotation, and 7x = 15 - 8x inverts all bits.
gate times7 c, w0, w1, w2, w3
{
  cswap c, w0, w1;
  cswap c, w1, w2;
  cswap c, w2, w3;
  cx c, w0; cx c, w1; cx c, w2; cx c, w3;
}

// x becomes 4x mod 15: a rotation by two.
gate times4 c, w0, w1, w2, w3
{
  cswap c, w0, w2;
  cswap c, w1, w3;
}

gate inverse_qft3 q0, q1, q2
{
  swap q0, q2;
  h q0;
  cu1(-pi/2) q0, q1;
  h q1;
  cu1(-pi/4) q0, q2;
  cu1(-pi/2) q1, q2;
  h q2;
}

qreg counting[3];
qreg work[4];
creg c[3];

x work[0];
h counting;
times7 counting[0], work[0], work[1], work[2], work[3];
times4 counting[1], work[0], work[1], work[2], work[3];
// 7^4 = 1 (mod 15): counting[2] has nothing to do
barrier counting, work;
inverse_qft3 counting[0], counting[1], counting[2];
measure counting -> c;
