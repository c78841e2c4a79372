ketch check bell.qasm ghz.qasm dynamic.qasm everything.qasm
ketch check semantics.qasm syntax.qasm missing.qasm bell.qasm
echo "exit $?"
ketch check --quiet bell.qasm
ketch check --param theta=1 rotation.qasm
