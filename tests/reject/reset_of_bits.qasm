OPENQASM 2.0;
creg c[1];
reset c;
