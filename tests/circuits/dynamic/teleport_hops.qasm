// SPDX-License-Identifier: Apache-2.0
//
// A qubit's state goes through three Bell pairs, one after the other; each time two measured bits decide what corrects it.
//
// The message is ry(2π/3)|0>, which reads 1 with probability sin²(π/3) = 3/4; corrected, so does the last qubit.
//
// expect: 1 3/4, 0 1/4

OPENQASM 3.0;
include "stdgates.inc";

qubit[7] q;
output bit received;

def hop(qubit message, qubit near, qubit far) {
  bit[2] read;
  h near;
  cx near, far;
  cx message, near;
  h message;
  read[0] = measure message;
  read[1] = measure near;
  if (read[1]) x far;
  if (read[0]) z far;
}

ry(2 * pi / 3) q[0];
for uint i in [0:2:4] hop(q[i], q[i + 1], q[i + 2]);
received = measure q[6];
