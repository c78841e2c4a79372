OPENQASM 2.0;
include "../circuits";
qreg q[1];
