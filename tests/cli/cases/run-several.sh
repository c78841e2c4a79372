ketch run --seed 1 asymmetric.qasm semantics.qasm syntax.qasm bell.qasm
