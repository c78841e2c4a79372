// They cost nothing and do nothing.
// expect: 1 1
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit c;
delay[100ns] q[0];
barrier;
barrier q;
delay[2us] q;
x q[0];
c = measure q[0];
