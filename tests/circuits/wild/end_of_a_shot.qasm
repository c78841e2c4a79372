// end; ends the shot: what was written until then counts.
// expect: 0 1 1/2, 1 0 1/2
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit first;
bit second;
h q[0];
first = measure q[0];
if (first) { end; }
x q[1];
second = measure q[1];
