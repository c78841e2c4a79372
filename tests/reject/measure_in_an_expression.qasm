OPENQASM 3.0;
qubit[2] q;
bit c;
c = measure q[0] ^ measure q[1];
