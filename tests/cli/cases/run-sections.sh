ketch run --seed 1 --shots 3 --memory --probabilities --amplitudes 00,01 bell.qasm
