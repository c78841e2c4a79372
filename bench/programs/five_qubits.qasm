// SPDX-License-Identifier: Apache-2.0
//
// Five qubits, four rounds: three qubits are turned, two others read their parities, and what was read decides on a gate each. Outcomes
// are near 1/2.

OPENQASM 3.0;
include "stdgates.inc";

qubit[3] data;
qubit[2] probe;
bit[5] c;

// round 0
ry(0.9183) data[0];
ry(1.6432) data[1];
ry(2.2811) data[2];
cx data[0], probe[0];
cx data[1], probe[0];
cx data[1], probe[1];
cx data[2], probe[1];
c[0] = measure probe[0];
c[1] = measure probe[1];
if (c[0]) {
  rx(2.2612) data[0];
  x probe[0];
}
if (c[1]) {
  rz(1.0556) data[2];
  x probe[1];
}
// round 1
ry(1.5225) data[0];
ry(1.0925) data[1];
ry(1.9883) data[2];
cx data[0], probe[0];
cx data[1], probe[0];
cx data[1], probe[1];
cx data[2], probe[1];
c[0] = measure probe[0];
c[1] = measure probe[1];
if (c[0]) {
  rx(1.0578) data[0];
  x probe[0];
}
if (c[1]) {
  rz(1.4784) data[2];
  x probe[1];
}
// round 2
ry(0.8652) data[0];
ry(2.0980) data[1];
ry(1.9013) data[2];
cx data[0], probe[0];
cx data[1], probe[0];
cx data[1], probe[1];
cx data[2], probe[1];
c[0] = measure probe[0];
c[1] = measure probe[1];
if (c[0]) {
  rx(1.0263) data[0];
  x probe[0];
}
if (c[1]) {
  rz(0.8513) data[2];
  x probe[1];
}
// round 3
ry(1.5780) data[0];
ry(1.5028) data[1];
ry(1.0343) data[2];
cx data[0], probe[0];
cx data[1], probe[0];
cx data[1], probe[1];
cx data[2], probe[1];
c[0] = measure probe[0];
c[1] = measure probe[1];
if (c[0]) {
  rx(1.9399) data[0];
  x probe[0];
}
if (c[1]) {
  rz(0.8059) data[2];
  x probe[1];
}
c[2] = measure data[0];
c[3] = measure data[1];
c[4] = measure data[2];
