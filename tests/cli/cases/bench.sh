# ketch bench becomes the script that is installed beside it, with itself as the program to measure.
program=$(readlink -f "$(command -v ketch)")
export LD_LIBRARY_PATH="$(dirname "$program")/../../src"
mkdir -p prefix/bin prefix/share/ketch/bench
cp "$program" prefix/bin/ketch
ketch=$PWD/prefix/bin/ketch
$ketch bench
echo "without scripts: $?"

cat > prefix/share/ketch/bench/compare <<'END'
import os, sys
assert os.path.samefile(sys.argv[2], 'prefix/bin/ketch')
print(sys.argv[1], sys.argv[3:])
sys.exit(7)
END
$ketch bench
echo "its exit code: $?"
$ketch bench --circuits qft,qv --qubits 20 --seed 3 --threads 1 --precision fp32 --peers qsim --full --repeats 5 --limit 60 --quick --list \
    --json 'a b.json' --environment e
$ketch bench --precision fp16
echo "wrong value: $?"
$ketch bench bell.qasm
echo "a file: $?"
PATH=/nowhere $ketch bench
echo "without Python: $?"
