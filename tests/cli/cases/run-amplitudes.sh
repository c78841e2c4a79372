# Digits of the reference engine: no plan has a part in them.
printf '# two of four\n00\n\n11\n' > list
ketch run --engine reference --shots 0 --format csv --amplitudes 11,00 bell.qasm
ketch run --engine reference --shots 0 --format csv --amplitudes list bell.qasm
ketch run --engine reference --shots 0 --format csv --amplitudes @list bell.qasm
ketch run --shots 0 --amplitudes all bell.qasm
for list in 000 0 00,111 02 , missing; do
    ketch run --shots 0 --amplitudes "$list" bell.qasm
    echo "exit $?"
done
