ketch run --seed 1 bell.qasm
ketch run --seed 1 --shots 10 asymmetric.qasm
