# Digits of the reference engine: no plan has a part in them.
cat > plus.qasm <<'QASM'
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
ry(0.5) q[0];
ry(1) q[1];
ry(1.5) q[2];
QASM
ketch run --engine reference --quiet --seed 1 --top 3 --probabilities plus.qasm
ketch run --engine reference --quiet --seed 1 --top 2 --format csv --probabilities --amplitudes all plus.qasm
ketch run --engine reference --quiet --shots 0 --format csv --probabilities plus.qasm
