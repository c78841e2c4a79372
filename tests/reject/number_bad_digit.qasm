OPENQASM 3.0;
const int n = 0b102;
qubit[n] q;
