OPENQASM 3.0;
const int n = 1 / 0;
qubit[n] q;
