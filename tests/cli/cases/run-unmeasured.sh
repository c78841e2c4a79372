# A circuit that measures nothing: all qubits are, with a note.
ketch run --seed 1 ghz.qasm
ketch run --seed 1 --quiet ghz.qasm
