ketch draw --width 120 program.qasm
