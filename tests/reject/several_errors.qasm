OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
creg c[2];
foo q[0];
cx q[0];
h q[2];
measure q -> d;
