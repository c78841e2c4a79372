// Conditions of every shape.
OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q; bit[2] c; bit[2] d;
c[0] = measure q[0];
if (c == 1) cx q[2], q[1];
if (c == 1) swap q[0], q[1];
if (c[0] && d[1]) cswap q[3], q[1], q[0];
if (d == 2) ctrl @ negctrl @ h q[0], q[3], q[1];
if (c[0]) d[1] = measure q[2];
if (c[0]) ctrl @ gphase(pi) q[1];
delay[100ns] q[0], q[1];
delay[2.5us] q[2];
if (c == 2) { if (d == 1) x q[0]; reset q; } else { if (d == 2) { x q[1]; y q[2]; } }
measure q[0];
gphase(0.3);
if (c[1]) gphase(1.5);
