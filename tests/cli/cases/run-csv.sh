ketch run --seed 1 --shots 4 --format csv --memory --probabilities --amplitudes 00,01,11 bell.qasm
ketch run --seed 1 --shots 4 --format csv bell.qasm asymmetric.qasm
