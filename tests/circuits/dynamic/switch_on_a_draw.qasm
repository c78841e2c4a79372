// SPDX-License-Identifier: Apache-2.0
//
// Two measured bits choose among four preparations of a third qubit.
//
// It reads 1 never, with probability 1/4, 3/4, and always.
//
// Registers: result, choice.
// expect: 0 00 1/4, 0 01 3/16, 1 01 1/16, 0 10 1/16, 1 10 3/16, 1 11 1/4

OPENQASM 3.1;
include "stdgates.inc";

qubit[2] chooser;
qubit q;
output bit[2] choice;
output bit result;

h chooser;
choice = measure chooser;
switch (uint[2](choice)) {
  case 0 { }
  case 1 { ry(pi / 3) q; }
  case 2 { ry(2 * pi / 3) q; }
  default { x q; }
}
result = measure q;
