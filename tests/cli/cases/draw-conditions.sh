ketch draw --width 120 conditions.qasm
