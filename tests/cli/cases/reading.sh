# Options that say how files are read.
mkdir gates
echo 'gate flip a { x a; }' > gates/flip.inc
printf 'OPENQASM 3.0;\ninclude "stdgates.inc";\ninclude "flip.inc";\nqubit q;\nflip q;\n' > uses.qasm
check() { ketch check "$@" 2> notes; echo "$? ketch check $*"; }
check uses.qasm
check --include-dir gates uses.qasm
check -I nowhere -I gates uses.qasm
check --include-dir gates --safe-include uses.qasm
mkdir inner && printf 'OPENQASM 3.0;\ninclude "../gates/flip.inc";\nqubit q;\nflip q;\n' > inner/outside.qasm
check --prelude stdgates.inc inner/outside.qasm
check --prelude stdgates.inc --safe-include inner/outside.qasm
echo 'OPENQASM 3.0; qubit q; h q;' > bare.qasm
check bare.qasm
check --prelude stdgates.inc bare.qasm
echo 'OPENQASM 3.0; qubit q; U(((((1)))), 0, 0) q;' > nested.qasm
check nested.qasm
check --max-nesting 3 nested.qasm
echo 'include "c.inc";' > b.inc && echo '' > c.inc
echo 'OPENQASM 3.0; include "b.inc"; qubit q;' > deep.qasm
check deep.qasm
check --max-include-depth 1 deep.qasm
{ echo 'OPENQASM 2.0; qreg q[1];'; for i in 1 2 3 4 5; do echo "nothing$i q[0];"; done; } > wrong.qasm
check wrong.qasm
grep -c 'error\[' notes
check --max-errors 2 wrong.qasm
grep -c 'error\[KQ03' notes
cp bell.qasm ./-odd.qasm
check -- -odd.qasm
check .
ketch check -h | head -n 1
ketch -V | cmp - <(ketch --version) && echo same
ketch run -n 5 -s 1 -f csv -k 1 -q -t 1 asymmetric.qasm
