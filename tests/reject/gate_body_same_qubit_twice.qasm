OPENQASM 2.0;
include "qelib1.inc";
gate bad a, b { cx a, a; }
qreg q[2];
