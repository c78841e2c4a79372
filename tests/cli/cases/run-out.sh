ketch run --seed 1 --out counts.txt asymmetric.qasm && cat counts.txt
echo "a failing run leaves what was there"
ketch run --out counts.txt syntax.qasm 2> /dev/null
echo "exit $?" && cat counts.txt
echo "and nothing where nothing was"
ketch run --out none.txt syntax.qasm 2> /dev/null
echo "exit $?" && ls none.txt* 2> /dev/null
ketch run --seed 1 --out missing/none.txt bell.qasm
echo "exit $?"
ketch run --seed 1 --out . bell.qasm
echo "exit $?"
ketch run --seed 1 --out /dev/full bell.qasm
echo "exit $?"
ketch run --seed 1 --out /dev/stdout asymmetric.qasm
ketch run --seed 1 --state missing/state.npy bell.qasm
echo "exit $?"
ls -- *.tmp 2> /dev/null || true
