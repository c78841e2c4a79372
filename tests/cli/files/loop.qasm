OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
int[8] n = -1;

def flip(qubit a, int[8] k) -> int[8] {
    if (k > 0) {
        x a; // the second time
    }
    return k + 1;
}

while (n < 1) {
    n = flip(q[0], n);
}
ry(pi / 3) q[1];
cz q[0], q[1];
s q[1];
c = measure q;
