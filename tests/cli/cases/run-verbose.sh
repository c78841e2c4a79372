ketch run --verbose --seed 1 --threads 1 asymmetric.qasm > /dev/null
