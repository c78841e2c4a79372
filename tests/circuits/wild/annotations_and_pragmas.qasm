// Kept for those who understand them.
// expect: 1 1
OPENQASM 3.0;
#pragma nobody knows "this"
pragma nor this
include "stdgates.inc";
@somewhere.else note: 1 + 1
qubit q;
bit c;
@another
x q;
c = measure q;
