ketch run --seed 1 --state /dev/full bell.qasm
echo "$?"
ketch run --seed 1 --state '' bell.qasm
echo "$?"
ketch run --seed 1 --state - bell.qasm
echo "$?"
ketch run --seed 1 --state one --out one bell.qasm
echo "$?"
test ! -e one
