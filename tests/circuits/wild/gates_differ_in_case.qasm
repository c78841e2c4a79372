// A gate H of the file's own is not h.
// expect: 1 1
OPENQASM 2.0;
include "qelib1.inc";
gate H a { x a; }
qreg q[1];
creg c[1];
H q[0];
measure q -> c;
