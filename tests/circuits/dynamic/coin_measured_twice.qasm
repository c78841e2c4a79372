// SPDX-License-Identifier: Apache-2.0
//
// Two fair coins into one bit: the second covers the first, and knows nothing of it.
//
// After the first measurement the qubit is |0> or |1>; h makes either read 0 or 1 with probability 1/2.
//
// expect: each 1/2

OPENQASM 3.0;
include "stdgates.inc";

qubit q;
bit c;

h q;
c = measure q;
h q;
c = measure q;
