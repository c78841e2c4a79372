ketch plan --engine reference bell.qasm
ketch plan --engine reference --format jsonl bell.qasm
ketch plan --engine planned --isa plain bell.qasm
ketch plan --engine planned --isa plain --format jsonl bell.qasm
ketch plan --engine planned --tile 7 dynamic.qasm
