OPENQASM 3.0;
include "stdgates.inc";
input float theta;
qubit q;
rx(1 / theta) q;
