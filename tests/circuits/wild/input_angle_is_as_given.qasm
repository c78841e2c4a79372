// An angle without a size is used as it is given: a whole turn more would change the controlled rotation's sign.
// run: --param theta=-pi/2
// expect: 1 1
OPENQASM 3.0;
include "stdgates.inc";
input angle theta;
qubit[2] q;
bit c;
h q[0];
cry(theta) q[0], q[1];
cry(pi / 2) q[0], q[1];
h q[0];
x q[0];
c = measure q[0];
