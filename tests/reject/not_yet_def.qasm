OPENQASM 3.0;
include "stdgates.inc";
qubit q;
def flip(qubit a) -> bit { x a; return measure a; }
bit c = flip(q);
