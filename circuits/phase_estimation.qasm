// SPDX-License-Identifier: Apache-2.0
//
// Phase estimation: which phase does a gate give its eigenstate?
//
// The gate is p(2π·5/16) and its eigenstate |1>. Counting qubit k controls the gate's 2^k-th power and so collects the phase 2^k·2π·5/16;
// together they are the Fourier transform of |5>, which the inverse transform, `inv @`, reads. Four bits hold 5/16 exactly, thus
// the outcome is certain: 0101.
//
// expect: 0101 1

OPENQASM 3.0;
include "stdgates.inc";

const float phase_turns = 5 / 16.0;

gate qft4 q0, q1, q2, q3 {
  h q3;
  cp(pi / 2) q2, q3;
  cp(pi / 4) q1, q3;
  cp(pi / 8) q0, q3;
  h q2;
  cp(pi / 2) q1, q2;
  cp(pi / 4) q0, q2;
  h q1;
  cp(pi / 2) q0, q1;
  h q0;
  swap q0, q3;
  swap q1, q2;
}

qubit[4] counting;
qubit eigenstate;
bit[4] estimate;

x eigenstate;
h counting;
ctrl @ p(tau * phase_turns) counting[0], eigenstate;
ctrl @ pow(2) @ p(tau * phase_turns) counting[1], eigenstate;
ctrl @ pow(4) @ p(tau * phase_turns) counting[2], eigenstate;
ctrl @ pow(8) @ p(tau * phase_turns) counting[3], eigenstate;
inv @ qft4 counting[0], counting[1], counting[2], counting[3];

estimate = measure counting;
