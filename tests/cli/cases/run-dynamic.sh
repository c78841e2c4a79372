# Measurements in the middle: a state only of one shot.
ketch run --seed 3 --shots 1000 --format csv dynamic.qasm | sort
ketch run --seed 3 --shots 1 --amplitudes all --format csv dynamic.qasm
