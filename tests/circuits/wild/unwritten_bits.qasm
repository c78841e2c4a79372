// Bits that nothing is measured into read 0.
// expect: 00 001 1
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
creg c[3];
creg never[2];
x q;
measure q[0] -> c[0];
