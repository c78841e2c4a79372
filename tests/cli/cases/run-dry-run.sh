ketch run --dry-run --threads 2 bell.qasm
echo "exit $?"
ketch run --dry-run --max-memory 1K ghz.qasm
echo "exit $?"
