ketch info bell.qasm everything.qasm
ketch info --param theta=pi/4 --format json rotation.qasm
ketch info --format jsonl bell.qasm ghz.qasm
