OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
hh q[0];
h q[3];
