OPENQASM 3.0;
qubit q;
U(pi, 0) q;
