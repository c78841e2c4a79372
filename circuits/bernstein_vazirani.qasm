// SPDX-License-Identifier: Apache-2.0
//
// The Bernstein-Vazirani algorithm: a secret bit string from one call of its oracle.
//
// The oracle knows s = 10110 and answers f(x) = s·x (mod 2): a controlled-NOT onto the answer qubit for each 1 of s, written once for
// an index set. With the answer in |-> the sign of |x> is (-1)^(s·x), and the last layer of Hadamard gates turns those signs into |s>.
// A classical program needs five calls.
//
// expect: 10110 1

OPENQASM 3.0;
include "stdgates.inc";

qubit[5] query;
qubit answer;
bit[5] c;

x answer;
h answer;
h query;

cx query[{1, 2, 4}], answer; // the oracle

h query;
c = measure query;
