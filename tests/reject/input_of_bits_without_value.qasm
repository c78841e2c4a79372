OPENQASM 3.0;
include "stdgates.inc";
input bit[4] secret;
input array[float, 2] gamma;
qubit[4] q;
for int i in [0:3] { if (secret[i]) rx(gamma[0]) q[i]; }
