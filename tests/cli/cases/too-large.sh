# Refused before anything is allocated.
cat > large.qasm <<'QASM'
OPENQASM 2.0;
include "qelib1.inc";
qreg q[40];
h q;
QASM
ketch run --max-memory 2G large.qasm
