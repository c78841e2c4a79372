OPENQASM 3.0;
include "stdgates.inc";
input float alpha;
input angle beta;
input float gamma;
qubit q;
rx(alpha) q;
ry(beta) q;
rz(gamma) q;
