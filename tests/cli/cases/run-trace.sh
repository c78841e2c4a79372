say() { echo "\$ ketch $*"; ketch "$@" 2>&1; echo "exit $?"; }
say run --trace --seed 1 loop.qasm
say run --trace --seed 2 --ascii --order msb dynamic.qasm
say run --trace --seed 2 --color always --width 40 ghz.qasm
ketch run --trace --quiet --seed 1 - < dynamic.qasm 2>/dev/null | head -n 3
printf 'OPENQASM 3.0;include "stdgates.inc";\n/*\033[31m*/qubit[7] q;h q[0];' | ketch run --trace --quiet --seed 1 -
say run --trace --shots 2 bell.qasm
say run --trace --shots 0 --probabilities bell.qasm
say run --trace --format json bell.qasm
say run --trace --dry-run bell.qasm
ketch run --trace loop.qasm > /dev/full; echo "exit $?"
# Variables whose values are known while reading, too, and calls in the order in which they happen.
cat > sums.qasm <<'END'
OPENQASM 3.0;
include "stdgates.inc";
def twice(int n) -> int {
  return 2 * n;
}
output int sum;
qubit q;
for int k in [3:-1:2] {
  int d = twice(k);
  sum += d;
  rx(d * pi) q;
}
END
say run --trace --seed 1 sums.qasm
