OPENQASM 2.0;
include "files/one.inc";
qreg q[1];
