// SPDX-License-Identifier: Apache-2.0
//
// A Bell pair: two qubits that always agree.
//
// The Hadamard gate puts q[0] into an equal superposition of 0 and 1, and the controlled-NOT copies that choice onto q[1]:
// |00> becomes (|00> + |11>)/√2. Each qubit alone is a fair coin, yet both fall on the same side.
//
// expect: 00 1/2, 11 1/2

OPENQASM 3.0;
include "stdgates.inc";

qubit[2] q;
bit[2] c;

h q[0];
cx q[0], q[1];

c = measure q;
