// A circuit that measures nothing has all its qubits measured.
// expect: 101 1/2, 001 1/2
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
x q[0];
h q[2];
