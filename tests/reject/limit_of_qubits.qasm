OPENQASM 3.0;
include "stdgates.inc";
qubit[5] q;
h q;
