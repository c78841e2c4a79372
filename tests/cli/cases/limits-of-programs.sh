# Limits that a small program keeps, by every command that has them.
for command in run check info draw plan "convert --to qasm3"; do
    ketch $command --quiet --max-cells 1000 --unroll 100 --max-source-bytes 1K --max-gates 20 --max-declared-qubits 2 --max-bits 2 --max-nesting 5 --max-include-depth 1 --max-token-bytes 40 --max-errors 5 bell.qasm > out 2>&1
    case $command in convert*) ;; *) ketch $command --max-operations 1000 --unroll none bell.qasm > out 2>&1 || cat out ;; esac
done
ketch run --max-call-depth 10 --seed 1 bell.qasm > out
ketch plan --max-call-depth 10 bell.qasm > out
