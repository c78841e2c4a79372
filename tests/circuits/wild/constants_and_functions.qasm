// Constants of several types, functions, and letters from other alphabets.
// expect: 1111 1
OPENQASM 3.0;
include "stdgates.inc";
const uint N = 2 ** 2;
const float θ = arccos(-1.0);
const angle quarter = pi / 4;
const bool yes = N > 3;
qubit[N] q;
bit[N] c;
rx(θ) q[0];
rx(4 * quarter) q[1];
rx(π * (N % 3)) q[2];
rx(pi * float(yes)) q[3];
c = measure q;
