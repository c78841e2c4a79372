

OPENQASM 3.0;include   "stdgates.inc";
// Two qubits.
qubit [2]q;bit[2] c;   // and two bits


gate pair(a)x,y{ry(-a/2)x;cx x,y;// entangled
}
pair(pi) q[0],q[1];if(true){h q;}else {x q;}
c=measure q;
