// SPDX-License-Identifier: Apache-2.0
//
// A random byte from one qubit, tossed eight times.
//
// Toss, read, reset, toss again: with `reset` a single qubit gives as many fair bits as one likes. All 256 bytes are equally likely.
//
// expect: each 1/256

OPENQASM 2.0;
include "qelib1.inc";

qreg coin[1];
creg byte[8];

h coin; measure coin[0] -> byte[0]; reset coin;
h coin; measure coin[0] -> byte[1]; reset coin;
h coin; measure coin[0] -> byte[2]; reset coin;
h coin; measure coin[0] -> byte[3]; reset coin;
h coin; measure coin[0] -> byte[4]; reset coin;
h coin; measure coin[0] -> byte[5]; reset coin;
h coin; measure coin[0] -> byte[6]; reset coin;
h coin; measure coin[0] -> byte[7];
