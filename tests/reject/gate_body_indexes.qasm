OPENQASM 2.0;
include "qelib1.inc";
gate first a { h a[0]; }
qreg q[2];
