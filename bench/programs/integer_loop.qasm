// SPDX-License-Identifier: Apache-2.0
//
// Ten million turns of a loop that does nothing but integer work: a linear congruential generator that the turn's number stirs.

OPENQASM 3.0;

output uint[32] state;

state = 1;
for uint[32] i in [1:10000000] {
  state = state * 1664525 + i;
}
