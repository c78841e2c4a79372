OPENQASM 2.0;
opaque box a { }
