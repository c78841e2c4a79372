say() { echo "\$ ketch $*"; ketch "$@" 2>&1; echo "exit $?"; }
say run --seed 1 --engine planned --isa plain --tile 7 --without stages,huge-pages --without cache asymmetric.qasm
say run --seed 1 --engine reference asymmetric.qasm
say run --engine fast bell.qasm
say run --isa sse bell.qasm
say run --tile 6 bell.qasm
say run --tile 19 bell.qasm
say run --tile big bell.qasm
say run --without everything bell.qasm
say run --without stages, bell.qasm
say run --without cach bell.qasm
ketch plan --engine reference --isa plain --tile 9 --without frame bell.qasm > /dev/null; echo "exit $?"
