// SPDX-License-Identifier: Apache-2.0
//
// A die from coins: three bits, thrown again while they say 6 or 7.
//
// What is left is even: 1/6 each.
//
// expect: 000 1/6, 001 1/6, 010 1/6, 011 1/6, 100 1/6, 101 1/6

OPENQASM 3.0;
include "stdgates.inc";

qubit[3] q;
output bit[3] die;

die = "111";
while (uint[3](die) >= 6) {
  reset q;
  h q;
  die = measure q;
}
