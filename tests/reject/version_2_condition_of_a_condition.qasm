// SPDX-License-Identifier: Apache-2.0
OPENQASM 2.0;
include "qelib1.inc";
qreg q[1];
creg c[2];
if (c == 1 == 0) x q[0];
