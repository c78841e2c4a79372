ketch check --error-format json semantics.qasm
echo "exit $?"
ketch check --error-format=json --nonsense
echo "exit $?"
ketch run --seed 1 --error-format json ghz.qasm
