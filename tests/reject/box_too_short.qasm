OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
box[100ns] {
    delay[60ns] q[0];
    cx q[0], q[1];
    delay[50ns] q[1];
}
