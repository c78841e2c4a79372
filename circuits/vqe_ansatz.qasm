// SPDX-License-Identifier: Apache-2.0
//
// A trial state for the variational eigensolver: the hydrogen molecule in its smallest basis.
//
// |01> is the Hartree-Fock state, one orbital filled and one empty; theta mixes in the double excitation |10> and nothing else:
// cos(theta/2)|01> + sin(theta/2)|10>. An optimiser outside runs the circuit for many values of theta; `input` keeps it open, so that one
// file serves all. The measured energy is lowest near theta = 0.2.
//
// run: --param theta=0
// expect: 01 1
//
// run: --param theta=0.2
// expect: 01 0.990033288921, 10 0.009966711079
//
// run: --param theta=pi/2
// expect: 01 1/2, 10 1/2

OPENQASM 3.0;
include "stdgates.inc";

input float theta;

qubit[2] orbital;
bit[2] filled;

x orbital[0];
ctrl @ ry(theta) orbital[0], orbital[1]; // move a part of the amplitude to |11>
cx orbital[1], orbital[0];               // and from there to |10>

filled = measure orbital;
