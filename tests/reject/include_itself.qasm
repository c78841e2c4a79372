OPENQASM 2.0;
include "include_itself.qasm";
qreg q[1];
