ketch draw bell.qasm
ketch draw --width 60 everything.qasm
ketch draw --ascii --width 100 everything.qasm
ketch draw --param theta=0.25 rotation.qasm
