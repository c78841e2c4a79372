OPENQASM 2.0;
include "qelib1.inc";
include "files/wrong.inc";
qreg q[1];
