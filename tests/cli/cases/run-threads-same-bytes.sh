for threads in 1 2 3; do
    ketch run --seed 5 --shots 1000 --threads $threads --format json --no-run-info --memory --probabilities --amplitudes all ghz.qasm > $threads.json 2> /dev/null
done
cmp 1.json 2.json && cmp 1.json 3.json && echo same
