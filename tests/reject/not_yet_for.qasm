OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
for uint i in [0:3] { h q[i]; }
