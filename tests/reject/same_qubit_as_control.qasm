OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
ctrl @ x q[1], q[1];
