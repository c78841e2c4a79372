// SPDX-License-Identifier: Apache-2.0
//
// The CHSH game: two players who share a Bell pair beat every classical strategy.
//
// A referee sends Alice and Bob one random bit each. They answer with a bit each and win if the answers differ exactly where both
// were asked 1. Classical players win 3 of 4 games. Measuring the pair at angles chosen by the questions wins cos²(π/8), 85.4 %, whatever
// is asked: each of the eight winning lines below has cos²(π/8)/8, each losing one sin²(π/8)/8.
//
// Registers, from the left: bob's answer, alice's answer, bob's question, alice's question.
// expect: 0 0 0 0 0.106694173824, 1 1 0 0 0.106694173824, 0 1 0 0 0.018305826176, 1 0 0 0 0.018305826176,
//         0 0 0 1 0.106694173824, 1 1 0 1 0.106694173824, 0 1 0 1 0.018305826176, 1 0 0 1 0.018305826176,
//         0 0 1 0 0.106694173824, 1 1 1 0 0.106694173824, 0 1 1 0 0.018305826176, 1 0 1 0 0.018305826176,
//         0 1 1 1 0.106694173824, 1 0 1 1 0.106694173824, 0 0 1 1 0.018305826176, 1 1 1 1 0.018305826176

OPENQASM 2.0;
include "qelib1.inc";

qreg question[2]; // the referee's two coins
qreg pair[2];
creg alice_asked[1];
creg bob_asked[1];
creg alice_answers[1];
creg bob_answers[1];

h question;
measure question[0] -> alice_asked[0];
measure question[1] -> bob_asked[0];

h pair[0];
cx pair[0], pair[1];

// Alice measures at 0 or π/2, Bob at π/4 or -π/4.
if (alice_asked == 1) ry(-pi/2) pair[0];
if (bob_asked == 0) ry(-pi/4) pair[1];
if (bob_asked == 1) ry(pi/4) pair[1];

measure pair[0] -> alice_answers[0];
measure pair[1] -> bob_answers[0];
