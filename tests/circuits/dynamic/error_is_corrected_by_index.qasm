// SPDX-License-Identifier: Apache-2.0
//
// A drawn index chooses the qubit that is flipped; another, found by parity checks, the one that is flipped back.
//
// Seven bits as columns 1 to 7 of Hamming's code: an error in position e has the syndrome e. All qubits end at 0.
//
// Registers: rest, where the error was (0: none).
// expect: 0000000 000 1/8, 0000000 001 1/8, 0000000 010 1/8, 0000000 011 1/8, 0000000 100 1/8, 0000000 101 1/8,
//         0000000 110 1/8, 0000000 111 1/8

OPENQASM 3.0;
include "stdgates.inc";

qubit[7] q;
qubit[3] check;
output bit[3] syndrome;
output bit[7] rest;

h check;
bit[3] drawn = measure check;
uint[3] error = uint[3](drawn);
reset check;
if (error != 0) x q[error - 1];
for uint b in [0:2] {
  for uint i in [1:7] {
    if ((i >> b) % 2 == 1) cx q[i - 1], check[b];
  }
}
syndrome = measure check;
uint[3] found = uint[3](syndrome);
if (found > 0) x q[found - 1];
rest = measure q;
