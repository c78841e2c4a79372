// SPDX-License-Identifier: Apache-2.0
//
// A ripple-carry adder (Cuccaro, Draper, Kutin, Moulton): 5 + 11 = 16, with one carry qubit.
//
// Going up, `majority` turns the wire a of each column into the carry for the next one. The highest carry is copied out. Going down,
// `unmajority` takes the carries back and leaves the sum in b.
//
// expect: 10000 1

OPENQASM 3.0;
include "stdgates.inc";

gate majority carry, b, a {
  cx a, b;
  cx a, carry;
  ccx carry, b, a;
}

gate unmajority carry, b, a {
  ccx carry, b, a;
  cx a, carry;
  cx carry, b;
}

qubit[4] a;
qubit[4] b;
qubit carry_in;
qubit carry_out;
bit[5] total;

let five = a[{0, 2}];
let eleven = b[{0, 1, 3}];
x five;
x eleven;

majority carry_in, b[0], a[0];
majority a[0:2], b[1:3], a[1:3]; // one after the other: column 1, 2, 3
cx a[3], carry_out;
unmajority a[2], b[3], a[3];
unmajority a[1], b[2], a[2];
unmajority a[0], b[1], a[1];
unmajority carry_in, b[0], a[0];

total[0:3] = measure b;
total[4] = measure carry_out;
