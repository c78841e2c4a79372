// Gates without a body, with and without parentheses.
// expect: 1 1
OPENQASM 2.0;
include "qelib1.inc";
gate nothing a {}
gate still_nothing() a { }
gate wait(t) a { barrier a; }
qreg q[1];
creg c[1];
nothing q[0]; still_nothing() q[0]; wait(3) q[0]; u0(1) q[0]; id q[0];
x q[0];
measure q -> c;
