OPENQASM 2.0;
qreg 2q[2];
