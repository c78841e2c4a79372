OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
let half = q[0:1];
h half[2];
