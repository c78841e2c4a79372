OPENQASM 2.0;
include "../reject/files/fine.inc";
qreg q[1];
