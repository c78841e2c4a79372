// SPDX-License-Identifier: Apache-2.0
//
// The same walk with the coin measured at the end only: its ways interfere, and it is no drunkard's.
//
// Hadamard's walk from 0 with coin |0>, four steps; each takes the coin's |0> up and |1> down. By hand, with c = √2^-n before the signs:
//   step 2:  +2 |0>:  1      0 |0>:  1, |1>: 1        -2 |1>: -1                          all / 2
//   step 4:  +4: 1; +2: 3 and 1; 0: 1 and 1 (signs apart); -2: 1 and 1; -4: 1             all squared / 16
// so +4 1/16, +2 10/16, 0 2/16, -2 2/16, -4 1/16. Positions are told modulo 16.
//
// expect: 0100 1/16, 0010 10/16, 0000 2/16, 1110 2/16, 1100 1/16

OPENQASM 3.0;
include "stdgates.inc";

qubit coin;
qubit[4] position;
output bit[4] where;

gate up p0, p1, p2, p3 {
  ctrl(3) @ x p0, p1, p2, p3;
  ctrl(2) @ x p0, p1, p2;
  cx p0, p1;
  x p0;
}

for int step in [1:4] {
  h coin;
  negctrl @ up coin, position[0], position[1], position[2], position[3];
  ctrl @ inv @ up coin, position[0], position[1], position[2], position[3];
}
where = measure position;
