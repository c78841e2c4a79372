OPENQASM 3.0;
include "stdgates.inc";
qubit[5] q;
let a = q[{2, 3}];
let b = q[{3, 2}];
let c = q[4] ++ q[0:1];
swap q[2], a[0];
cz a[0], b[1];
cx c[1], q[0];
