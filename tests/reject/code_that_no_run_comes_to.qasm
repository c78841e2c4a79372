OPENQASM 3.1;
include "stdgates.inc";
qubit[3] q;
bit[3] c;
int i = 7;
const int n = 1;
def g(int k) { if (k == 3) { return; unknown1 = 2; } }
if (false) { h unknown2; x q[0], q[1]; rx q[0]; bool b = "01" + 1; }
if (n > 3) { x q[7]; int y = 1 / 0; cx q[n], q[1]; }
if (i < 3) { x q[i]; c[i] = 1; int y = 1 / (i - 7); i = 2; }
if (i == 3) { x q[7]; }
switch (i) { case 3 { x unknown3; } case 7 { x q[0]; } default { y unknown4; } }
for int k in [3:2] { x q[k]; x unknown5; }
for int k in [0:2] { if (k == 1) { y q[k]; break; x unknown6; } else { x q[k]; } z q[k]; }
while (i < 0) { if (i < 1) { x unknown7; } }
g(3);
