// An element of an alias is the qubit that it stands for, whatever its place in the alias.
// expect: 11100 1
OPENQASM 3.0;
include "stdgates.inc";
qubit[5] q;
bit[5] c;
let a = q[{2, 3}];
let b = q[4] ++ q[0:1];
x q[0];
cx q[0], a[0];
cx a[0], b[0];
swap a[1], b[1];
c = measure q;
