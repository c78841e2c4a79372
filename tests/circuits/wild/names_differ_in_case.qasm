// q and Q are two registers.
// expect: 0 1 1
OPENQASM 2.0;
include "qelib1.inc";
qreg q[1];
qreg Q[1];
creg upper[1];
creg lower[1];
x Q[0];
measure Q -> upper;
measure q -> lower;
