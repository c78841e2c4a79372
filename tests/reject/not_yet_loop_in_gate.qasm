OPENQASM 3.0;
include "stdgates.inc";
gate many a { for uint i in [0:3] { h a; } }
qubit q;
many q;
