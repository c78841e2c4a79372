OPENQASM 3.0;
include "stdgates.inc";
qubit q;
int[8] n = 3;
n += 1;
h q;
