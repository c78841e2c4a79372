// The arrow of OpenQASM 2 and the assignment; a measurement whose result nobody keeps.
// expect: 1 1 1
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit a;
bit b;
x q;
measure q[0] -> a;
b = measure q[1];
measure q;
