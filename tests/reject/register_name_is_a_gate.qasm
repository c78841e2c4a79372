OPENQASM 2.0;
include "qelib1.inc";
qreg x[2];
