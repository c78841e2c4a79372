OPENQASM 3.0;
qubit q;
bit c;
inv @ measure q -> c;
