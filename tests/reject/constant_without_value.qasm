OPENQASM 3.0;
const int n;
qubit[n] q;
