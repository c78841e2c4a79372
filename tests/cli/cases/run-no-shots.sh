ketch run --shots 0 --probabilities bell.qasm
ketch run --shots 0 bell.qasm
echo "exit $?"
ketch run --shots 0 --memory --probabilities bell.qasm
echo "exit $?"
ketch run --shots 0 --probabilities dynamic.qasm
echo "exit $?"
