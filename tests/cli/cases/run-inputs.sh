say() { echo "\$ ketch $*"; ketch "$@" 2>&1; echo "exit $?"; }
values='--param theta=pi/3 --param turn=pi/4 --param steps=-7 --param mask="0110" --param flip=true'
run="run --shots 2 --seed 1 --format csv"
say $run $values typed.qasm
printf '{"theta": 0.5, "t\\u0075rn": 0.25,\n "mask": "1001", "flip": false, "steps": 32767}' > inputs.json
say $run --param-file inputs.json typed.qasm
say $run --param-file inputs.json --param 'mask="1111"' typed.qasm
say run --param-file inputs.json --param steps=40000 typed.qasm
say run --param-file inputs.json --param mask=01012 typed.qasm
say run --param-file inputs.json --param other=1 typed.qasm
say run --param-file nowhere.json typed.qasm
ketch info --param-file inputs.json typed.qasm | sed -n '/^inputs/,/^memory/p' | grep -v ^memory
ketch info --format jsonl typed.qasm | grep -o '"inputs.*remarks[^]]*.'
for command in check draw plan "convert --to json"; do ketch $command --param-file inputs.json typed.qasm > out 2>&1 || cat out; done
