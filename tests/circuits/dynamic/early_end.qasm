// SPDX-License-Identifier: Apache-2.0
//
// A shot that ends at once where a coin reads 1 keeps what it had written.
//
// expect: 01 1/2, 10 1/4, 00 1/4

OPENQASM 3.0;
include "stdgates.inc";

qubit q;
output bit[2] c;

h q;
c[0] = measure q;
if (c[0]) end;
h q;
c[1] = measure q;
