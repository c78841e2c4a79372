// SPDX-License-Identifier: Apache-2.0
//
// Grover's search: one marked item among eight, in two rounds.
//
// The oracle flips the sign of |101>; the diffusion flips the sign of the uniform superposition, which reflects all amplitudes about
// their mean. Each round turns the state by twice the angle arcsin(1/√8) towards the marked item: after two, it is found with probability
// sin²(5·arcsin(1/√8)) = 121/128, and each other item with 1/128. `negctrl` is a control that is active at 0, and a controlled
// `gphase(pi)` is a minus sign on one basis state.
//
// expect: 101 121/128, 000 1/128, 001 1/128, 010 1/128, 011 1/128, 100 1/128, 110 1/128, 111 1/128

OPENQASM 3.0;
include "stdgates.inc";

gate oracle a, b, c {
  ctrl @ negctrl @ z a, b, c; // a = 1, b = 0, c = 1
}

gate diffusion a, b, c {
  h a; h b; h c;
  negctrl(3) @ gphase(pi) a, b, c;
  h a; h b; h c;
}

qubit[3] q;
bit[3] found;

h q;
oracle q[0], q[1], q[2];
diffusion q[0], q[1], q[2];
oracle q[0], q[1], q[2];
diffusion q[0], q[1], q[2];

found = measure q;
