OPENQASM 3.0;
include "stdgates.inc";
gate x a { U(pi, 0, pi) a; }
