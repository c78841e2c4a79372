// A gate after a measurement, and a second measurement: what was read stays, the qubit goes on.
// expect: 1 0 1/2, 0 1 1/2
OPENQASM 2.0;
include "qelib1.inc";
qreg q[1];
creg first[1];
creg second[1];
h q[0];
measure q -> first;
x q[0];
measure q -> second;
