// SPDX-License-Identifier: Apache-2.0
//
// Bell pairs become one entangled state: the parity of two neighbours is measured, and a flip follows where it is odd.
//
// Three pairs, two parities, each a fair coin; afterwards all six qubits read alike, 0 or 1.
//
// expect: 000000 1/2, 111111 1/2

OPENQASM 3.0;
include "stdgates.inc";

qubit[6] q;
qubit probe;
output bit[6] c;

for uint pair in [0:2] {
  h q[2 * pair];
  cx q[2 * pair], q[2 * pair + 1];
}
for uint seam in [1:2:3] {
  reset probe;
  cx q[seam], probe;
  cx q[seam + 1], probe;
  bit odd = measure probe;
  if (odd) x q[seam + 1:seam + 2];
}
c = measure q;
