// SPDX-License-Identifier: Apache-2.0
//
// Bernstein and Vazirani's hidden string read with one qubit, used once for each bit.
//
// The oracle kicks (-1)^s_i back on qubit i; between two h that is a bit flip. The string is 1011001.
//
// expect: 1011001 1

OPENQASM 3.0;
include "stdgates.inc";

const bit[7] hidden = "1011001";
qubit q;
qubit target;
output bit[7] found;

x target;
h target;
for uint i in [0:6] {
  reset q;
  h q;
  if (hidden[i] == 1) cx q, target;
  h q;
  found[i] = measure q;
}
