OPENQASM 2.0;
include "";
qreg q[1];
