// Line ends of Windows, tabs, and no line end at the end.
// expect: 11 1
OPENQASM 2.0;
include "qelib1.inc";
qreg	q[2];
creg	c[2];
x q; // and a comment
measure q -> c;