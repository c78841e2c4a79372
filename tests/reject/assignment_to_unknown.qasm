OPENQASM 3.0;
qubit q;
d = measure q;
