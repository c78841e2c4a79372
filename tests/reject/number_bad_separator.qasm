OPENQASM 3.0;
const int n = 1__0;
qubit[n] q;
