// SPDX-License-Identifier: Apache-2.0
//
// The three-qubit code corrects a bit flip without looking at what it protects.
//
// The logical qubit ry(π/3)|0> is spread over three: cos(π/6)|000> + sin(π/6)|111>. An error flips data[1]. Two ancillas read the
// parities of neighbours, the syndrome: 3 says that data[1] differs from both. The flip is undone, the code is taken apart, and the
// logical qubit reads 1 with probability sin²(π/6) = 1/4, as if nothing had happened. Only the two `output` registers are counted:
// value and, to its right, syndrome.
//
// expect: 0 11 3/4, 1 11 1/4

OPENQASM 3.0;
include "stdgates.inc";

gate encode a, b, c { cx a, b; cx a, c; }

qubit[3] data;
qubit[2] ancilla;
output bit[2] syndrome;
output bit value;

ry(pi / 3) data[0];
encode data[0], data[1], data[2];

x data[1]; // the error
barrier data;

cx data[0:1], ancilla[0]; // the parity of data[0] and data[1]
cx data[1:2], ancilla[1]; // the parity of data[1] and data[2]
syndrome = measure ancilla;

if (syndrome == 1) {
  x data[0];
} else if (syndrome == 2) {
  x data[2];
} else if (syndrome == 3) {
  x data[1];
}

inv @ encode data[0], data[1], data[2];
value = measure data[0];
