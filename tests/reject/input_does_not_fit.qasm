OPENQASM 3.0;
include "stdgates.inc";
input array[int[8], 2] shifts;
qubit q;
rx(shifts[0]) q;
