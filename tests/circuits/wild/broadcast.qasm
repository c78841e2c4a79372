// One qubit with each of a register, registers qubit by qubit, and a register alone.
// expect: 11 11 1
OPENQASM 2.0;
include "qelib1.inc";
qreg a[1];
qreg b[2];
qreg d[2];
creg of_b[2];
creg of_d[2];
x a;
cx a[0], b;
barrier a, b[0], d;
cx b, d;
measure b -> of_b;
measure d -> of_d;
