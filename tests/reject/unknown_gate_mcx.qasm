OPENQASM 2.0;
include "qelib1.inc";
qreg q[6];
mcx q[0], q[1], q[2], q[3], q[4], q[5];
