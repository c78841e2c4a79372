OPENQASM 3.0;
include "stdgates.inc";
qubit q;
rx(sin(1, 2)) q;
