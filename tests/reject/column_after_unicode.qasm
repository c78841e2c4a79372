OPENQASM 3.0;
include "stdgates.inc";
qubit q;
/* größer als ½π, 量子 */ foo q;
