# Registers: the last declared leftmost, bit 0 rightmost; with --order msb all of it reversed.
for order in lsb msb; do
    for what in '' --memory --probabilities '--amplitudes all'; do
        ketch run --seed 1 --shots 2 --format csv --order $order $what asymmetric.qasm
    done
done
echo bitstrings that are asked for have the same order
ketch run --shots 0 --format csv --amplitudes 10001,00001 asymmetric.qasm
ketch run --shots 0 --format csv --order msb --amplitudes 10001,10000 asymmetric.qasm
