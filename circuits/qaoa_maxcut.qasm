// SPDX-License-Identifier: Apache-2.0
//
// The quantum approximate optimisation algorithm, one round, for the largest cut of a ring of four nodes.
//
// A bit string colours the nodes 0 or 1; an edge is cut where its ends differ. Every cut edge turns the phase by -gamma, and the mixer,
// rx(2·beta) on each node, makes probabilities of the phases. At gamma = beta = 0 all sixteen colourings are equally likely, which cuts
// 2 edges on the average. At gamma = π/4, beta = π/8 the average is 3, the best that one round can do on a ring, and the two
// colourings that cut all four edges, 0101 and 1010, come out most often. Angles are inputs, given when the circuit is run.
//
// run: --param gamma=0 --param beta=0
// expect: each 1/16
//
// run: --param gamma=pi/4 --param beta=pi/8
// expect: 0101 17/64, 1010 17/64, 0011 5/64, 0110 5/64, 1001 5/64, 1100 5/64, 0001 1/64, 0010 1/64,
//         0100 1/64, 1000 1/64, 0111 1/64, 1011 1/64, 1101 1/64, 1110 1/64, 0000 1/64, 1111 1/64

OPENQASM 3.0;
include "stdgates.inc";

input angle gamma;
input angle beta;

gate cut(gamma) a, b { cx a, b; p(-gamma) b; cx a, b; }

qubit[4] node;
bit[4] colour;

h node;
cut(gamma) node[0:2], node[1:3]; // three edges in one statement: 0-1, 1-2, 2-3
cut(gamma) node[3], node[0];     // and the one that closes the ring
rx(2 * beta) node;

colour = measure node;
