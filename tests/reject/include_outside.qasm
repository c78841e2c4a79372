OPENQASM 2.0;
include "../../README.md";
qreg q[1];
