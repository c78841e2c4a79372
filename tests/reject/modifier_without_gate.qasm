OPENQASM 3.0;
qubit q;
inv @ q;
