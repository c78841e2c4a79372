// SPDX-License-Identifier: Apache-2.0
//
// A walk from 1 goes on until it meets a wall at 0 or at 4; how long is not known before.
//
// A fair walk's mean stands still: 4 P(4) = 1, so that it ends at 4 with probability 1/4.
//
// expect: 100 1/4, 000 3/4

OPENQASM 3.0;
include "stdgates.inc";

qubit coin;
output bit[3] wall;
int position = 1;

while (position > 0 && position < 4) {
  reset coin;
  h coin;
  bit up = measure coin;
  if (up) position += 1;
  else position -= 1;
}
wall = uint[3](position);
