// OpenQASM 3 allows a comma at the end of a list.
// expect: 11 1
OPENQASM 3.0;
include "stdgates.inc";
gate pair(a, b,) x0, x1, { rx(a) x0; rx(b) x1; }
qubit[2] q;
bit[2] c;
pair(pi, pi,) q[0], q[1],;
c = measure q;
