// Exporters write one name for gates on 1, 2, 3 ... qubits: the number of operands chooses.
// expect: 110 1
OPENQASM 2.0;
include "qelib1.inc";
gate flip a { x a; }
gate flip a, b { x a; x b; }
gate flip a, b, c { x a; x b; x c; }
qreg q[3];
creg c[3];
flip q[0], q[1], q[2];
flip q[0], q[1];
flip q[1];
measure q -> c;
