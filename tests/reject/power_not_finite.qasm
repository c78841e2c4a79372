OPENQASM 3.0;
include "stdgates.inc";
qubit q;
pow(1/0.0) @ x q;
