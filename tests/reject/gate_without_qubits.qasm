OPENQASM 2.0;
gate nothing { }
