OPENQASM 3.0;
input float theta;
input float theta;
qubit q;
