// SPDX-License-Identifier: Apache-2.0
//
// A Greenberger-Horne-Zeilinger state: a Bell pair for five.
//
// One superposed qubit, and a chain of controlled-NOTs that hands its value on: (|00000> + |11111>)/√2.
//
// expect: 00000 1/2, 11111 1/2

OPENQASM 2.0;
include "qelib1.inc";

qreg q[5];
creg c[5];

h q[0];
cx q[0], q[1];
cx q[1], q[2];
cx q[2], q[3];
cx q[3], q[4];

measure q -> c;
