OPENQASM 3.0;
qubit q;
bit c;
c = measure q;
const uint n = c;
