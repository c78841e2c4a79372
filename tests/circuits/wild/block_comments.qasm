// OpenQASM 2 knows only line comments; files have others.
// expect: 1 1
OPENQASM 2.0; /* the paper
does not have these */ include "qelib1.inc";
qreg q[1]; creg c[1];
x /* here too */ q[0];
measure q -> c; /**/
