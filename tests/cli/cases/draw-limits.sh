# A drawing ends somewhere, and says so.
{
    echo 'OPENQASM 2.0; include "qelib1.inc"; qreg q[3];'
    for i in $(seq 1000); do echo 'h q[0]; h q[0]; h q[0]; h q[0]; h q[0]; h q[0]; h q[0]; h q[0]; h q[0]; h q[0];'; done > gates
    for i in $(seq 20); do cat gates; done
} > long.qasm
ketch draw long.qasm | tail -n 1
{
    echo 'OPENQASM 2.0; include "qelib1.inc"; qreg q[100000]; h q[7]; cx q[7],q[99999];'
} > wide.qasm
ketch draw wide.qasm
echo 'OPENQASM 2.0;' > empty.qasm
ketch draw empty.qasm
