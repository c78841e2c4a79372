// The same definition again changes nothing.
// expect: 1 1
OPENQASM 2.0;
include "qelib1.inc";
gate flip a { x a; }
gate flip a { x a; }
qreg q[1];
creg c[1];
flip q[0];
measure q -> c;
