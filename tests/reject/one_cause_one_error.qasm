OPENQASM 3.0;
include "stdgates.inc";
const int prec = 10;
qubit[2] q;
extern update(float[prec]) -> float[prec];
def energy(int turns) -> float[prec] {
  int more = missing;
  float[prec] sum = turns;
  return sum + missing;
}
gate entangler a, b { cx a[0], b; h a[1]; h b; }
entangler q[0], q[1];
float[prec] e = energy(3);
e = update(e) + 1;
int n = missing + 2;
unknown(1);
unknown(2);
float[16] own;
gate other a { h a[0]; }
