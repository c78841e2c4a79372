ketch run rotation.qasm 2>&1
echo "exit $?"
ketch run --param phi=1 rotation.qasm 2>&1
echo "exit $?"
