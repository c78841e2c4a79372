// Registers wider than 64 bits compare exactly: 2^69 is not 0, nor 2^69 + 1.
// expect: 1 1000000000000000000000000000000000000000000000000000000000000000000000 1
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
creg c[70];
creg d[1];
x q[0];
measure q[0] -> c[69];
if (c == 0) x q[1];
if (c == 590295810358705651713) x q[1];
if (c == 1180591620717411303424) x q[1];
if (c == 590295810358705651712) x q[1];
measure q[1] -> d[0];
