// Without a first line: OpenQASM 3.
// expect: 1 1
include "stdgates.inc";
qubit q;
bit c;
x q;
c = measure q;
