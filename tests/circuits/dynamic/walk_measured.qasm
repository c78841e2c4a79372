// SPDX-License-Identifier: Apache-2.0
//
// A walk whose coin is measured at each of six steps: the position moves like a drunkard's.
//
// Of six fair steps k go up with probability binomial(6, k) / 64. The position is told as k.
//
// expect: 000 1/64, 001 6/64, 010 15/64, 011 20/64, 100 15/64, 101 6/64, 110 1/64

OPENQASM 3.0;
include "stdgates.inc";

qubit coin;
output bit[3] up;
int[4] position = 0;

for int step in [1:6] {
  h coin;
  bit heads = measure coin;
  if (heads) position += 1;
  else position -= 1;
}
up = uint[3]((position + 6) / 2);
