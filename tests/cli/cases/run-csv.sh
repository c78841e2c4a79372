# Digits of the reference engine: no plan has a part in them.
ketch run --seed 1 --shots 4 --format csv --engine reference --memory --probabilities --amplitudes 00,01,11 bell.qasm
ketch run --seed 1 --shots 4 --format csv bell.qasm asymmetric.qasm
