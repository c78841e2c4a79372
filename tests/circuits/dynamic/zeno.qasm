// SPDX-License-Identifier: Apache-2.0
//
// A watched qubit hardly turns: four measurements on the way of rx(π) from |0> to |1>.
//
// Each quarter is rx(π/4), after which the qubit reads as before with probability cos²(π/8) = c, and otherwise has changed.
// Changes k of four are binomial: P(k) = binomial(4, k) (1 - c)^k c^(4-k), c = (2 + √2)/4 = 0.8535533906.
//
// expect: 000 0.5307900429, 001 0.3642766953, 010 0.0937500000, 011 0.0107233047, 100 0.0004599571

OPENQASM 3.0;
include "stdgates.inc";

qubit q;
output bit[3] changes;
bit last;
uint[3] count;

for uint quarter in [1:4] {
  rx(pi / 4) q;
  bit now = measure q;
  if (now != last) count += 1;
  last = now;
}
changes = count;
