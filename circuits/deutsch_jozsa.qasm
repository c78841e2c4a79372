// SPDX-License-Identifier: Apache-2.0
//
// The Deutsch-Jozsa algorithm: is a function constant or balanced? One call tells.
//
// The function is f(x) = x0 ⊕ x1·x2 on three bits: 1 for half of the inputs, thus balanced. Its oracle turns |x>|y> into |x>|y ⊕ f(x)>;
// with y in |-> the value goes to the sign of |x>. A constant function would leave 000 with certainty; a balanced one never does.
// This one reaches the four outcomes with x0 = 1.
//
// expect: 001 1/4, 011 1/4, 101 1/4, 111 1/4

OPENQASM 2.0;
include "qelib1.inc";

gate oracle x0, x1, x2, y
{
  cx x0, y;
  ccx x1, x2, y;
}

qreg query[3];
qreg answer[1];
creg c[3];

x answer[0];
h query;
h answer[0];
oracle query[0], query[1], query[2], answer[0];
h query;
measure query -> c;
