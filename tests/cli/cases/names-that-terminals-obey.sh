name=$(printf 'm\033[31m\377.qasm')
cp bell.qasm "$name"
for command in "run --seed 1" info draw; do
    ketch $command "$name" "$name" | grep -a '==>'
done
ketch run --verbose --seed 1 --quiet "$name" 2>&1 >/dev/null | grep -ac "$(printf '\033')"
ketch run --verbose --seed 1 "$name" 2>&1 >/dev/null | grep -ac "$(printf '\033')"
ketch run --verbose --seed 1 "$name" 2>&1 >/dev/null | grep -a 'read in' | sed 's/: read in.*//'
