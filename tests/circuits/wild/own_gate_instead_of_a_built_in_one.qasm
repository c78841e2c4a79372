// The paper's qelib1.inc has no sx, so a file may define its own, and that is the one that counts.
// expect: 1 1
OPENQASM 2.0;
include "qelib1.inc";
gate sx a { x a; }
qreg q[1];
creg c[1];
sx q[0];
measure q -> c;
