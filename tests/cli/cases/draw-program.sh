ketch draw --width 120 program.qasm
# A value that is known stands in one box.
printf 'output int[8] n; output float f; qubit q; n = 13; f = 0.75; reset q;' | ketch draw -
