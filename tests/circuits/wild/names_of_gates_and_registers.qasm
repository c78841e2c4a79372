// A register may be called like a gate: the place says which is meant.
// expect: 01 1
OPENQASM 2.0;
include "qelib1.inc";
qreg x[2];
creg c[2];
gate flip a { x a; }
qreg flip[1];
x x[0];
flip flip[0];
measure x -> c;
