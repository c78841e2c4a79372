// if holds for a measurement and a reset as well as for a gate.
// expect: 0 1 1
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
creg c[1];
creg d[1];
x q;
measure q[0] -> c[0];
if (c == 0) measure q[1] -> d[0];
if (c == 1) reset q[1];
measure q[1] -> d[0];
