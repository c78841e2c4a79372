ketch run --dry-run --threads 2 bell.qasm
echo "exit $?"
ketch run --dry-run --max-memory 1K ghz.qasm
echo "exit $?"
ketch run --dry-run --format jsonl bell.qasm asymmetric.qasm
ketch run --dry-run --format json bell.qasm asymmetric.qasm | python3 -c 'import json, sys; print([plan["name"] for plan in json.load(sys.stdin)])'
