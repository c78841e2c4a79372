// Qubits by number need no declaration.
// expect: 11 1
OPENQASM 3.0;
include 'stdgates.inc';
bit[2] c;
x $0;
cx $0, $1;
c[0] = measure $0;
c[1] = measure $1;
