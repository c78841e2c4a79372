// SPDX-License-Identifier: Apache-2.0
//
// Three rounds of the three-qubit code. In each a draw flips one of the data qubits, or none; two ancillas tell which.
//
// The logical qubit ry(π/3)|0> reads 1 with probability 1/4 as if nothing had happened. The syndrome of the last round names its error,
// and each of the four is equally likely: 0 none, 1 data[0], 3 data[1], 2 data[2].
//
// Registers: value, syndrome.
// expect: 0 00 3/16, 0 01 3/16, 0 10 3/16, 0 11 3/16, 1 00 1/16, 1 01 1/16, 1 10 1/16, 1 11 1/16

OPENQASM 3.0;
include "stdgates.inc";

qubit[3] data;
qubit[2] ancilla;
output bit[2] syndrome;
output bit value;

ry(pi / 3) data[0];
cx data[0], data[1:2];

for uint round in [1:3] {
  reset ancilla;
  h ancilla;
  bit[2] error = measure ancilla;
  for uint i in [0:2] if (error == i + 1) x data[i];

  reset ancilla;
  cx data[0:1], ancilla[0];
  cx data[1:2], ancilla[1];
  syndrome = measure ancilla;
  if (syndrome == 1) x data[0];
  else if (syndrome == 3) x data[1];
  else if (syndrome == 2) x data[2];
}

cx data[0], data[1:2];
value = measure data[0];
