OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
int n = 0;
for i in [0:3] { x q[0]; }
for (int i = 0; i < 3; i++) { x q[0]; }
n++;
n--;
if (c[0]) { x q[0]; } elif (c[1]) { y q[0]; }
c[0] = measure(q[0]);
measure(q[0]) -> c[0];
switch (n) {
  case 0:
    x q[0];
    break;
  default:
    y q[0];
}
rx(90°) q[0];
bool a = True;
bool b = False;
if (c[0] and c[1]) { x q[0]; }
if (c[0] or c[1]) { x q[0]; }
if (not c[0]) { x q[0]; }
x r[0];
