// In OpenQASM 3 integers divide as integers: 1/2 is 0, 1/2.0 a half.
// expect: 10 1
OPENQASM 3.1;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
rx(2 * pi * (1 / 2)) q[0];
rx(2 * pi * (1 / 2.0)) q[1];
c = measure q;
