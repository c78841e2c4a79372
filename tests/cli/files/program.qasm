OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit c;
int n = 0;
while (n < 3) { // until three ones, or a break
  h q[0];
  c = measure q[0];
  if (c) { n += 1; } else { x q[1]; }
  if (n == 2) { break; }
}
ry(0.1 * n) q[1];
h q[n % 2];
output int[4] result;
result = n + 1;
