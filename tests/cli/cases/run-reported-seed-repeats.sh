# The seed that a run reports gives the same counts again.
ketch run ghz.qasm > first 2> notes
seed=$(sed -n 's/.*--seed \([0-9]*\) .*/\1/p' notes)
ketch run --quiet --seed "$seed" ghz.qasm | cmp - first && echo same
ketch run --format json ghz.qasm > first.json 2> notes
seed=$(sed -n 's/.*"seed": \([0-9]*\).*/\1/p' first.json)
ketch run --quiet --format json --seed "$seed" --no-run-info ghz.qasm > second.json
grep -A 3 '"counts"' first.json | cmp - <(grep -A 3 '"counts"' second.json) && echo same
