OPENQASM 3.0;
stretch gap;
qubit q;
delay[gap] q;
