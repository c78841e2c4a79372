{
    echo 'OPENQASM 2.0; include "qelib1.inc"; qreg q[22];'
    for i in $(seq 2000); do echo "h q[$((i % 22))]; ry(0.1) q[$((i % 7))];"; done
} > long.qasm
ketch run --timeout 200ms --max-memory 1G long.qasm
