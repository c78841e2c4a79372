say() { echo "\$ ketch $*"; ketch "$@" 2>&1; echo "exit $?"; }
for to in qasm2 qasm3 json; do say convert --to $to bell.qasm; done
for to in qasm2 qasm3; do say convert --to $to conditions.qasm; done
say convert --to qasm3 rotation.qasm
say convert --to qasm2 rotation.qasm
say convert --to qasm2 --param theta=pi/3 rotation.qasm
for name in bell asymmetric conditions rotation; do ketch convert --to qasm3 $name.qasm | ketch format --check - || echo "$name is laid out otherwise"; done
echo 'OPENQASM 3.0; include "stdgates.inc"; qubit[4] cs; gate r a { h a; } r cs[0];' | ketch convert --to qasm3 - 2>&1
echo 'OPENQASM 2.0; include "qelib1.inc"; qreg in[2]; qreg rx2[1]; rzz(1) in[0], in[1]; u2(0, pi) rx2[0];' | ketch convert --to qasm3 -
say convert --to qasm3 --out converted.qasm bell.qasm
ketch run --seed 1 bell.qasm > before; ketch run --seed 1 converted.qasm | cmp before -
say convert --to qasm2 --out never.qasm dynamic.qasm
ls never.qasm 2>&1
for to in qasm2 qasm3; do say convert --to $to --unroll none loop.qasm; done
ketch convert --to json --unroll none loop.qasm | grep -c '"operation": "\(add_constant_s\|jump_if_not\|call\|return\)"'
printf '// by a third\ngate third a { rx(pi / 3) a; }\n' > own.inc
cat > uses.qasm <<'END'
include "own.inc"; // of my own
input float theta; input int[8] turns; input array[angle[4], 2] kinds; input bit one; input duration left;
qubit q; bit c;
for int i in [1:turns] { third q; rz(theta) q; }
c = measure q;
END
say convert --to qasm3 --prelude stdgates.inc --param theta=0.25 --param turns=-3 --param kinds=[0,pi] --param one=1 uses.qasm
