OPENQASM 3.0;
include "stdgates.inc";
pragma ideal machine
input float theta;
input angle[8] turn;
input int[16] steps;
input bit[4] mask;
input bool flip;
extern parity(bit[4]) -> bool;
qubit[2] q;
bit[4] c;
@label rotations
rx(theta) q[0];
rz(turn) q[0];
c = mask;
