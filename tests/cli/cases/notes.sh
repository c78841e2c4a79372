# Which OpenQASM a file without a version line was taken for is said to those who ask.
printf 'qubit q;\nU(0, 0, 0) q;\n' >unversioned.qasm
ketch check unversioned.qasm
ketch check --verbose unversioned.qasm 2>&1 | grep 'version line'
printf 'qreg q[1];\nU(0, 0, 0) q;\n' | ketch check --verbose - 2>&1 | grep 'version line'
