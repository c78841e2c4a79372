// Without a first line: qelib1.inc makes it OpenQASM 2, where 1/2 is a half.
// expect: 1 1
include "qelib1.inc";
qreg q[1];
creg c[1];
rx(2*pi*(1/2)) q[0];
measure q -> c;
