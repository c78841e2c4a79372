say() { echo "\$ ketch $*"; ketch "$@" 2>&1; echo "exit $?"; }
try() { printf '%s' "$1" > values.json; echo "$1"; ketch run --shots 0 --probabilities --format csv --param-file values.json rotation.qasm 2>&1; echo "exit $?"; }
try '{"theta": 3.141592653589793}'
try ' { "th\u0065ta" : "pi / 2" } '
try '{}'
try ''
try '[1]'
try '{"theta"}'
try '{"theta": }'
try '{"theta": 1'
try '{"theta": 1 "phi": 2}'
try '{"theta": 1} 2'
try '{theta: 1}'
try '{"theta": [1, 2}'
try '{"theta": [1, 2]}'
try '{"theta": "\u00"}'
try '{"the\x": 1}'
try '{"\ud83d\ude00": 1}'
try '{
"theta": 1,
}'
try '{"other": 1}'
echo '{"theta": 1.5}' > values.json
say run --shots 0 --probabilities --format csv --param-file values.json --param theta=0 rotation.qasm
say run --param-file nowhere.json rotation.qasm
echo '{"theta": 1}' | ketch check --param-file - rotation.qasm 2>&1
for command in check info draw plan "convert --to json"; do ketch $command --param-file values.json rotation.qasm > out 2>&1 || cat out; done
