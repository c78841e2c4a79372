// One of each thing that a drawing shows.
OPENQASM 3.0;
include "stdgates.inc";
input float theta;
qubit[3] q;
qubit anc;
bit[2] a;
bit flag;
gphase(pi/4);
h q[0];
rx(theta) q[1];
ctrl @ negctrl @ rz(-3*pi/4) q[0], anc, q[2];
cswap anc, q[0], q[2];
barrier q;
sdg q[1];
flag = measure anc;
if (flag) x q[1];
a[0] = measure q[0];
if (a == 1) { h q[2]; cp(0.1) q[1], q[2]; } else { reset q[2]; }
a[1] = measure q[2];
