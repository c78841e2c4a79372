ketch draw --width 120 program.qasm
# A value that is known stands in one box.
printf 'output int[8] n; output float f; qubit q; n = 13; f = 0.75; reset q;' | ketch draw -
# A stretch is as long as what is beside it asks for.
printf 'qubit[2] q; stretch s; barrier q; delay[80ns] q[0]; delay[s / 2] q[1]; delay[s] q[1]; barrier q;' | ketch draw -
