// SPDX-License-Identifier: Apache-2.0
//
// Superdense coding: two classical bits travel in one qubit.
//
// Alice and Bob share a Bell pair. Alice encodes 00, 01, 10 or 11 by applying nothing, x, z or both to her half, and sends it. The
// four results are orthogonal, so Bob, who undoes the preparation, reads both bits with certainty. Here Alice sends 10.
//
// expect: 10 1

OPENQASM 2.0;
include "qelib1.inc";

qreg alice[1];
qreg bob[1];
creg bits[2];

h alice[0];              // the shared pair
cx alice[0], bob[0];
barrier alice, bob;

z alice[0];              // the message 10: z for the high bit, no x for the low one
barrier alice, bob;

cx alice[0], bob[0];     // Bob decodes
h alice[0];
measure bob[0] -> bits[0];
measure alice[0] -> bits[1];
