# One line a file, with its name; a failing file does not stop the others.
ketch run --seed 1 --shots 4 --format jsonl --no-run-info bell.qasm missing.qasm asymmetric.qasm
