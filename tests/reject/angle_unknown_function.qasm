OPENQASM 2.0;
include "qelib1.inc";
qreg q[1];
rx(sine(1)) q[0];
