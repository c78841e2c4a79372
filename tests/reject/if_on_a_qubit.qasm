OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
if (q[0]) x q[1];
