say() { echo "\$ ketch $*"; ketch "$@" 2>&1; echo "exit $?"; }
say run
say runn
say bell.qasm
say run --shot-count 3 bell.qasm
say run --sho 3 --seed 1 asymmetric.qasm
say run --shots
say run --shots -3 bell.qasm
say run --shots many bell.qasm
say run --shots 99999999999999999999 bell.qasm
say run --quiet=yes bell.qasm
say run -Z bell.qasm
say run --precision fp16 bell.qasm
say run --format svg bell.qasm
say draw --format json bell.qasm
say run --max-memory lots bell.qasm
say run --max-memory 0 bell.qasm
say run --timeout never bell.qasm
say run --timeout 0 bell.qasm
say run --order up bell.qasm
say run --state a.npy bell.qasm ghz.qasm
say run --prelude other.inc bell.qasm
say help nothing
say completion tcsh
say completion
say draw --format svg bell.qasm ghz.qasm
say rnu
say run --without mergin bell.qasm
say run --without meeting,stage bell.qasm
say run --unroll some bell.qasm
say run --precision fp46 bell.qasm
say convert bell.qasm
say convert --to qasm bell.qasm
say run --trcae bell.qasm
