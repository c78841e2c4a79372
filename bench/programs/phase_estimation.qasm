// SPDX-License-Identifier: Apache-2.0
//
// Iterative phase estimation of 2π/3 to 12 bits: one counting qubit, read and reset for each bit from the lowest. What was read turns the
// next one back, under a condition for each bit known. A third has no end in binary, so that the last bits are not certain.

OPENQASM 3.0;
include "stdgates.inc";

qubit counting;
qubit eigenstate;
bit[12] c;

x eigenstate;

// bit 0
reset counting;
h counting;
cp(2048 * 2 * pi / 3) counting, eigenstate;
h counting;
c[0] = measure counting;
// bit 1
reset counting;
h counting;
cp(1024 * 2 * pi / 3) counting, eigenstate;
if (c[0]) { p(-pi / 2) counting; }
h counting;
c[1] = measure counting;
// bit 2
reset counting;
h counting;
cp(512 * 2 * pi / 3) counting, eigenstate;
if (c[0]) { p(-pi / 4) counting; }
if (c[1]) { p(-pi / 2) counting; }
h counting;
c[2] = measure counting;
// bit 3
reset counting;
h counting;
cp(256 * 2 * pi / 3) counting, eigenstate;
if (c[0]) { p(-pi / 8) counting; }
if (c[1]) { p(-pi / 4) counting; }
if (c[2]) { p(-pi / 2) counting; }
h counting;
c[3] = measure counting;
// bit 4
reset counting;
h counting;
cp(128 * 2 * pi / 3) counting, eigenstate;
if (c[0]) { p(-pi / 16) counting; }
if (c[1]) { p(-pi / 8) counting; }
if (c[2]) { p(-pi / 4) counting; }
if (c[3]) { p(-pi / 2) counting; }
h counting;
c[4] = measure counting;
// bit 5
reset counting;
h counting;
cp(64 * 2 * pi / 3) counting, eigenstate;
if (c[0]) { p(-pi / 32) counting; }
if (c[1]) { p(-pi / 16) counting; }
if (c[2]) { p(-pi / 8) counting; }
if (c[3]) { p(-pi / 4) counting; }
if (c[4]) { p(-pi / 2) counting; }
h counting;
c[5] = measure counting;
// bit 6
reset counting;
h counting;
cp(32 * 2 * pi / 3) counting, eigenstate;
if (c[0]) { p(-pi / 64) counting; }
if (c[1]) { p(-pi / 32) counting; }
if (c[2]) { p(-pi / 16) counting; }
if (c[3]) { p(-pi / 8) counting; }
if (c[4]) { p(-pi / 4) counting; }
if (c[5]) { p(-pi / 2) counting; }
h counting;
c[6] = measure counting;
// bit 7
reset counting;
h counting;
cp(16 * 2 * pi / 3) counting, eigenstate;
if (c[0]) { p(-pi / 128) counting; }
if (c[1]) { p(-pi / 64) counting; }
if (c[2]) { p(-pi / 32) counting; }
if (c[3]) { p(-pi / 16) counting; }
if (c[4]) { p(-pi / 8) counting; }
if (c[5]) { p(-pi / 4) counting; }
if (c[6]) { p(-pi / 2) counting; }
h counting;
c[7] = measure counting;
// bit 8
reset counting;
h counting;
cp(8 * 2 * pi / 3) counting, eigenstate;
if (c[0]) { p(-pi / 256) counting; }
if (c[1]) { p(-pi / 128) counting; }
if (c[2]) { p(-pi / 64) counting; }
if (c[3]) { p(-pi / 32) counting; }
if (c[4]) { p(-pi / 16) counting; }
if (c[5]) { p(-pi / 8) counting; }
if (c[6]) { p(-pi / 4) counting; }
if (c[7]) { p(-pi / 2) counting; }
h counting;
c[8] = measure counting;
// bit 9
reset counting;
h counting;
cp(4 * 2 * pi / 3) counting, eigenstate;
if (c[0]) { p(-pi / 512) counting; }
if (c[1]) { p(-pi / 256) counting; }
if (c[2]) { p(-pi / 128) counting; }
if (c[3]) { p(-pi / 64) counting; }
if (c[4]) { p(-pi / 32) counting; }
if (c[5]) { p(-pi / 16) counting; }
if (c[6]) { p(-pi / 8) counting; }
if (c[7]) { p(-pi / 4) counting; }
if (c[8]) { p(-pi / 2) counting; }
h counting;
c[9] = measure counting;
// bit 10
reset counting;
h counting;
cp(2 * 2 * pi / 3) counting, eigenstate;
if (c[0]) { p(-pi / 1024) counting; }
if (c[1]) { p(-pi / 512) counting; }
if (c[2]) { p(-pi / 256) counting; }
if (c[3]) { p(-pi / 128) counting; }
if (c[4]) { p(-pi / 64) counting; }
if (c[5]) { p(-pi / 32) counting; }
if (c[6]) { p(-pi / 16) counting; }
if (c[7]) { p(-pi / 8) counting; }
if (c[8]) { p(-pi / 4) counting; }
if (c[9]) { p(-pi / 2) counting; }
h counting;
c[10] = measure counting;
// bit 11
reset counting;
h counting;
cp(1 * 2 * pi / 3) counting, eigenstate;
if (c[0]) { p(-pi / 2048) counting; }
if (c[1]) { p(-pi / 1024) counting; }
if (c[2]) { p(-pi / 512) counting; }
if (c[3]) { p(-pi / 256) counting; }
if (c[4]) { p(-pi / 128) counting; }
if (c[5]) { p(-pi / 64) counting; }
if (c[6]) { p(-pi / 32) counting; }
if (c[7]) { p(-pi / 16) counting; }
if (c[8]) { p(-pi / 8) counting; }
if (c[9]) { p(-pi / 4) counting; }
if (c[10]) { p(-pi / 2) counting; }
h counting;
c[11] = measure counting;
