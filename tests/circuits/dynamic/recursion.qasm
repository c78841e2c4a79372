// SPDX-License-Identifier: Apache-2.0
//
// A subroutine that calls itself for as long as a coin reads 1.
//
// It comes back with how often it called: k with probability 1/2^(k+1); from 7 on it stops, as 7.
//
// expect: 000 1/2, 001 1/4, 010 1/8, 011 1/16, 100 1/32, 101 1/64, 110 1/128, 111 1/128

OPENQASM 3.0;
include "stdgates.inc";

qubit coin;
output bit[3] calls;

def heads(qubit q, uint[8] depth) -> uint[8] {
  if (depth == 7) return depth;
  reset q;
  h q;
  bit again = measure q;
  if (!again) return depth;
  return heads(q, depth + 1);
}

calls = uint[3](heads(coin, 0));
