// Integers divide as reals, ^ binds right and above the minus sign: rx(0), and then rx(pi) five times over five qubits.
// expect: 111110 1
OPENQASM 2.0;
include "qelib1.inc";
qreg q[6];
creg c[6];
rx(pi*(-2^2 + 4)/8) q[0];
rx(pi*2^3^2/512) q[1];
rx(2*pi/3*3/2) q[2];
rx(pi*(7 - 3 - 3)) q[3];
rx(2*pi*(1/2)) q[4];
rx(2*pi*sin(pi/6)*cos(0)*sqrt(4)/2*exp(ln(1))*tan(pi/4)) q[5];
measure q -> c;
