// SPDX-License-Identifier: Apache-2.0
//
// Entanglement swapping: two qubits that never met become a Bell pair.
//
// Two pairs are made, (a, b) and (c, d). A Bell measurement of b and c, and a correction of d by its two bits, leaves a and d
// entangled. Both are measured along x here, where the pair |00> + |11> agrees too: the leftmost two bits are equal.
//
// expect: 0 0 00 1/8, 0 0 01 1/8, 0 0 10 1/8, 0 0 11 1/8, 1 1 00 1/8, 1 1 01 1/8, 1 1 10 1/8, 1 1 11 1/8

OPENQASM 3.0;
include "stdgates.inc";

qubit a;
qubit b;
qubit c;
qubit d;
bit[2] bell;
bit of_a;
bit of_d;

h a;
cx a, b;
h c;
cx c, d;

cx b, c;
h b;
bell[0] = measure b;
bell[1] = measure c;

if (bell[1]) x d;
if (bell[0]) z d;

h a;
h d;
of_a = measure a;
of_d = measure d;
