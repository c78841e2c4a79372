OPENQASM 2.0;
include "files";
qreg q[1];
