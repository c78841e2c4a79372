OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
h q[1:3];
