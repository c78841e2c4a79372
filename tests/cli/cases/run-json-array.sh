ketch run --seed 1 --shots 4 --format json --no-run-info asymmetric.qasm syntax.qasm asymmetric.qasm 2> /dev/null
echo "exit $?"
ketch run --seed 1 --format json syntax.qasm missing.qasm 2> /dev/null
echo "exit $?"
