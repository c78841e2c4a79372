OPENQASM 2.0;
include "qelib1.inc";
gate g(a, a) q { rx(a) q; }
