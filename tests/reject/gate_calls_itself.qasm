OPENQASM 2.0;
include "qelib1.inc";
gate again a { h a; again a; }
qreg q[1];
again q[0];
