// A whole power is a repetition, however large: an odd number of x flips, an even one does not, and a rotation goes round and round.
// expect: 1101 1
OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
bit[4] c;
pow(1000000001) @ x q[0];
pow(1000000000) @ pow(1000000000) @ pow(-1000000000) @ x q[1];
pow(1000000001) @ cx q[0], q[2];
pow(3000000001) @ rx(pi) q[3];
c = measure q;
