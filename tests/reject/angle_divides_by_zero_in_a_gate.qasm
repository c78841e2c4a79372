OPENQASM 2.0;
include "qelib1.inc";
gate turn(a) q { rx(pi/a) q; }
qreg q[1];
turn(1 - 1) q[0];
