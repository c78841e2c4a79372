OPENQASM 3.0;
include "stdgates.inc";
qubit q;
/* here it begins
h q;
