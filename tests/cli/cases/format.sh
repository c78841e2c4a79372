say() { echo "\$ ketch $*"; ketch "$@" 2>&1; echo "exit $?"; }
say format untidy.qasm
say format --check untidy.qasm bell.qasm
say format --check --quiet untidy.qasm
say format --write untidy.qasm
say format --check untidy.qasm
ketch format untidy.qasm | diff - untidy.qasm && echo "the same again"
ls -A | grep tmp
printf 'x   q;//a' | ketch format -
chmod 640 asymmetric.qasm
ketch format --write asymmetric.qasm && stat -c %a asymmetric.qasm
say format syntax.qasm
cp syntax.qasm before
ketch format --write syntax.qasm 2> /dev/null || cmp syntax.qasm before
say format --write -
say format --write --check bell.qasm
say format missing.qasm bell.qasm
say format --max-nesting 2 untidy.qasm
say format --max-source-bytes 20 untidy.qasm
say format --max-token-bytes 8 bell.qasm
say format --max-errors 1 syntax.qasm
say format --prelude other.inc --timeout 10 bell.qasm
say format
