threads() { ketch run --format json --seed 1 "$@" bell.qasm | sed -n 's/ *"threads": \([0-9]*\).*/\1/p'; }
KETCH_NUM_THREADS=1 OMP_NUM_THREADS=2 threads
OMP_NUM_THREADS=2,4 threads
KETCH_NUM_THREADS=1 threads --threads 2
for value in 0 -1 two 1.5 '1 2' 99999999999999999999; do
    KETCH_NUM_THREADS=$value ketch run bell.qasm
    echo "exit $?"
done
OMP_NUM_THREADS=none ketch run bell.qasm 2> notes
echo "exit $?"
grep '^ketch' notes # the OpenMP library may have its own word before
KETCH_NUM_THREADS=none ketch check bell.qasm
