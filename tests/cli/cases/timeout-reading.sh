# The time limit holds for reading too, and the next file is read all the same.
{
    echo 'OPENQASM 2.0; include "qelib1.inc"; qreg q[3];'
    for i in $(seq 1000); do echo 'h q[0]; cx q[0],q[1]; rz(0.123456789) q[2]; h q; cx q[1],q[2]; u3(0.1,0.2,0.3) q[1];'; done > block
    for i in $(seq 800); do cat block; done
} > huge.qasm
ketch check --timeout 50ms huge.qasm bell.qasm
echo "exit $?"
