OPENQASM 3.0;
include "stdgates.inc";
gate slower q { for uint k in [0:2] rx(1.0 / k) q; }
qubit q;
slower q;
