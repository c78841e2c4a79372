OPENQASM 3.0;
include "stdgates.inc";
gate chain a, b, c, d, e, f, g { h a; cx a, b; cx b, c; cx c, d; cx d, e; cx e, f; cx f, g; }
qubit[7] q;
pow(0.5) @ chain q[0], q[1], q[2], q[3], q[4], q[5], q[6];
