OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
gate flip a { x a; x q[0]; }
flip q[1];
