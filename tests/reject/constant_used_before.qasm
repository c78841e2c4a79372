OPENQASM 3.0;
qubit[n] q;
const int n = 2;
