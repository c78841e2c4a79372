OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
rzz(0.5) q[0], q[1];
