{
    echo 'OPENQASM 2.0; include "qelib1.inc"; qreg q[22];'
    for i in $(seq 20000); do echo "ry(0.$((i % 9 + 1))) q[$((i % 22))]; cx q[$((i % 22))], q[$((i * 7 % 22 == i % 22 ? (i + 1) % 22 : i * 7 % 22))];"; done
} > long.qasm
ketch run --timeout 2s --max-memory 1G long.qasm
