// A number that the register cannot hold: never true, with a warning.
// expect: 0 1
OPENQASM 2.0;
include "qelib1.inc";
qreg q[1];
creg c[1];
if (c == 2) x q[0];
if (c == -1) x q[0];
measure q -> c;
