// SPDX-License-Identifier: Apache-2.0
//
// Quantum teleportation: a qubit's state moves to another qubit, by way of a Bell pair and two classical bits.
//
// The message is ry(2π/3)|0>, which reads 1 with probability sin²(π/3) = 3/4. Alice measures the message and her half of the pair
// in the Bell basis: two fair coins that say nothing about the message. Bob corrects his half by what she tells him: x if `alice` reads 1,
// then z if `sent` reads 1. From then on his qubit is the message, whatever the coins were.
//
// Registers are printed last declared leftmost: received, alice, sent.
// expect: 1 0 0 3/16, 1 0 1 3/16, 1 1 0 3/16, 1 1 1 3/16, 0 0 0 1/16, 0 0 1 1/16, 0 1 0 1/16, 0 1 1 1/16

OPENQASM 3.0;
include "stdgates.inc";

qubit message;
qubit[2] pair; // pair[0] is Alice's, pair[1] Bob's
bit sent;
bit alice;
bit received;

ry(2 * pi / 3) message;

h pair[0];
cx pair[0], pair[1];

cx message, pair[0];
h message;
sent = measure message;
alice = measure pair[0];

if (alice == 1) x pair[1];
if (sent == 1) {
  z pair[1];
}
received = measure pair[1];
