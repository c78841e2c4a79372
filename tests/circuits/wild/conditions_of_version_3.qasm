// Bits and registers in conditions, and all ways to join them.
// expect: 111111 10 1
OPENQASM 3.0;
include "stdgates.inc";
qubit[6] q;
bit[2] c = "10";
bit[6] d;
if (c == 2) x q[0];
if (c[1] && !c[0]) x q[1];
if (!(c[0] || !c[1])) x q[2];
if (c == "10") { x q[3]; } else { x q[0]; }
if (c > 1) if (c != 3) x q[4];
if (c[0]) x q[0]; else if (c[1]) x q[5]; else x q[1];
d = measure q;
