// SPDX-License-Identifier: Apache-2.0
//
// Von Neumann's fair coin: a biased one is tossed twice until the two differ; then the first is fair.
//
// 01 and 10 are equally likely whatever the bias, here 1/4.
//
// expect: each 1/2

OPENQASM 3.0;
include "stdgates.inc";

qubit q;
output bit fair;

while (true) {
  bit[2] toss;
  for uint i in [0:1] {
    reset q;
    ry(pi / 3) q;
    toss[i] = measure q;
  }
  if (toss[0] == toss[1]) continue;
  fair = toss[0];
  break;
}
