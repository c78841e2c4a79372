// OpenQASM 2 compares whole registers only; single bits, as newer exporters write them, are understood too.
// expect: 10 01 1
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
creg c[2];
creg d[2];
x q[0];
measure q[0] -> c[0];
x q[0];
if (c[0] == 1) x q[1];
if (c[1] == 1) x q[0];
measure q -> d;
