ketch plan --engine reference program.qasm
ketch plan --engine planned --isa plain --tile 7 program.qasm
