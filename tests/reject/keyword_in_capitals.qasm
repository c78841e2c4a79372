OPENQASM 2.0;
include "qelib1.inc";
QREG q[2];
h q[0];
