say() { echo "\$ ketch $*"; ketch "$@" 2>&1; echo "exit $?"; }
say run --trace --shots 2 bell.qasm
say run --trace --shots 0 --probabilities bell.qasm
say run --trace --format json bell.qasm
say run --trace --dry-run bell.qasm
