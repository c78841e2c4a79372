// An opaque gate that is only declared does no harm.
// expect: 1 1
OPENQASM 2.0;
include "qelib1.inc";
opaque magic(alpha, beta) a, b;
opaque plain a;
qreg q[1];
creg c[1];
x q[0];
measure q -> c;
