OPENQASM 3.0;
extern parity(bit[3]) -> bit;
qubit[3] q;
bit[3] c;
bit p;
c = measure q;
p = parity(c);
