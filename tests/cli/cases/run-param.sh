for value in pi pi/2+pi/2 '-(2*pi/4)*2' tau/2 3.141592653589793 '2**2*pi/4' '1e0 * π'; do
    ketch run --shots 0 --quiet --format csv --probabilities --param "theta=$value" rotation.qasm | tail -n 1
done
for value in '' two 1/0 'pi pi' '(1' '1)' 1e999 ; do
    ketch run --param "theta=$value" rotation.qasm
    echo "exit $?"
done
ketch run --param theta rotation.qasm
echo "exit $?"
ketch run --param =3 rotation.qasm
echo "exit $?"
