ketch plan bell.qasm
ketch plan --format jsonl bell.qasm
