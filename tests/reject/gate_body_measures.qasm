OPENQASM 2.0;
include "qelib1.inc";
gate peek a { measure a; }
qreg q[1];
peek q[0];
