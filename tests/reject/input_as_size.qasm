OPENQASM 3.0;
input uint n;
qubit[n] q;
