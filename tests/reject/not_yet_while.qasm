OPENQASM 3.0;
include "stdgates.inc";
qubit q;
bit c = 1;
while (c) { h q; c = measure q; }
