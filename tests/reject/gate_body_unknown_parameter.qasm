OPENQASM 2.0;
include "qelib1.inc";
gate turn(alpha) a { rx(alhpa) a; }
qreg q[1];
turn(1) q[0];
