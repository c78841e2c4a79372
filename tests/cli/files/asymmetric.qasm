// Every outcome is certain, and no two orders of its bits read alike.
OPENQASM 2.0;
include "qelib1.inc";
qreg q[5];
creg low[3];
creg high[2];
x q[0];
x q[4];
measure q[0] -> low[0];
measure q[1] -> low[1];
measure q[4] -> high[1];
