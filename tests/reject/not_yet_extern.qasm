OPENQASM 3.0;
extern parity(bit[3]) -> bit;
qubit q;
