OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
print(c);
c[1];
print(1);
