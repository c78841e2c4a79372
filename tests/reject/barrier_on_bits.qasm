OPENQASM 2.0;
qreg q[1];
creg c[1];
barrier c;
