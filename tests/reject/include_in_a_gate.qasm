OPENQASM 2.0;
gate g a { include "qelib1.inc"; }
