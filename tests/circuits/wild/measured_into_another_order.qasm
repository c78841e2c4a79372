// Qubits may be measured into any bits, and a bit written twice holds the later result.
// expect: 001 1
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
creg c[3];
x q[2];
measure q[2] -> c[0];
measure q[2] -> c[1];
measure q[0] -> c[1];
measure q[1] -> c[2];
