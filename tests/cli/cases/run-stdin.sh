ketch run --seed 1 --shots 5 - < asymmetric.qasm
ketch run --seed 1 --shots 5 --format jsonl --no-run-info asymmetric.qasm - < asymmetric.qasm
ketch check - < syntax.qasm
echo "exit $?"
ketch check - < /dev/null
echo "exit $?"
ketch check --max-source-bytes 10 - < bell.qasm
echo "exit $?"
