// qreg and creg still work in OpenQASM 3.
// expect: 11 1
OPENQASM 3;
include "stdgates.inc";
qreg q[2];
creg c[2];
x q;
measure q -> c;
