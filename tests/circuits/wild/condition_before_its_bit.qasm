// A condition reads what the register holds at that moment: 0 before anything is measured.
// expect: 0 1 1
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
creg c[1];
creg d[1];
x q[0];
if (c == 1) x q[1];
measure q[0] -> c[0];
measure q[1] -> d[0];
