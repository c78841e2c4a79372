OPENQASM 3.0;
qubit q;
bit[4000000000] c;
