ketch run --seed 1 --shots 4 --format json --no-run-info --memory --probabilities --amplitudes all asymmetric.qasm
