code() { ketch "$@" > /dev/null 2>&1; echo "$? ketch $*"; }
code run bell.qasm
code run missing.qasm
code run --shots
code run syntax.qasm
code run semantics.qasm
code run --max-qubits 2 ghz.qasm
code run --max-memory 16 ghz.qasm
code run --max-gates 2 ghz.qasm
code check --max-declared-qubits 2 ghz.qasm
code check --max-bits 1 bell.qasm
code check --max-source-bytes 10 bell.qasm
code check --max-token-bytes 3 bell.qasm
code run semantics.qasm syntax.qasm bell.qasm
code run --state a.npy --shots 2 dynamic.qasm
