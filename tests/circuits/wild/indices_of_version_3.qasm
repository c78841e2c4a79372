// Negative indices, ranges with steps and backwards, index sets, names for parts.
// expect: 11110110 1
OPENQASM 3.0;
include "stdgates.inc";
qubit[8] q;
bit[8] c;
x q[-1];
x q[1:2:6];
x q[6:-2:5];
x q[{2, 4}];
let ends = q[{0, 7}] ++ q[3:2:3];
x ends[2];
c = measure q;
