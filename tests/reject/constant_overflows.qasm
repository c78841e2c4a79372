OPENQASM 3.0;
const int n = 9223372036854775807 + 1;
qubit q;
