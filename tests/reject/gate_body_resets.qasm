OPENQASM 3.0;
include "stdgates.inc";
gate clear a { reset a; }
qubit q;
clear q;
