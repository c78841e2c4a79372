# What the circuit itself takes depends on the build.
info() { ketch info "$@" | sed 's/; circuit .*//; s/"circuit_bytes": [0-9]*/"circuit_bytes": 0/'; }
info bell.qasm everything.qasm
info --param theta=pi/4 --format json rotation.qasm
info --format jsonl bell.qasm ghz.qasm
