// SPDX-License-Identifier: Apache-2.0
//
// A W state: exactly one of three qubits is 1, and nobody knows which.
//
// One excitation starts at q[0] and is shared out: a third stays, then half of the rest stays at q[1]. Unlike a GHZ state it survives the
// loss of a qubit: the other two remain entangled.
//
// expect: 001 1/3, 010 1/3, 100 1/3

OPENQASM 2.0;
include "qelib1.inc";

// Hands the excitation of a on to b with probability sin²(theta/2).
gate share(theta) a, b
{
  cu3(theta, 0, 0) a, b;
  cx b, a;
}

qreg q[3];
creg c[3];

x q[0];
share(2*0.95531661812450927816) q[0], q[1]; // arccos(1/√3)
share(pi/2) q[1], q[2];
measure q -> c;
