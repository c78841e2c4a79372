OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
ctrl @ h q[0], q[1];
