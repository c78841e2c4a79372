// SPDX-License-Identifier: Apache-2.0
//
// Simon's algorithm: the period of a two-to-one function.
//
// f(x) = f(x ⊕ s) with s = 110. The oracle copies x to the output and, where x1 = 1, adds s to the copy, so that x and x ⊕ s meet.
// Each run yields a random y with y·s = 0 (mod 2), here y1 = y2; two independent ones fix s.
//
// expect: 000 1/4, 001 1/4, 110 1/4, 111 1/4

OPENQASM 2.0;
include "qelib1.inc";

qreg query[3];
qreg answer[3];
creg c[3];

h query;

cx query, answer;       // copy, qubit by qubit
cx query[1], answer[1]; // add s = 110 where x1 = 1
cx query[1], answer[2];

h query;
measure query -> c;
